"""Forms of the room."""

from __future__ import annotations

from core.ui.forms import (
    AreaField,
    DateField,
    FileField,
    Form,
    RadioField,
    SelectField,
    TelephoneField,
    TextField,
    WeightField,
)  # fmt: skip
from trace.recall.rules import LEVELS, RECOVERIES


class RecallForm(Form):
    """What is recalled and what the public reads."""

    lots = AreaField(
        "批号",
        required=True,
        max_length=2000,
        help="一行一个批号，也可以粘贴二维码里的地址。由这些批次装成的批次会自动算进来。",
    )
    level = RadioField("级别", choices=[(k, f"{v[0]}：{v[1]}") for k, v in LEVELS.items()], required=True)
    reason = AreaField("原因（会公开）", required=True, max_length=300, help="例如：抽检发现某种农药残留超过限量。")
    action = AreaField("消费者怎么做（会公开）", required=True, max_length=300, help="例如：先别吃，留好箱子和标签。")
    refund = AreaField("怎么退款（会公开）", required=True, max_length=300, help="例如：整箱退款，不用寄回。")
    phone = TelephoneField("联系电话（会公开）", required=True)
    due_on = DateField("总结期限", help="批准时可以改。")


class ApproveForm(Form):
    """The day the report is due."""

    due_on = DateField("企业提交总结的期限", required=True)


class WidenForm(Form):
    """More lots, and why."""

    lots = AreaField("加进来的批号", required=True, max_length=2000, help="一行一个批号。")
    reason = AreaField("为什么扩大（会公开）", required=True, max_length=300)


class RecoveryForm(Form):
    """Where some of a lot is now."""

    lot = SelectField("批次", choices=[], required=True)
    kind = RadioField("现在在哪里", choices=list(RECOVERIES.items()), required=True)
    mass_g = WeightField("数量（kg）", required=True)
    on = DateField("日期", required=True)
    note = TextField("说明", required=True, max_length=300, help="例如：仓库封存，贴了停用标签。")
    file = FileField("凭证（照片或 PDF）")


class ToldForm(Form):
    """A party told by telephone or in person, or why not."""

    reached = RadioField("通知到了吗", choices=[("1", "通知到了"), ("0", "联系不上")], required=True)
    note = TextField("说明", required=True, max_length=300, help="例如：10月20日电话告知，约定退回 3 箱。")


class ReverseForm(Form):
    """Why a line was wrong."""

    note = TextField("哪里记错了", required=True, max_length=300)


class SummaryForm(Form):
    """The report."""

    summary = AreaField(
        "召回总结（会公开）", required=True, max_length=2000, help="原因查明了没有，怎么处理的，以后怎么防止。"
    )
