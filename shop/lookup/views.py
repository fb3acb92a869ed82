"""Two pages: what is known of the order, then the code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from core.account.access import public
from core.errors import DomainError
from core.web.security import limiter
from shop.lookup import service
from shop.lookup.forms import AskForm, CodeForm

blueprint = Blueprint("lookup", __name__, template_folder="templates")
REASON = "a guest has no account; the code goes to the mobile of the order"


@blueprint.after_request
def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.route("/orders/find", methods=["GET", "POST"])
@public(REASON)
@limiter.limit("20 per minute", methods=["POST"])
def ask() -> Any:
    """Ask for a code; the answer is the same whether or not there is such an order."""
    form = AskForm()
    if form.validate_on_submit():
        form.claim_once()
        asked = service.ask(form.order_no.data, form.tail.data, address=request.remote_addr or "")
        return redirect(url_for("lookup.code", public_id=asked.public_id))
    return render_template("shop/lookup/ask.html", form=form), 422 if form.errors else 200


@blueprint.route("/orders/find/<uuid:public_id>", methods=["GET", "POST"])
@public(REASON)
@limiter.limit("20 per minute", methods=["POST"])
def code(public_id: UUID) -> Any:
    """The right code leads to the order."""
    form = CodeForm()
    if request.method == "GET":
        service.get_request(public_id)
    if form.validate_on_submit():
        try:
            return redirect(url_for("order.show", token=service.redeem(public_id, form.code.data)))
        except DomainError as error:
            if not form.put_error(error):
                raise
            return render_template("shop/lookup/code.html", form=form), error.status
    return render_template("shop/lookup/code.html", form=form), 422 if form.errors else 200
