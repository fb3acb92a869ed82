"""Reads of stores, readings, gaps and excursions for screens, addenda and the alert room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.place import queries as places
from trace.lot.offers import Offer
from trace.storage import rules
from trace.storage.models import Day, Entry, Holding, Logger, Reading, StoreLimit
from trace.storage.rules import Excursion, Gap, Limit, Point

RAW_DAYS = 7  # up to so many days a page reads single readings, beyond that the roll-up of days


@dataclass(frozen=True, slots=True)
class Stored:
    """Grams of a lot in a store now."""

    lot_id: int
    place_id: int
    mass_g: int
    since: datetime


@dataclass(frozen=True, slots=True)
class StoreExcursion:
    """An excursion with its store, logger and the lots that lay there."""

    place_id: int
    logger_id: int
    organisation_id: int
    excursion: Excursion
    lot_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A lot's time in one store: first in, last out (None while something of it lies there)."""

    lot_id: int
    place_id: int
    since: datetime
    until: datetime | None
    mass_g: int


def loggers_of(organisation_id: int, place_id: int | None = None) -> list[Logger]:
    """The organisation's loggers, those in use first."""
    query = select(Logger).where(Logger.organisation_id == organisation_id)
    if place_id is not None:
        query = query.where(Logger.place_id == place_id)
    return list(db.session.scalars(query.order_by(Logger.ended_at.is_not(None), Logger.code)))


def last_readings(logger_ids: Sequence[int]) -> dict[int, Reading]:
    """The newest reading of each logger."""
    if not logger_ids:
        return {}
    newest = select(func.max(Reading.at)).where(Reading.logger_id == Logger.id).correlate(Logger).scalar_subquery()
    last = select(Logger.id.label("logger_id"), newest.label("at")).where(Logger.id.in_(logger_ids)).subquery()
    rows = db.session.scalars(
        select(Reading).join(last, (Reading.logger_id == last.c.logger_id) & (Reading.at == last.c.at))
    )
    return {row.logger_id: row for row in rows}


def limits_of(place_ids: Iterable[int]) -> dict[int, dict[str, list[Limit]]]:
    """Every limit of the stores by measure, oldest first."""
    found: dict[int, dict[str, list[Limit]]] = {}
    rows = db.session.scalars(
        select(StoreLimit).where(StoreLimit.place_id.in_(list(place_ids))).order_by(StoreLimit.valid_from)
    )
    for row in rows:
        limit = Limit(row.measure, row.low, row.high, timedelta(minutes=row.tolerated_minutes), row.valid_from)
        found.setdefault(row.place_id, {}).setdefault(row.measure, []).append(limit)
    return found


def in_store(place_ids: Iterable[int]) -> list[Stored]:
    """What lies in the stores now, oldest first."""
    wanted = list(place_ids)
    if not wanted:
        return []
    first = (
        select(func.min(Entry.at))
        .where(Entry.lot_id == Holding.lot_id, Entry.place_id == Holding.place_id, Entry.direction == "in")
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Holding.lot_id, Holding.place_id, Holding.mass_g, first)
        .where(Holding.place_id.in_(wanted), Holding.mass_g > 0)
        .order_by(Holding.place_id, Holding.id)
    )
    return [Stored(*row) for row in rows]


def where_lots_are(lot_ids: Iterable[int]) -> list[Stored]:
    """In which stores the lots lie now."""
    wanted = list(lot_ids)
    if not wanted:
        return []
    ids = db.session.scalars(select(Holding.place_id).where(Holding.lot_id.in_(wanted), Holding.mass_g > 0)).all()
    return [row for row in in_store(set(ids)) if row.lot_id in set(wanted)]


def entries_of(place_id: int, limit: int = 50) -> list[Entry]:
    """The newest bookings of a store."""
    return list(
        db.session.scalars(select(Entry).where(Entry.place_id == place_id).order_by(Entry.at.desc(), Entry.id.desc()).limit(limit))
    )  # fmt: skip


def stays_of(lot_ids: Iterable[int]) -> list[Stay]:
    """Each lot's stay in each store, oldest first."""
    wanted = list(lot_ids)
    if not wanted:
        return []
    went_in = func.min(Entry.at).filter(Entry.direction == "in")
    went_out = func.max(Entry.at).filter(Entry.direction == "out")
    grams = func.sum(Entry.mass_g).filter(Entry.direction == "in")
    rows = db.session.execute(
        select(Entry.lot_id, Entry.place_id, went_in, went_out, grams, func.coalesce(Holding.mass_g, 0))
        .outerjoin(Holding, (Holding.lot_id == Entry.lot_id) & (Holding.place_id == Entry.place_id))
        .where(Entry.lot_id.in_(wanted))
        .group_by(Entry.lot_id, Entry.place_id, Holding.mass_g)
        .order_by(went_in)
    )
    return [
        Stay(lot, place, since, None if left else until, int(mass)) for lot, place, since, until, mass, left in rows
    ]


def points(logger_id: int, measure: str, since: datetime, until: datetime) -> list[Point]:
    """The readings of one measure in the period, those marked as doubtful left out, oldest first."""
    column = Reading.temperature if measure == "temperature" else Reading.humidity
    rows = db.session.execute(
        select(Reading.at, column)
        .where(
            Reading.logger_id == logger_id, Reading.at >= since, Reading.at <= until, column.is_not(None),
            Reading.suspect.is_(False),
        )
        .order_by(Reading.at)
    )  # fmt: skip
    return [Point(at, value) for at, value in rows if value is not None]


def days_of(logger_ids: Sequence[int], since: date, until: date) -> list[Day]:
    """The rolled-up days of the loggers, oldest first."""
    return list(
        db.session.scalars(
            select(Day)
            .where(Day.logger_id.in_(logger_ids), Day.day >= since, Day.day <= until)
            .order_by(Day.day, Day.id)
        )
    )


def gaps(logger: Logger, since: datetime, until: datetime) -> list[Gap]:
    """Stretches without readings of a logger, from its registration at the earliest to its end at the latest."""
    start, end = max(since, logger.registered_at), min(until, logger.ended_at or until)
    first = db.session.scalar(select(func.min(Reading.at)).where(Reading.logger_id == logger.id))
    if first is None or start >= end:
        return [Gap(start, end)] if start < end else []
    start = max(start, min(first, end)) if since < first else since
    times = db.session.scalars(
        select(Reading.at).where(Reading.logger_id == logger.id, Reading.at >= start, Reading.at <= end)
    )
    return rules.gaps(times, interval=timedelta(minutes=logger.interval_minutes), since=start, until=end)


def excursions(place_ids: Iterable[int], since: datetime, until: datetime | None = None) -> list[StoreExcursion]:
    """Every excursion of the stores in the period, with the lots that lay there meanwhile; oldest first."""
    wanted, end = list(place_ids), until or clock.now()
    if not wanted:
        return []
    limits = limits_of(wanted)
    loggers = db.session.scalars(select(Logger).where(Logger.place_id.in_(list(limits))).order_by(Logger.id)).all()
    found = []
    for logger in loggers:
        interval = timedelta(minutes=logger.interval_minutes)
        for measure, rows in limits[logger.place_id].items():
            for one in rules.excursions(points(logger.id, measure, since, end), rows, interval=interval):
                lots = _lots_there(logger.place_id, one.since, one.until)
                found.append(StoreExcursion(logger.place_id, logger.id, logger.organisation_id, one, lots))
    return sorted(found, key=lambda e: e.excursion.since)


def _lots_there(place_id: int, since: datetime, until: datetime) -> tuple[int, ...]:
    rows = db.session.scalars(select(Entry.lot_id).where(Entry.place_id == place_id, Entry.at <= until).distinct())
    stays = [s for s in stays_of(rows) if s.place_id == place_id]
    return tuple(sorted(s.lot_id for s in stays if s.since <= until and (s.until is None or s.until >= since)))


def stores_with_limits() -> list[int]:
    """Every store that has a limit, for the watch of the alert room."""
    return list(db.session.scalars(select(StoreLimit.place_id).distinct().order_by(StoreLimit.place_id)))


def offers(lot_id: int) -> list[Offer]:
    """Each stay of the lot as an addendum may state it: store, days, lowest and highest temperature, excursions, gaps."""
    return [_offer(stay) for stay in stays_of([lot_id])]


def _offer(stay: Stay) -> Offer:
    place = places.places_by_id([stay.place_id])[stay.place_id]
    until = stay.until or clock.now()
    rows: list[tuple[Decimal | None, Decimal | None, int]] = []
    holes = 0
    for logger in db.session.scalars(select(Logger).where(Logger.place_id == stay.place_id)).all():
        values = points(logger.id, "temperature", stay.since, until)
        if values:
            rows.append((min(p.value for p in values), max(p.value for p in values), len(values)))
            holes += len(gaps(logger, stay.since, until))
    broken = len(excursions([stay.place_id], stay.since, until))
    name = place.name or f"冷库 {place.code}"
    return Offer(
        f"stay:{place.public_id}:{stay.since:%Y%m%d%H%M%S}",
        rules.summary(name, stay.since, until, rows, broken, holes),
        rules.stay_fact(
            {"code": place.code, "kind": "store", "name": name}, stay.since, stay.until, rows, broken, holes
        ),
    )
