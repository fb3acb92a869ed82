"""Shape of the journal pages; meaning is checked by rules and service."""

from __future__ import annotations

from core.ui.forms import (
    AreaField,
    DateField,
    FileField,
    Form,
    IntField,
    RadioField,
    SelectField,
    TextField,
    WeightField,
)
from trace.season.models import CATEGORIES


class SeasonForm(Form):
    place = SelectField("地块", required=True)
    year = IntField("年份", required=True, minimum=2000, maximum=2100)
    variety = SelectField("品种", required=True)
    planned_harvest_on = DateField("计划开始采收", help="可以以后再填；填了会按安全间隔期提醒停用日")


class PlanForm(Form):
    planned_harvest_on = DateField("计划开始采收", help="留空就是还没定")


class ImportForm(Form):
    file = FileField("填好的表格", required=True, accept=".xlsx", help="xlsx，一次最多 5000 行")


class ForgetForm(Form):
    reason = TextField("为什么删除", required=True, max_length=120, help="删了找不回来；审计记录里留有摘要和原因")


class StrikeForm(Form):
    reason = TextField("为什么划掉", required=True, max_length=120, help="原来的记录仍看得到，会加上划掉的标记")


class _Deed(Form):
    done_on = DateField("日期", required=True)


def _picture() -> FileField:
    """A new field each time: fields stand on a form in the order they were made."""
    return FileField("照片", help="可以不拍；拍包装、地里都行，位置信息会去掉")


class InputForm(_Deed):
    category = RadioField("类别", choices=list(CATEGORIES.items()), required=True)
    input_name = TextField("名称", required=True, max_length=60, help="照着瓶子或袋子写，例如 43% 戊唑醇悬浮剂")
    registration_no = TextField("登记证号", max_length=30, digits=True, help="农药要填，印在标签上，PD 开头")
    source = TextField("来源", required=True, max_length=60, help="从哪家店或厂买的，写店名，不写人名")
    usage = TextField("用法", required=True, max_length=60, help="例如 喷雾、冲施")
    amount = TextField("用量", required=True, max_length=60, help="例如 3000 倍液，每亩 200 kg")
    interval_days = IntField("安全间隔期（天）", minimum=0, maximum=365, help="农药要填，标签上写着")
    until = DateField("停用日期", help="当天用完就留空")
    summary = TextField("防什么、为什么", max_length=120, help="可以不填，例如 防治斑点落叶病")
    pictures = _picture()


class WorkForm(_Deed):
    summary = AreaField("做了什么", required=True, max_length=120, rows=2, help="例如 疏果、套袋、浇水")
    until = DateField("到哪天", help="当天做完就留空")
    pictures = _picture()


class PestForm(_Deed):
    summary = AreaField("什么病虫，怎么防", required=True, max_length=120, rows=2, help="例如 金纹细蛾，挂诱捕器 20 个")
    until = DateField("到哪天", help="当天做完就留空")
    pictures = _picture()


class HarvestForm(_Deed):
    mass_g = WeightField("采收量（kg）", required=True, minimum_g=1, maximum_g=10**9)
    summary = TextField("说明", max_length=120, help="可以不填，例如 第二批采收")
    pictures = _picture()


FORMS: dict[str, type[_Deed]] = {"input": InputForm, "work": WorkForm, "pest": PestForm, "harvest": HarvestForm}


def correcting(kind: str) -> type[_Deed]:
    """The form of a kind with the reason a correction needs."""
    reason = TextField("更正原因", required=True, max_length=120, help="会公开；原来的记录保留")
    return type("Correction", (FORMS[kind],), {"reason": reason})
