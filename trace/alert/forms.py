"""Forms of the room."""

from __future__ import annotations

from core.ui.forms import Form, IntField, RadioField, TextField, TickField
from trace.alert.rules import SEVERITY_WORDS


class RuleForm(Form):
    """How a rule is set."""

    enabled = TickField("启用这条规则")
    severity = RadioField("程度", choices=[(key, words) for key, words in SEVERITY_WORDS.items()], required=True)
    hours = IntField("多少小时内处理", required=True, minimum=1, maximum=1440)
    days = IntField("天数", minimum=1, maximum=1000)
    reason = TextField("为什么改", required=True, max_length=300)
