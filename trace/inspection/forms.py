"""Shape of the test report and certificate pages; report lines are fields of their own."""

from __future__ import annotations

from core.ui.forms import (
    AreaField,
    DateField,
    DecimalField,
    FileField,
    Form,
    IntField,
    RadioField,
    SelectField,
    TextField,
    TickField,
    TicksField,
    WeightField,
)
from trace.inspection.models import LABORATORY_KINDS
from trace.inspection.rules_certificate import BASES, FORMS


class ReportForm(Form):
    laboratory_kind = RadioField("谁检的", choices=list(LABORATORY_KINDS.items()), required=True)
    laboratory = TextField("检测机构", required=True, max_length=60, help="照报告写全称；自行检测写本单位名称")
    laboratory_code = TextField("机构统一社会信用代码", max_length=20, digits=True, help="可以不填")
    report_no = TextField("报告编号", required=True, max_length=60)
    sampled_on = DateField("抽样日期", required=True)
    reported_on = DateField("报告日期", required=True)
    retest_of = SelectField("复检的是哪份报告", help="不是复检就不选；复检的项目以复检结果为准")
    file = FileField("报告照片或 PDF", help="不公开原件，只把它的指纹写进记录")


class CertificateForm(Form):
    form = RadioField("样式", choices=list(FORMS.items()), required=True)
    mass_g = WeightField("重量（kg）", minimum_g=1, maximum_g=10**9, help="不填就按批次现在的重量；不能超过它")
    bases = TicksField("承诺依据", choices=list(BASES.items()), required=True, help="按实际情况勾选，至少一项")


class PrintForm(Form):
    copies = IntField("份数", required=True, minimum=1, maximum=200, help="包装的一件一份，散装的一车一份")
    reason = TextField("重打的原因", max_length=120, help="第一次打印不用填")


class VoidForm(Form):
    reason = TextField("作废的原因", required=True, max_length=120, help="台账里保留，写明已作废")


class FindLotForm(Form):
    code = TextField("单位代码", required=True, max_length=20, digits=True, help="统一社会信用代码或主体编号")
    lot_no = TextField("批号", required=True, max_length=20, digits=True)


class LimitForm(Form):
    substance = TextField("农药", required=True, max_length=40, help="照标准原文写中文通用名")
    aliases = AreaField("别名", max_length=200, rows=2, help="一行一个，报告里可能出现的写法")
    english = TextField("英文名", max_length=60)
    product = TextField("食品名称或类别", required=True, max_length=30, help="例如 苹果、枣（鲜）、仁果类水果")
    excludes = TextField("类别里除外的食品", max_length=100, help="没有就留空；多个用、分开")
    value = DecimalField("限量（mg/kg）", required=True, places=4)
    standard = TextField("标准号", required=True, max_length=40, help="例如 GB 2763-2026")
    valid_from = DateField("从哪天起有效", required=True)
    valid_to = DateField("从哪天起不再有效", help="还在用的留空")
    temporary = TickField("临时限量")
    source = TextField("依据", required=True, max_length=200, help="标准的哪一条哪一页，或公告文号")


class BanForm(Form):
    name = TextField("物质", required=True, max_length=40)
    scope = SelectField(
        "管什么", required=True, choices=[("all", "所有作物"), ("fruit", "果树"), ("apple", "苹果"), ("jujube", "枣")]
    )
    valid_from = DateField("从哪天起禁用", help="一直禁用的留空")
    valid_to = DateField("从哪天起不再禁用", help="还在禁用的留空")
    rule = TextField("哪条规定", required=True, max_length=100, help="例如 农业部公告第199号")
    source = TextField("出处", required=True, max_length=200)


class CloseForm(Form):
    valid_to = DateField("从哪天起不再有效", required=True)
    source = TextField("依据", required=True, max_length=200, help="新标准或公告的编号")


class ConfirmForm(Form):
    source = TextField("核对的原文", required=True, max_length=200, help="标准正式文本的条、页，或公告文号")
