"""The enterprise's pages: check policy of a product, poster and share picture of a lot."""

from __future__ import annotations

import uuid

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.errors import BadInput, DomainError
from core.ui import flash
from trace.item import queries as items
from trace.lot import queries as lots
from trace.scan import policies, posters
from trace.scan.forms import PolicyForm
from trace.scan.permissions import POLICY, POSTER
from trace.scan.rules import DEFAULT, Policy
from trace.scan.views import bp, code_page


@bp.route("/items/<uuid:public_id>/checks", methods=["GET", "POST"])
@access(POLICY)
def policy(public_id: uuid.UUID) -> ResponseReturnValue:
    """How checks of one's own product are judged; a POST makes the next version."""
    actor = current_actor()
    item = items.load(public_id, actor)
    now = policies.policy_of(item.id)
    form = PolicyForm(obj=now) if request.method == "GET" else PolicyForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            values = form.values()
            wanted = Policy(
                many_devices=values["many_devices"], many_checks=values["many_checks"], jump_km=values["jump_km"],
                jump_hours=values["jump_hours"], area=tuple(values["area"] or ()),
                shipping_recorded=bool(values["shipping_recorded"]),
            )  # fmt: skip
            row = policies.set_policy(item, wanted, actor)
            flash(f"查验规则已改为第 {row.version} 版，从下一次查验起用。")
            return redirect(url_for(".policy", public_id=public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template(
        "trace/scan/policy.html", item=items.get_item(public_id, actor), form=form, now=now, default=DEFAULT,
        versions=policies.versions_of(item.id),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.get("/lots/<uuid:public_id>/poster.pdf")
@access(POSTER)
def poster(public_id: uuid.UUID) -> Response:
    """The poster of one's own sealed lot for a shop: A4 or A3."""
    size = request.args.get("size", "a4").lower()
    if size not in posters.SIZES:
        raise BadInput("海报有 A4 和 A3 两种。", code="scan.poster_size", help="从批次页面重新下载。")
    facts = posters.facts_of(lots.load(public_id, current_actor()), code_page().origin)
    answer = Response(posters.poster(facts, size), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename=poster-{facts.lot_no}-{size}.pdf"
    return answer


@bp.get("/lots/<uuid:public_id>/share.png")
@access(POSTER)
def share(public_id: uuid.UUID) -> Response:
    """The share picture of one's own sealed lot: wide (1200 × 630) or square (1080 × 1080)."""
    shape = request.args.get("shape", "wide")
    if shape not in posters.SHAPES:
        raise BadInput("分享图有横图和方图两种。", code="scan.share_shape", help="从批次页面重新下载。")
    facts = posters.facts_of(lots.load(public_id, current_actor()), code_page().origin)
    answer = Response(posters.share(facts, shape), mimetype="image/png")
    answer.headers["Content-Disposition"] = f"attachment; filename=share-{facts.lot_no}-{shape}.png"
    return answer
