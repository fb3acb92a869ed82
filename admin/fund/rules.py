"""B4 claim as a table; all gates of a payment in one list (R11-R19, R51, R54, R63, R64).

Left out until its room exists: clawback (E6, E7: ``claw_back``, ``refund``).  B4 ``unfreeze`` returns to the state
before; a move of our tables has one target, so there is one ``unfreeze_to_…`` per state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from admin.disclosure.rules import PublicityFacts, publicity_unmet
from admin.fund.rules_policy import FundTerms
from core.errors import Unmet
from core.money import retention, yuan_grouped
from core.workflow.table import Move, State, Workflow

RETENTION_PERCENT = 10
MATERIALS: dict[str, str] = {
    "claim_form": "资金申请表",
    "contract": "合同",
    "invoices": "发票",
    "schedule": "建设进度",
}
FREEZABLE = ("submitted", "business_reviewed", "accepted", "in_publicity", "objected", "payable", "advised")


@dataclass(frozen=True, slots=True)
class FundFigures:
    """A project's money in 分, every figure from the ledger except the award itself."""

    award_fen: int
    allocated_fen: int = 0
    paid_fen: int = 0
    payable_fen: int = 0
    retained_fen: int = 0
    frozen_fen: int = 0
    recognised_fen: int = 0

    @property
    def cap_fen(self) -> int:
        """What may be paid in sum before the final acceptance: 90 % of the award (R13)."""
        return self.award_fen - -(-self.award_fen * RETENTION_PERCENT // 100)

    @property
    def room_fen(self) -> int:
        """What may still be paid before the final acceptance."""
        return max(0, self.cap_fen - self.paid_fen)

    @property
    def reserve_fen(self) -> int:
        """The part of the award kept for the end."""
        return self.award_fen - self.cap_fen

    def retain_of(self, gross_fen: int) -> int:
        """What of a claim of ``gross_fen`` is retained (cumulative, rounded up)."""
        return retention(self.recognised_fen, gross_fen, self.retained_fen, RETENTION_PERCENT)


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What the moves of a claim are decided on; None means: asked together with the click."""

    today: date
    gross_fen: int
    net_fen: int
    figures: FundFigures
    stage_award_fen: int
    stage_number: int
    actor_key: str = ""
    undertaker_chosen: bool = True
    contract_state: str = "active"
    project_state: str = "building"
    statement: dict[str, str] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()
    invoices_fen: int = 0
    late_report: str = ""
    inspection_no: str = ""
    inspectors: frozenset[str] = frozenset()
    chairs: frozenset[str] = frozenset()
    stage_accepted: bool = False
    publicity: PublicityFacts | None = None
    publicity_draft: bool = False
    open_findings: tuple[str, ...] = ()
    unreported_receipt: str = ""
    quota_fen: int = 0
    frozen_from: str = ""
    bank_ref: str | None = None
    terms: FundTerms = field(default_factory=FundTerms)


@dataclass(frozen=True, slots=True)
class Gate:
    """One line of 本期能不能拨: a statement that holds, or the unmet rule."""

    statement: str
    unmet: tuple[Unmet, ...] = ()

    @property
    def open(self) -> bool:
        return not self.unmet


def contract_runs(facts: ClaimFacts) -> list[Unmet]:
    """R03, R12, B3: only a chosen undertaker with a contract in force, never while it is being terminated."""
    found = []
    if not facts.undertaker_chosen:
        found.append(
            Unmet("R03", "申请人不是经合法程序确定的承办主体。", "F§11、§12.1", "登记遴选程序和确定文号。", "县商务局")
        )
    if facts.contract_state != "active":
        found.append(
            Unmet("R12", "没有生效的合同，不能申请和拨付。", "F§7", "先签署合同；提请终止期间不予拨付。", "县商务局")
        )
    if facts.project_state not in ("building", "operating"):
        found.append(Unmet("R12", "项目不在建设或运营中，不能申请和拨付。", "F§7", "先开工或恢复建设。", "县商务局"))
    return found


def within_stage(facts: ClaimFacts) -> list[Unmet]:
    """R12: a claim is at most what the contract foresees for the stage."""
    if 0 < facts.gross_fen <= facts.stage_award_fen:
        return []
    return [
        Unmet(
            "R12",
            f"本期申请不能超过该阶段核定的{yuan_grouped(facts.stage_award_fen)}元。",
            "F§7",
            "核对金额。",
            "承办企业",
        )
    ]


def statement_complete(facts: ClaimFacts) -> list[Unmet]:
    """R14: the request names project, content, undertaker, progress, term, performance target and the responsible post."""
    missing = [label for label, value in facts.statement.items() if not value.strip()]
    if not missing:
        return []
    return [Unmet("R14", f"资金拨付请示缺少：{'、'.join(missing)}。", "F§12.2", "补全后再提交。", "承办企业")]


def materials_complete(facts: ClaimFacts) -> list[Unmet]:
    """R15: form, contract, invoices and schedule are there, and the invoices cover the town's share of the gross amount."""
    found = [
        Unmet("R15", f"缺少{label}。", "F§12.4", "在项目页“补充材料”上传。", "承办企业")
        for kind, label in MATERIALS.items()
        if kind not in facts.evidence
    ]
    wanted = -(-facts.gross_fen * facts.terms.invoice_percent // 100)
    if facts.invoices_fen < wanted:
        short = yuan_grouped(wanted - facts.invoices_fen)
        part = "" if facts.terms.invoice_percent == 100 else f"的 {facts.terms.invoice_percent}%"
        found.append(Unmet("R15", f"发票合计比申请金额{part}少{short}元。", "F§12.4", "登记其余发票。", "承办企业"))
    return found


def report_in(facts: ClaimFacts) -> list[Unmet]:
    """R51: last month's progress report is in."""
    if not facts.late_report:
        return []
    return [Unmet("R51", f"{facts.late_report}进度报告未报送，影响拨付依据。", "S一(二)", "报送进度报告。", "承办企业")]


def use_reported(facts: ClaimFacts) -> list[Unmet]:
    """R26: after an earlier receipt its use has been reported in writing."""
    if not facts.unreported_receipt:
        return []
    return [
        Unmet(
            "R26",
            f"收到{facts.unreported_receipt}拨款后尚未报送使用情况。",
            "F§5",
            "在进度报告里写明资金使用情况。",
            "承办企业",
        )
    ]


def inspected(facts: ClaimFacts) -> list[Unmet]:
    """R54: a recent inspection is the basis of a stage payment."""
    if facts.inspection_no:
        return []
    return [
        Unmet(
            "R54",
            "本期无有效检查结果，不能办理阶段性拨付。",
            "S一(四)",
            "开展本月或上月的检查并记录。",
            "县商务局检查人",
        )
    ]


def reviewer_apart(facts: ClaimFacts) -> list[Unmet]:
    """R37, R59, C16: who inspected or chaired the acceptance does not review the claim."""
    found = []
    if facts.actor_key in facts.inspectors:
        found.append(
            Unmet("R59", "做过本项目检查的人员不能审核拨付申请。", "控制要求", "请另一名人员审核。", "县商务局")
        )
    if facts.actor_key in facts.chairs:
        found.append(Unmet("R37", "本项目的验收组长不能审核拨付申请。", "控制要求", "请另一名人员审核。", "县商务局"))
    return found


def stage_accepted(facts: ClaimFacts) -> list[Unmet]:
    """R16, A§8: the stage is accepted and the government has reviewed."""
    if facts.stage_accepted:
        return []
    return [
        Unmet(
            "R31",
            f"第{facts.stage_number}阶段尚未验收。",
            "A§5(一)、F§12.3",
            "办完阶段验收和县政府审核。",
            "承办企业和验收小组",
        )
    ]


def publicity_published(facts: ClaimFacts) -> list[Unmet]:
    """R16, R27: the publicity of this claim stands on the public page."""
    if facts.publicity is not None and facts.publicity.published_on is not None and not facts.publicity.withdrawn:
        return []
    help_text = "公示稿已自动起草，提交并由另一人审核发布。" if facts.publicity_draft else "起草公示稿。"
    return [Unmet("R16", "还没有在县政府网站发布公示。", "F§12.3", help_text, "县商务局")]


def publicity_over(facts: ClaimFacts) -> list[Unmet]:
    """R16, R63, R64: period over on a settled calendar, nothing objected to."""
    return publicity_unmet(facts.publicity, facts.today)


def no_open_objection(facts: ClaimFacts) -> list[Unmet]:
    """R64: every objection is answered in writing."""
    count = facts.publicity.open_objections if facts.publicity else 0
    if not count:
        return []
    return [Unmet("R64", f"有{count}条异议未办结，不得拨付。", "F§12.3", "书面答复后方可关闭。", "县商务局")]


def no_open_finding(facts: ClaimFacts) -> list[Unmet]:
    """R17: one open finding blocks the payment."""
    return [
        Unmet(
            "R17",
            f"项目有未整改到位问题{finding}，专项资金不予拨付。",
            "F§12.3",
            "整改到位并经另一人复核。",
            "承办企业",
        )
        for finding in facts.open_findings
    ]


def books_kept(facts: ClaimFacts) -> list[Unmet]:
    """R19, R20: separate books and the asset ledger exist."""
    found = []
    if "bookkeeping" not in facts.evidence:
        found.append(Unmet("R19", "未进行专账核算。", "F§8、§15、§16", "登记专账账户和记账人。", "承办企业"))
    if "asset_ledger" not in facts.evidence:
        found.append(Unmet("R20", "没有资产台账。", "F§8", "上传资产管理台账。", "承办企业"))
    return found


def under_cap(facts: ClaimFacts) -> list[Unmet]:
    """R13: before the final acceptance never more than 90 % of the award, counted from the ledger."""
    if facts.net_fen <= facts.figures.room_fen:
        return []
    room = yuan_grouped(facts.figures.room_fen)
    return [
        Unmet(
            "R13",
            f"终期验收通过前累计拨付不得超过核定额的90%，本次最多可拨{room}元。",
            "F§7",
            "调整本期金额。",
            "承办企业",
        )
    ]


def quota_there(facts: ClaimFacts) -> list[Unmet]:
    """The treasury quota covers the payment."""
    if facts.net_fen <= facts.quota_fen:
        return []
    return [
        Unmet(
            "R02", f"可用指标只有{yuan_grouped(facts.quota_fen)}元，不够本次拨付。", "F§3", "等待预算下达。", "县财政局"
        )
    ]


def bank_ref_given(facts: ClaimFacts) -> list[Unmet]:
    """A payment or receipt names its bank reference."""
    if facts.bank_ref is None or facts.bank_ref.strip():
        return []
    return [Unmet("R12", "没有填银行流水号。", "F§6", "填写国库集中支付的流水号。", "办理人")]


def frozen_from(state: str) -> object:
    """The guard of the one ``unfreeze`` that leads back to ``state``."""

    def guard(facts: ClaimFacts) -> list[Unmet]:
        found = []
        if facts.frozen_from != state:
            found.append(Unmet("R17", "暂停前不在这一步。", "F§12.3", "按暂停前的状态恢复。", "系统"))
        return found + no_open_finding(facts)

    return guard


def advice_gates(facts: ClaimFacts) -> list[Gate]:
    """Every gate of this payment, the closed ones first (本期能不能拨)."""
    gates = [
        Gate("公示期满且无未办结异议", tuple(publicity_over(facts))),
        Gate("没有未整改到位的问题", tuple(no_open_finding(facts))),
        Gate("上月进度报告已报送", tuple(report_in(facts))),
        Gate("前期拨款使用情况已报送", tuple(use_reported(facts))),
        Gate(f"有检查结果作依据，{facts.inspection_no}", tuple(inspected(facts))),
        Gate("阶段验收合格，县政府已审核", tuple(stage_accepted(facts))),
        Gate("材料齐全，发票未重复", tuple(materials_complete(facts))),
        Gate("专账核算、资产台账已登记", tuple(books_kept(facts))),
        Gate("合同生效，承办主体合规", tuple(contract_runs(facts))),
        Gate("累计拨付不超过核定额的 90%", tuple(under_cap(facts))),
        Gate("可用指标足够", tuple(quota_there(facts))),
    ]
    return sorted(gates, key=lambda gate: gate.open)


def all_gates(facts: ClaimFacts) -> list[Unmet]:
    """Every unmet rule of every gate: what ``advise`` and ``pay`` refuse with."""
    return [unmet for gate in advice_gates(facts) for unmet in gate.unmet]


_FREEZE = [
    Move("freeze", "暂停拨付", list(FREEZABLE), "frozen", "admin.fund.freeze", reason=True, who="县商务局、县财政局"),
    *[
        Move(f"unfreeze_to_{state}", "恢复拨付", ["frozen"], state, "admin.fund.freeze", guards=[frozen_from(state)],  # type: ignore[list-item]
             reason=True, who="县商务局、县财政局")
        for state in FREEZABLE
    ],
]  # fmt: skip

CLAIM = Workflow(
    key="admin.claim",
    label="专项资金拨付",
    article="资金办法 §12",
    states=[
        State("draft", "草稿", "todo"),
        State("submitted", "已申请", "busy"),
        State("business_reviewed", "业务审核通过", "busy"),
        State("accepted", "验收合格，待公示", "busy"),
        State("in_publicity", "公示中", "busy"),
        State("objected", "有异议待答复", "todo"),
        State("payable", "可拨付", "busy"),
        State("advised", "已出具支付建议", "busy"),
        State("paid", "已拨付", "ok"),
        State("returned", "财政退回", "bad", final=True),
        State("frozen", "暂停拨付", "bad"),
    ],
    initial="draft",
    moves=[
        Move("submit", "提交拨付申请", ["draft"], "submitted", "admin.fund.claim", by="owner",
             guards=[contract_runs, within_stage, statement_complete, materials_complete, report_in, use_reported], who="承办企业"),
        Move("return", "退回补正", ["submitted"], "draft", "admin.fund.review", reason=True, who="县商务局"),
        Move("commerce_ok", "业务审核通过", ["submitted"], "business_reviewed", "admin.fund.review",
             guards=[reviewer_apart, inspected, within_stage], who="县商务局"),
        Move("acceptance_passed", "阶段验收合格", ["business_reviewed"], "accepted", None, by="system", guards=[stage_accepted]),
        Move("publicise", "开始公示", ["accepted"], "in_publicity", "admin.fund.review", guards=[publicity_published], who="县商务局"),
        Move("objection", "收到异议", ["in_publicity"], "objected", None, by="public"),
        Move("reply", "异议已答复", ["objected"], "in_publicity", None, by="system", guards=[no_open_objection]),
        Move("publicity_done", "公示期满", ["in_publicity"], "payable", None, by="system", guards=[publicity_over]),
        Move("advise", "出具支付建议", ["payable"], "advised", "admin.fund.advise", guards=[all_gates],
             not_same_person_as=["commerce_ok"], who="办公室主任"),
        Move("pay", "拨付", ["advised"], "paid", "admin.fund.pay", guards=[all_gates, bank_ref_given],
             not_same_person_as=["advise", "commerce_ok"], irreversible=True, who="县财政局"),
        Move("refuse", "财政退回", ["advised"], "returned", "admin.fund.pay", reason=True, who="县财政局"),
        Move("confirm_receipt", "确认到账", ["paid"], "paid", "admin.fund.claim", by="owner", guards=[bank_ref_given], who="承办企业"),
        *_FREEZE,
    ],
)  # fmt: skip
