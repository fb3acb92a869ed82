"""Shape of the receiving account."""

from __future__ import annotations

from core.ui.forms import Form, TextField, TickField


class AccountForm(Form):
    """Where a seller receives money."""

    account_name = TextField("户名", max_length=60, help="和营业执照名称一致")
    bank = TextField("开户行", max_length=60)
    account_no = TextField("账号", max_length=40, digits=True)
    cash_on_delivery = TickField("支持货到付款")
