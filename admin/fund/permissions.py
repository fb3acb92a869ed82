"""Who claims, reviews, advises and pays (资金办法 §3, §12)."""

from core.account.permissions import declare

VIEW_ROLES = ("commerce_clerk", "commerce_inspector", "finance", "rural", "office_clerk", "office_head", "leading_group",
              "government", "acceptance_chair", "acceptance_member", "auditor", "discipline", "owner", "operator")  # fmt: skip
VIEW = declare("admin.fund.view", "查看项目资金", VIEW_ROLES)
LEDGER = declare(
    "admin.fund.ledger", "查看专项资金账簿", ("commerce_clerk", "finance", "office_head", "auditor", "discipline")
)
ALLOT = declare("admin.fund.allot", "登记预算下达、分配到项目", ("finance",))
CLAIM = declare("admin.fund.claim", "申请拨付、确认到账", ("owner", "operator"))
REVIEW = declare("admin.fund.review", "审核拨付申请、发起公示", ("commerce_clerk",))
ADVISE = declare("admin.fund.advise", "出具支付建议", ("office_head",))
PAY = declare("admin.fund.pay", "拨付", ("finance",))
FREEZE = declare("admin.fund.freeze", "暂停和恢复拨付", ("commerce_clerk", "finance"))
