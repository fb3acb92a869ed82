"""Use cases of cold storage: lots in and out, loggers and their tokens, readings, limits.

Readings are idempotent by (logger, moment): the first value stands, a repeated one is counted, a different one is told.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, NotSignedIn, RuleBroken, Unmet
from core.identifiers import normalise_text
from core.place.rules import place_code
from core.record.service import record
from trace.lot import deeds
from trace.lot.models import Lot
from trace.lot.rules import kg
from trace.storage import rules, telling
from trace.storage.errors import NOT_THIS_LOGGER
from trace.storage.models import Entry, Holding, Logger, Reading, StoreLimit
from trace.storage.permissions import BOOK, SETUP

if TYPE_CHECKING:
    from core.place.models import Place


def put_in(lot: Lot, place: Place, actor: Actor, *, mass_g: int, at: datetime | None = None, reason: str = "") -> Entry:
    """``mass_g`` grams of the lot lie in the store from ``at`` on; never more than the lot has left outside stores."""
    organisation_id = deeds.own_organisation(actor, BOOK)
    if lot.organisation_id != organisation_id or place.organisation_id != organisation_id or place.kind == "plot":
        raise BadInput("请选本单位的批次和冷库。", code="storage.place", field="place")
    lock(lot)  # two people storing at once see each other's grams
    if lot.state in ("cancelled", "withdrawn"):
        raise Conflict(f"批次 {lot.lot_no} 已作废或撤回，不能入库。", code="storage.not_usable", field="lot")
    stored = db.session.scalar(select(func.coalesce(func.sum(Holding.mass_g), 0)).where(Holding.lot_id == lot.id)) or 0
    free = lot.remainder_g - int(stored)
    if not 0 < mass_g <= free:
        raise RuleBroken(
            unmet=[
                Unmet(
                    "storage.more_than_left",
                    f"批次 {lot.lot_no} 没有入库的还有 {kg(max(free, 0))} kg，不够 {kg(mass_g)} kg。",
                    help="核对数量，或先从别的库出库。",
                    who="本单位经办员",
                )
            ],
            field="mass_g",
        )
    db.session.execute(
        insert(Holding)
        .values(lot_id=lot.id, place_id=place.id, mass_g=mass_g)
        .on_conflict_do_update(index_elements=["lot_id", "place_id"], set_={"mass_g": Holding.mass_g + mass_g})
    )
    return _book(lot, place.id, "in", mass_g, _moment(at), reason, actor)


def take_out(
    lot: Lot, place_id: int, actor: Actor, *, mass_g: int, at: datetime | None = None, reason: str = ""
) -> Entry:
    """``mass_g`` grams of the lot left the store; RuleBroken where that much does not lie there."""
    if lot.organisation_id != deeds.own_organisation(actor, BOOK):
        raise BadInput("请选本单位的批次。", code="storage.place", field="lot")
    if mass_g <= 0:
        raise BadInput("出库数量要大于 0。", code="storage.mass", field="mass_g")
    done: Any = db.session.execute(
        update(Holding)
        .where(Holding.lot_id == lot.id, Holding.place_id == place_id, Holding.mass_g >= mass_g)
        .values(mass_g=Holding.mass_g - mass_g)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        there = db.session.scalar(select(Holding.mass_g).where(Holding.lot_id == lot.id, Holding.place_id == place_id))
        raise RuleBroken(
            unmet=[
                Unmet(
                    "storage.short", f"批次 {lot.lot_no} 在这个库里只有 {kg(there or 0)} kg，不够 {kg(mass_g)} kg。",
                    help="核对数量。", who="本单位经办员",
                )
            ],
            field="mass_g",
        )  # fmt: skip
    entry = _book(lot, place_id, "out", mass_g, _moment(at), reason, actor)
    telling.left(lot, entry, actor)
    return entry


def _moment(at: datetime | None) -> datetime:
    found = at or clock.now()
    if found > clock.now():
        raise BadInput("时间还没到，做完再记。", code="storage.future", field="at")
    return found


def _book(lot: Lot, place_id: int, direction: str, mass_g: int, at: datetime, reason: str, actor: Actor) -> Entry:
    entry = Entry(
        lot_id=lot.id, place_id=place_id, direction=direction, mass_g=mass_g, at=at, reason=normalise_text(reason),
        recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    record(f"storage.{direction}", lot, actor, place_id=place_id, mass_g=mass_g)
    return entry


def follow_lot(*, lot_id: int, remainder_g: int, actor: Actor, why: str) -> None:
    """What was used or written off has left the stores too: never more lies there than the lot has (hook of trace.lot)."""
    rows = db.session.scalars(
        select(Holding).where(Holding.lot_id == lot_id, Holding.mass_g > 0).order_by(Holding.id).with_for_update()
    ).all()
    over = sum(row.mass_g for row in rows) - remainder_g
    lot = db.session.get_one(Lot, lot_id)
    for row in rows:
        if over <= 0:
            break
        grams = min(over, row.mass_g)
        row.mass_g -= grams
        over -= grams
        _book(lot, row.place_id, "out", grams, clock.now(), why, actor)


# --- loggers ---------------------------------------------------------------------------------------------------------


def register_logger(
    actor: Actor, place: Place, *, code: str, interval_minutes: int, name: str = ""
) -> tuple[Logger, str]:
    """A logger of the store and its token, which is told this once; the database keeps its hash."""
    organisation_id = deeds.own_organisation(actor, SETUP)
    if place.organisation_id != organisation_id or place.kind == "plot":
        raise BadInput("请选本单位的冷库。", code="storage.place", field="place")
    if not 1 <= interval_minutes <= 1440:
        raise BadInput("间隔填 1 到 1440 分钟。", code="storage.interval", field="interval_minutes")
    number = place_code(code)
    if db.session.scalar(select(Logger.id).where(Logger.organisation_id == organisation_id, Logger.code == number)):
        raise Conflict(f"编号 {number} 已经用过，请换一个。", code="storage.logger_taken", field="code")
    token = secrets.token_urlsafe(32)
    logger = Logger(
        organisation_id=organisation_id, place_id=place.id, code=number, name=normalise_text(name),
        interval_minutes=interval_minutes, token_hash=_hash(token), token_hint=token[:4], registered_at=clock.now(),
        registered_by=actor.user_id, ended_at=None,
    )  # fmt: skip
    db.session.add(logger)
    db.session.flush()
    record("storage.logger_registered", logger, actor, code=number)
    return logger, token


def renew_token(logger: Logger, actor: Actor) -> str:
    """A new token; the old one stops working with this."""
    deeds.own_organisation(actor, SETUP)
    lock(logger)
    if logger.ended_at is not None:
        raise Conflict("这台记录仪已经停用。", code="storage.logger_ended")
    token = secrets.token_urlsafe(32)
    logger.token_hash, logger.token_hint = _hash(token), token[:4]
    record("storage.logger_token_renewed", logger, actor)
    return token


def end_logger(logger: Logger, actor: Actor) -> None:
    """The logger sends nothing any more; its readings stay."""
    deeds.own_organisation(actor, SETUP)
    lock(logger)
    if logger.ended_at is None:
        logger.ended_at = clock.now()
        record("storage.logger_ended", logger, actor)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def logger_of_token(token: str) -> Logger:
    """The logger in use with this token; NotSignedIn otherwise, in the same words whatever is wrong."""
    row = db.session.scalar(select(Logger).where(Logger.token_hash == _hash(token), Logger.ended_at.is_(None)))
    if row is None:
        raise NotSignedIn(NOT_THIS_LOGGER, code="storage.token", help="到“冷库”的记录仪页换一个口令。")
    return row


# --- readings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """How a batch ended: stored, known already with the same values, refused rows with their reasons."""

    stored: int
    known: int
    suspect: int
    errors: tuple[rules.RowError, ...]


def take_readings(logger: Logger, batch: rules.Batch, *, source: str, actor: Actor = SYSTEM) -> Taken:
    """The readable rows are stored once each, with the days they touch rolled up in the same transaction."""
    now, told = clock.now(), {r.at: r for r in batch.readings}
    fresh: set[datetime] = set()
    if told:
        rows = [
            {
                "logger_id": logger.id, "place_id": logger.place_id, "at": r.at, "temperature": r.temperature,
                "humidity": r.humidity, "suspect": r.suspect, "source": source, "received_at": now,
            }
            for r in batch.readings
        ]  # fmt: skip
        done = db.session.scalars(
            insert(Reading)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["logger_id", "at"])
            .returning(Reading.at)
        )
        fresh = set(done)
    errors = [*batch.errors, *_different(logger.id, [r for r in batch.readings if r.at not in fresh])]
    if fresh:
        _roll_up(logger.id, fresh)
        record("storage.readings", logger, actor, stored=len(fresh), source=source)
    different = len(errors) - len(batch.errors)
    return Taken(
        len(fresh), len(told) - len(fresh) - different, sum(told[at].suspect for at in fresh),
        tuple(sorted(errors, key=lambda e: e.row)),
    )  # fmt: skip


def _different(logger_id: int, repeated: Sequence[rules.Measured]) -> list[rules.RowError]:
    if not repeated:
        return []
    rows = db.session.execute(
        select(Reading.at, Reading.temperature, Reading.humidity).where(
            Reading.logger_id == logger_id, Reading.at.in_([r.at for r in repeated])
        )
    )
    known = {row.at: (row.temperature, row.humidity) for row in rows}
    return [
        rules.RowError(r.row, "differs", "这一时刻已有读数，数值不同；先到的那一条不改。")
        for r in repeated
        if known.get(r.at) != (r.temperature, r.humidity)
    ]


_ROLL_UP = text(
    """
    insert into trace_storage_day as d (logger_id, place_id, day, readings, temperature_low, temperature_high,
                                        temperature_mean, humidity_low, humidity_high, humidity_mean)
    select r.logger_id, min(r.place_id), cast(r.at at time zone 'Asia/Shanghai' as date), count(*),
           min(r.temperature), max(r.temperature), round(avg(r.temperature), 2),
           min(r.humidity), max(r.humidity), round(avg(r.humidity), 1)
      from trace_storage_reading r
     where r.logger_id = :logger and r.at >= :since and r.at < :until
       and cast(r.at at time zone 'Asia/Shanghai' as date) = any(cast(:days as date[]))
     group by r.logger_id, cast(r.at at time zone 'Asia/Shanghai' as date)
    on conflict (logger_id, day) do update set readings = excluded.readings,
      temperature_low = excluded.temperature_low, temperature_high = excluded.temperature_high,
      temperature_mean = excluded.temperature_mean, humidity_low = excluded.humidity_low,
      humidity_high = excluded.humidity_high, humidity_mean = excluded.humidity_mean
    """
)


def _roll_up(logger_id: int, moments: set[datetime]) -> None:
    """The days of these moments are what the readings say now; batches of one logger wait for each other."""
    db.session.execute(select(Logger.id).where(Logger.id == logger_id).with_for_update())
    days = sorted({clock.local(at).date() for at in moments})
    since = datetime(days[0].year, days[0].month, days[0].day, tzinfo=clock.SHANGHAI)
    last = datetime(days[-1].year, days[-1].month, days[-1].day, 23, 59, 59, 999999, tzinfo=clock.SHANGHAI)
    db.session.execute(_ROLL_UP, {"logger": logger_id, "since": since, "until": last, "days": days})


# --- limits ----------------------------------------------------------------------------------------------------------


def set_limit(
    actor: Actor,
    place: Place,
    *,
    measure: str,
    low: Decimal | None,
    high: Decimal | None,
    tolerated_minutes: int,
    valid_from: datetime | None = None,
) -> StoreLimit:
    """From now (or ``valid_from``) on the store keeps to this; what was measured before is judged by what held then."""
    if place.organisation_id != deeds.own_organisation(actor, SETUP) or place.kind == "plot":
        raise BadInput("请选本单位的冷库。", code="storage.place", field="place")
    if measure not in rules.MEASURES:
        raise BadInput("只能设温度或湿度。", code="storage.measure", field="measure")
    if low is None and high is None:
        raise BadInput("下限和上限至少写一个。", code="storage.bounds", field="low")
    if low is not None and high is not None and low >= high:
        raise BadInput("下限要比上限小。", code="storage.bounds", field="low")
    possible = rules.POSSIBLE[measure]
    if any(v is not None and not possible[0] <= v <= possible[1] for v in (low, high)):
        raise BadInput("数值超出记录仪能测的范围，请核对。", code="storage.bounds", field="low")
    if not 0 <= tolerated_minutes <= 10080:
        raise BadInput("容许时间填 0 到 10080 分钟。", code="storage.tolerated", field="tolerated_minutes")
    row = StoreLimit(
        place_id=place.id, measure=measure, low=low, high=high, tolerated_minutes=tolerated_minutes,
        valid_from=valid_from or clock.now(), set_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("storage.limit_set", place, actor, measure=measure, low=str(low), high=str(high), minutes=tolerated_minutes)
    return row


def still_stored(lot_id: int) -> list[str]:
    """What of the lot lies in stores, in words, for the refusal to take its deed back (hook of trace.lot)."""
    from core.place.queries import places_by_id

    rows = db.session.scalars(select(Holding).where(Holding.lot_id == lot_id, Holding.mass_g > 0)).all()
    names = places_by_id(row.place_id for row in rows)
    return [
        f"还有 {kg(row.mass_g)} kg 在{names[row.place_id].name or names[row.place_id].code}，没有出库。" for row in rows
    ]


def logger_by_id(public_id: uuid.UUID, organisation_id: int | None) -> Logger | None:
    """The organisation's logger of this public id, or None."""
    return db.session.scalar(
        select(Logger).where(Logger.public_id == public_id, Logger.organisation_id == organisation_id)
    )
