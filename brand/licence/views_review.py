"""The office's examination: site visits, expert opinions, the procedure; plots an applicant names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for

from brand.licence import facts, permissions, review_service, rules
from brand.licence.forms import AppointForm, FindingsForm, OpinionForm, PlotsForm, ProcedureForm
from brand.licence.models import Licence
from brand.licence.views import answer, blueprint, case_of
from core.account.access import access, current_actor
from core.errors import DomainError
from core.ui import flash


@blueprint.post("/brand/cases/<uuid:public_id>/plots")
@access(permissions.APPLY)
def choose_plots(public_id: UUID) -> Any:
    """Name the registered plots the products come from."""
    licence = case_of(public_id)
    form = PlotsForm().of(licence.organisation_id)
    return answer(
        licence,
        form,
        lambda: review_service.choose_plots(licence, current_actor(), form.plots.data or []),
        "plots_form",
    )


def _examined(public_id: UUID) -> Licence:
    """The case, while the office examines it; NotExamined otherwise, for then its page has no such form."""
    licence = case_of(public_id)
    review_service.require_examined(licence)
    return licence


@blueprint.post("/brand/cases/<uuid:public_id>/visits")
@access(permissions.SCREEN)
def appoint(public_id: UUID) -> Any:
    """Agree on a site visit."""
    licence = _examined(public_id)
    form = AppointForm()
    return answer(
        licence, form, lambda: review_service.appoint(licence, current_actor(), **form.values()), "appoint_form"
    )


@blueprint.post("/brand/cases/<uuid:public_id>/visits/<uuid:visit_id>")
@access(permissions.SCREEN)
def record_visit(public_id: UUID, visit_id: UUID) -> Any:
    """Write down what a visit found: result, point, photos."""
    licence = _examined(public_id)
    form = FindingsForm()

    def store() -> None:
        values = form.values()
        uploads = [values.pop(name) for name in ("photo", "photo2", "photo3")]
        pictures = [(u.stream.read(), u.filename) for u in uploads if u]
        review_service.record_visit(
            licence, current_actor(), visit_id, fits=values.pop("fits") == "fits", pictures=pictures, **values
        )

    return answer(licence, form, store, "findings_form")


@blueprint.post("/brand/cases/<uuid:public_id>/visits/<uuid:visit_id>/cancel")
@access(permissions.SCREEN)
def cancel_visit(public_id: UUID, visit_id: UUID) -> Any:
    """Call a visit off."""
    review_service.cancel_visit(_examined(public_id), current_actor(), visit_id)
    return redirect(url_for(".show", public_id=public_id))


@blueprint.post("/brand/cases/<uuid:public_id>/opinions")
@access(permissions.SCREEN)
def add_opinion(public_id: UUID) -> Any:
    """Put an expert's opinion with the case."""
    licence = _examined(public_id)
    form = OpinionForm()

    def store() -> None:
        values = form.values()
        upload = values.pop("file")
        review_service.add_opinion(licence, current_actor(), upload=upload or None, **values)

    return answer(licence, form, store, "opinion_form")


@blueprint.route("/brand/procedure", methods=["GET", "POST"])
@access(permissions.DECIDE)
def procedure() -> Any:
    """The versions of how applications are handled, and a new one."""
    form, status = ProcedureForm(), 200
    if form.validate_on_submit():
        form.claim_once()
        try:
            row = review_service.set_procedure(current_actor(), **form.values())
        except DomainError as error:
            form.put_error(error)
            status = error.status
        else:
            flash(f"第 {row.version} 版办理程序从 {row.valid_from.isoformat()} 起执行。")
            return redirect(url_for(".procedure"))
    elif form.is_submitted():
        status = 400
    elif (now := facts.procedure_row()) is not None:
        form.publicity_days.data, form.renewal_days.data = now.publicity_days, now.renewal_days
        form.visit_required.data, form.expert_required.data = now.visit_required, now.expert_required
    else:
        form.publicity_days.data, form.renewal_days.data = 0, rules.RENEWAL_DAYS
    rows = review_service.procedures()
    return render_template("brand/licence/procedure.html", form=form, rows=rows, default=rules.Procedure()), status
