"""The public column: readable by anybody, with the window for opinions and objections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup

from admin.disclosure import queries, rules, service
from admin.disclosure.forms import OpinionForm
from admin.disclosure.models import Item
from core import clock
from core.account.access import current_actor, public
from core.calendar.queries import strip
from core.errors import DomainError
from core.ui import flash
from core.ui.home import HomePanel

blueprint = Blueprint("publicity", __name__, url_prefix="/disclosure", template_folder="templates")


@blueprint.get("/")
@public("the county must publish; anybody reads (fund measures art. 4)")
def index() -> Any:
    """The column, all items or one kind."""
    kind = request.args.get("kind", "")
    kind = kind if kind in rules.KINDS else ""
    return render_template(
        "admin/disclosure/column.html", items=queries.published(kind or None), kinds=rules.KINDS, kind=kind, today=clock.today(),
        facts=queries.publicity_facts,
    )  # fmt: skip


@blueprint.get("/receipt")
@public("whoever gave an opinion reads the answer by the receipt number")
def receipt() -> Any:
    """The answer to an opinion, by its receipt number."""
    number = request.args.get("no", "").strip().upper()
    opinion = queries.opinion_by_receipt(number) if number else None
    status = 404 if number and opinion is None else 200
    return render_template(
        "admin/disclosure/receipt.html", number=number, opinion=opinion, kinds=rules.OPINION_KINDS
    ), status


@blueprint.get("/<uuid:public_id>")
@public("the county must publish; anybody reads (fund measures art. 4)")
def show(public_id: UUID) -> Any:
    """One item with its clock, its revisions and the window."""
    return _page(queries.get_public_item(public_id), OpinionForm())


@blueprint.post("/<uuid:public_id>/opinion")
@public("anybody may object during the publicity (fund measures art. 4, 12.3)")
def opinion(public_id: UUID) -> Any:
    """Take an opinion or objection from anybody."""
    item, form = queries.get_public_item(public_id), OpinionForm()
    if not form.validate_on_submit():
        return _page(item, form, 400)
    form.claim_once()
    try:
        taken = service.receive_opinion(
            item, str(form.kind.data), str(form.text.data), str(form.contact.data or ""), current_actor()
        )
    except DomainError as error:
        form.put_error(error)
        return _page(item, form, error.status)
    flash("已收到。用回执号可以查答复。")
    return redirect(url_for(".receipt", no=taken.receipt_no))


def _page(item: Item, form: OpinionForm, status: int = 200) -> Any:
    facts, today = queries.publicity_facts(item), clock.today()
    days = strip_of(item, facts)
    counts = queries.opinion_counts(item.id)
    page = render_template(
        "admin/disclosure/item.html", item=item, kind=rules.KINDS[item.kind], facts=facts, days=days, form=form, today=today,
        open=item.kind == "publicity" and rules.window_open(facts, today), revisions=queries.revisions_of(item.id),
        counts=counts, answered=[o for o in queries.opinions_of(item.id) if o.state == "answered"], kinds=rules.OPINION_KINDS,
    )  # fmt: skip
    return page, status


def strip_of(item: Item, facts: rules.PublicityFacts) -> list[dict[str, str]]:
    """The publicity day by day for the strip macro; runs of days off are folded into one cell."""
    if facts.published_on is None or facts.deadline is None:
        return []
    return [dict(cell) for cell in rules.strip_cells(strip(facts.published_on, item.days), item.days, clock.today())]


def home_panel() -> HomePanel | None:
    """What is in publicity now, on the public home page."""
    today = clock.today()
    items = [i for i in queries.published("publicity") if rules.window_open(queries.publicity_facts(i), today)]
    if not items:
        return None
    html = Markup(render_template("admin/disclosure/_home.html", items=items, facts=queries.publicity_facts))  # noqa: S704 - our own template escapes its values
    return HomePanel("正在公示", html, ("看公开专栏", url_for("publicity.index")), "office")
