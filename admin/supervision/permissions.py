"""Who inspects, notices, answers and decides (监管制度)."""

from core.account.permissions import declare

VIEW_ROLES = ("commerce_clerk", "commerce_inspector", "finance", "rural", "office_clerk", "office_head", "leading_group",
              "government", "acceptance_chair", "acceptance_member", "auditor", "discipline", "owner", "operator")  # fmt: skip
VIEW = declare("admin.supervision.view", "查看检查和整改", VIEW_ROLES)
INSPECT = declare("admin.supervision.inspect", "开展和记录检查", ("commerce_inspector",))
STATE_CASE = declare("admin.supervision.state_case", "陈述、提交整改", ("owner", "operator"))
NOTICE = declare("admin.supervision.notice", "下达整改通知、提请终止", ("commerce_clerk",))
CHECK = declare("admin.supervision.check", "复核整改", ("commerce_clerk", "commerce_inspector"))
DECIDE = declare("admin.supervision.decide", "决定是否终止", ("government",))
