"""Who may do what with projects (资金办法 §3)."""

from core.account.permissions import declare

OFFICE = ("commerce_clerk", "commerce_inspector", "finance", "rural", "office_clerk", "office_head", "leading_group",
          "government", "acceptance_chair", "acceptance_member", "auditor", "discipline", "statistician")  # fmt: skip
UNDERTAKER = ("owner", "operator")

VIEW = declare("admin.project.view", "查看专项资金项目", (*OFFICE, *UNDERTAKER))
PROPOSE = declare("admin.project.propose", "提出项目、登记合同", ("commerce_clerk",))
POLICY = declare("admin.project.policy", "登记方案和办法的公示、备案", ("commerce_clerk", "office_clerk"))
BUDGET = declare("admin.project.budget", "审核项目预算", ("finance",))
APPROVE = declare("admin.project.approve", "批准项目", ("leading_group",))
START = declare("admin.project.start", "开工、暂停、恢复、完工", ("commerce_clerk",))
CONTRACT = declare("admin.project.contract", "签署和办结合同", ("commerce_clerk",))
TERMINATE = declare("admin.project.terminate", "提请终止合同", ("commerce_clerk",))
DECIDE = declare("admin.project.decide", "决定是否终止合同", ("government",))
SETTLE = declare("admin.project.settle", "终止合同后清算", ("finance",))
REPORT = declare("admin.project.report", "报送进度和材料", UNDERTAKER)
CALENDAR_VIEW = declare("admin.project.calendar", "查看工作日历", OFFICE)
CALENDAR_LOAD = declare(
    "admin.project.calendar_load", "录入和确认放假安排", ("office_clerk", "office_head", "commerce_clerk")
)
