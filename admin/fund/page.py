"""What the project page shows: figures and bar from the ledger, strip, stages, gates, files, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from admin.acceptance import queries as acceptance
from admin.acceptance.rules import CASE
from admin.disclosure import queries as disclosure
from admin.disclosure.public_views import strip_of
from admin.fund import facts, queries, rules, watch
from admin.fund import service as funds
from admin.fund.models import Claim
from admin.fund.rules import CLAIM, FundFigures
from admin.project import queries as projects
from admin.project import service as project_service
from admin.project.models import Project, Stage
from admin.project.rules import CONTRACT, EVIDENCE_KINDS, PROJECT
from admin.supervision import queries as supervision
from core import clock
from core.account.actor import Actor
from core.file.queries import files_by_id
from core.money import yuan_grouped
from core.workflow.engine import history

BarPart = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class StageCard:
    """One stage as the page shows it."""

    stage: Stage
    label: str
    tone: str
    rows: tuple[tuple[str, str], ...]
    case: Any
    claim: Claim | None


def bar(figures: FundFigures, net_fen: int, current: Claim | None) -> list[BarPart]:
    """The bar in 分: paid, this claim, what comes later, retention; the parts add up to the award exactly."""
    retention = figures.retained_fen if figures.paid_fen > figures.cap_fen else figures.reserve_fen
    if figures.paid_fen >= figures.award_fen:
        retention = 0
    retention = min(retention, figures.award_fen - figures.paid_fen)
    now = min(net_fen, figures.award_fen - figures.paid_fen - retention)
    later = figures.award_fen - figures.paid_fen - retention - now
    return [
        ("已拨", f"{yuan_grouped(figures.paid_fen)} 元", figures.paid_fen, "solid"),
        ("本期待拨", CLAIM.label_of(current.state) if current else "没有在办的申请", now, "hatch"),
        ("后续", "以后各期", later, "blank"),
        ("尾款", "终期验收后付", retention, "dots"),
    ]


def context(project: Project, actor: Actor) -> dict[str, Any]:
    """Everything the template needs."""
    figures, current = queries.figures(project), queries.current_claim(project.id)
    claim_facts = facts.claim_facts(current, CLAIM.move("advise"), actor, clock.now(), {}) if current else None
    net = claim_facts.net_fen if claim_facts else 0
    public = disclosure.publicity_of(Claim.__tablename__, current.id) if current else None
    findings = supervision.findings_of(project.id)
    return {
        "project": project,
        "figures": figures,
        "net_fen": net,
        "bar": bar(figures, net, current),
        "current": current,
        "gates": rules.advice_gates(claim_facts) if claim_facts and current else [],
        "public": public,
        "days": strip_of(*public) if public else [],
        "counts": disclosure.opinion_counts(public[0].id) if public else {},
        "left": _days_left(public),
        "stages": [stage_card(project, s, figures) for s in projects.stages_of(project.id)],
        "final": acceptance.live_case(project.id, None),
        "retention": queries.retention_of(project.id),
        "findings": findings,
        "open_findings": [f for f in findings if f.state != "closed"],
        "files": files(project),
        "missing": missing(project),
        "past": timeline(project),
        "contract": projects.contract_of(project.id),
        "unconfirmed": queries.unconfirmed(project.id),
        "late_month": _late_month(project),
        "hints": watch.hints(project, actor),
    }


def stage_card(project: Project, stage: Stage, figures: FundFigures) -> StageCard:
    """A stage with its state in words and its money."""
    case, claim = acceptance.live_case(project.id, stage.id), queries.live_claim(stage.id)
    if claim is not None and claim.state == "paid":
        label, tone = "已拨付", "ok"
    elif claim is not None and claim.state not in ("draft", "submitted", "business_reviewed"):
        label, tone = CLAIM.label_of(claim.state), CLAIM.state(claim.state).tone
    elif case is not None:
        label, tone = CASE.label_of(case.state), CASE.state(case.state).tone
    else:
        label, tone = "未开始", "none"
    rows = [("核定", yuan_grouped(stage.award_fen))]
    if claim is not None:
        net = queries.net_posted(claim)
        if claim.state == "paid":
            rows.append(("已拨", yuan_grouped(queries.paid_on_claim(claim))))
        elif net is not None:
            rows.append(("待拨", yuan_grouped(net)))
        else:
            net = claim.gross_fen - figures.retain_of(claim.gross_fen)
            rows.append(("待拨", yuan_grouped(net)))
        if net is not None:
            rows.append(("预留", yuan_grouped(claim.gross_fen - net)))
    else:
        rows.append(("完工", stage.completion_on.isoformat()))
    return StageCard(stage, label, tone, tuple(rows), case, claim)


def files(project: Project) -> list[dict[str, Any]]:
    """Evidence with fingerprints, newest first."""
    rows = projects.evidence_of(project.id)
    stored = files_by_id([r.file_id for r in rows if r.file_id])
    found = []
    for row in rows:
        file = stored.get(row.file_id or 0)
        found.append(
            {
                "name": row.title, "kind": EVIDENCE_KINDS[row.kind], "on": clock.local(row.added_at).date(),
                "href": url_for("file.private", public_id=file.public_id) if file else "", "digest": file.sha256[:8] if file else "",
                "note": row.note,
            }
        )  # fmt: skip
    return found


def missing(project: Project) -> list[str]:
    """Kinds of evidence still wanted before the final acceptance."""
    have = projects.evidence_kinds(project.id)
    return [label for kind, label in EVIDENCE_KINDS.items() if kind not in have]


def timeline(project: Project, limit: int = 14) -> list[Any]:
    """History rows of the project and everything in it, newest last, at most ``limit``."""
    rows = list(history(PROJECT, project.id))
    contract = projects.contract_of(project.id)
    if contract is not None:
        rows += history(CONTRACT, contract.id)
    for claim in queries.claims_of(project.id):
        rows += history(CLAIM, claim.id)
    for case in acceptance.cases_of(project.id):
        rows += history(CASE, case.id)
    return sorted(rows, key=lambda r: r.id)[-limit:]


def ledger_rows(project: Project) -> list[list[Any]]:
    """Every leg of the project in both books, for the page and the export."""
    from core.ledger import queries as ledger

    rows: list[list[Any]] = []
    for book in ("G", "U"):
        for entry in ledger.entries(book, **queries.dims_of(project.id)):
            rows += [
                [entry.on_date, book, entry.kind, line.account, line.debit_fen, line.credit_fen, entry.memo]
                for line in entry.lines
            ]
    return rows


def _days_left(public: Any) -> int | None:
    if public is None or public[1].deadline is None:
        return None
    from core.calendar.service import working_days_between

    return working_days_between(clock.today(), public[1].deadline.date).days


def _late_month(project: Project) -> date | None:
    due = project_service.report_due(clock.today())
    started = clock.local(project.created_at).date().replace(day=1)
    if due.month < started or projects.report_of(project.id, due.month) is not None:
        return None
    return due.month


def claim_gates(claim: Claim, actor: Actor) -> list[rules.Gate]:
    """The gates of one claim."""
    return funds.gates(claim, actor)
