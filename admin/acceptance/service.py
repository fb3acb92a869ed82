"""Use cases of acceptance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from admin.acceptance import permissions, queries, rules
from admin.acceptance.models import Case, Member
from admin.acceptance.rules import CASE
from admin.acceptance.rules_policy import AcceptanceTerms
from admin.disclosure import service as disclosure
from admin.disclosure.queries import item_of
from admin.project import ports
from admin.project import queries as projects
from admin.project import service as project_service
from admin.project.models import Project
from admin.project.rules import PROJECT
from admin.project.service import require
from admin.supervision import queries as supervision
from admin.supervision.service import open_finding
from core import clock
from core.account.actor import SYSTEM, Actor
from core.calendar.service import set_deadline
from core.db import db
from core.errors import BadInput, Conflict, NotFound, register_constraint
from core.numbers import gap_free
from core.organisation.queries import get_organisation
from core.policy.queries import terms
from core.record.service import record
from core.workflow.engine import MoveContext, fire, history
from core.workflow.table import Move

register_constraint("uq_admin_acceptance_case_live", "acceptance.exists", "这个阶段已经在验收。")
RECEIVED = "organise"


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat of the group: the person, for which unit, and whether in the chair."""

    user_id: int
    unit: str
    chair: bool = False


def draft(project: Project, actor: Actor, *, stage_number: int | None) -> Case:
    """Afterwards a draft application stands for the stage, or for the final acceptance (None)."""
    require(actor, permissions.APPLY)
    if project.undertaker_id != actor.organisation_id:
        raise NotFound("没有找到这个项目。")
    stage = projects.stage(project.id, stage_number) if stage_number is not None else None
    existing = queries.live_case(project.id, stage.id if stage else None)
    if existing is not None:
        raise Conflict("这个阶段已经在验收。", code="acceptance.exists", help="从项目页进入已有的验收。")
    year = clock.today().year
    case = Case(
        case_no=f"YS-{year}-{gap_free('acceptance', year):03d}", project_id=project.id, stage_id=stage.id if stage else None,
        kind="stage" if stage else "final", criteria=rules.CRITERIA,
    )  # fmt: skip
    db.session.add(case)
    record("acceptance.drafted", case, actor, kind=case.kind)
    db.session.flush()
    return case


def apply(case: Case, actor: Actor) -> None:
    """Afterwards the application is in and the 15 working days run (R34)."""
    fire(CASE, case, "apply", actor)


def form_group(case: Case, seats: Sequence[Seat], actor: Actor) -> None:
    """Afterwards the group has exactly these members; only while the application is being reviewed (R36)."""
    require(actor, permissions.REVIEW)
    if case.state != "applied":
        raise Conflict("只有在受理前可以调整验收小组。", code="acceptance.group_fixed")
    if any(s.unit not in rules.UNITS for s in seats) or len({s.user_id for s in seats}) != len(seats):
        raise BadInput("成员单位不在清单里，或有人重复。", code="acceptance.seats", field="seats")
    db.session.execute(delete(Member).where(Member.case_id == case.id))
    db.session.add_all(Member(case_id=case.id, user_id=s.user_id, unit=s.unit, chair=s.chair) for s in seats)
    record("acceptance.group_formed", case, actor, units=sorted(s.unit for s in seats))
    db.session.flush()


def accept(case: Case, actor: Actor) -> None:
    """Afterwards the application is accepted and being prepared."""
    fire(CASE, case, "accept", actor)


def not_accept(case: Case, actor: Actor, reason: str) -> None:
    """Afterwards the application is turned down with reasons; a new one may be made."""
    fire(CASE, case, "not_accept", actor, reason=reason)


def ready(case: Case, actor: Actor, *, meeting_on: date, place: str) -> None:
    """Afterwards date and place are fixed (R42)."""
    fire(CASE, case, "ready", actor, payload={"meeting_on": meeting_on, "place": place})


def not_ready(case: Case, actor: Actor, reason: str) -> None:
    """Afterwards the case is returned as not ready."""
    fire(CASE, case, "not_ready", actor, reason=reason)


def score(case: Case, actor: Actor, *, score: int, approves: bool, no_conflict: bool, note: str = "") -> None:
    """Afterwards this member has declared and voted; only on the own login and while scheduled."""
    require(actor, permissions.SCORE)
    seat = queries.member(case.id, actor.user_id)
    if seat is None:
        raise NotFound("你不在这次验收小组里。", help="请核对验收编号。")
    if case.state != "scheduled":
        raise Conflict("现在不能评分。", code="acceptance.not_scheduled", help="定好时间地点后才能评分。")
    if not no_conflict:
        raise BadInput(
            "有关联的成员须回避，不能评分。",
            code="acceptance.conflict",
            field="no_conflict",
            help="请告知县商务局更换成员。",
        )
    if not 0 <= score <= 100:
        raise BadInput("评分在 0 到 100 之间。", code="acceptance.score", field="score")
    now = clock.now()
    seat.score, seat.approves, seat.note, seat.declared_at, seat.scored_at = score, approves, note, now, now
    record("acceptance.scored", case, actor, score=score, approves=approves)
    db.session.flush()


def inspect(case: Case, actor: Actor) -> None:
    """Afterwards the case is evaluated; every member has voted."""
    fire(CASE, case, "inspect", actor)


def pass_case(case: Case, actor: Actor, opinion: str) -> None:
    """Afterwards the group's pass waits for the government."""
    fire(CASE, case, "pass", actor, reason=opinion)


def fail(case: Case, actor: Actor, opinion: str, fix_due_on: date) -> None:
    """Afterwards the undertaker rectifies until the given day (R39)."""
    fire(CASE, case, "fail", actor, reason=opinion, payload={"fix_due_on": fix_due_on})


def submit_fix(case: Case, actor: Actor, text: str) -> None:
    """Afterwards the rectification waits for the re-check."""
    fire(CASE, case, "submit_fix", actor, payload={"fix_text": text})


def recheck(case: Case, actor: Actor, passed: bool, opinion: str, *, fix_due_on: date | None = None) -> None:
    """Afterwards the re-check is decided: passed, another round, or failed for good."""
    if passed:
        fire(CASE, case, "fixed", actor, reason=opinion)
    elif case.round < terms_of(case).max_rounds:
        fire(CASE, case, "not_fixed", actor, reason=opinion, payload={"fix_due_on": fix_due_on})
    else:
        fire(CASE, case, "not_fixed_final", actor, reason=opinion)


def gov_ok(case: Case, actor: Actor) -> None:
    """Afterwards the case is passed; a public notice is drafted (R41)."""
    fire(CASE, case, "gov_ok", actor)


def gov_return(case: Case, actor: Actor, reason: str) -> None:
    """Afterwards the group evaluates anew."""
    fire(CASE, case, "gov_return", actor, reason=reason)


def publicise(case: Case, actor: Actor) -> None:
    """Afterwards the result counts as published (its notice stands in the column)."""
    fire(CASE, case, "publicise", actor)


def file_case(case: Case, actor: Actor, *, city_filing_no: str, province_filing_no: str) -> None:
    """Afterwards the final acceptance is filed with city and province (R38)."""
    fire(CASE, case, "file", actor, payload={"filings": [city_filing_no, province_filing_no]})


def run_timers() -> int:
    """Afterwards overdue rectifications are marked and have become findings; returns how many."""
    late = db.session.scalars(select(Case).where(Case.state == "rectifying", Case.fix_due_on < clock.today())).all()
    for case in late:
        fire(CASE, case, "overdue", SYSTEM)
    return len(late)


def on_applied(case: Case, ctx: MoveContext) -> None:
    """Effect of ``apply``: the working days to organise it start (资金办法 §17; for a stage the town's own number)."""
    case.applied_at = ctx.now
    days = rules.FINAL_WORKING_DAYS if case.kind == "final" else terms_of(case).stage_wd
    set_deadline(case, RECEIVED, clock.local(ctx.now).date(), days)


def on_ready(case: Case, ctx: MoveContext) -> None:
    """Effect of ``ready``."""
    case.meeting_on, case.place = ctx.payload["meeting_on"], str(ctx.payload["place"]).strip()


def on_opinion(case: Case, ctx: MoveContext) -> None:
    """Effect of the group's conclusions: opinion and, on failure, the term and the round."""
    case.opinion = ctx.reason.strip()
    if ctx.move.key in ("fail", "not_fixed"):
        case.fix_due_on = ctx.payload["fix_due_on"]
        case.round += ctx.move.key == "not_fixed"


def on_fix(case: Case, ctx: MoveContext) -> None:
    """Effect of ``submit_fix``."""
    case.fix_text = str(ctx.payload["fix_text"]).strip()


def on_overdue(case: Case, ctx: MoveContext) -> None:
    """Effect of ``overdue``: an open finding (B7)."""
    open_finding(case.project_id, f"验收 {case.case_no} 整改逾期：{case.opinion}", ctx.actor)


def on_passed(case: Case, ctx: MoveContext) -> None:
    """Effect of ``gov_ok``: the stage counts, a notice is drafted, rooms above are told."""
    if case.stage_id is not None:
        project_service.mark_stage_passed(case.project_id, case.stage_id)
    else:
        project_service.mark_final_passed(case.project_id)
    disclosure.draft("acceptance", *_notice(case), SYSTEM, project_id=case.project_id, subject=case)
    _tell(case, "passed", ctx.actor)


def on_publicised(case: Case, ctx: MoveContext) -> None:
    """Effect of ``publicise``."""
    _tell(case, "published", ctx.actor)


def on_filed(case: Case, ctx: MoveContext) -> None:
    """Effect of ``file``: the retention may become payable."""
    case.city_filing_no, case.province_filing_no = (str(f).strip() for f in ctx.payload["filings"])
    _tell(case, "filed", ctx.actor)


def case_facts(case: Case, _move: Move, actor: Actor, now: datetime, payload: Mapping[str, Any]) -> rules.CaseFacts:
    """What the moves of a case are decided on."""
    project = projects.by_id(case.project_id)
    stages, today = projects.stages_of(project.id), clock.local(now).date()
    own = next((s for s in stages if s.id == case.stage_id), None)
    earlier = [s for s in stages if s.passed_on is None and (own is None or s.number < own.number)]
    reports = projects.reports_of(project.id)
    operating = next((h.at for h in history(PROJECT, project.id) if h.move == "complete"), None)
    meeting = (payload.get("meeting_on"), payload.get("place")) if "meeting_on" in payload else None
    filings = payload.get("filings")
    item = item_of(Case.__tablename__, case.id, "acceptance")
    return rules.CaseFacts(
        today=today,
        kind=case.kind,
        actor_key=actor.person_key,
        applicant_is_undertaker=project.undertaker_id == actor.organisation_id,
        evidence=projects.evidence_kinds(project.id, case.stage_id),
        earlier_open=len(earlier),
        members=tuple(
            rules.MemberFacts(m.unit, f"user:{m.user_id}", m.chair, m.declared_at is not None, m.approves)
            for m in queries.members_of(case.id)
        ),
        inspectors=supervision.inspector_keys(project.id),
        undertaker_staff=queries.staff_keys(project.undertaker_id),
        progress_percent=reports[0].progress_percent if reports else 0,
        operation_days=(today - clock.local(operating).date()).days if operating else 0,
        fix_due_on=case.fix_due_on,
        new_due_on=payload.get("fix_due_on"),
        asks_due="fix_due_on" in payload,
        fix_text=payload.get("fix_text"),
        round=case.round,
        disclosed=item is not None and item.state == "published",
        meeting_given=None if meeting is None else bool(meeting[0] and str(meeting[1] or "").strip()),
        filings=None if filings is None else (str(filings[0]), str(filings[1])),
        terms=terms_of(case),
    )


def terms_of(case: Case) -> AcceptanceTerms:
    """The numbers of the day the application came in; today's while it is a draft."""
    return terms(AcceptanceTerms, on=clock.local(case.applied_at).date() if case.applied_at else clock.today())


def _notice(case: Case) -> tuple[str, str]:
    project = projects.by_id(case.project_id)
    stage = next((s for s in projects.stages_of(project.id) if s.id == case.stage_id), None)
    what = f"第 {stage.number} 阶段（{stage.name}）" if stage else "终期"
    undertaker = get_organisation(project.undertaker_id).name
    title = f"{project.name}{what}验收结果"
    body = (
        f"项目编号 {project.project_no}，承办单位 {undertaker}。验收编号 {case.case_no}，验收标准版本 {case.criteria}。\n"
        f"验收小组意见：{case.opinion}\n县政府已审核同意。"
    )
    return title, body


def _tell(case: Case, event: str, actor: Actor) -> None:
    db.session.flush()
    for hook in ports.acceptance_moved:
        hook(project_id=case.project_id, stage_id=case.stage_id, event=event, actor=actor)
