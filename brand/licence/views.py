"""Applications and cases: the enterprise's phone-first pages and the brand office's desk share them."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from brand.licence import facts, permissions, queries, review_service, rules, rules_sub, screens, service
from brand.licence.forms import (
    AcceptForm,
    AppointForm,
    EvidenceForm,
    FindingsForm,
    OpenForm,
    OpinionForm,
    PlotsForm,
    ReviewForm,
    RowForm,
    ShareForm,
    report_form,
)
from brand.licence.models import Licence
from brand.licence.rules_policy import LicenceTerms
from core import clock
from core.account.access import access, current_actor
from core.account.actor import Actor
from core.errors import BadInput
from core.policy.queries import terms
from core.ui import flash, once
from core.ui.deed import done
from core.ui.fields import read_date
from core.ui.forms import Form
from core.ui.moves import requested_move
from core.workflow.engine import fire

F = TypeVar("F", bound=Form)
blueprint = Blueprint(
    "licence", __name__, template_folder="templates", static_folder="static", static_url_path="/brand/licence/static"
)


@blueprint.get("/brand/cases")
@access(permissions.VIEW)
def index() -> Any:
    """The applications and licences the actor may see."""
    actor = current_actor()
    office = queries.in_office(actor)
    return screens.case_table(actor, office=office).respond("brand/licence/index.html", office=office)


@blueprint.route("/brand/cases/new", methods=["GET", "POST"])
@access(permissions.APPLY)
def new() -> Any:
    """Start an application: choose the brand."""
    form = OpenForm()
    if form.validate_on_submit():
        form.claim_once()
        licence = service.open_application(current_actor(), int(form.values()["brand_id"]), note=form.values()["note"])
        return redirect(url_for(".show", public_id=licence.public_id))
    return render_template(
        "brand/licence/new.html", form=form, terms=terms(LicenceTerms, on=clock.today())
    ), 400 if form.is_submitted() else 200


@blueprint.get("/brand/cases/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One case as the applicant or the office sees it."""
    return page(case_of(public_id))


def case_of(public_id: UUID) -> Licence:
    return queries.licence_for_actor(public_id, current_actor())


def page(licence: Licence, status: int = 200, **forms: Form) -> Any:
    actor = current_actor()
    own = licence.organisation_id == actor.organisation_id
    context = screens.case_page(licence, actor)
    if own and licence.state in service.EDITABLE:
        context |= {
            "row_form": blank(RowForm).for_species(context["brand"].species),
            "evidence_form": blank(EvidenceForm).for_rows(licence.scope),
            "accept_form": blank(AcceptForm),
            "plots_form": _plots_form(licence),
        }
    if not own and licence.state in review_service.EXAMINED and actor.can(rules.SCREEN):
        context |= {"appoint_form": blank(AppointForm), "opinion_form": blank(OpinionForm)}
        context["findings_form"] = blank(FindingsForm)
    if licence.licence_no is not None:
        context |= screens.after_page(licence, actor) | _after_forms(licence, actor, own)
    context |= forms
    template = "brand/licence/apply.html" if own else "brand/licence/review.html"
    return render_template(template, **context), status


def _plots_form(licence: Licence) -> PlotsForm:
    form = blank(PlotsForm).of(licence.organisation_id)
    form.plots.data = [str(place.public_id) for place in review_service.plots(licence)]
    return form


def _after_forms(licence: Licence, actor: Actor, own: bool) -> dict[str, Any]:
    """The forms below an issued licence: for its holder report and share, for the office the yearly review."""
    forms: dict[str, Any] = {}
    held = licence.state in ("licensed", "suspended")
    rows, quarters = queries.scope_rows(licence, "granted", "ended"), screens.open_quarters(licence)
    if own and actor.can(rules.APPLY) and quarters:
        forms["report_form"] = blank(report_form(rows, quarters))
    if own and actor.can(rules_sub.SHARE) and licence.state == "licensed":
        forms["share_form"] = blank(ShareForm).of(rows)
    if not own and held and actor.can(rules.SCREEN):
        forms["review_form"] = blank(ReviewForm)
    return forms


def blank(kind: type[F]) -> F:
    """A form that ignores the request: the page may answer another form's POST."""
    form = kind(formdata=None)
    form.once.data = once.new_key()
    return form


@blueprint.post("/brand/cases/<uuid:public_id>/rows")
@access(permissions.APPLY)
def add_row(public_id: UUID) -> Any:
    """Add one combination to the application."""
    licence = case_of(public_id)
    form = RowForm().for_species(screens.brand_of(licence).species)
    return answer(licence, form, lambda: service.add_row(licence, current_actor(), **form.values()), "row_form")


@blueprint.post("/brand/cases/<uuid:public_id>/rows/<int:row_id>/remove")
@access(permissions.APPLY)
def remove_row(public_id: UUID, row_id: int) -> Any:
    """Take a combination off the application."""
    service.remove_row(case_of(public_id), current_actor(), row_id)
    return redirect(url_for(".show", public_id=public_id))


@blueprint.post("/brand/cases/<uuid:public_id>/evidence")
@access(permissions.APPLY)
def add_evidence(public_id: UUID) -> Any:
    """Add a file to the application."""
    licence = case_of(public_id)
    form = EvidenceForm().for_rows(licence.scope)

    def store() -> None:
        values = form.values()
        upload = values.pop("file")
        service.add_evidence(licence, current_actor(), stream=upload.stream, filename=upload.filename, **values)

    return answer(licence, form, store, "evidence_form")


@blueprint.post("/brand/cases/<uuid:public_id>/evidence/<int:item_id>/remove")
@access(permissions.APPLY)
def remove_evidence(public_id: UUID, item_id: int) -> Any:
    """Take a file off the application."""
    service.remove_evidence(case_of(public_id), current_actor(), item_id)
    return redirect(url_for(".show", public_id=public_id))


@blueprint.post("/brand/cases/<uuid:public_id>/accept")
@access(permissions.APPLY)
def accept(public_id: UUID) -> Any:
    """Promise to keep the rules of use."""
    licence = case_of(public_id)
    return answer(licence, AcceptForm(), lambda: service.accept_rules(licence, current_actor()), "accept_form")


def answer(licence: Licence, form: Form, deed: Any, name: str) -> Any:
    """Run ``deed`` when the form is sound; show the page again with what to change otherwise."""
    to = url_for(".show", public_id=licence.public_id)
    return done(form, deed, lambda status: page(licence, status, **{name: form}), "", to)


@blueprint.post("/brand/cases/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move; the engine checks who may."""
    licence = case_of(public_id)
    back = url_for(".show", public_id=public_id)
    wish = requested_move(rules.LICENCE, licence, back=back, consequences=screens.consequences(licence))
    if wish.page:
        return wish.page
    if wish.key == "approve":
        service.approve(licence, current_actor(), opinion=wish.reason, **_decision(licence))
    elif wish.key in ("refuse", "uphold"):
        grounds = [key for key in rules.USE_CONDITIONS if request.form.get(f"ground-{key}")]
        service.refuse(licence, current_actor(), wish.reason, grounds=grounds)
    else:
        fire(rules.LICENCE, licence, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{rules.LICENCE.move(wish.key).label}。")
    return redirect(back)


def _decision(licence: Licence) -> dict[str, Any]:
    """The ticked rows and the term of an approval, as the form carries them."""
    start, end = facts.proposed_term(licence, clock.today())
    try:
        first = read_date(request.form["valid_from"]) if request.form.get("valid_from") else start
        last = read_date(request.form["valid_until"]) if request.form.get("valid_until") else end
    except ValueError as wrong:
        raise BadInput(str(wrong), code="licence.term", field="valid_until") from None
    rows = [row.id for row in licence.scope if request.form.get(f"row-{row.id}")]
    words = request.form.get("conditions", "")
    if len(words) > 1000:
        raise BadInput("附加条件最多 1,000 个字。", code="licence.conditions", field="conditions")
    return {"rows": rows, "valid_from": first, "valid_until": last, "conditions": words}
