"""Permissions of this room."""

from core.account.permissions import declare

READ_ALL = declare(
    "core.file.read_all", "查看各单位提交的附件",
    roles=("office_clerk", "office_head", "brand_clerk", "brand_decider", "commerce_clerk", "commerce_inspector",
           "finance", "rural", "government", "acceptance_chair", "acceptance_member", "auditor", "discipline"),
)  # fmt: skip
READ = declare("core.file.read", "查看自己单位的附件", roles=("person",))
