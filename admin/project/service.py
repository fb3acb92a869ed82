"""Use cases of projects, contracts, reports and evidence.  Moves go through the workflow engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from admin.project import permissions, ports, queries, rules
from admin.project.models import Contract, Evidence, Line, Policy, Project, Report, Stage
from admin.project.rules_policy import ProjectTerms
from core import clock
from core.account.actor import SYSTEM, Actor
from core.calendar.service import working_days_between
from core.db import db
from core.errors import BadInput, Conflict, Denied, NotFound, register_constraint
from core.file.service import store
from core.numbers import gap_free
from core.policy.queries import terms
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

register_constraint("uq_admin_project_report_month", "project.report_exists", "这个月的进度报告已经报送过。", "month")


@dataclass(frozen=True, slots=True)
class NewLine:
    """An approved 建设内容 line in 分."""

    category: str
    name: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class NewStage:
    """A stage with its share of the award in 分."""

    name: str
    award_fen: int
    completion_on: date


def require(actor: Actor, permission: str) -> None:
    """Denied unless ``actor`` holds ``permission`` (for deeds that are not moves)."""
    if not actor.can(permission):
        raise Denied("你现在的身份不能办理这件事。", help="换一个身份，或请有权限的同事办理。")


def record_policy(
    key: str, title: str, publicity_start_on: date, publicity_end_on: date, city_filing_no: str, province_filing_no: str,
    actor: Actor,
) -> Policy:  # fmt: skip
    """Afterwards the governing document stands with its publicity and filings (R01)."""
    require(actor, permissions.POLICY)
    row = next((p for p in queries.policies() if p.key == key), None) or Policy(key=key)
    row.title, row.publicity_start_on, row.publicity_end_on = title, publicity_start_on, publicity_end_on
    row.city_filing_no, row.province_filing_no = city_filing_no, province_filing_no
    db.session.add(row)
    record("project.policy_recorded", row, actor, key=key)
    return row


def propose(
    *, name: str, content: str, performance_target: str, responsible_post: str, undertaker_id: int, selection_doc_no: str,
    selection_procedure: str, completion_on: date, award_fen: int, own_fen: int, lines: Sequence[NewLine],
    stages: Sequence[NewStage], actor: Actor,
) -> Project:  # fmt: skip
    """Afterwards a project stands as 已提出 with its lines and stages (B2)."""
    require(actor, permissions.PROPOSE)
    if not lines or not stages:
        raise BadInput("至少要有一项建设内容和一个阶段。", code="project.empty")
    year = clock.today().year
    row = Project(
        project_no=f"XM-{year}-{gap_free('project', year):03d}", name=name, content=content, performance_target=performance_target,
        responsible_post=responsible_post, undertaker_id=undertaker_id, selection_doc_no=selection_doc_no,
        selection_procedure=selection_procedure, completion_on=completion_on, award_fen=award_fen, own_fen=own_fen,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # lines and stages need the id
    db.session.add_all(
        Line(project_id=row.id, category=x.category, name=x.name, amount_fen=x.amount_fen) for x in lines
    )
    db.session.add_all(
        Stage(project_id=row.id, number=i, name=s.name, award_fen=s.award_fen, completion_on=s.completion_on)
        for i, s in enumerate(stages, start=1)
    )
    record("project.proposed", row, actor, award_fen=award_fen)
    db.session.flush()
    return row


def review_budget(project: Project, actor: Actor) -> None:
    """Afterwards the finance bureau stands behind the budget (R02)."""
    require(actor, permissions.BUDGET)
    if project.state != "proposed":
        raise Conflict("只有已提出的项目需要审核预算。", code="project.budget_late")
    project.budget_reviewed_at, project.budget_reviewed_by = clock.now(), actor.user_id
    record("project.budget_reviewed", project, actor)


def approve(project: Project, actor: Actor) -> None:
    """Afterwards the leading group has approved the project."""
    fire(rules.PROJECT, project, "approve", actor)


def start(project: Project, actor: Actor) -> None:
    """Afterwards the project is being built."""
    fire(rules.PROJECT, project, "start", actor)


def suspend(project: Project, actor: Actor, reason: str) -> None:
    """Afterwards building is suspended."""
    fire(rules.PROJECT, project, "suspend", actor, reason=reason)


def resume(project: Project, actor: Actor, reason: str) -> None:
    """Afterwards building goes on."""
    fire(rules.PROJECT, project, "resume", actor, reason=reason)


def complete(project: Project, actor: Actor) -> None:
    """Afterwards the project is in operation."""
    fire(rules.PROJECT, project, "complete", actor)


def draft_contract(
    project: Project, contract_no: str, total_fen: int, operation_clause: bool, due_on: date | None, actor: Actor,
    upload: tuple[BinaryIO | bytes, str] | None = None,
) -> Contract:  # fmt: skip
    """Afterwards a contract draft stands, with the signed file where one is given (R09)."""
    require(actor, permissions.PROPOSE)
    if queries.contract_of(project.id) is not None:
        raise Conflict("这个项目已经有合同。", code="project.contract_exists")
    row = Contract(
        project_id=project.id, contract_no=contract_no, total_fen=total_fen, operation_clause=operation_clause, due_on=due_on,
        file_id=_stored(upload, project, actor),
    )  # fmt: skip
    db.session.add(row)
    record("contract.drafted", row, actor, contract_no=contract_no, total_fen=total_fen)
    db.session.flush()
    return row


def confirm_contract(contract: Contract, actor: Actor) -> None:
    """Afterwards the undertaker has agreed to the contract online."""
    require(actor, permissions.REPORT)
    project = queries.by_id(contract.project_id)
    if project.undertaker_id != actor.organisation_id:
        raise NotFound("没有找到这份合同。")
    if contract.state != "draft":
        raise Conflict("合同已经生效，不用再确认。", code="project.contract_active")
    contract.undertaker_signed_at, contract.undertaker_signed_by = clock.now(), actor.user_id
    record("contract.confirmed", contract, actor)


def sign_contract(contract: Contract, actor: Actor) -> None:
    """Afterwards the contract is in force."""
    fire(rules.CONTRACT, contract, "sign", actor)


def complete_contract(contract: Contract, actor: Actor) -> None:
    """Afterwards the contract is performed."""
    fire(rules.CONTRACT, contract, "complete", actor)


def policy_states() -> list[tuple[Policy, rules.PolicyFacts]]:
    """Governing documents with what decides whether they are in force (R01)."""
    return [(p, _policy_facts(p)) for p in queries.policies()]


def submit_report(
    project: Project, month: date, progress_percent: int, progress: str, fund_use: str, actor: Actor
) -> Report:
    """Afterwards the undertaker's report of ``month`` is in; lateness is stored in days (R51, R26)."""
    require(actor, permissions.REPORT)
    if project.undertaker_id != actor.organisation_id:
        raise NotFound("没有找到这个项目。")
    month, today = month.replace(day=1), clock.today()
    if month > today.replace(day=1):
        raise BadInput("不能报送以后月份的进度。", code="project.report_future", field="month")
    if queries.report_of(project.id, month) is not None:
        raise Conflict("这个月的进度报告已经报送过。", code="project.report_exists", field="month")
    following = _due_of(month)
    row = Report(
        project_id=project.id, month=month, progress_percent=progress_percent, progress=progress, fund_use=fund_use,
        submitted_at=clock.now(), submitted_by=actor.user_id, days_late=max(0, (today - following).days),
    )  # fmt: skip
    db.session.add(row)
    record("project.reported", row, actor, month=month, days_late=row.days_late)
    db.session.flush()
    return row


def report_due(today: date) -> rules.ReportDue:
    """Which month's report should be in by now (R51): the day of the month is the one in force on the 1st."""
    return rules.report_due(today, terms(ProjectTerms, on=today.replace(day=1)).report_day)


def _due_of(month: date) -> date:
    first = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return report_due(first).due_on


def add_evidence(
    project: Project, kind: str, title: str, actor: Actor, *, stage_number: int | None = None, note: str = "",
    upload: tuple[BinaryIO | bytes, str] | None = None,
) -> Evidence:  # fmt: skip
    """Afterwards one more piece of evidence is on file; undertaker and commerce bureau may add."""
    own = actor.can(permissions.REPORT) and project.undertaker_id == actor.organisation_id
    if not own:
        require(actor, permissions.PROPOSE)
    if kind not in rules.EVIDENCE_KINDS:
        raise BadInput("材料类别不在清单里。", code="project.evidence_kind", field="kind")
    at = queries.stage(project.id, stage_number) if stage_number is not None else None
    row = Evidence(
        project_id=project.id, stage_id=at.id if at else None, kind=kind, title=title, note=note,
        file_id=_stored(upload, project, actor), added_at=clock.now(), added_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    record("project.evidence_added", row, actor, kind=kind, title=title)
    db.session.flush()
    return row


def mark_stage_passed(project_id: int, stage_id: int) -> None:
    """Effect of an acceptance: the stage counts as accepted from today."""
    row = db.session.get_one(Stage, stage_id)
    row.passed_on = clock.today()
    fire(rules.PROJECT, queries.by_id(project_id), "stage_passed", SYSTEM, payload={"stage": row.number})


def mark_final_passed(project_id: int) -> None:
    """Effect of the final acceptance: the project is accepted."""
    fire(rules.PROJECT, queries.by_id(project_id), "final_passed", SYSTEM)


def mark_settled(project_id: int) -> None:
    """Effect of the paid retention: nothing is owed any more."""
    fire(rules.PROJECT, queries.by_id(project_id), "retention_released", SYSTEM)


def request_termination(project_id: int, reason: str, actor: Actor) -> None:
    """Effect of B7 ``request``: the contract waits for the government's decision."""
    fire(rules.CONTRACT, _contract(project_id), "terminate_request", actor, reason=reason)


def decide_termination(project_id: int, agreed: bool, reason: str, actor: Actor) -> None:
    """Effect of B7 ``approve`` or ``refuse``: contract and project follow."""
    fire(rules.CONTRACT, _contract(project_id), "approve" if agreed else "refuse", actor, reason=reason)
    if agreed:
        fire(rules.PROJECT, queries.by_id(project_id), "terminate", SYSTEM, reason=reason)


def settle_contract(contract: Contract, actor: Actor, reason: str) -> None:
    """Afterwards a terminated contract is closed and its unpaid remainder is back in the funds (E10)."""
    fire(rules.CONTRACT, contract, "settle", actor, reason=reason)


def on_settled(contract: Contract, ctx: MoveContext) -> None:
    """Effect of ``settle``: the rooms above post what has to be posted."""
    for hook in ports.contract_settled:
        hook(project_id=contract.project_id, actor=ctx.actor)


def project_facts(
    project: Project, _move: Move, _actor: Actor, _now: datetime, _payload: Mapping[str, Any]
) -> rules.ProjectFacts:
    """What the moves of a project are decided on."""
    contract, stages = queries.contract_of(project.id), queries.stages_of(project.id)
    return rules.ProjectFacts(
        policies=tuple(facts for _, facts in policy_states()),
        budget_reviewed=project.budget_reviewed_at is not None,
        selection_doc_no=project.selection_doc_no,
        award_fen=project.award_fen,
        lines_fen=queries.sum_of_lines(project.id),
        stages_fen=sum(s.award_fen for s in stages),
        evidence=queries.evidence_kinds(project.id),
        contract_state=contract.state if contract else "",
        stages_total=len(stages),
        stages_passed=sum(s.passed_on is not None for s in stages),
    )


def contract_facts(
    contract: Contract, _move: Move, _actor: Actor, _now: datetime, _payload: Mapping[str, Any]
) -> rules.ContractFacts:
    """What the moves of a contract are decided on."""
    project = queries.by_id(contract.project_id)
    return rules.ContractFacts(
        has_file=contract.file_id is not None,
        operation_clause=contract.operation_clause,
        total_fen=contract.total_fen,
        award_fen=project.award_fen,
        due_on=contract.due_on,
        signed_by_undertaker=contract.undertaker_signed_at is not None,
        stages_open=sum(s.passed_on is None for s in queries.stages_of(project.id)),
    )


def contract_of(project: Project) -> Contract:
    """The project's contract; NotFound says to register it."""
    return _contract(project.id)


def _policy_facts(policy: Policy) -> rules.PolicyFacts:
    days = working_days_between(policy.publicity_start_on, policy.publicity_end_on).days
    return rules.PolicyFacts(policy.title, days, policy.city_filing_no, policy.province_filing_no)


def _contract(project_id: int) -> Contract:
    row = queries.contract_of(project_id)
    if row is None:
        raise NotFound("这个项目还没有合同。", help="先登记合同。")
    return row


def _stored(upload: tuple[BinaryIO | bytes, str] | None, project: Project, actor: Actor) -> int | None:
    if upload is None:
        return None
    file = store(upload[0], upload[1], kind="document", owner_organisation_id=project.undertaker_id, actor=actor)
    return file.id
