"""Reads of code series: for screens, for the scan page, for other rooms."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, func, select

from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from trace.code import keys
from trace.code.errors import SeriesNotFound
from trace.code.models import Design, PrintPart, PrintRun, Series, Void
from trace.code.rules import MAX_PRINT
from trace.code.serial import SerialKey
from trace.item.models import Item
from trace.lot.models import Lot
from trace.signing.models import Record


@dataclass(frozen=True, slots=True)
class Unit:
    """An issued unit: its item, lot, number and series."""

    item_id: int
    lot_id: int
    unit: int
    series_id: int
    has_covered: bool


@dataclass(frozen=True, slots=True)
class IssuedCodes:
    """The keys and series of one item at one moment: enough to read a serial without the database.

    Neither ever changes, there may only be more of them: what is found here holds, what is not must be asked anew.
    """

    keys: tuple[SerialKey, ...]
    series: tuple[tuple[int, int, int, int, int, bool], ...]  # start, last, key version, lot, series, covered
    item_id: int

    def find(self, serial: str) -> Unit | None:
        """The unit of a canonical serial among these series."""
        for key in self.keys:
            number = key.unit(serial)
            at = bisect_right(self.series, number, key=itemgetter(0)) - 1
            if at >= 0:
                _start, last, version, lot_id, series_id, covered = self.series[at]
                if number <= last and version == key.version:
                    return Unit(self.item_id, lot_id, number, series_id, covered)
        return None


def issued_codes(item_id: int) -> IssuedCodes:
    """The keys and series of an item now."""
    rows = db.session.scalars(select(Series).where(Series.item_id == item_id).order_by(Series.start_unit))
    return IssuedCodes(
        tuple(keys.versions(item_id, "serial")),
        tuple((s.start_unit, s.last_unit, s.key_version, s.lot_id, s.id, s.covered_version is not None) for s in rows),
        item_id,
    )


def resolve(item_id: int, serial: str, purpose: str = "serial") -> Unit | None:
    """The unit whose code this canonical serial is, or None where it was never issued; keys are tried newest first."""
    for key in keys.versions(item_id, purpose):
        number = key.unit(serial)
        if number >= 1 << 63:
            continue
        column = Series.key_version if purpose == "serial" else Series.covered_version
        series = db.session.scalar(
            select(Series)
            .where(Series.item_id == item_id, Series.start_unit <= number, column == key.version)
            .order_by(Series.start_unit.desc())
            .limit(1)
        )
        if series is not None and number <= series.last_unit:
            return Unit(item_id, series.lot_id, number, series.id, series.covered_version is not None)
    return None


def issued_for_lot(lot_id: int) -> int:
    """How many codes were issued for a lot."""
    return int(
        db.session.scalar(select(func.coalesce(func.sum(Series.unit_count), 0)).where(Series.lot_id == lot_id)) or 0
    )


def standing_codes(lot_id: int) -> int:
    """How many codes of a lot stand: issued less voided; a void counts once its statement is signed and on its way to the log,
    so that a monitor can add up the same."""
    voided = db.session.scalar(
        select(func.coalesce(func.sum(Void.last_unit - Void.first_unit + 1), 0))
        .join(Series, Series.id == Void.series_id)
        .join(Record, Record.public_id == Void.public_id)
        .where(Series.lot_id == lot_id)
    )
    return issued_for_lot(lot_id) - int(voided or 0)


def voided_in(item_id: int, first: int, last: int) -> int:
    """How many of the units ``first`` to ``last`` of an item are voided."""
    rows = db.session.execute(
        select(Void.first_unit, Void.last_unit).where(
            Void.item_id == item_id, Void.first_unit <= last, Void.last_unit >= first
        )
    )
    return sum(min(row.last_unit, last) - max(row.first_unit, first) + 1 for row in rows)


def void_of(item_id: int, unit: int) -> Void | None:
    """The void a unit fell under, or None where it stands."""
    return db.session.scalar(
        select(Void).where(Void.item_id == item_id, Void.first_unit <= unit, Void.last_unit >= unit)
    )


def series_of_unit(item_id: int, unit: int) -> Series | None:
    """The series a unit number of an item was issued in, or None."""
    found = db.session.scalar(
        select(Series)
        .where(Series.item_id == item_id, Series.start_unit <= unit)
        .order_by(Series.start_unit.desc())
        .limit(1)
    )
    return found if found is not None and unit <= found.last_unit else None


def voids_of(series_id: int) -> list[Void]:
    """The voids of a series, newest first."""
    return list(db.session.scalars(select(Void).where(Void.series_id == series_id).order_by(Void.id.desc())))


def series_by_public_id(public_id: uuid.UUID) -> Series:
    """The series with this public id, whoever's it is (public pages); SeriesNotFound otherwise."""
    found = db.session.scalar(select(Series).where(Series.public_id == public_id))
    if found is None:
        raise SeriesNotFound()
    return found


def unit_in(series: Series, serial: str) -> int:
    """The unit number of a canonical serial of this series; NotFound where it is none of its codes."""
    number = keys.version(series.item_id, "serial", series.key_version).unit(serial)
    return series.start_unit + place_in(series, number)


def place_in(series: Series, number: int) -> int:
    """The place from 0 of a deciphered number in the series; NotFound where it is none of its units."""
    if not series.start_unit <= number <= series.last_unit:
        raise NotFound("这个编号不在这一批码里。", code="code.not_in_series", help="对照标签再输一次 13 位编号。")
    return number - series.start_unit


def series_by_id(series_id: int) -> Series:
    """The series with this row id."""
    return db.session.get_one(Series, series_id)


def series_of_lots(lot_ids: Sequence[int]) -> dict[int, list[Series]]:
    """The series of each lot, oldest first, once for a whole screen."""
    found: dict[int, list[Series]] = {lot_id: [] for lot_id in lot_ids}
    for series in db.session.scalars(select(Series).where(Series.lot_id.in_(list(lot_ids))).order_by(Series.id)):
        found[series.lot_id].append(series)
    return found


def lot_for_actor(public_id: uuid.UUID, actor: Actor) -> tuple[Lot, Item]:
    """The lot and its item; another organisation's is NotFound."""
    row = db.session.execute(
        select(Lot, Item)
        .join(Item, Item.id == Lot.item_id)
        .where(Lot.public_id == public_id, Lot.organisation_id == actor.organisation_id)
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这一批。", code="code.lot_not_found", help="请从批次列表重新进入。")
    return row[0], row[1]


def series_for_actor(public_id: uuid.UUID, actor: Actor) -> Series:
    """The series; another organisation's is SeriesNotFound."""
    found = db.session.scalar(
        select(Series).where(Series.public_id == public_id, Series.organisation_id == actor.organisation_id)
    )
    if found is None:
        raise SeriesNotFound()
    return found


def lot_of(series: Series) -> tuple[Lot, Item]:
    """The lot and the item of a series."""
    return db.session.get_one(Lot, series.lot_id), db.session.get_one(Item, series.item_id)


def series_table(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The actor's series with lot number and item name, for a table."""
    return (
        select(
            Series.public_id, Series.series_no, Series.start_unit, Series.unit_count, Series.issued_at,
            Series.covered_version, Lot.lot_no, Item.name.label("item_name"),
        )
        .where(Series.organisation_id == actor.organisation_id, Lot.id == Series.lot_id, Item.id == Series.item_id)
    )  # fmt: skip


def printable_lots(actor: Actor) -> list[tuple[Lot, Item, int]]:
    """The actor's sealed packed lots with the number of codes issued so far, newest first."""
    voided = (
        select(Void.series_id, func.sum(Void.last_unit - Void.first_unit + 1).label("n"))
        .join(Record, Record.public_id == Void.public_id)
        .group_by(Void.series_id)
        .subquery()
    )
    issued = (
        select(Series.lot_id, func.sum(Series.unit_count - func.coalesce(voided.c.n, 0)).label("n"))
        .outerjoin(voided, voided.c.series_id == Series.id)
        .group_by(Series.lot_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Lot, Item, func.coalesce(issued.c.n, 0))
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(issued, issued.c.lot_id == Lot.id)
        .where(Lot.organisation_id == actor.organisation_id, Lot.state == "sealed", Lot.unit == "piece")
        .order_by(Lot.made_on.desc(), Lot.id.desc())
    )
    return [(lot, item, int(count)) for lot, item, count in rows]


def prints_of(series_id: int) -> list[PrintRun]:
    """The print register of a series, newest first."""
    return list(
        db.session.scalars(select(PrintRun).where(PrintRun.series_id == series_id).order_by(PrintRun.id.desc()))
    )


def print_of(series: Series, public_id: uuid.UUID) -> PrintRun:
    """One entry of the register of a series; NotFound otherwise."""
    row = db.session.scalar(select(PrintRun).where(PrintRun.series_id == series.id, PrintRun.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这次打印。", code="code.print_not_found", help="请从赋码批页面重新进入。")
    return row


def parts_of(print_id: int) -> list[PrintPart]:
    """The finished files of a big print, in order."""
    return list(db.session.scalars(select(PrintPart).where(PrintPart.print_id == print_id).order_by(PrintPart.number)))


def design_by_id(design_id: int | None) -> Design | None:
    """The design version a print used, or None for the platform's own."""
    return db.session.get_one(Design, design_id) if design_id is not None else None


def source_of(series: Series, statement_id: uuid.UUID) -> Series | PrintRun | Void:
    """The series itself, one of its reprints or one of its voids: what a statement with this id is about."""
    if statement_id == series.public_id:
        return series
    void = db.session.scalar(select(Void).where(Void.series_id == series.id, Void.public_id == statement_id))
    run = db.session.scalar(select(PrintRun).where(PrintRun.series_id == series.id, PrintRun.public_id == statement_id))
    if (found := void or run) is not None:
        return found
    raise NotFound("没有找到要签的内容。", code="code.statement_not_found", help="请从赋码批页面重新进入。")


def was_printed(series_id: int, first: int, last: int) -> bool:
    """Whether a label of any of these units was put out before (test prints and lists for print shops do not count)."""
    query = select(PrintRun.id).where(
        PrintRun.series_id == series_id,
        PrintRun.format.in_(MAX_PRINT),
        PrintRun.first_unit <= last,
        PrintRun.last_unit >= first,
    )
    return db.session.scalar(query.limit(1)) is not None


def printed_series(organisation_id: int) -> int:
    """How many series of the organisation were printed (a step of the guided start)."""
    query = (
        select(func.count(func.distinct(Series.id)))
        .join(PrintRun, PrintRun.series_id == Series.id)
        .where(Series.organisation_id == organisation_id, PrintRun.format != "test")
    )
    return db.session.scalar(query) or 0


def unit_address(series: Series, place: int) -> str:
    """The full address of the ``place``-th label of a series (from 1), as its QR carries it."""
    if not 1 <= place <= series.unit_count:
        raise SeriesNotFound()
    key = keys.version(series.item_id, "serial", series.key_version)
    return series.link_prefix + key.serial(series.start_unit + place - 1)
