"""Who publishes policies, claims, examines, decides and sends to the payment list."""

from admin.support import rules
from core.account.permissions import declare

CLAIM = declare(rules.CLAIM, "申领扶持", roles=("owner",))
REVIEW = declare(rules.REVIEW, "审核扶持申领", roles=("office_clerk",))
DECIDE = declare(rules.DECIDE, "审定扶持申领", roles=("office_head",))
SEND = declare(rules.SEND, "转拨付清单", roles=("commerce_clerk",))
PUBLISH = declare(rules.PUBLISH, "发布扶持政策", roles=("office_head",))
VIEW = declare(
    rules.VIEW, "查看扶持申领", roles=("owner", "office_clerk", "office_head", "commerce_clerk", "finance", "auditor")
)
