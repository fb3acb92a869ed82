"""The form of a proposal; the value is typed the way its kind is written."""

from __future__ import annotations

from datetime import timedelta

from core import clock
from core.policy.rules import KINDS, Key, Value, text_of
from core.ui.forms import AreaField, DateField, FileField, Form, RadioField, TextField


class ProposalForm(Form):
    value = TextField("新的取值", required=True, max_length=40, digits=True)
    choice = RadioField("新的取值", required=True, choices=[("yes", "是"), ("no", "否")])
    valid_from = DateField("从哪一天起", required=True)
    reason = AreaField("为什么要改", required=True, max_length=400, help="会公开，写清原因")
    document = TextField("依据", required=True, max_length=200, help="会议纪要或文件的名称、文号、日期；会公开")
    file = FileField("依据的照片或 PDF", help="可以不传；只有办公室看得到")

    def of_key(self, key: Key, now: Value) -> ProposalForm:
        """The form for this key, saying how its value is written and what it may be."""
        if key.kind == "switch":
            del self.value
        else:
            del self.choice
            allowed = key.range_words()
            self.value.description = f"{KINDS[key.kind][1]}{'，可以是 ' + allowed if allowed else ''}"
            if not self.is_submitted():
                self.value.data = text_of(key.kind, now)
        first = clock.today() + timedelta(days=1)
        self.valid_from.description = f"最早 {first.month}月{first.day}日；已经开始计时的事照旧"
        return self
