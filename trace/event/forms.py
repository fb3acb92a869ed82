"""Forms of the room: shape only."""

from __future__ import annotations

from core.ui.forms import Form, RadioField, TextField, TicksField
from trace.event.tokens import LIFETIMES, SCOPES


class TokenForm(Form):
    """A new bearer token."""

    name = TextField("名称", required=True, max_length=60, help="给谁的什么系统用，例如“超市收货系统”。")
    scopes = TicksField("权限", choices=list(SCOPES.items()), required=True)
    days = RadioField("有效期", choices=list(LIFETIMES.items()), required=True)
