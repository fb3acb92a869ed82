"""Who lets units and who takes them."""

from admin.lease import rules
from core.account.permissions import declare

OFFER = declare(rules.OFFER, "登记园区单元和租赁", roles=("office_clerk",))
ACCEPT = declare(rules.ACCEPT, "确认园区租赁", roles=("owner",))
VIEW = declare(
    rules.VIEW, "查看园区租赁", roles=("office_clerk", "office_head", "commerce_clerk", "auditor", "owner", "operator")
)
