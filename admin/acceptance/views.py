"""Acceptance: application, group, scores, conclusions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select

from admin.acceptance import permissions, queries, rules, service
from admin.acceptance.forms import PLACES, FailForm, FilingForm, FixForm, GroupForm, MeetingForm, ScoreForm
from admin.acceptance.models import Case
from admin.acceptance.rules import CASE
from admin.disclosure.queries import item_of
from admin.project import queries as projects
from admin.project.models import Project
from admin.project.screens import form_page, pressed, split_moves
from core.account.access import access, current_actor
from core.calendar.queries import deadline_of
from core.errors import BadInput
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for

blueprint = Blueprint("acceptance", __name__, url_prefix="/fund/acceptance", template_folder="templates")


def case_url(case: Case) -> str:
    """The page of a case."""
    return url_for("acceptance.show", public_id=case.public_id)


@blueprint.get("/")
@access(permissions.VIEW)
def index() -> Any:
    """Cases the actor may see."""
    seen = projects.for_actor(current_actor()).with_only_columns(Project.id).order_by(None)
    query: Any = select(Case.public_id, Case.case_no, Case.kind, Case.state, Case.applied_at, Project.name)
    table = Table(
        query.join(Project, Project.id == Case.project_id).where(Case.project_id.in_(seen)),
        columns=[
            Column(
                "case_no", "编号", sort=Case.case_no, link=lambda r: url_for("acceptance.show", public_id=r.public_id)
            ),
            Column("name", "项目", sort=Project.name),
            Column("kind", "类别", value=lambda r: "终期验收" if r.kind == "final" else "阶段验收"),
            Column("applied_at", "申请", kind="moment", sort=Case.applied_at),
            Column("state", "状态", kind="chip", value=lambda r: (CASE.label_of(r.state), CASE.state(r.state).tone)),
        ],
        filters=[
            Filter("q", "编号或项目", search=(Case.case_no, Project.name)),
            Filter("state", "状态", column=Case.state, choices=[(s.key, s.label) for s in CASE.states]),
        ],
        default_sort="-case_no",
        name="acceptance",
        empty="还没有验收申请。承办企业从项目页申请。",
    )
    return table.respond("admin/acceptance/index.html")


@blueprint.post("/projects/<uuid:public_id>/new")
@access(permissions.APPLY)
def new(public_id: UUID) -> Any:
    """Start an application for a stage, or for the final acceptance."""
    project, actor = projects.get_project(public_id, current_actor()), current_actor()
    number = request.form.get("stage", "")
    if number and not (number.isdigit() and len(number) < 4):
        raise BadInput("没有认出是哪个阶段。", code="acceptance.stage", field="stage")
    return redirect(case_url(service.draft(project, actor, stage_number=int(number) if number else None)))


@blueprint.get("/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One case."""
    actor = current_actor()
    case = queries.get_case(public_id, actor)
    own: dict[str, Any] = {"public_id": public_id}
    pages = {
        "ready": url_for(".ready", **own), "fail": url_for(".fail", **own), "not_fixed": url_for(".not_fixed", **own),
        "submit_fix": url_for(".fix", **own), "file": url_for(".file", **own),
    }  # fmt: skip
    plain, linked = split_moves(moves_for(CASE, case, actor), pages)
    project = projects.by_id(case.project_id)
    seat = queries.member(case.id, actor.user_id) if actor.user_id else None
    return render_template(
        "admin/acceptance/show.html", case=case, project=project, CASE=CASE, plain=plain, linked=linked,
        stage=next((s for s in projects.stages_of(project.id) if s.id == case.stage_id), None), members=queries.members_of(case.id),
        names=queries.names_of(case.id), units=rules.UNITS, seat=seat, due=deadline_of(case, service.RECEIVED),
        materials=rules.STAGE_MATERIALS, evidence=projects.evidence_kinds(project.id, case.stage_id), vetoes=rules.VETOES,
        item=item_of(Case.__tablename__, case.id, "acceptance"), past=history(CASE, case.id),
    )  # fmt: skip


@blueprint.route("/<uuid:public_id>/group", methods=["GET", "POST"])
@access(permissions.REVIEW)
def group(public_id: UUID) -> Any:
    """Form the group: commerce, finance and rural bureaus must sit."""
    case, actor, form = queries.get_case(public_id, current_actor()), current_actor(), GroupForm()
    people = [
        (str(user), f"{name}（{'组长' if role == 'acceptance_chair' else '成员'}人选）")
        for user, name, role in queries.candidates()
    ]
    for n in range(1, PLACES + 1):
        form[f"person{n}"].choices = people if n == 1 else [("", "空缺"), *people]

    def deed(values: dict[str, Any]) -> None:
        seats = [
            service.Seat(int(values[f"person{n}"]), values[f"unit{n}"], chair=n == 1)
            for n in range(1, PLACES + 1)
            if values[f"person{n}"]
        ]
        service.form_group(case, seats, actor)

    return form_page(
        form,
        deed,
        title=f"组建验收小组 {case.case_no}",
        back=case_url(case),
        submit="组建",
        lead=f"商务、财政、乡村振兴三局必须有人{'，人数为单数' if service.terms_of(case).odd_group else ''}。",
    )


@blueprint.route("/<uuid:public_id>/ready", methods=["GET", "POST"])
@access(permissions.CHAIR)
def ready(public_id: UUID) -> Any:
    """Set date and place."""
    case, actor = queries.get_case(public_id, current_actor()), current_actor()
    return form_page(
        MeetingForm(),
        lambda values: service.ready(case, actor, **values),
        title="定验收时间地点",
        back=case_url(case),
        submit="予以验收",
    )


@blueprint.route("/<uuid:public_id>/score", methods=["GET", "POST"])
@access(permissions.SCORE)
def score(public_id: UUID) -> Any:
    """Each member declares and scores on the own login."""
    case, actor = queries.get_case(public_id, current_actor()), current_actor()

    def deed(values: dict[str, Any]) -> None:
        service.score(
            case, actor, score=values["score"], approves=values["approves"] == "1", no_conflict=bool(values["no_conflict"]),
            note=values["note"] or "",
        )  # fmt: skip

    return form_page(
        ScoreForm(), deed, title=f"评分 {case.case_no}", back=case_url(case), submit="提交评分", done="评分已提交。"
    )


@blueprint.route("/<uuid:public_id>/fail", methods=["GET", "POST"])
@access(permissions.CHAIR)
def fail(public_id: UUID) -> Any:
    """Fail the case with an opinion and a term."""
    case, actor = queries.get_case(public_id, current_actor()), current_actor()
    return form_page(
        FailForm(), lambda values: service.fail(case, actor, values["opinion"], values["fix_due_on"]), title="验收不合格，限期整改",
        back=case_url(case), submit="出具整改意见",
    )  # fmt: skip


@blueprint.route("/<uuid:public_id>/not-fixed", methods=["GET", "POST"])
@access(permissions.CHAIR)
def not_fixed(public_id: UUID) -> Any:
    """The re-check failed: another round."""
    case, actor = queries.get_case(public_id, current_actor()), current_actor()
    return form_page(
        FailForm(), lambda values: service.recheck(case, actor, False, values["opinion"], fix_due_on=values["fix_due_on"]),
        title="复核不合格，再整改", back=case_url(case), submit="出具整改意见",
    )  # fmt: skip


@blueprint.route("/<uuid:public_id>/fix", methods=["GET", "POST"])
@access(permissions.APPLY)
def fix(public_id: UUID) -> Any:
    """The undertaker submits its rectification."""
    case, actor = queries.get_case(public_id, current_actor()), current_actor()
    return form_page(
        FixForm(), lambda values: service.submit_fix(case, actor, values["text"]), title="提交整改", back=case_url(case),
        submit="提交整改", lead=case.opinion,
    )  # fmt: skip


@blueprint.route("/<uuid:public_id>/file", methods=["GET", "POST"])
@access(permissions.FILE)
def file(public_id: UUID) -> Any:
    """File the final acceptance with city and province."""
    case, actor = queries.get_case(public_id, current_actor()), current_actor()
    return form_page(
        FilingForm(),
        lambda values: service.file_case(case, actor, **values),
        title="报市、省备案",
        back=case_url(case),
        submit="登记备案",
    )


@blueprint.post("/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move of the case."""
    case, actor = queries.get_case(public_id, current_actor()), current_actor()
    deeds = {
        "apply": lambda _: service.apply(case, actor),
        "not_accept": lambda reason: service.not_accept(case, actor, reason),
        "accept": lambda _: service.accept(case, actor),
        "not_ready": lambda reason: service.not_ready(case, actor, reason),
        "inspect": lambda _: service.inspect(case, actor),
        "pass": lambda reason: service.pass_case(case, actor, reason),
        "fixed": lambda reason: service.recheck(case, actor, True, reason),
        "not_fixed_final": lambda reason: service.recheck(case, actor, False, reason),
        "gov_ok": lambda _: service.gov_ok(case, actor),
        "gov_return": lambda reason: service.gov_return(case, actor, reason),
        "publicise": lambda _: service.publicise(case, actor),
    }
    return pressed(CASE, case, deeds, back=case_url(case))
