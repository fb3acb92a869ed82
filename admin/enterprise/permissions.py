"""Who applies for entry, screens and decides."""

from admin.enterprise import rules, rules_residence
from core.account.permissions import declare

APPLY = declare(rules.APPLY, "申请入驻", roles=("person",))
SCREEN = declare(rules.SCREEN, "受理入驻申请", roles=("office_clerk",))
DECIDE = declare(rules.DECIDE, "审定入驻", roles=("office_head", "commerce_clerk"))
LEAVE = declare(rules_residence.LEAVE, "申请和确认退出", roles=("owner",))
VIEW = declare(
    "admin.enterprise.view",
    "查看入驻申请",
    roles=("office_clerk", "office_head", "commerce_clerk"),
)
CONDITIONS = declare(rules.CONDITIONS, "发布入驻条件", roles=("office_head",))
