"""Forms of the room: shape only."""

from __future__ import annotations

from core.ui.forms import DateField, Form, RadioField, TextField, TicksField
from trace.event.tokens import LIFETIMES, SCOPES


class TokenForm(Form):
    """A new bearer token."""

    name = TextField("名称", required=True, max_length=60, help="给谁的什么系统用，例如“超市收货系统”。")
    scopes = TicksField("权限", choices=list(SCOPES.items()), required=True)
    days = RadioField("有效期", choices=list(LIFETIMES.items()), required=True)


class ResumeForm(Form):
    """From which day on what was not delivered is sent again."""

    since = DateField("只补发这一天以后的", help="留空就全部补发。更早的没送到的不再发，发送记录里会写明。")
