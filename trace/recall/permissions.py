"""Who proposes a recall, who decides it, who sees it.  Proposer and approver, reporter and closer are different persons."""

from core.account.permissions import declare

_OVERSEERS = ("commerce_clerk", "commerce_inspector", "office_head", "auditor")
VIEW = declare("trace.recall.view", "查看召回", roles=("owner", "operator", *_OVERSEERS))
PROPOSE = declare(
    "trace.recall.propose",
    "提出召回、登记通知和下落",
    roles=("owner", "operator", "commerce_clerk", "commerce_inspector"),
)
REPORT = declare("trace.recall.report", "提交召回总结", roles=("owner",))
OVERSEE = declare("trace.recall.oversee", "查看全县召回", roles=_OVERSEERS)
ORDER = declare("trace.recall.order", "责令召回", roles=("commerce_clerk", "commerce_inspector"))
APPROVE = declare("trace.recall.approve", "批准召回、核定结束", roles=("commerce_clerk", "commerce_inspector"))
