"""Forms of the room: shape only."""

from __future__ import annotations

from core.ui.forms import (
    AreaField,
    FileField,
    Form,
    IntField,
    MobileField,
    RadioField,
    TextField,
    TickField,
    TicksField,
)  # fmt: skip
from trace.scan.cities import PROVINCES
from trace.scan.reports import KINDS


class ReportForm(Form):
    """What happened, and how to answer; no name is asked for."""

    kind = RadioField("是什么情况", choices=list(KINDS.items()), required=True)
    words = AreaField("说说情况", required=True, max_length=1000, help="什么时候买的，看到了什么。不要写身份证号。")
    bought_at = TextField("在哪里买的", max_length=100, help="店名、网店名或市场名，可不填。")
    photo = FileField(
        "照片",
        max_mb=10,
        accept="image/*",
        help="可不传。拍清标签和可疑处，不超过 10 MB；照片里的位置和相机信息会先去掉。",
    )
    contact = TextField("联系方式", max_length=60, help="手机号，办结后用短信答复；不留也受理。")


class ProgressForm(Form):
    """Receipt number and secret."""

    no = TextField("回执号", required=True, max_length=20, digits=True, help="例如 LJ-2026-00012")
    secret = TextField("查询码", required=True, max_length=12, digits=True, help="提交时和回执号一起给的 8 位字符")


class ContactForm(Form):
    """A number for one purpose, with consent."""

    mobile = MobileField("手机号", required=True)
    agreed = TickField("我同意平台保存这个号码，只用来通知这批货的召回", required=True)


class PolicyForm(Form):
    """How checks of a product are judged."""

    many_devices = IntField("超过几部设备算存疑", required=True, help="默认 3。家人、店员各算一部。")
    many_checks = IntField("超过几次查验算存疑", required=True, help="默认 10。同一部设备 24 小时内算一次。")
    jump_km = IntField("两地相距超过多少公里算存疑", required=True, help="默认 300，只看查验的人自己填的城市。")
    jump_hours = IntField("在几小时之内", required=True, help="默认 2。")
    area = TicksField("销售范围", choices=[(name, name) for name in PROVINCES], help="不勾表示哪里都卖，不按地区报警。")
    shipping_recorded = TickField("每一批出厂都在平台登记，没登记出厂就被查验的要报警")


class BlockForm(Form):
    """Which code is stopped, and why."""

    address = TextField("编号的地址", required=True, max_length=300, help="扫一下二维码，把打开的网址整个粘贴过来。")
    reason = AreaField("停用原因", required=True, max_length=200, help="例如：接到举报，多地出现同一编号。")
