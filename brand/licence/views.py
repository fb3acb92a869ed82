"""Applications and cases: the enterprise's phone-first pages and the brand office's desk share them."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from brand.licence import permissions, queries, rules, screens, service
from brand.licence.forms import AcceptForm, EvidenceForm, OpenForm, RowForm
from brand.licence.models import Licence
from core import clock
from core.account.access import access, current_actor
from core.errors import BadInput, DomainError
from core.ui import flash, once
from core.ui.fields import read_date
from core.ui.forms import Form
from core.ui.moves import requested_move
from core.workflow.engine import fire

F = TypeVar("F", bound=Form)
blueprint = Blueprint("licence", __name__, template_folder="templates")


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
    return render_template("brand/licence/new.html", form=form), 400 if form.is_submitted() else 200


@blueprint.get("/brand/cases/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One case as the applicant or the office sees it."""
    return _page(_case(public_id))


def _case(public_id: UUID) -> Licence:
    return queries.licence_for_actor(public_id, current_actor())


def _page(licence: Licence, status: int = 200, **forms: Form) -> Any:
    actor = current_actor()
    own = licence.organisation_id == actor.organisation_id
    context = screens.case_page(licence, actor)
    if own and licence.state in service.EDITABLE:
        context |= {
            "row_form": _blank(RowForm).for_species(context["brand"].species),
            "evidence_form": _blank(EvidenceForm).for_rows(licence.scope),
            "accept_form": _blank(AcceptForm),
        }
    context |= forms
    template = "brand/licence/apply.html" if own else "brand/licence/review.html"
    return render_template(template, **context), status


def _blank(kind: type[F]) -> F:
    """A form that ignores the request: the page may answer another form's POST."""
    form = kind(formdata=None)
    form.once.data = once.new_key()
    return form


@blueprint.post("/brand/cases/<uuid:public_id>/rows")
@access(permissions.APPLY)
def add_row(public_id: UUID) -> Any:
    """Add one combination to the application."""
    licence = _case(public_id)
    form = RowForm().for_species(screens.brand_of(licence).species)
    return _do(licence, form, lambda: service.add_row(licence, current_actor(), **form.values()), "row_form")


@blueprint.post("/brand/cases/<uuid:public_id>/rows/<int:row_id>/remove")
@access(permissions.APPLY)
def remove_row(public_id: UUID, row_id: int) -> Any:
    """Take a combination off the application."""
    service.remove_row(_case(public_id), current_actor(), row_id)
    return redirect(url_for(".show", public_id=public_id))


@blueprint.post("/brand/cases/<uuid:public_id>/evidence")
@access(permissions.APPLY)
def add_evidence(public_id: UUID) -> Any:
    """Add a file to the application."""
    licence = _case(public_id)
    form = EvidenceForm().for_rows(licence.scope)

    def store() -> None:
        values = form.values()
        upload = values.pop("file")
        service.add_evidence(licence, current_actor(), stream=upload.stream, filename=upload.filename, **values)

    return _do(licence, form, store, "evidence_form")


@blueprint.post("/brand/cases/<uuid:public_id>/evidence/<int:item_id>/remove")
@access(permissions.APPLY)
def remove_evidence(public_id: UUID, item_id: int) -> Any:
    """Take a file off the application."""
    service.remove_evidence(_case(public_id), current_actor(), item_id)
    return redirect(url_for(".show", public_id=public_id))


@blueprint.post("/brand/cases/<uuid:public_id>/accept")
@access(permissions.APPLY)
def accept(public_id: UUID) -> Any:
    """Promise to keep the rules of use."""
    licence = _case(public_id)
    return _do(licence, AcceptForm(), lambda: service.accept_rules(licence, current_actor()), "accept_form")


def _do(licence: Licence, form: Form, deed: Any, name: str) -> Any:
    """Run ``deed`` when the form is sound; show the page again with what to change otherwise."""
    status = 400
    if form.validate_on_submit():
        form.claim_once()
        try:
            deed()
        except DomainError as error:
            if error.status in (404, 403):
                raise
            form.put_error(error)
            status = error.status
        else:
            return redirect(url_for(".show", public_id=licence.public_id))
    return _page(licence, status, **{name: form})


@blueprint.post("/brand/cases/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move; the engine checks who may."""
    licence = _case(public_id)
    back = url_for(".show", public_id=public_id)
    wish = requested_move(rules.LICENCE, licence, back=back, consequences=screens.consequences(licence))
    if wish.page:
        return wish.page
    if wish.key == "approve":
        service.approve(licence, current_actor(), opinion=wish.reason, **_decision(licence))
    else:
        fire(rules.LICENCE, licence, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{rules.LICENCE.move(wish.key).label}。")
    return redirect(back)


def _decision(licence: Licence) -> dict[str, Any]:
    """The ticked rows and the term of an approval, as the form carries them."""
    start, end = rules.default_term(clock.today())
    try:
        first = read_date(request.form["valid_from"]) if request.form.get("valid_from") else start
        last = read_date(request.form["valid_until"]) if request.form.get("valid_until") else end
    except ValueError as wrong:
        raise BadInput(str(wrong), code="licence.term", field="valid_until") from None
    rows = [row.id for row in licence.scope if request.form.get(f"row-{row.id}")]
    return {"rows": rows, "valid_from": first, "valid_until": last}
