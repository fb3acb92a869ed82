"""A seller's stock by lot and site, with receiving and counting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for

from core import clock
from core.account.access import access, current_actor
from core.errors import DomainError, NotFound
from core.ui import flash
from shop.stock import lots, permissions, queries, rules, service
from shop.stock.forms import CountForm, ReceiveForm

blueprint = Blueprint("stock", __name__, template_folder="templates")
KINDS = {"receive": "入库", "reserve": "下单预留", "release": "取消放回", "ship": "发货出库", "adjust": "盘点调整"}


@blueprint.route("/enterprise/stock", methods=["GET", "POST"])
@access(permissions.MANAGE)
def index() -> Any:
    """Rows with what may be sold and why not, and the form for receiving."""
    actor = current_actor()
    organisation_id = actor.organisation_id or 0
    form = ReceiveForm()
    form.lot_id.choices = lots.lot_choices(organisation_id)
    form.site_id.choices = lots.site_choices(organisation_id)
    if form.validate_on_submit():
        try:
            form.claim_once()
            values = form.values()
            service.receive(actor, **values, once_key=f"form:{form.once.data}")
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            flash("已入库。")
            return redirect(url_for("stock.index"))
    rows = queries.rows_of(organisation_id)
    holds = queries.open_holds([r.lot_id for r in rows])
    today = clock.today()
    page = render_template(
        "shop/stock/index.html",
        rows=rows,
        form=form,
        sites=lots.site_names([r.site_id for r in rows]),
        stops={r.id: rules.unsellable(lots.of_row(r, holds.get(r.lot_id)), today) for r in rows},
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.route("/enterprise/stock/<uuid:public_id>", methods=["GET", "POST"])
@access(permissions.MANAGE)
def show(public_id: UUID) -> Any:
    """One row with its movements, and the form for counting."""
    actor = current_actor()
    row = queries.get_own(actor.organisation_id, public_id)
    if row is None:
        raise NotFound("没有找到这一行库存。", help="从库存列表重新进入。")
    form = CountForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            service.adjust(actor, row, counted=form.counted.data or 0, reason=form.reason.data or "")
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            flash("盘点已登记。")
            return redirect(url_for("stock.show", public_id=public_id))
    page = render_template(
        "shop/stock/show.html", row=row, form=form, moves=queries.moves_of(row.id), kinds=KINDS,
        site=lots.site_names([row.site_id]).get(row.site_id, ""),
    )  # fmt: skip
    return page, 400 if form.is_submitted() else 200
