"""The form of a request; only the fields of its kind are kept."""

from __future__ import annotations

from admin.change import rules
from core.ui.forms import FileField, Form, Later, SelectField, TextField

TO_SEND = [Later("提交前填")]
FIELDS = {"name": "new_name", "code": "new_code", "merge": "into_code"}


class KindForm(Form):
    kind = SelectField("办什么", required=True, choices=list(rules.KINDS.items()))


class ChangeForm(Form):
    new_name = TextField("新名称", max_length=60, validators=TO_SEND, help="与变更后的营业执照一致")
    new_code = TextField(
        "新统一社会信用代码", max_length=40, digits=True, validators=TO_SEND, help="变更后执照上的 18 位"
    )
    into_code = TextField(
        "接收单位的统一社会信用代码", max_length=40, digits=True, validators=TO_SEND, help="它的负责人要先同意"
    )
    basis = TextField("依据", required=True, max_length=200, help="变更通知书或合并协议的名称、编号和日期")
    file = FileField("变更通知书或协议", validators=[Later("提交前传")], help="照片或 PDF；已上传的不用再选")

    def of_kind(self, kind: str) -> ChangeForm:
        """The form with the field of this kind only."""
        for field in FIELDS.values():
            if field != FIELDS[kind]:
                delattr(self, field)
        return self
