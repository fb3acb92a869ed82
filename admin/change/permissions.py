"""Who asks for, agrees to, examines and decides a change of identity."""

from admin.change import rules
from core.account.permissions import declare

ASK = declare(rules.ASK, "申请变更名称、代码和合并", roles=("owner",))
AGREE = declare(rules.AGREE, "同意接收合并", roles=("owner",))
SCREEN = declare(rules.SCREEN, "受理变更申请", roles=("office_clerk",))
DECIDE = declare(rules.DECIDE, "审定变更申请", roles=("office_head", "commerce_clerk"))
VIEW = declare(rules.VIEW, "查看变更申请", roles=("owner", "office_clerk", "office_head", "commerce_clerk"))
