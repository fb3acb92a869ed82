"""Use cases of inspections and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from admin.project import ports
from admin.project import queries as projects
from admin.project import service as project_service
from admin.project.models import Project
from admin.project.service import require
from admin.supervision import permissions, queries, rules
from admin.supervision.models import Finding, Inspection
from admin.supervision.rules import FINDING, INSPECTION
from core import clock
from core.account.actor import SYSTEM, Actor
from core.calendar.queries import deadline_of
from core.calendar.rules import Deadline
from core.calendar.service import set_deadline
from core.db import db
from core.errors import BadInput, register_constraint
from core.file.service import store
from core.notice.service import send
from core.numbers import gap_free
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

register_constraint(
    "uq_admin_supervision_inspection_slot", "inspection.exists", "这一期的检查已经安排过。", "period_start"
)
STATEMENT = "statement"


def plan(project: Project, kind: str, period_start: date, actor: Actor) -> Inspection:
    """Afterwards an inspection of the month, the quarter or a spot check is planned (R52, R53)."""
    require(actor, permissions.INSPECT)
    if kind not in rules.INSPECTION_KINDS:
        raise BadInput("检查类别不在清单里。", code="inspection.kind", field="kind")
    if kind == "month":
        period_start = period_start.replace(day=1)
    elif kind == "quarter":
        period_start = period_start.replace(month=(period_start.month - 1) // 3 * 3 + 1, day=1)
    year = clock.today().year
    row = Inspection(
        inspection_no=f"JC-{year}-{gap_free('inspection', year):03d}",
        project_id=project.id,
        kind=kind,
        period_start=period_start,
    )
    db.session.add(row)
    record("inspection.planned", row, actor, kind=kind, period=period_start)
    db.session.flush()
    return row


def start(inspection: Inspection, actor: Actor) -> None:
    """Afterwards the inspection is under way."""
    fire(INSPECTION, inspection, "start", actor)


def record_checklist(
    inspection: Inspection, methods: Sequence[str], answers: Mapping[str, str], actor: Actor, *, second_organ: str = ""
) -> None:
    """Afterwards the three-part checklist stands (R57)."""
    payload = {"methods": list(methods), "answers": dict(answers), "second_organ": second_organ}
    fire(INSPECTION, inspection, "record", actor, payload=payload)


def no_finding(inspection: Inspection, actor: Actor) -> None:
    """Afterwards the inspection is closed without a finding."""
    fire(INSPECTION, inspection, "no_finding", actor)


def raise_finding(inspection: Inspection, text: str, severity: str, actor: Actor) -> None:
    """Afterwards the undertaker may state its case for the town's number of working days (R60)."""
    fire(INSPECTION, inspection, "finding", actor, payload={"text": text, "severity": severity})


def state_case(inspection: Inspection, text: str, actor: Actor) -> None:
    """Afterwards the undertaker's statement is on file."""
    fire(INSPECTION, inspection, "statement", actor, reason=text)


def confirm(inspection: Inspection, actor: Actor) -> Finding:
    """Afterwards the finding is confirmed, open, and blocks the next payment; returned."""
    fire(INSPECTION, inspection, "confirm", actor)
    found = queries.finding_of(inspection.id)
    assert found is not None
    return found


def drop(inspection: Inspection, actor: Actor, reason: str) -> None:
    """Afterwards the alleged finding is dropped with reasons."""
    fire(INSPECTION, inspection, "drop", actor, reason=reason)


def open_finding(
    project_id: int, text: str, actor: Actor, *, severity: str = "", inspection: Inspection | None = None
) -> Finding:
    """Afterwards a confirmed finding stands and blocks payment (effect of an inspection or of an overdue rectification)."""
    year = clock.today().year
    row = Finding(
        finding_no=f"WT-{year}-{gap_free('finding', year):03d}", project_id=project_id, text=text, severity=severity,
        inspection_id=inspection.id if inspection else None, inspector_key=inspection.inspector_key if inspection else "",
    )  # fmt: skip
    db.session.add(row)
    record("finding.opened", row, actor, text=text)
    db.session.flush()
    return row


def issue_notice(finding: Finding, doc_no: str, due_on: date, delivered_on: date, actor: Actor) -> None:
    """Afterwards the first or the second notice is issued, whichever is due; claims are frozen (R55)."""
    move = "notice1" if finding.state == "confirmed" else "notice2"
    fire(FINDING, finding, move, actor, payload={"doc_no": doc_no, "due_on": due_on, "delivered_on": delivered_on})


def submit_fix(
    finding: Finding, evidence: str, actor: Actor, *, upload: tuple[BinaryIO | bytes, str] | None = None
) -> None:
    """Afterwards the undertaker's correction waits for another person's check."""
    move = "submit" if finding.state == "notice1_issued" else "submit2"
    fire(FINDING, finding, move, actor, payload={"evidence": evidence})
    if upload is not None:
        owner = projects.by_id(finding.project_id).undertaker_id
        finding.evidence_file_id = store(
            upload[0], upload[1], kind="document", owner_organisation_id=owner, actor=actor
        ).id


def check_fix(finding: Finding, passed: bool, actor: Actor, reason: str = "") -> None:
    """Afterwards the finding is closed, or its notice has failed."""
    again = finding.state == "checking2"
    move = ("ok2" if again else "ok") if passed else ("not_ok2" if again else "not_ok")
    fire(FINDING, finding, move, actor, reason=reason)


def request_termination(finding: Finding, actor: Actor, reason: str) -> None:
    """Afterwards the government is asked to terminate the contract (R55)."""
    fire(FINDING, finding, "request", actor, reason=reason)


def decide_termination(
    finding: Finding, agreed: bool, actor: Actor, reason: str, *, new_due_on: date | None = None
) -> None:
    """Afterwards the contract is terminated, or a new term runs."""
    payload = {} if agreed else {"doc_no": finding.doc_no2, "due_on": new_due_on, "delivered_on": clock.today()}
    fire(FINDING, finding, "approve" if agreed else "refuse", actor, reason=reason, payload=payload)


def run_timers() -> int:
    """Afterwards terms that have ended and slots that were missed are marked; returns how many."""
    today, moved = clock.today(), 0
    for finding in db.session.scalars(
        select(Finding).where(Finding.state.in_(("notice1_issued", "notice2_issued")))
    ).all():
        due = finding.due1_on if finding.state == "notice1_issued" else finding.due2_on
        if due is not None and due < today:
            fire(FINDING, finding, "due_passed" if finding.state == "notice1_issued" else "due_passed2", SYSTEM)
            moved += 1
    for row in db.session.scalars(select(Inspection).where(Inspection.state.in_(("planned", "in_progress")))).all():
        end = rules.slot_end(row.kind, row.period_start)
        if end is not None and end < today:
            fire(INSPECTION, row, "miss", SYSTEM)
            moved += 1
    return moved


def on_recorded(inspection: Inspection, ctx: MoveContext) -> None:
    """Effect of ``record``."""
    inspection.methods, inspection.answers = list(ctx.payload["methods"]), dict(ctx.payload["answers"])
    inspection.second_organ = str(ctx.payload["second_organ"])
    inspection.inspected_on, inspection.inspector_key = clock.local(ctx.now).date(), ctx.actor.person_key


def on_finding(inspection: Inspection, ctx: MoveContext) -> None:
    """Effect of ``finding``: the statement period starts and the undertaker is told."""
    inspection.finding_text, inspection.severity = str(ctx.payload["text"]), str(ctx.payload["severity"])
    today = clock.local(ctx.now).date()
    due = set_deadline(inspection, STATEMENT, today, queries.statement_days(today))
    _tell(
        inspection.project_id,
        "检查发现问题，可以陈述",
        f"{inspection.finding_text}\n请在 {due.due_on:%m月%d日} 24:00 前陈述。",
    )


def on_statement(inspection: Inspection, ctx: MoveContext) -> None:
    """Effect of ``statement``."""
    inspection.statement = ctx.reason.strip()


def on_confirmed(inspection: Inspection, ctx: MoveContext) -> None:
    """Effect of ``confirm``: the finding opens."""
    finding = open_finding(
        inspection.project_id, inspection.finding_text, ctx.actor, severity=inspection.severity, inspection=inspection
    )
    _tell(inspection.project_id, "问题已确认", f"{finding.finding_no}：{finding.text}")


def on_notice(finding: Finding, ctx: MoveContext) -> None:
    """Effect of a notice: term and document are kept, claims freeze."""
    first = ctx.move.key == "notice1"
    doc, due, delivered = str(ctx.payload["doc_no"]), ctx.payload["due_on"], ctx.payload["delivered_on"]
    if first:
        finding.doc_no1, finding.due1_on, finding.delivered1_on = doc, due, delivered
    else:
        finding.doc_no2, finding.due2_on, finding.delivered2_on = doc, due, delivered
    _tell(finding.project_id, "整改通知", f"{doc}：{finding.text}\n整改期限 {due:%m月%d日}。")
    _announce(finding, True, ctx.actor)


def on_submitted(finding: Finding, ctx: MoveContext) -> None:
    """Effect of ``submit``."""
    finding.evidence = str(ctx.payload["evidence"])


def on_closed(finding: Finding, ctx: MoveContext) -> None:
    """Effect of ``ok``: payment is free again where nothing else is open."""
    finding.closed_at = ctx.now
    db.session.flush()
    if not queries.open_findings(finding.project_id):
        _announce(finding, False, ctx.actor)


def on_requested(finding: Finding, ctx: MoveContext) -> None:
    """Effect of ``request``: the contract waits for the government."""
    project_service.request_termination(finding.project_id, ctx.reason, ctx.actor)


def on_terminated(finding: Finding, ctx: MoveContext) -> None:
    """Effect of ``approve``: contract and project end."""
    project_service.decide_termination(finding.project_id, True, ctx.reason, ctx.actor)


def on_refused(finding: Finding, ctx: MoveContext) -> None:
    """Effect of ``refuse``: a new term runs and the contract is active again."""
    on_notice(finding, ctx)
    project_service.decide_termination(finding.project_id, False, ctx.reason, ctx.actor)


def inspection_facts(
    row: Inspection, _move: Move, _actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> rules.InspectionFacts:
    """What the moves of an inspection are decided on."""
    return rules.InspectionFacts(
        today=clock.local(now).date(),
        slot_end=rules.slot_end(row.kind, row.period_start),
        methods=tuple(payload.get("methods", ())),
        answers=payload.get("answers"),
        second_organ=str(payload.get("second_organ", "")),
        kind=row.kind,
        finding_text=payload.get("text"),
        statement=deadline_of(row, STATEMENT),
        stated=bool(row.statement),
    )


def finding_facts(
    row: Finding, _move: Move, actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> rules.FindingFacts:
    """What the moves of a finding are decided on."""
    due = row.due1_on if row.state in ("confirmed", "notice1_issued", "checking", "notice1_failed") else row.due2_on
    return rules.FindingFacts(
        today=clock.local(now).date(),
        actor_key=actor.person_key,
        inspector_key=row.inspector_key,
        due=Deadline(due) if due else None,
        doc_no=payload.get("doc_no"),
        due_on=payload.get("due_on"),
        delivered_on=payload.get("delivered_on"),
        evidence=payload.get("evidence"),
    )


def _announce(finding: Finding, blocks: bool, actor: Actor) -> None:
    for hook in ports.finding_moved:
        hook(project_id=finding.project_id, blocks=blocks, reason=f"{finding.finding_no} {finding.text}", actor=actor)


def _tell(project_id: int, title: str, body: str) -> None:
    project = projects.by_id(project_id)
    send(
        title=title,
        body=f"{project.name}\n{body}",
        link=f"/fund/projects/{project.public_id}",
        to_organisation_id=project.undertaker_id,
    )
