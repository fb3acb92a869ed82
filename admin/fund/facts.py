"""Loads what the moves of claims and retentions are decided on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from admin.acceptance import queries as acceptance
from admin.disclosure import queries as disclosure
from admin.fund import queries, rules
from admin.fund.models import Claim, Retention
from admin.fund.rules_policy import FundTerms
from admin.fund.rules_retention import RetentionFacts
from admin.project import queries as projects
from admin.project import service as project_service
from admin.project.models import Project
from admin.supervision import queries as supervision
from core import clock
from core.account.actor import Actor
from core.calendar.rules import has_ended
from core.calendar.service import add_working_days
from core.ledger import queries as ledger
from core.organisation.queries import get_organisation
from core.policy.queries import terms
from core.workflow.table import Move


def claim_facts(claim: Claim, _move: Move, actor: Actor, now: datetime, payload: Mapping[str, Any]) -> rules.ClaimFacts:
    """Everything the guards and the gates of a claim need, read once."""
    project, today = projects.by_id(claim.project_id), clock.local(now).date()
    figures = queries.figures(project)
    stage = next(s for s in projects.stages_of(project.id) if s.id == claim.stage_id)
    contract = projects.contract_of(project.id)
    public = disclosure.publicity_of(Claim.__tablename__, claim.id)
    posted = queries.net_posted(claim)
    inspection = supervision.latest_inspection(project.id, _since(today))
    return rules.ClaimFacts(
        today=today,
        gross_fen=claim.gross_fen,
        net_fen=posted if posted is not None else claim.gross_fen - figures.retain_of(claim.gross_fen),
        figures=figures,
        stage_award_fen=stage.award_fen,
        stage_number=stage.number,
        actor_key=actor.person_key,
        undertaker_chosen=bool(project.selection_doc_no),
        contract_state=contract.state if contract else "",
        project_state=project.state,
        statement=_statement(project, claim),
        evidence=projects.evidence_kinds(project.id, stage.id),
        invoices_fen=queries.invoices_fen(claim.id),
        late_report=_late_report(project, today),
        inspection_no=claim.inspection_no or (inspection.inspection_no if inspection else ""),
        inspectors=supervision.inspector_keys(project.id),
        chairs=acceptance.chair_keys(project.id),
        stage_accepted=acceptance.is_passed(project.id, stage.id),
        publicity=public[1] if public else None,
        publicity_draft=public is not None,
        open_findings=tuple(f.finding_no for f in supervision.open_findings(project.id)),
        unreported_receipt=_unreported(project.id, today),
        quota_fen=ledger.balance("G1010"),
        frozen_from=claim.frozen_from,
        bank_ref=payload.get("bank_ref"),
        terms=terms(FundTerms, on=clock.local(claim.created_at).date()),
    )


def retention_facts(
    retention: Retention, _move: Move, _actor: Actor, _now: datetime, payload: Mapping[str, Any]
) -> RetentionFacts:
    """What the moves of a retention are decided on."""
    project = projects.by_id(retention.project_id)
    figures, final = queries.figures(project), acceptance.live_case(project.id, None)
    paid_stages = {c.stage_id for c in queries.claims_of(project.id) if c.state == "paid"}
    payable = figures.payable_fen if retention.state == "retention_payable" else 0
    return RetentionFacts(
        stages_open=sum(s.id not in paid_stages for s in projects.stages_of(project.id)),
        final_filed=final is not None and final.state == "filed",
        open_findings=tuple(f.finding_no for f in supervision.open_findings(project.id)),
        paid_fen=figures.paid_fen,
        retained_fen=figures.retained_fen + payable,
        award_fen=project.award_fen,
        quota_fen=ledger.balance("G1010"),
        bank_ref=payload.get("bank_ref"),
    )


def _statement(project: Project, claim: Claim) -> dict[str, str]:
    """The seven items of a request (R14; 资金办法 §12.2)."""
    return {
        "项目名称": project.name,
        "建设内容和要求": project.content,
        "承办主体名称": get_organisation(project.undertaker_id).name,
        "工程进度完成情况": claim.progress,
        "完成时限": project.completion_on.isoformat(),
        "绩效目标": project.performance_target,
        "责任人": project.responsible_post,
    }


def _late_report(project: Project, today: date) -> str:
    due = project_service.report_due(today)
    started = clock.local(project.created_at).date().replace(day=1)
    if not due.late or due.month < started or projects.report_of(project.id, due.month) is not None:
        return ""
    return f"{due.month.month}月"


def _unreported(project_id: int, today: date) -> str:
    """The day of the last receipt nobody reported the use of, once the working days for reporting it are over (R26)."""
    received = queries.last_receipt(project_id)
    if received is None:
        return ""
    reports = [
        r
        for r in projects.reports_of(project_id)
        if clock.local(r.submitted_at).date() >= received and r.fund_use.strip()
    ]
    days = terms(FundTerms, on=received).use_report_wd
    if reports or not has_ended(add_working_days(received, days), today):
        return ""
    return f"{received:%m月%d日}"


def _since(today: date) -> date:
    """The first day of last month: an inspection of this or last month is a basis (R54)."""
    return project_service.report_due(today).month
