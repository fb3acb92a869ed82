"""B2 project and B3 contract as tables, with their guards (town-rules A1, B2, B3).

Left out until their rooms exist: B2 ``archive`` (archive room), B3 ``amend`` (B9 changes).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

PUBLICITY_DAYS = 5

EVIDENCE_KINDS: dict[str, str] = {
    "commitment": "信息报送与接受监督审计承诺书",
    "penalty_free": "近三年无违法和行政处罚声明",
    "open_service": "开放共享服务登记",
    "bookkeeping": "专账核算账户和记账人登记",
    "asset_ledger": "资产台账",
    "expense_list": "费用支出明细表",
    "vouchers": "记账凭证",
    "invoices": "发票",
    "contract": "合同",
    "schedule": "建设进度表",
    "content": "建设内容佐证",
    "effect": "成效材料",
    "operation_log": "运营记录",
    "claim_form": "资金申请表",
    "acceptance_report": "验收报告",
    "audit_report": "审计报告",
}


PROJECT_WIDE = frozenset({"commitment", "penalty_free", "open_service", "bookkeeping", "asset_ledger", "contract"})
"""Kinds that count for every stage, wherever they were filed."""


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """A governing document: its publicity in working days and its two filings (资金办法 §4)."""

    title: str
    publicity_days: int
    city_filing_no: str
    province_filing_no: str

    @property
    def in_force(self) -> bool:
        return self.publicity_days >= PUBLICITY_DAYS and bool(self.city_filing_no and self.province_filing_no)


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the moves of a project are decided on."""

    policies: tuple[PolicyFacts, ...] = ()
    budget_reviewed: bool = False
    selection_doc_no: str = ""
    award_fen: int = 0
    lines_fen: int = 0
    stages_fen: int = 0
    evidence: frozenset[str] = frozenset()
    contract_state: str = ""
    stages_total: int = 0
    stages_passed: int = 0
    doc_no: str | None = None


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """What the moves of a contract are decided on."""

    has_file: bool = False
    operation_clause: bool = False
    total_fen: int = 0
    award_fen: int = 0
    due_on: date | None = None
    signed_by_undertaker: bool = False
    stages_open: int = 0


def plan_in_force(facts: ProjectFacts) -> list[Unmet]:
    """R01: plan and fund measures have been public for 5 working days and filed with city and province."""
    help_text = "登记公示起止和两级备案文号。"
    if not facts.policies:
        return [Unmet("R01", "还没有登记实施方案和资金办法。", "F§4", help_text, "县商务局")]
    return [
        Unmet(
            "R01",
            f"“{p.title}”尚未完成公示5个工作日及市报送、省备案，不能作为项目、资金业务的依据。",
            "F§4",
            help_text,
            "县商务局",
        )
        for p in facts.policies
        if not p.in_force
    ]


def chosen_lawfully(facts: ProjectFacts) -> list[Unmet]:
    """R03, R04, R07: the undertaker was chosen by a lawful procedure, has no penalty, and has promised to report."""
    found = []
    if not facts.selection_doc_no:
        found.append(
            Unmet("R03", "申请人不是经合法程序确定的承办主体。", "F§11、§12.1", "登记遴选程序和确定文号。", "县商务局")
        )
    if "penalty_free" not in facts.evidence:
        found.append(Unmet("R04", "缺少近三年无违法和行政处罚声明。", "F§11.1", "上传声明。", "承办主体"))
    if "commitment" not in facts.evidence:
        found.append(Unmet("R07", "缺少信息报送与接受监督审计承诺书。", "F§11.4", "上传签字盖章的承诺书。", "承办主体"))
    return found


def budget_by_finance(facts: ProjectFacts) -> list[Unmet]:
    """R02: the finance bureau has reviewed the budget, and its lines and stages add up to the award."""
    found = []
    if not facts.budget_reviewed:
        found.append(Unmet("R02", "项目预算还没有经县财政局审核。", "F§3", "请县财政局审核预算。", "县财政局"))
    if facts.lines_fen != facts.award_fen:
        found.append(Unmet("R02", "建设内容各项之和与核定额不相等。", "F§6.1", "核对建设内容各项金额。", "县商务局"))
    if facts.stages_fen != facts.award_fen:
        found.append(Unmet("R02", "各阶段金额之和与核定额不相等。", "F§7", "核对各阶段金额。", "县商务局"))
    return found


def contract_active(facts: ProjectFacts) -> list[Unmet]:
    """R09: no start without a contract in force that has an operation clause."""
    if facts.contract_state == "active":
        return []
    return [Unmet("R09", "合同未签署或缺少运营条款，项目不能开工。", "M六(1)", "先签署合同。", "县商务局和承办主体")]


def all_stages_passed(facts: ProjectFacts) -> list[Unmet]:
    """R35: completed means every stage accepted."""
    missing = facts.stages_total - facts.stages_passed
    if facts.stages_total and not missing:
        return []
    return [
        Unmet("R35", f"还有 {missing} 个阶段没有验收，建设内容未完成。", "A§8(一)", "先办完各阶段验收。", "承办主体")
    ]


def contract_complete(facts: ContractFacts) -> list[Unmet]:
    """R09: the signed file, the operation clause, a term, and the undertaker's own signature are all there."""
    found = []
    if not facts.has_file:
        found.append(Unmet("R09", "缺少合同签署件。", "M六(1)", "上传双方签字盖章的合同。", "县商务局"))
    if not facts.operation_clause:
        found.append(
            Unmet(
                "R09",
                "合同缺少运营条款，不符合可持续运营要求。",
                "M六(1)",
                "补充运营条款后重新签署。",
                "县商务局和承办主体",
            )
        )
    if facts.due_on is None:
        found.append(Unmet("R14", "合同没有写明完成时限。", "F§12.2", "填写完成日期。", "县商务局"))
    if facts.total_fen < facts.award_fen:
        found.append(Unmet("R10", "合同总价低于专项资金核定额。", "F§6.3", "核对合同总价。", "县商务局"))
    if not facts.signed_by_undertaker:
        found.append(Unmet("R09", "承办主体还没有确认签署。", "M六(1)", "请承办主体在线确认合同。", "承办主体"))
    return found


def nothing_left_open(facts: ContractFacts) -> list[Unmet]:
    """A contract is completed when no stage of its project is open."""
    if not facts.stages_open:
        return []
    return [Unmet("R31", f"还有 {facts.stages_open} 个阶段没有验收。", "A§5(一)", "先办完各阶段验收。", "承办主体")]


PROJECT = Workflow(
    key="admin.project",
    label="专项资金项目",
    article="资金办法 第三章",
    states=[
        State("proposed", "已提出", "busy"),
        State("approved", "已批准", "busy"),
        State("building", "建设中", "busy"),
        State("suspended", "已暂停", "todo"),
        State("operating", "运营中", "busy"),
        State("accepted", "已通过终期验收", "ok"),
        State("settled", "已结清", "ok", final=True),
        State("terminated", "已终止", "bad", final=True),
    ],
    initial="proposed",
    moves=[
        Move("approve", "批准项目", ["proposed"], "approved", "admin.project.approve",
             guards=[plan_in_force, chosen_lawfully, budget_by_finance], who="领导小组"),
        Move("start", "开工", ["approved"], "building", "admin.project.start", guards=[contract_active], who="县商务局"),
        Move("suspend", "暂停建设", ["building"], "suspended", "admin.project.start", reason=True, who="县商务局"),
        Move("resume", "恢复建设", ["suspended"], "building", "admin.project.start", reason=True, who="县商务局"),
        Move("stage_passed", "阶段验收通过", ["building"], "building", None, by="system"),
        Move("complete", "完工转运营", ["building"], "operating", "admin.project.start", guards=[all_stages_passed], who="县商务局"),
        Move("final_passed", "终期验收通过", ["operating"], "accepted", None, by="system"),
        Move("retention_released", "尾款付清", ["accepted"], "settled", None, by="system"),
        Move("terminate", "终止项目", ["proposed", "approved", "building", "suspended", "operating"], "terminated", None, by="system"),
    ],
)  # fmt: skip

CONTRACT = Workflow(
    key="admin.contract",
    label="项目合同",
    article="实施方案 六(1)",
    states=[
        State("draft", "草稿", "todo"),
        State("active", "生效", "ok"),
        State("completed", "履行完毕", "ok", final=True),
        State("terminating", "提请终止", "todo"),
        State("terminated", "已终止", "bad"),
        State("closed", "已清算", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move("sign", "签署合同", ["draft"], "active", "admin.project.contract", guards=[contract_complete], who="县商务局"),
        Move("complete", "履行完毕", ["active"], "completed", "admin.project.contract", guards=[nothing_left_open], who="县商务局"),
        Move("terminate_request", "提请终止", ["active"], "terminating", "admin.project.terminate", reason=True, who="县商务局"),
        Move("approve", "同意终止", ["terminating"], "terminated", "admin.project.decide", reason=True, irreversible=True, who="县政府"),
        Move("refuse", "不同意终止", ["terminating"], "active", "admin.project.decide", reason=True, who="县政府"),
        Move("settle", "清算", ["terminated"], "closed", "admin.project.settle", reason=True, irreversible=True, who="县财政局"),
    ],
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportDue:
    """Which month's progress report should be in by now, and since when it is late."""

    month: date
    due_on: date
    late: bool


def report_due(today: date, due_day: int) -> ReportDue:
    """The report of last month, due on day ``due_day`` of this month (R51; the day is the town's, not in the text)."""
    first = today.replace(day=1)
    month = date(first.year - 1, 12, 1) if first.month == 1 else date(first.year, first.month - 1, 1)
    due = first.replace(day=due_day)
    return ReportDue(month, due, today > due)
