"""Who handles alerts of its own organisation, who oversees all, who sets the rules."""

from core.account.permissions import declare

HANDLE = declare(
    "trace.alert.handle", "处理本单位的预警", roles=("owner", "operator", "office_clerk", "office_head", "sysadmin")
)
OVERSEE = declare(
    "trace.alert.oversee",
    "查看和督办全县预警",
    roles=("commerce_clerk", "commerce_inspector", "office_clerk", "office_head"),
)
SET = declare("trace.alert.set", "设定预警规则", roles=("commerce_inspector", "office_head"))
