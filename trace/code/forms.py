"""Forms of the room: shape only, the meaning is checked by the rules."""

from __future__ import annotations

from core.ui.forms import Form, IntField, RadioField, TextField, TickField
from trace.code.models import FORMATS
from trace.code.rules import MAX_REASON


class SeriesForm(Form):
    """How many codes, with or without a covered code."""

    count = IntField("数量（件）", required=True, help="一件一个码，不能超过这批的件数。")
    covered = TickField("加印防伪码", help="印在 26 × 4.5 mm 的框里，贴上刮刮膜后出厂；采收和贮存两行让出位置。")


class PrintForm(Form):
    """Which labels of a series, in which format."""

    format = RadioField("格式", choices=list(FORMATS.items()), required=True)
    first = IntField("从第几张", required=True)
    last = IntField("到第几张", required=True)
    reason = TextField("补印原因", max_length=MAX_REASON, help="这些标签下载过时才要写。")
