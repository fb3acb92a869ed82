"""Inspections and findings: the bureau's desk and the undertaker's answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from sqlalchemy import select

from admin.project import queries as projects
from admin.project.models import Project
from admin.project.screens import form_page, pressed, split_moves, uploaded
from admin.supervision import permissions, queries, rules, service
from admin.supervision.forms import ChecklistForm, FindingForm, FixForm, NoticeForm, PlanForm, RefuseForm
from admin.supervision.models import Finding, Inspection
from admin.supervision.rules import FINDING, INSPECTION
from core import clock
from core.account.access import access, current_actor
from core.calendar.queries import deadline_of
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for

blueprint = Blueprint("supervision", __name__, url_prefix="/fund/supervision", template_folder="templates")


def inspection_url(row: Inspection) -> str:
    """The page of an inspection."""
    return url_for("supervision.inspection", public_id=row.public_id)


def finding_url(row: Finding) -> str:
    """The page of a finding."""
    return url_for("supervision.finding", public_id=row.public_id)


@blueprint.get("/")
@access(permissions.VIEW)
def index() -> Any:
    """Findings the actor may see; open ones first by date."""
    actor = current_actor()
    seen = projects.for_actor(actor).with_only_columns(Project.id).order_by(None)
    names = projects.names(queries.ids(seen))
    table = Table(
        select(Finding).where(Finding.project_id.in_(seen)),
        columns=[
            Column("finding_no", "编号", sort=Finding.finding_no, link=finding_url),
            Column("project", "项目", value=lambda r: names[r.project_id][1]),
            Column("text", "问题"),
            Column("due", "期限", kind="date", value=lambda r: r.due2_on or r.due1_on),
            Column(
                "state", "状态", kind="chip", value=lambda r: (FINDING.label_of(r.state), FINDING.state(r.state).tone)
            ),
        ],
        filters=[
            Filter("q", "编号或问题", search=(Finding.finding_no, Finding.text)),
            Filter("state", "状态", column=Finding.state, choices=[(s.key, s.label) for s in FINDING.states]),
        ],
        default_sort="-finding_no",
        name="findings",
        empty="没有检查发现的问题。",
    )
    return table.respond(
        "admin/supervision/index.html",
        inspections=queries.recent_inspections(seen),
        names=names,
        INSPECTION=INSPECTION,
        slot=rules.slot_label,
    )


@blueprint.route("/projects/<uuid:public_id>/plan", methods=["GET", "POST"])
@access(permissions.INSPECT)
def plan(public_id: UUID) -> Any:
    """Plan an inspection of a project."""
    project, actor = projects.get_project(public_id, current_actor()), current_actor()
    return form_page(
        PlanForm(), lambda values: service.plan(project, values["kind"], values["period_start"], actor), title="安排检查",
        back=inspection_url, submit="安排检查", crumbs=[("检查与整改", url_for(".index")), (project.project_no, None)], lead=project.name,
    )  # fmt: skip


@blueprint.get("/inspections/<uuid:public_id>")
@access(permissions.VIEW)
def inspection(public_id: UUID) -> Any:
    """One inspection."""
    actor = current_actor()
    row = queries.get_inspection(public_id, actor)
    pages = {"record": url_for(".record", public_id=public_id), "finding": url_for(".find", public_id=public_id)}
    plain, linked = split_moves(moves_for(INSPECTION, row, actor), pages)
    return render_template(
        "admin/supervision/inspection.html", row=row, project=projects.by_id(row.project_id), INSPECTION=INSPECTION, plain=plain,
        linked=linked, kinds=rules.INSPECTION_KINDS, parts=rules.PARTS, methods=rules.METHODS, slot=rules.slot_label(row.kind, row.period_start),
        statement=deadline_of(row, service.STATEMENT), found=queries.finding_of(row.id), past=history(INSPECTION, row.id),
    )  # fmt: skip


@blueprint.route("/inspections/<uuid:public_id>/record", methods=["GET", "POST"])
@access(permissions.INSPECT)
def record(public_id: UUID) -> Any:
    """Record the three-part checklist."""
    row, actor = queries.get_inspection(public_id, current_actor()), current_actor()

    def deed(values: dict[str, Any]) -> None:
        answers = {key: values[key] for key in rules.PARTS}
        service.record_checklist(row, values["methods"], answers, actor, second_organ=values["second_organ"] or "")

    return form_page(
        ChecklistForm(),
        deed,
        title=f"检查表 {row.inspection_no}",
        back=inspection_url(row),
        submit="记录检查表",
        done="检查表已记录。",
    )


@blueprint.route("/inspections/<uuid:public_id>/find", methods=["GET", "POST"])
@access(permissions.INSPECT)
def find(public_id: UUID) -> Any:
    """Write down a finding; the undertaker may state its case."""
    row, actor = queries.get_inspection(public_id, current_actor()), current_actor()
    return form_page(
        FindingForm(), lambda values: service.raise_finding(row, values["text"], values["severity"], actor),
        title=f"发现问题 {row.inspection_no}", back=inspection_url(row), submit="记录问题，请承办企业陈述", done="已告知承办企业。",
        lead=f"承办企业有 {queries.statement_days(clock.today())} 个工作日陈述，之后再确认。",
    )  # fmt: skip


@blueprint.post("/inspections/<uuid:public_id>/move")
@access(permissions.VIEW)
def move_inspection(public_id: UUID) -> Any:
    """Fire a move of the inspection."""
    row, actor = queries.get_inspection(public_id, current_actor()), current_actor()
    deeds = {
        "start": lambda _: service.start(row, actor),
        "no_finding": lambda _: service.no_finding(row, actor),
        "statement": lambda reason: service.state_case(row, reason, actor),
        "confirm": lambda _: service.confirm(row, actor),
        "drop": lambda reason: service.drop(row, actor, reason),
    }
    return pressed(INSPECTION, row, deeds, back=inspection_url(row))


@blueprint.get("/findings/<uuid:public_id>")
@access(permissions.VIEW)
def finding(public_id: UUID) -> Any:
    """One finding."""
    actor = current_actor()
    row = queries.get_finding(public_id, actor)
    pages = {
        "notice1": url_for(".notice", public_id=public_id), "notice2": url_for(".notice", public_id=public_id),
        "submit": url_for(".fix", public_id=public_id), "submit2": url_for(".fix", public_id=public_id),
        "refuse": url_for(".refuse", public_id=public_id),
    }  # fmt: skip
    plain, linked = split_moves(moves_for(FINDING, row, actor), pages)
    return render_template(
        "admin/supervision/finding.html", row=row, project=projects.by_id(row.project_id), FINDING=FINDING, plain=plain, linked=linked,
        past=history(FINDING, row.id),
    )  # fmt: skip


@blueprint.route("/findings/<uuid:public_id>/notice", methods=["GET", "POST"])
@access(permissions.NOTICE)
def notice(public_id: UUID) -> Any:
    """Issue the first or second notice."""
    row, actor = queries.get_finding(public_id, current_actor()), current_actor()
    return form_page(
        NoticeForm(), lambda values: service.issue_notice(row, **values, actor=actor), title=f"下达整改通知 {row.finding_no}",
        back=finding_url(row), submit="下达整改通知", lead=row.text, done="整改通知已下达，在办的拨付已暂停。",
    )  # fmt: skip


@blueprint.route("/findings/<uuid:public_id>/fix", methods=["GET", "POST"])
@access(permissions.STATE_CASE)
def fix(public_id: UUID) -> Any:
    """The undertaker submits its correction."""
    row, actor = queries.get_finding(public_id, current_actor()), current_actor()
    return form_page(
        FixForm(), lambda values: service.submit_fix(row, values["evidence"], actor, upload=uploaded(values)),
        title=f"提交整改 {row.finding_no}", back=finding_url(row), submit="提交整改", lead=row.text, done="整改已提交，等待复核。",
    )  # fmt: skip


@blueprint.route("/findings/<uuid:public_id>/refuse", methods=["GET", "POST"])
@access(permissions.DECIDE)
def refuse(public_id: UUID) -> Any:
    """The government refuses the termination and sets a new term."""
    row, actor = queries.get_finding(public_id, current_actor()), current_actor()
    return form_page(
        RefuseForm(), lambda values: service.decide_termination(row, False, actor, values["reason"], new_due_on=values["new_due_on"]),
        title=f"不同意终止 {row.finding_no}", back=finding_url(row), submit="不同意终止，另定期限", lead=row.text,
    )  # fmt: skip


@blueprint.post("/findings/<uuid:public_id>/move")
@access(permissions.VIEW)
def move_finding(public_id: UUID) -> Any:
    """Fire a move of the finding."""
    row, actor = queries.get_finding(public_id, current_actor()), current_actor()
    deeds = {
        "ok": lambda reason: service.check_fix(row, True, actor, reason),
        "ok2": lambda reason: service.check_fix(row, True, actor, reason),
        "not_ok": lambda reason: service.check_fix(row, False, actor, reason),
        "not_ok2": lambda reason: service.check_fix(row, False, actor, reason),
        "request": lambda reason: service.request_termination(row, actor, reason),
        "approve": lambda reason: service.decide_termination(row, True, actor, reason),
    }
    return pressed(
        FINDING, row, deeds, back=finding_url(row), consequences=["合同和项目随之终止或进入终止程序，未付资金收回。"]
    )
