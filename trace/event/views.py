"""Pages about events: the list, one event in words, tokens, subscriptions with their delivery log."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from core import clock
from core.account.access import access, current_actor
from core.config import settings
from core.db import db
from core.errors import BadInput, DomainError, NotFound
from core.organisation.queries import find_by_code
from core.organisation.queries import names as names_of
from core.place.queries import places_of
from core.ui import flash
from core.ui.tables import Column, Filter, Table
from trace.event import answers, delivery, queries, steps, subscriptions, tokens, words
from trace.event.facets import canonical, key_of
from trace.event.forms import ResumeForm, TokenForm
from trace.event.models import Delivery, Event, Link, NamedQuery, Subscription
from trace.event.permissions import OVERSEE, TOKENS, VIEW
from trace.event.queries import Scope

bp = Blueprint("event", __name__, template_folder="templates", url_prefix="/events")
_SOURCES = {"platform": "平台步骤", "api": "接口送入"}


def _naming(text: str) -> Any:
    """Events that name this identifier."""
    return Event.id.in_(select(Link.event_id).where(Link.key == key_of(canonical(text.strip()[:500]))))


def _table(query: Any, endpoint: str, *, names: dict[int, str] | None = None) -> Table:
    who = (
        [Column("organisation_id", "单位", value=lambda r: names.get(r.organisation_id, ""))]
        if names is not None
        else []
    )
    return Table(
        query,
        columns=[
            Column(
                "event_time",
                "时间",
                kind="moment",
                sort=Event.event_time,
                link=lambda r: url_for(endpoint, row_id=r.id),
            ),
            *who,
            Column(
                "biz_step", "步骤", value=lambda r: _label(r.step) or words.step_word(r.biz_step), sort=Event.biz_step
            ),
            Column("goods", "批次或编码", value=lambda r: words.goods(r.payload)),
            Column("type", "种类", value=lambda r: words.type_word(r.type), sort=Event.type),
            Column("disposition", "之后状态", value=lambda r: words.disposition_word(r.disposition)),
            Column("source", "来源", value=lambda r: _SOURCES[r.source]),
            Column("declared_at", "更正", value=lambda r: "声明有误" if r.declared_at else ""),
        ],
        filters=[
            Filter("named", "批次或编码的地址", clause=_naming),
            Filter("type", "种类", column=Event.type, choices=list(words.TYPES.items())),
            Filter("step", "步骤", column=Event.biz_step, choices=list(words.STEPS.items())),
            Filter("source", "来源", column=Event.source, choices=list(_SOURCES.items())),
        ],
        default_sort="-event_time",
        name="events",
        empty="没有符合条件的事件。采收、装箱、检测、赋码时会自动记下；也可以由其他系统经接口送入。",
    )


@bp.get("/")
@access(VIEW)
def index() -> Response | str:
    actor = current_actor()
    assert actor.organisation_id is not None
    page: Response | str = _table(queries.event_table(actor.organisation_id), "event.show").respond(
        "trace/event/index.html", overseeing=False, own_tokens=actor.can(TOKENS)
    )
    return page


@bp.get("/county")
@access(OVERSEE)
def oversee() -> Response | str:
    names = names_of(queries.organisations_with_events())
    page: Response | str = _table(queries.event_table(None), "event.oversee_one", names=names).respond(
        "trace/event/index.html", overseeing=True, own_tokens=False
    )
    return page


@bp.get("/<int:row_id>")
@access(VIEW)
def show(row_id: int) -> str:
    organisation_id = current_actor().organisation_id
    return _event_page(row_id, organisation_id, back=url_for("event.index"))


@bp.get("/county/<int:row_id>")
@access(OVERSEE)
def oversee_one(row_id: int) -> str:
    return _event_page(row_id, None, back=url_for("event.oversee"))


def _event_page(row_id: int, organisation_id: int | None, *, back: str) -> str:
    """``organisation_id`` None: whichever organisation's (overseers)."""
    event = db.session.get(Event, row_id) if row_id < 2**63 else None
    if event is None or (organisation_id is not None and event.organisation_id != organisation_id):
        raise NotFound("没有找到这个事件。", help="请从事件列表重新进入。")
    rows = queries.one(event.event_id, Scope(event.organisation_id))
    chosen = next(row for row in rows if row.id == event.id)
    document = answers.query_document([chosen], form=answers.AS_CAPTURED)
    return render_template(
        "trace/event/show.html", event=event, back=back, headline=words.headline(event.payload, _label(event.step)),
        facts=words.rows(event.payload, _names(event)), text=json.dumps(document, ensure_ascii=False, indent=2),
        others=[row for row in rows if row.id != event.id], source=_SOURCES[event.source],
        organisation=names_of([event.organisation_id]).get(event.organisation_id, ""),
        endpoint="event.oversee_one" if organisation_id is None else "event.show",
    )  # fmt: skip


def _label(step: str | None) -> str:
    """The house's word for a step; '' where the event came from outside."""
    return steps.STEPS[step].label if step in steps.STEPS else ""


_PLACE = re.compile(r"https?://[^/]+/place/([0-9a-f-]{36})")
_PARTY = re.compile(r"https?://[^/]+/org/([0-9A-Z-]{4,40})")


def _names(event: Event) -> dict[str, str]:
    """Names of the organisation's own places, and of organisations, by the addresses the event gives."""
    found: dict[str, str] = {}
    own = {str(place.public_id): place.name for place in places_of(event.organisation_id)}
    for uri in filter(None, (event.read_point, event.biz_location)):
        if (place := _PLACE.fullmatch(uri)) and place[1] in own:
            found[uri] = own[place[1]]
        elif (party := _PARTY.fullmatch(uri)) and (organisation := find_by_code(party[1])):
            found[uri] = organisation.name
    return found


# --- tokens ----------------------------------------------------------------------------------------------------------


@bp.route("/tokens", methods=["GET", "POST"])
@access(TOKENS)
def token_list() -> str:
    form, made = TokenForm(data={"days": "365", "scopes": ["query"]} if request.method == "GET" else None), ""
    if form.validate_on_submit():
        form.claim_once()
        try:
            _, made = tokens.make_token(
                current_actor(),
                name=str(form.name.data),
                scopes=list(form.scopes.data or ()),
                days=int(str(form.days.data)),
            )
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            form = TokenForm(formdata=None, data={"days": "365", "scopes": ["query"]})
    return _token_page(form, made)


def _token_page(form: TokenForm, made: str) -> str:
    organisation_id, now = current_actor().organisation_id, clock.now()
    assert organisation_id is not None
    found = [
        (token, tokens.state_of(token, now), "、".join(tokens.SCOPES[s] for s in token.scopes))
        for token in tokens.tokens_of(organisation_id)
    ]
    return render_template(
        "trace/event/tokens.html", form=form, made=made, tokens=found, address=f"{settings().link_origin}/epcis/"
    )


@bp.post("/tokens/<uuid:public_id>/revoke")
@access(TOKENS)
def revoke_token(public_id: uuid.UUID) -> Redirect:
    actor = current_actor()
    tokens.revoke(tokens.get_token(public_id, actor), actor)
    flash("令牌已停用，用它的系统从现在起收到 401。")
    return redirect(url_for("event.token_list"))


# --- subscriptions ---------------------------------------------------------------------------------------------------

_STATUS = {"waiting": ("待发送", "busy"), "delivered": ("已送达", "ok"), "failed": ("没送到", "bad")}


def _log(organisation_id: int) -> Table:
    return Table(
        delivery.deliveries_table(organisation_id),
        columns=[
            Column("created_at", "排上时间", kind="moment", sort=Delivery.created_at),
            Column("name", "命名查询", sort=NamedQuery.name),
            Column("dest", "地址"),
            Column("events", "事件数", kind="number", value=lambda r: len(r.events)),
            Column("status", "结果", kind="chip", value=lambda r: _STATUS[r.status]),
            Column("tries", "次数", kind="number", sort=Delivery.tries),
            Column("answered", "对方回应", value=lambda r: str(r.answered) if r.answered else r.failure or "还没有"),
        ],
        filters=[Filter("status", "结果", column=Delivery.status, choices=[(k, v[0]) for k, v in _STATUS.items()])],
        default_sort="-created_at",
        name="deliveries",
        empty="还没有发送过。",
    )


@bp.get("/subscriptions")
@access(TOKENS)
def subscription_list() -> Response | str:
    organisation_id = current_actor().organisation_id
    assert organisation_id is not None
    live = db.session.execute(
        select(Subscription, NamedQuery.name)
        .where(Subscription.query_id == NamedQuery.id, Subscription.organisation_id == organisation_id)
        .order_by(Subscription.id.desc())
    ).all()
    owed = {one.id: subscriptions.owed(one).messages for one, _ in live if one.ended_at is None}
    page: Response | str = _log(organisation_id).respond("trace/event/subscriptions.html", live=live, owed=owed)
    return page


@bp.post("/subscriptions/<uuid:public_id>/end")
@access(TOKENS)
def end_subscription(public_id: uuid.UUID) -> Redirect:
    actor = current_actor()
    found = subscriptions.own_subscription(public_id, actor)
    if found.ended_at is not None:
        raise BadInput("这个订阅已经停止。", code="subscription.ended")
    subscriptions.end(found, "在页面上停止")
    flash("订阅已停止，不再发送。")
    return redirect(url_for("event.subscription_list"))


@bp.post("/subscriptions/<uuid:public_id>/pause")
@access(TOKENS)
def pause_subscription(public_id: uuid.UUID) -> Redirect:
    found = subscriptions.own_subscription(public_id, current_actor())
    if found.ended_at is not None or found.paused_at is not None:
        raise BadInput("这个订阅现在没有在发送。", code="subscription.not_sending")
    subscriptions.pause(found, "本单位暂停")
    flash("已暂停。新的事件先存着，恢复后补发。")
    return redirect(url_for("event.subscription_list"))


@bp.route("/subscriptions/<uuid:public_id>/resume", methods=["GET", "POST"])
@access(TOKENS)
def resume_subscription(public_id: uuid.UUID) -> Any:
    """What is owed to the subscriber; then it is sent, all of it or from a day on."""
    actor, form = current_actor(), ResumeForm()
    found = subscriptions.own_subscription(public_id, actor)
    if form.validate_on_submit():
        form.claim_once()
        day = form.since.data
        since = datetime.combine(day, time(), tzinfo=clock.SHANGHAI) if day else None
        try:
            count = subscriptions.resume(public_id, actor, since=since)
        except BadInput as error:
            db.session.rollback()
            if not form.put_error(error):
                raise
        else:
            flash(f"已恢复发送，{count} 条消息补发。" if count else "已恢复发送。")
            return redirect(url_for("event.subscription_list"), 303)
    return render_template("trace/event/resume.html", form=form, one=found, owed=subscriptions.owed(found)), (
        400 if form.errors else 200
    )
