"""Shapes of the two steps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.ui.forms import Form, TextField


class AskForm(Form):
    """Order number and the last four digits of the mobile."""

    order_no = TextField(
        _l("订单号"), required=True, max_length=32, digits=True, help=_l("在付款回单、快递单或商家的消息里能找到")
    )
    tail = TextField(_l("下单手机号的后四位"), required=True, max_length=4, digits=True, help=_l("四位数字，例如 0000"))


class CodeForm(Form):
    """The code of the text message."""

    code = TextField(_l("验证码"), required=True, max_length=6, digits=True, help=_l("短信里的六位数字，15 分钟内有效"))
