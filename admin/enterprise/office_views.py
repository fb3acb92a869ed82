"""The desk: list of applications, one case, site visits, published conditions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from admin.enterprise import effects, likeness, permissions, queries, residence, rules, rules_residence, service
from admin.enterprise.forms import ConditionsForm, VisitForm
from admin.enterprise.models import Application
from admin.lease import queries as leases
from admin.lease.rules import chip
from admin.twin import rules as twin_rules
from core import clock
from core.account.access import access, current_actor
from core.account.queries import user_names
from core.errors import BadInput, DomainError
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import fire, history, moves_for

blueprint = Blueprint("entry", __name__, template_folder="templates")
OWN_MOVES = ("submit", "appeal", "ask_to_leave", "leave")
CONSEQUENCES = {
    "under_review": ["不予入驻要写明依据，申请人可以申诉一次。"],
    "resident": ["租赁结束，企业不能再办理；密钥停用、授权终止，以前的记录照样可查。"],
    "probation": ["租赁结束，企业不能再办理；密钥停用、授权终止，以前的记录照样可查。"],
}
OWN_PAGE = ("warn",)


@blueprint.get("/entry/cases")
@access(permissions.VIEW)
def index() -> Any:
    """The applications on this desk."""
    table = Table(
        queries.cases(current_actor()),
        columns=[
            Column("case_no", "申请号", sort=Application.case_no, link=lambda a: url_for(".case", public_id=a.public_id)),
            Column("name", "名称", sort=Application.name),
            Column("kind", "类型", value=lambda a: rules.KINDS[a.kind]),
            Column("town", "乡镇", sort=Application.town),
            Column("submitted_at", "提交", kind="date", value=lambda a: clock.local(a.submitted_at).date(), sort=Application.submitted_at),
            Column("state", "状态", kind="chip", value=lambda a: (rules.APPLICATION.label_of(a.state), rules.APPLICATION.state(a.state).tone)),
        ],
        filters=[
            Filter("q", "申请号、名称或代码", search=(Application.case_no, Application.name, Application.code)),
            Filter("state", "状态", column=Application.state, choices=[(s.key, s.label) for s in rules.APPLICATION.states[1:]]),
            Filter("kind", "类型", column=Application.kind, choices=list(rules.KINDS.items())),
        ],
        default_sort="-case_no",
        name="entry-cases",
        empty="还没有入驻申请。",
    )  # fmt: skip
    return table.respond("admin/enterprise/cases.html")


@blueprint.get("/entry/cases/<uuid:public_id>")
@access(permissions.VIEW)
def case(public_id: UUID) -> Any:
    """One application with everything unmet, the licence picture beside the facts, and what may be done."""
    return _page(queries.application_for(public_id, current_actor()), VisitForm())


def _leases(found: Application) -> list[tuple[Any, str]]:
    """The leases of the enterprise, each with what it is called today."""
    rows = leases.leases_of(found.organisation_id) if found.organisation_id else []
    return [(row, chip(row.state, row.starts_on, row.ends_on, clock.today())[0]) for row in rows]


def _page(found: Application, visit_form: VisitForm, status: int = 200) -> Any:
    actor = current_actor()
    facts = effects.load_facts(found, rules.APPLICATION.move("screen"), actor, clock.now(), {})
    pending = found.state in queries.OPEN
    conditions = queries.conditions_of(found)
    if not visit_form.is_submitted():
        visit_form = VisitForm(
            data={"visited_on": found.visited_on, "note": found.visit_note, "waiver": found.visit_waiver}
        )
    page = render_template(
        "admin/enterprise/case.html",
        application=found,
        kind=rules.KINDS[found.kind],
        applicant=user_names([found.applicant_id]).get(found.applicant_id, ""),
        picture=files_by_id([found.licence_file_id]).get(found.licence_file_id) if found.licence_file_id else None,
        unmet=rules.unfit(facts) + rules.visited_or_waived(facts) if pending else [],
        conditions=list(zip(facts.conditions, conditions.items, strict=True)) if conditions else [],
        conditions_version=conditions.version if conditions else "",
        neighbours=organisations.same_address(found.address, apart_from=found.organisation_id),
        organisation=organisations.get_organisation(found.organisation_id) if found.organisation_id else None,
        twins=likeness.suspects_of(found) if pending else [],
        verdicts=twin_rules.VERDICTS,
        visit_form=visit_form if found.state in ("submitted", "under_review") else None,
        moves=[v for v in moves_for(rules.APPLICATION, found, actor) if v.move.key not in OWN_MOVES + OWN_PAGE],
        may_warn=found.state == "resident" and actor.can(rules.SCREEN),
        may_settle=found.state in queries.LIVING and actor.can(rules.SCREEN),
        handover=residence.handover_of(found),
        handover_labels=rules_residence.HANDOVER,
        leases=_leases(found),
        grounds=found.grounds,
        workflow=rules.APPLICATION,
        history=history(rules.APPLICATION, found.id),
    )
    return page, status


@blueprint.post("/entry/cases/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move; the engine checks who may."""
    found = queries.application_for(public_id, current_actor())
    back = url_for(".case", public_id=public_id)
    wish = requested_move(rules.APPLICATION, found, back=back, consequences=CONSEQUENCES.get(found.state, ()))
    if wish.page:
        return wish.page
    if wish.key == "reject":
        service.reject(found, current_actor(), wish.reason, _grounds(found))
    elif wish.key in OWN_PAGE:
        raise BadInput("警示要填依据，请从页面上的按钮进入。", code="move.needs_form")
    else:
        fire(rules.APPLICATION, found, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{rules.APPLICATION.move(wish.key).label}。")
    return redirect(back)


def _grounds(found: Application) -> dict[int, str]:
    """The reasons typed beside each condition, and the other ones under 0."""
    conditions = queries.conditions_of(found)
    numbers = range(len(conditions.items) + 1 if conditions else 1)
    return {n: request.form.get(f"ground_{n}", "")[: rules.TEXT_LIMIT] for n in numbers}


@blueprint.post("/entry/cases/<uuid:public_id>/visit")
@access(permissions.VIEW)
def visit(public_id: UUID) -> Any:
    """Note a site visit, or why there is none."""
    found = queries.application_for(public_id, current_actor())
    form = VisitForm()
    status = 400
    if form.validate_on_submit():
        form.claim_once()
        try:
            service.note_visit(found, current_actor(), **form.values())
        except DomainError as error:
            if error.status == 403 or not form.put_error(error):
                raise
            status = error.status
        else:
            flash("走访情况已登记。")
            return redirect(url_for(".case", public_id=public_id))
    return _page(found, form, status)


@blueprint.route("/entry/conditions", methods=["GET", "POST"])
@access(permissions.CONDITIONS)
def conditions() -> Any:
    """Publish a new version of the entry conditions."""
    form = ConditionsForm()
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        form.claim_once()
        values = form.values()
        try:
            service.publish_conditions(values["name"], rules.condition_lines(values["lines"]), current_actor())
        except DomainError as error:
            form.put_error(error)
            status = error.status
        else:
            flash("新版入驻条件已发布，从现在起的申请按它核对。")
            return redirect(url_for(".conditions"))
    return render_template("admin/enterprise/conditions.html", form=form, current=queries.conditions_now()), status
