"""Forms of imports."""

from __future__ import annotations

from admin.intake.rules_rows import MAX_ROWS
from core.ui.forms import FileField, Form, TextField


class UploadForm(Form):
    file = FileField("填好的表格", required=True, accept=".xlsx", help=f"xlsx，一次最多 {MAX_ROWS} 行")


class CloseForm(Form):
    reason = TextField("收回的原因", required=True, max_length=120, help="例如：已另行申请")
