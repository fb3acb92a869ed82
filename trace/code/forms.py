"""Forms of the room: shape only, the meaning is checked by the rules."""

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
    TickField,
    TicksField,
)
from trace.code import design_rules
from trace.code.layout import SIZES
from trace.code.models import FORMATS
from trace.code.rules import MAX_REASON


class SeriesForm(Form):
    """How many codes, with or without a covered code."""

    count = IntField("数量（件）", required=True, help="一件一个码，不能超过这批封存的件数。")
    mark = RadioField(
        "品牌标志", choices=[("on", "带标志，占授权数量"), ("off", "不带标志")], default="on",
        help="没有授权时不论选哪个都不带标志。",
    )  # fmt: skip
    covered = TickField("加印防伪码", help="印在 26 × 4.5 mm 的框里，贴上刮刮膜后出厂；采收和贮存两行让出位置。")


class PrintForm(Form):
    """Which labels of a series, in which format and design."""

    format = RadioField("格式", choices=[(k, v) for k, v in FORMATS.items() if k != "covered"], required=True)
    design = SelectField("版式", choices=[("", "平台版式 50 × 30 mm")])
    mark = RadioField("品牌标志", choices=[("", "按版式"), *design_rules.MARKS.items()], default="")
    covered = TickField("印防伪码", help="不勾时防伪码的框空着，由刮刮膜印刷厂另印。")
    first = IntField("从第几张", required=True)
    last = IntField("到第几张", required=True)
    reason = TextField("补印原因", max_length=MAX_REASON, help="这些标签下载过时才要写，会签名后记入日志。")


class CoveredForm(Form):
    """The list of covered codes for the printer of the scratch film."""

    first = IntField("从第几张", required=True)
    last = IntField("到第几张", required=True)
    reason = TextField("用途", required=True, max_length=MAX_REASON, help="例如：交示例印刷厂印刮刮膜。")


class VoidForm(Form):
    """Which units are void, and why."""

    first = IntField("从第几张", required=True)
    last = IntField("到第几张", required=True)
    reason = TextField("原因（公开）", required=True, max_length=MAX_REASON, help="例如：一卷标签淋湿，已销毁。")
    understood = TickField("我明白：作废后不能恢复，扫到的人会看到“已作废”", required=True)


class DestroyForm(Form):
    """Which boxes were destroyed with their goods, when and why."""

    first = IntField("从第几张", required=True)
    last = IntField("到第几张", required=True)
    on = DateField("销毁日期", required=True)
    reason = TextField("原因（公开）", required=True, max_length=MAX_REASON, help="例如：召回退回，已无害化处理。")
    understood = TickField("我明白：扫到这些编号的人会看到“已登记销毁”", required=True)


class SignedForm(Form):
    """A statement the enterprise signed with its own key."""

    signed = AreaField("签好的文件（JSON）", required=True, max_length=100_000, help="把签好的整个文件内容贴进来。")


class DesignForm(Form):
    """One version of a label design."""

    name = TextField("版式名称", required=True, max_length=design_rules.NAME_LENGTH, help="同名保存就是新的一版。")
    size = RadioField("大小", choices=[(k, one.label) for k, one in SIZES.items()], default="50x30", required=True)
    lines = TicksField("印哪些行", choices=list(design_rules.LABELS.items()), default=list(design_rules.DEFAULT.lines))
    mark = RadioField("品牌标志", choices=list(design_rules.MARKS.items()), default="auto", required=True)
    tail = TextField("底部的字", max_length=design_rules.TAIL_LENGTH, default=design_rules.DEFAULT.tail)
    paper = RadioField(
        "标签纸",
        choices=[(k, words) for k, (words, _, _) in design_rules.PAPERS.items()],
        default="white",
        required=True,
    )
    logo = FileField("本单位标志", max_mb=4, accept="image/*", help="印成黑白。只放本单位自己的标志，不超过 4 MB。")
    keep_logo = TickField("沿用原来的标志", default=True)
    box_carries = TickField("其余法定内容印在包装箱上")
