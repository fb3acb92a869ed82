"""Pages of links, the description file, the JSON-LD context, and keys other than products."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor, public
from core.errors import BadInput, DomainError
from core.organisation.queries import views as organisation_views
from core.ui import flash
from core.ui.tables import Column, Filter, Table
from trace.item import queries as items
from trace.item.models import Item
from trace.resolver import answers, keys, queries, rules, service
from trace.resolver.forms import EndForm, LinkForm
from trace.resolver.models import Link
from trace.resolver.negotiation import accepts
from trace.resolver.permissions import KEEP, OVERSEE

bp = Blueprint("resolver", __name__, template_folder="templates")
OPEN = "解析服务对所有人公开"


def _origin() -> str:
    return str(current_app.config["SETTINGS"].link_origin)


@bp.get("/.well-known/gs1resolver")
@public(OPEN)
def description() -> Response:
    answer = jsonify(answers.description(_origin(), keys.supported(), "猗顿农品扫码解析服务"))
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return _open(answer)


@bp.get(answers.CONTEXT_PATH)
@public(OPEN)
def context() -> Response:
    answer = jsonify(answers.linkset_context())
    answer.mimetype = "application/ld+json"
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return _open(answer)


def _open(answer: Response) -> Response:
    for name, value in answers.CORS:
        answer.headers[name] = value
    return answer


@bp.get("/00/<path:rest>", endpoint="logistic_unit")
@bp.get("/414/<path:rest>", endpoint="place")
@public(OPEN)
def other_key(rest: str) -> Response | str:
    """What is known of an SSCC or a GLN; 400 where it is malformed, 404 where nobody knows it."""
    del rest
    query, accept = request.query_string.decode("latin-1"), request.headers.get("Accept", "")
    try:
        key = keys.parse(request.path)
    except BadInput as wrong:
        return _response(answers.problem(400, wrong.message, wrong.code))
    asks, page = answers.asks_for_links(query, accept), keys.page_of(key)
    if page is not None and not asks and accepts(accept, "text/html"):
        return page(key)
    found = keys.find(key, _origin())
    if found is None:
        return _response(answers.problem(404, "没有登记过这个编号。", "resolver.unknown_key"))
    if asks:
        language = request.headers.get("Accept-Language", "")
        return _response(answers.to_links([found], _origin(), query, accept, language))
    return _response(answers.to_default([found], query))


def _response(reply: answers.Reply) -> Response:
    return Response(reply.body, reply.status, headers=list(reply.headers))


@bp.route("/items/<uuid:public_id>/links", methods=["GET", "POST"])
@access(KEEP)
def links(public_id: uuid.UUID) -> ResponseReturnValue:
    """The links of one product of one's own; a POST adds one."""
    actor = current_actor()
    item = items.load(public_id, actor)
    form = LinkForm()
    form.lot_id.choices = [
        ("", "整个商品"),
        *((str(key), f"批次 {number}") for key, number in queries.lots_to_link(item)),
    ]
    if form.validate_on_submit():
        try:
            form.claim_once()
            given = {
                name: str(form[name].data or "") for name in ("link_type", "href", "title", "media_type", "language")
            }
            lot_id = int(form.lot_id.data) if form.lot_id.data else None
            service.add_link(item, actor, **given, lot_id=lot_id, forward_query=not form.keep_query.data)
            flash("链接已加上，扫码时按链接种类跳转。")
            return redirect(url_for(".links", public_id=public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template(
        "trace/resolver/links.html", item=items.get_item(public_id, actor), form=form, rows=queries.links_of_item(item),
        types=rules.LINK_TYPES, media=rules.MEDIA_TYPES, languages=rules.LANGUAGES, address=code_address(item),
    )  # fmt: skip
    return page, 422 if form.errors else 200


def code_address(item: Item) -> str:
    """The address of a product as a code carries it."""
    owner = organisation_views([item.organisation_id])[item.organisation_id]
    return f"{_origin()}/01/{item.gtin}" if item.gtin else f"{_origin()}/id/uscc/{owner.code}/prod/{item.own_code}"


@bp.route("/links/<uuid:public_id>/end", methods=["GET", "POST"])
@access(KEEP)
def end(public_id: uuid.UUID) -> ResponseReturnValue:
    """Take down one of one's own links."""
    link = queries.get_link(public_id, current_actor())
    item = items.item_by_id(link.item_id)
    return _end(link, item, url_for(".links", public_id=item.public_id))


@bp.route("/office/links/<uuid:public_id>/end", methods=["GET", "POST"])
@access(OVERSEE)
def office_end(public_id: uuid.UUID) -> ResponseReturnValue:
    """The office takes down a link that leads consumers wrong."""
    link = queries.get_link(public_id, current_actor(), anybody=True)
    return _end(link, items.item_by_id(link.item_id), url_for(".oversee"))


def _end(link: Link, item: items.ItemView, back: str) -> ResponseReturnValue:
    form = EndForm()
    if form.validate_on_submit():
        try:
            service.end_link(link, current_actor(), reason=str(form.reason.data))
            flash("链接已撤下。")
            return redirect(back)
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template(
        "trace/resolver/end.html", link=link, item=item, form=form, back=back, types=rules.LINK_TYPES
    )
    return page, 422 if form.errors else 200


@bp.get("/office/links")
@access(OVERSEE)
def oversee() -> ResponseReturnValue:
    """Every live link of the town."""
    table = Table(
        queries.all_links(),
        columns=[
            Column("item_name", "商品项", sort=Item.name),
            Column("organisation", "单位", value=lambda r: organisation_views([r.organisation_id])[r.organisation_id].name),
            Column("link_type", "种类", value=lambda r: rules.LINK_TYPES.get(r.link_type, r.link_type)),
            Column("title", "标题"),
            Column("href", "网址"),
            Column("made_at", "加上时间", kind="moment", sort=Link.made_at),
            Column("end", "撤下", value=lambda _r: "撤下", link=lambda r: url_for(".office_end", public_id=r.public_id), export=False),
        ],
        filters=[
            Filter("q", "商品、标题或网址", search=(Item.name, Link.title, Link.href)),
            Filter("type", "种类", column=Link.link_type, choices=list(rules.LINK_TYPES.items())),
        ],
        default_sort="-made_at", name="links", empty="还没有企业登记链接。",
    )  # fmt: skip
    answer: ResponseReturnValue = table.respond("trace/resolver/oversee.html")
    return answer
