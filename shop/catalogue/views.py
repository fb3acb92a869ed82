"""The public list and the product page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from core import clock
from core.account.access import public
from core.db import db
from core.file.queries import files_by_id
from core.organisation.queries import get_organisation, names
from core.ui.home import HomePanel
from shop.catalogue import marks, queries, rules
from shop.catalogue.service import KINDS
from shop.catalogue.show import card, cheapest, picks
from shop.stock import queries as stock

blueprint = Blueprint(
    "catalogue", __name__, template_folder="templates", static_folder="static", static_url_path="/static/shop"
)
PER_PAGE = 24
ORDERS = {"new": "新上架", "price": "每斤价从低到高"}


@blueprint.get("/shop")
@public("goods on sale are for everybody")
def index() -> Any:
    """Goods on sale with search, kind and order; sold-out ones stay and say so."""
    words = request.args.get("q", "").strip()[:60].replace("\x00", "")
    kind = request.args.get("kind", "") if request.args.get("kind", "") in KINDS else ""
    order = request.args.get("order", "new") if request.args.get("order", "new") in ORDERS else "new"
    page = max(1, min(request.args.get("page", 1, type=int) or 1, 500))
    query = queries.on_sale(words=words, kind=kind, order=order)
    rows = db.session.execute(query.limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)).all()
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    variants = queries.variants_of([r.id for r in rows])
    pieces = stock.counts([v.item_id for vs in variants.values() for v in vs], clock.today())
    return render_template(
        "shop/catalogue/index.html",
        rows=rows,
        pictures=files_by_id([r.file_id for r in rows if r.file_id]),
        left={r.id: sum(pieces[v.item_id] for v in variants[r.id]) for r in rows},
        offers={r.id: cheapest(variants[r.id], pieces) for r in rows},
        sellers=names([r.organisation_id for r in rows]),
        words=words, kind=kind, order=order, page=page, more=more, kinds=KINDS, orders=ORDERS,
    )  # fmt: skip


def home_panel() -> HomePanel | None:
    """The newest goods on the front door; nothing while nothing is on sale."""
    rows = db.session.execute(queries.on_sale().limit(4)).all()
    if not rows:
        return None
    html = Markup(  # noqa: S704 - an own template, escaped there
        render_template(
            "shop/catalogue/_home.html", rows=rows, pictures=files_by_id([r.file_id for r in rows if r.file_id])
        )
    )
    return HomePanel("在售商品", html, ("看全部商品", url_for("catalogue.index")))


@blueprint.get("/p/<uuid:public_id>")
@public("a product on sale is for everybody")
def show(public_id: UUID) -> Any:
    """One product with the lot that will be sent now; at most six statements."""
    product = queries.product(public_id)
    wanted = request.args.get("v", "")
    today = clock.today()
    offers = stock.available([v.item_id for v in product.variants], product.organisation_id, today)
    pieces = {item_id: a.pieces for item_id, a in offers.items()}
    chosen = next((v for v in product.variants if v.public_id == wanted), None)
    chosen = (
        chosen
        or next((v for v in product.variants if pieces[v.item_id] > 0), None)
        or next(iter(product.variants), None)
    )
    there = offers[chosen.item_id] if chosen else None
    lot = there.first if there else None
    return render_template(
        "shop/catalogue/show.html",
        product=product,
        chosen=chosen,
        picks=picks(product.variants, chosen, pieces) if chosen else [],
        there=there,
        lot=lot,
        card=card(lot) if lot else None,
        stored=rules.storage_days(lot.harvested_on, today) if lot else None,
        unborne=marks.unborne(
            product.organisation_id,
            {"品名": product.title, "产地": product.origin, "介绍": product.description},
            [v.item_id for v in product.variants],
        ),
        seller=get_organisation(product.organisation_id),
        perishable=rules.PERISHABLE,
    )
