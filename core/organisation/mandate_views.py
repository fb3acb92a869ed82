"""Pages of mandates: the keeper's list and renewals, the grower's own gift, the end by either."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, url_for

from core import clock
from core.account.access import access, current_actor
from core.errors import DomainError
from core.organisation import mandates, permissions, queries
from core.organisation.forms import EndForm, GiveForm, RenewForm
from core.organisation.views import blueprint
from core.ui import flash


@blueprint.route("/mandates", methods=["GET", "POST"])
@access(permissions.MANDATE)
def mandate_index() -> Any:
    """Whose journals the organisation keeps, or who keeps the grower's."""
    actor = current_actor()
    is_grower = actor.organisation_kind == "grower"
    form: Any = GiveForm() if is_grower else RenewForm()
    if not is_grower:
        growers = queries.growers_of(actor.organisation_id or 0)
        form.grower_code.choices = [(g.code, f"{g.name}，{g.code}") for g in growers]
    if form.validate_on_submit():
        try:
            form.claim_once()
            given = {name: form[name].data for name in ("valid_from", "valid_to")}
            if is_grower:
                mandates.give_to(actor, keeper_code=form.keeper_code.data, **given)
            else:
                mandates.renew(actor, grower_code=form.grower_code.data, **given)
            flash("委托已登记。")
            return redirect(url_for(".mandate_index"))
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.valid_from.data = clock.today()
    page = render_template(
        "core/organisation/mandates.html",
        form=form,
        rows=mandates.mandates_of(actor.organisation_id or 0),
        is_grower=is_grower,
        today=clock.today(),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/mandates/<uuid:public_id>/end", methods=["GET", "POST"])
@access(permissions.MANDATE)
def mandate_end(public_id: uuid.UUID) -> Any:
    """Ask for the reason, then end the mandate today."""
    actor = current_actor()
    shown = mandates.get_mandate(public_id, actor)
    form: Any = EndForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            mandates.end(public_id, actor, reason=form.reason.data)
            flash("委托到今天结束。已经记下的都保留。")
            return redirect(url_for(".mandate_index"))
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template("core/organisation/mandate_end.html", form=form, mandate=shown)
    return page, 422 if form.errors else 200
