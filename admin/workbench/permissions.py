"""Who has a workbench."""

from core.account.permissions import ROLES, declare

ENTERPRISE = declare("admin.workbench.enterprise", "企业工作台", roles=("owner", "operator"))
OFFICE = declare(
    "admin.workbench.office",
    "办公室工作台",
    roles=tuple(role for role in ROLES if role not in ("person", "owner", "operator", "host")),
)
