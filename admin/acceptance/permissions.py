"""Who applies, reviews, evaluates and decides (验收制度)."""

from core.account.permissions import declare

VIEW_ROLES = ("commerce_clerk", "commerce_inspector", "finance", "rural", "office_clerk", "office_head", "leading_group",
              "government", "acceptance_chair", "acceptance_member", "auditor", "discipline", "owner", "operator")  # fmt: skip
VIEW = declare("admin.acceptance.view", "查看验收", VIEW_ROLES)
APPLY = declare("admin.acceptance.apply", "申请验收、提交整改", ("owner", "operator"))
REVIEW = declare("admin.acceptance.review", "受理验收、组建验收小组", ("commerce_clerk",))
CHAIR = declare("admin.acceptance.chair", "主持验收、出具结论", ("acceptance_chair",))
SCORE = declare("admin.acceptance.score", "评分并声明回避", ("acceptance_chair", "acceptance_member"))
GOVERN = declare("admin.acceptance.govern", "审核验收意见", ("government",))
FILE = declare("admin.acceptance.file", "公开和备案验收结果", ("commerce_clerk",))
