"""The retention of a project as a table: 10 % kept from the first E3 until the final acceptance (资金办法 §7; pure)."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow


@dataclass(frozen=True, slots=True)
class RetentionFacts:
    """What the moves of a project's retention are decided on; None means: asked together with the click."""

    stages_open: int = 0
    final_filed: bool = False
    open_findings: tuple[str, ...] = ()
    final_disclosed: bool = False
    paid_fen: int = 0
    retained_fen: int = 0
    award_fen: int = 0
    quota_fen: int = 0
    bank_ref: str | None = None


def final_complete(facts: RetentionFacts) -> list[Unmet]:
    """R13, R38: all stages paid, the final acceptance published and filed."""
    found = []
    if facts.stages_open:
        found.append(
            Unmet("R13", f"还有 {facts.stages_open} 个阶段没有拨付。", "F§7", "先办完各阶段拨付。", "县财政局")
        )
    if not facts.final_filed:
        found.append(
            Unmet("R38", "终期验收还没有通过、公开并报市、省备案。", "F§7、F§17", "办完终期验收和备案。", "县商务局")
        )
    return found


def retention_free(facts: RetentionFacts) -> list[Unmet]:
    """R17: no open finding when the retention is paid, and the sum is exactly the award."""
    found = [
        Unmet(
            "R17",
            f"项目有未整改到位问题{finding}，专项资金不予拨付。",
            "F§12.3",
            "整改到位并经另一人复核。",
            "承办企业",
        )
        for finding in facts.open_findings
    ]
    if facts.paid_fen + facts.retained_fen != facts.award_fen:
        found.append(Unmet("R13", "已拨与尾款之和不等于核定额。", "F§7", "核对各期分录。", "县财政局"))
    if facts.bank_ref is not None and not facts.bank_ref.strip():
        found.append(Unmet("R12", "没有填银行流水号。", "F§6", "填写国库集中支付的流水号。", "县财政局"))
    return found


RETENTION = Workflow(
    key="admin.retention",
    label="尾款",
    article="资金办法 §7",
    states=[
        State("none", "未预留", "none"),
        State("retention_held", "预留中", "busy"),
        State("retention_payable", "可付", "busy"),
        State("retention_paid", "已付清", "ok", final=True),
    ],
    initial="none",
    moves=[
        Move("hold", "开始预留", ["none"], "retention_held", None, by="system"),
        Move("final_ok", "终期验收通过", ["retention_held"], "retention_payable", None, by="system", guards=[final_complete]),
        Move("pay", "付尾款", ["retention_payable"], "retention_paid", "admin.fund.pay", guards=[retention_free], irreversible=True, who="县财政局"),
    ],
)  # fmt: skip
