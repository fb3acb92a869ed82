"""The public calendar of events: a month, one event, and both as iCalendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from brand.matrix import queries as matrix
from brand.promotion import ical, queries, rules, service_media
from brand.promotion.models import PromotionEvent
from core import clock
from core.account.access import public
from core.account.actor import GUEST
from core.file.queries import files_by_id
from core.ui.home import HomePanel
from core.ui.page import page_settings

blueprint = Blueprint("public_promotion", __name__, template_folder="templates")


@blueprint.get("/promotion")
@public("what fairs, campaigns and roadshows there are is public")
def month() -> str:
    """One month of announced events."""
    today = clock.today()
    year, number = ical.read_month(request.args.get("month"), today)
    weeks = ical.month_weeks(year, number)
    events = queries.between(weeks[0][0], weeks[-1][-1])
    days = [
        {"day": day, "in_month": day.month == number, "events": [e for e in events if e.starts_on <= day <= e.ends_on]}
        for week in weeks
        for day in week
    ]
    before, after = ical.neighbours(year, number)
    return render_template(
        "brand/promotion/month.html",
        year=year,
        month=number,
        days=days,
        today=today,
        before="{}-{:02d}".format(*before),
        after="{}-{:02d}".format(*after),
        weekdays=ical.WEEKDAYS,
        any_events=any(d["events"] for d in days if d["in_month"]),
        coming=[e for e in queries.between(today, today + timedelta(days=120)) if e.state != "cancelled"][:6],
    )


@blueprint.get("/promotion/<uuid:public_id>")
@public("an announced event is public")
def show(public_id: UUID) -> str:
    """One event: when, where, who may come, how full it is, what came of it once that was checked."""
    event = queries.announced(public_id)
    checked = event.state == "evidence_checked"
    totals = rules.totals([(r.kind, r.quantity, r.amount_fen) for r in queries.results(event.id)]) if checked else {}
    return render_template(
        "brand/promotion/event.html",
        event=event,
        english=page_settings().lang == "en",
        brand=matrix.get_brand(event.brand_id) if event.brand_id is not None else None,
        seats=queries.seats(event),
        totals=[(gettext(rules.RESULTS[k][0]), q, rules.RESULTS[k][1], a) for k, (q, a) in totals.items()],
    )


@blueprint.get("/promotion/media")
@public("materials whose rights let anybody use them")
def media() -> str:
    """The public half of the media library."""
    rows = [m for m in service_media.usable(GUEST) if m.audience == "public"]
    return render_template(
        "brand/promotion/public_media.html",
        rows=rows,
        files=files_by_id([m.file_id for m in rows if m.file_id is not None]),
    )


@blueprint.get("/promotion/calendar.ics")
@public("a calendar program subscribes without an account")
def feed() -> Response:
    """Every announced event from a year back on, as iCalendar."""
    events = queries.between(clock.today() - timedelta(days=366), date(2199, 12, 31))
    return _ics(ical.feed(gettext("猗顿农品活动日历"), [_entry(e) for e in events]))


@blueprint.get("/promotion/<uuid:public_id>.ics")
@public("a calendar program reads without an account")
def one(public_id: UUID) -> Response:
    """One event as iCalendar, for the reader's own calendar."""
    event = queries.announced(public_id)
    return _ics(ical.feed(event.title, [_entry(event)]))


def _entry(event: PromotionEvent) -> ical.Entry:
    origin = current_app.config["SETTINGS"].link_origin
    return ical.Entry(
        uid=f"{event.public_id}@promotion",
        title=event.title,
        first=event.starts_on,
        last=event.ends_on,
        changed_at=event.updated_at,
        sequence=event.version,
        place=event.venue,
        words=event.introduction,
        link=f"{origin}{url_for('.show', public_id=event.public_id)}",
        cancelled=event.state == "cancelled",
    )


def _ics(text: str) -> Response:
    response = Response(text, mimetype="text/calendar")
    response.headers["Cache-Control"] = "public, max-age=900"
    return response


def home_panel() -> HomePanel | None:
    """The next events on the front door; nothing while none is announced."""
    today = clock.today()
    coming: list[Any] = [e for e in queries.between(today, today + timedelta(days=60)) if e.state != "cancelled"][:3]
    if not coming:
        return None
    html = Markup(render_template("brand/promotion/_home.html", events=coming))  # noqa: S704 - an own template
    return HomePanel(gettext("近期活动"), html, (gettext("看日历"), url_for("public_promotion.month")))
