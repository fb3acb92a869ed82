"""Shapes of stock entries."""

from __future__ import annotations

from core.ui.forms import Form, IntField, SelectField, TextField


class ReceiveForm(Form):
    """Boxes of a sealed lot put into a site."""

    lot_id = SelectField("批次", required=True, coerce=int, help="只能选已封存的批次")
    site_id = SelectField("库点", required=True, coerce=int)
    quantity = IntField("数量（件）", required=True, minimum=1, maximum=1_000_000)
    note = TextField("备注", max_length=100)


class CountForm(Form):
    """What was counted, and why it differs."""

    counted = IntField("实际盘点数（件）", required=True, minimum=0, maximum=1_000_000)
    reason = TextField("原因", required=True, max_length=100, help="例如：搬运破损 2 箱")
