"""Who enters, compares and reads certificates."""

from brand.certificate import rules
from core.account.permissions import declare

EDIT = declare(rules.EDIT, "登记本单位的证书", roles=("owner", "operator"))
CONFIRM = declare(rules.CONFIRM, "核对证书、暂停和恢复", roles=("brand_clerk", "brand_decider"))
VIEW = declare(
    rules.VIEW,
    "查看证书",
    roles=("owner", "operator", "brand_clerk", "brand_decider", "office_clerk", "office_head", "commerce_inspector"),
)
