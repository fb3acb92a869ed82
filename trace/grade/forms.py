"""Shape of the pages of standards."""

from __future__ import annotations

from core.ui.forms import AreaField, DateField, Form, SelectField, TextField, TickField
from trace.grade.rules import MEASURES


class StandardForm(Form):
    code = TextField("标准编号", required=True, max_length=30, digits=True, help="例如 YDGY-PG-2026")
    name = TextField("标准名称", required=True, max_length=60, help="例如 红富士苹果分等分级")
    species = SelectField("种类", required=True)


class CopyForm(Form):
    code = TextField("本单位的标准编号", required=True, max_length=30, digits=True, help="例如 YDGY-PG-2026")
    name = TextField("标准名称", required=True, max_length=60)


class HeadForm(Form):
    valid_from = DateField("从哪天起用", help="发布前要填")
    source = TextField("依据", max_length=200, help="例如 GB/T 10651-2008 原文，表 1")
    note = AreaField("说明", max_length=500)


class GradeForm(Form):
    label = TextField("等级名称", required=True, max_length=20, help="从好到次一个一个加，例如 一等品")


class CriterionForm(Form):
    grade = SelectField("等级", required=True)
    measure = SelectField(
        "指标", required=True, choices=[(k, f"{w}（{u}）" if u else w) for k, (w, u, _) in MEASURES.items()]
    )
    low = TextField("下限", max_length=12, digits=True, help="含这个数；没有就留空")
    high = TextField("上限", max_length=12, digits=True, help="没有就留空")
    high_excluded = TickField("不含上限", help="例如 80–85 mm 一档，85 mm 算上一档")
    words = TextField("文字描述", max_length=200, help="只在选“外观描述”时填")
    to_be_confirmed = TickField("待核对", help="还没有对照标准原文；有待核对的数字不能发布")
    source = TextField("出处", max_length=200)
