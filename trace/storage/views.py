"""Pages of cold storage: stores, one store with its lots and charts, bookings, loggers, import, limits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor
from core.db import db
from core.errors import DomainError, NotFound, RuleBroken
from core.place import queries as places
from core.ui import flash, once
from trace.lot import queries as lots
from trace.storage import queries, rules, service
from trace.storage.charts import PERIODS, charts
from trace.storage.forms import ImportForm, InForm, LimitForm, LoggerForm, OutForm
from trace.storage.models import Logger
from trace.storage.permissions import BOOK, SETUP, VIEW

if TYPE_CHECKING:
    from core.place.models import Place

bp = Blueprint("storage", __name__, template_folder="templates", url_prefix="/storage")


def _store(public_id: uuid.UUID) -> Place:
    place = places.get_place(public_id, current_actor())
    if place.kind == "plot":
        raise NotFound("没有找到这个冷库。", help="请从列表重新进入。")
    return place


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    organisation_id = current_actor().organisation_id or 0
    stores = [p for p in places.places_of(organisation_id, active_only=True) if p.kind in ("store", "packhouse")]
    loggers = queries.loggers_of(organisation_id)
    lying: dict[int, int] = {}
    for row in queries.in_store(p.id for p in stores):
        lying[row.place_id] = lying.get(row.place_id, 0) + row.mass_g
    return render_template(
        "trace/storage/index.html", stores=stores, loggers=loggers, lying=lying,
        last=queries.last_readings([x.id for x in loggers]),
    )  # fmt: skip


@bp.get("/<uuid:public_id>")
@access(VIEW)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    place, actor = _store(public_id), current_actor()
    loggers = queries.loggers_of(actor.organisation_id or 0, place.id)
    last = queries.last_readings([x.id for x in loggers])
    days = PERIODS.get(request.args.get("days", "")) or _days_with_readings(r.at for r in last.values())
    since, now = clock.now() - timedelta(days=days), clock.now()
    lying = queries.in_store([place.id])
    entries = queries.entries_of(place.id)
    known = lots.lots_by_id({r.lot_id for r in lying} | {e.lot_id for e in entries})
    limits = queries.limits_of([place.id]).get(place.id, {})
    return render_template(
        "trace/storage/show.html", place=place, loggers=loggers, lying=lying, entries=entries, lots=known, days=days,
        periods=PERIODS, charts=charts(loggers, days), last=last,
        gaps=[(x, queries.gaps(x, since, now)) for x in loggers], excursions=queries.excursions([place.id], since),
        limits=[rows[-1] for rows in limits.values()], measures=rules.MEASURES,
        may_setup=actor.can(SETUP), may_book=actor.can(BOOK),
    )  # fmt: skip


def _days_with_readings(newest: Iterable[datetime]) -> int:
    """Three days, or the shortest period in which there is a reading at all."""
    last = max(newest, default=None)
    if last is None:
        return 3
    return next((n for n in PERIODS.values() if n >= 3 and last >= clock.now() - timedelta(days=n)), 90)


@bp.route("/<uuid:public_id>/in", methods=["GET", "POST"])
@access(BOOK)
def put_in(public_id: uuid.UUID) -> ResponseReturnValue:
    place, actor = _store(public_id), current_actor()
    form: Any = InForm()
    free = [x for x in lots.lots_of(actor.organisation_id or 0) if x.remainder_g > 0]
    form.lot.choices = [
        (str(x.public_id), f"批次 {x.lot_no}，{x.item.name}，还有 {x.remainder_g / 1000:g} kg") for x in free
    ]

    def deed() -> str:
        lot = lots.pick(form.lot.data, actor.organisation_id or 0, field="lot")
        service.put_in(lot, place, actor, mass_g=form.mass_g.data, at=form.at.data)
        return f"批次 {lot.lot_no} 已入库。"

    return _book(place, form, deed, "入库", "没有可以入库的批次。" if not free else "")


@bp.route("/<uuid:public_id>/out", methods=["GET", "POST"])
@access(BOOK)
def take_out(public_id: uuid.UUID) -> ResponseReturnValue:
    place, actor = _store(public_id), current_actor()
    form: Any = OutForm()
    lying = {r.lot_id: r.mass_g for r in queries.in_store([place.id])}
    known = lots.lots_by_id(lying)
    form.lot.choices = [
        (str(x.public_id), f"批次 {x.lot_no}，{x.item.name}，库里 {lying[x.id] / 1000:g} kg") for x in known.values()
    ]

    def deed() -> str:
        lot = lots.pick(form.lot.data, actor.organisation_id or 0, field="lot")
        service.take_out(lot, place.id, actor, mass_g=form.mass_g.data, at=form.at.data, reason=form.reason.data)
        return f"批次 {lot.lot_no} 已出库。"

    return _book(place, form, deed, "出库", "这个库里没有批次。" if not known else "")


def _book(place: Place, form: Any, deed: Any, word: str, empty: str) -> ResponseReturnValue:
    unmet: Any = ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            flash(deed())
            return redirect(url_for(".show", public_id=place.public_id))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.at.data = clock.local(clock.now())
    page = render_template("trace/storage/book.html", place=place, form=form, word=word, unmet=unmet, empty=empty)
    return page, 422 if unmet or form.errors else 200


@bp.route("/<uuid:public_id>/logger", methods=["GET", "POST"])
@access(SETUP)
def add_logger(public_id: uuid.UUID) -> ResponseReturnValue:
    """Register a logger; its token is shown once, on the answer to this very request."""
    place, form = _store(public_id), LoggerForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            logger, token = service.register_logger(
                current_actor(), place, code=form.code.data or "", interval_minutes=int(form.interval_minutes.data or 0),
                name=form.name.data or "",
            )  # fmt: skip
            return render_template("trace/storage/token.html", place=place, logger=logger, token=token)
        except DomainError as error:
            if not form.put_error(error):
                raise
    return render_template("trace/storage/logger.html", place=place, form=form), 422 if form.errors else 200


def _logger(public_id: uuid.UUID) -> Logger:
    found = service.logger_by_id(public_id, current_actor().organisation_id)
    if found is None:
        raise NotFound("没有找到这台记录仪。", help="请从冷库页重新进入。")
    return found


@bp.post("/loggers/<uuid:public_id>/renew")
@access(SETUP)
def renew(public_id: uuid.UUID) -> ResponseReturnValue:
    logger = _logger(public_id)
    once.claim(request.form.get("once"))
    token = service.renew_token(logger, current_actor())
    place = places.places_by_id([logger.place_id])[logger.place_id]
    return render_template("trace/storage/token.html", place=place, logger=logger, token=token)


@bp.post("/loggers/<uuid:public_id>/end")
@access(SETUP)
def end(public_id: uuid.UUID) -> ResponseReturnValue:
    logger = _logger(public_id)
    once.claim(request.form.get("once"))
    service.end_logger(logger, current_actor())
    flash(f"记录仪 {logger.code} 已停用，它的读数照样保存。")
    place = places.places_by_id([logger.place_id])[logger.place_id]
    return redirect(url_for(".show", public_id=place.public_id))


@bp.route("/<uuid:public_id>/import", methods=["GET", "POST"])
@access(BOOK)
def import_readings(public_id: uuid.UUID) -> ResponseReturnValue:
    """A CSV of a logger; rows that cannot be taken are told one by one, and nothing is stored unless asked to skip them."""
    place, actor = _store(public_id), current_actor()
    form: Any = ImportForm()
    loggers = queries.loggers_of(actor.organisation_id or 0, place.id)
    form.logger.choices = [(str(x.public_id), f"{x.code}，{x.name}") for x in loggers]
    errors: tuple[rules.RowError, ...] = ()
    if form.validate_on_submit():
        form.claim_once()
        try:
            text = form.file.data.stream.read().decode("utf-8-sig")
            batch = rules.read_csv(text, now=clock.now())
            taken = service.take_readings(_logger(uuid.UUID(form.logger.data)), batch, source="csv", actor=actor)
            errors = taken.errors
            if not errors or form.skip_bad.data:
                flash(
                    f"收下 {taken.stored} 条，已有 {taken.known} 条，没收 {len(errors)} 条。",
                    "todo" if errors else "ok",
                )
                return redirect(url_for(".show", public_id=public_id))
            db.session.rollback()
            place = _store(public_id)
        except UnicodeDecodeError:
            form.file.errors = [*form.file.errors, "文件不是 UTF-8 编码，请另存为 UTF-8 的 CSV。"]
        except rules.Unreadable as error:
            form.file.errors = [*form.file.errors, str(error)]
    page = render_template("trace/storage/import.html", place=place, form=form, errors=errors, loggers=loggers)
    return page, 422 if errors or form.errors else 200


@bp.route("/<uuid:public_id>/limits", methods=["GET", "POST"])
@access(SETUP)
def limits(public_id: uuid.UUID) -> ResponseReturnValue:
    place = _store(public_id)
    form: Any = LimitForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            service.set_limit(
                current_actor(), place, measure=form.measure.data, low=form.low.data, high=form.high.data,
                tolerated_minutes=form.tolerated_minutes.data,
            )  # fmt: skip
            flash("库温要求已生效，以前的读数按当时的要求判断。")
            return redirect(url_for(".show", public_id=public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    known = queries.limits_of([place.id]).get(place.id, {})
    rows = sorted((x for found in known.values() for x in found), key=lambda x: x.valid_from, reverse=True)
    return render_template("trace/storage/limits.html", place=place, form=form, rows=rows), 422 if form.errors else 200
