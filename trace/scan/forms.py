"""The complaint form."""

from __future__ import annotations

from core.ui.forms import AreaField, Form, RadioField, TextField
from trace.scan.service import KINDS


class ReportForm(Form):
    """What happened, and how to answer; no name is asked for."""

    kind = RadioField("是什么情况", choices=list(KINDS.items()), required=True)
    words = AreaField(
        "说说情况", required=True, max_length=1000, help="哪里买的，什么时候，看到了什么。不要写身份证号。"
    )
    contact = TextField("联系方式", max_length=60, help="手机号，办结后用短信答复；不留也受理。")
