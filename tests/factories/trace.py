"""Growing things for tests, made through the services; the important values are given, the others have defaults."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook

from core.account.actor import Actor
from core.account.permissions import permissions_of
from core.db import db
from core.file.service import store
from core.organisation.models import Organisation
from core.place import service as places
from core.place.models import Place
from tests.support.people import invented_uscc
from trace.inspection import rules as inspection_rules
from trace.inspection import service as inspection
from trace.item import service as items
from trace.item.models import Item
from trace.lot import service as lots
from trace.lot.models import Lot
from trace.season import service as seasons
from trace.season import workbook
from trace.season.models import Season
from trace.season.rules_import import HEADINGS

HARVEST_DAY = date(2026, 10, 12)


def make_organisation(number: int = 7001, name: str = "临猗示例果枣合作社", kind: str = "enterprise") -> Organisation:
    """An organisation with a public telephone."""
    row = Organisation(kind=kind, code=invented_uscc(number), name=name, public_phone="0359-4030000")
    db.session.add(row)
    db.session.flush()
    return row


def actor_of(organisation: Organisation, role: str = "owner", user_id: int | None = None) -> Actor:
    """An actor for the organisation with what the role holds."""
    return Actor(
        user_id=user_id,
        organisation_id=organisation.id,
        organisation_kind=organisation.kind,
        role=role,
        permissions=permissions_of(role),
    )


def make_plot(actor: Actor, code: str = "P-0317", **values: Any) -> Place:
    """A plot of 8,400 m² with a point."""
    given = {"village": "示例镇示例村", "area_m2": 8400, "latitude": "35.142317", "longitude": "110.775482"} | values
    return places.add_place(actor, kind="plot", code=code, **given)


def make_season(actor: Actor, plot: Place, variety: str = "fuji", year: int = 2026) -> Season:
    """A season without lines."""
    return seasons.open_season(actor, place=plot, year=year, variety=variety)


def spray(season: Season, actor: Actor, on: date, *, name: str = "戊唑醇", interval_days: int = 30) -> Any:
    """A pesticide line."""
    return seasons.add_input(
        season, actor, done_on=on, category="pesticide", name=name, source="示例农资店", usage="喷雾", amount="3000 倍液",
        registration_no="PD20091234", interval_days=interval_days, summary="防治斑点落叶病",
    )  # fmt: skip


def make_loose(actor: Actor, own_code: str = "FJ-SAN", variety: str = "fuji") -> Item:
    """A loose item, counted in grams."""
    return items.add_item(actor, name="富士苹果 散装", variety=variety, form="fresh", level="loose", own_code=own_code)


def make_box(actor: Actor, own_code: str = "FJ-5KG", net_content_g: int = 5000, **values: Any) -> Item:
    """A packed item of 5 kg."""
    given = {"variety": "fuji", "specification": "apple-80", "grade": "apple-first", "shelf_life_days": 90} | values
    key = {} if "gtin" in given else {"own_code": own_code}
    return items.add_item(
        actor, name="富士苹果 5 kg 箱装", form="fresh", level="carton", net_content_g=net_content_g, **key, **given
    )


@dataclass
class Grown:
    """A whole way from plot to packed lot."""

    organisation: Organisation
    actor: Actor
    plot: Place
    season: Season
    loose: Item
    box: Item
    raw: Lot
    packed: Lot


def make_packed_lot(
    *,
    number: int = 7001,
    harvested_g: int = 1_115_000,
    taken_g: int = 1_060_000,
    pieces: int = 205,
    sprays: Sequence[tuple[date, int]] = ((date(2026, 8, 1), 30),),
    name: str = "临猗示例果枣合作社",
    user_id: int | None = None,
) -> Grown:
    """Plot, season with sprays and one harvest on 2026-10-12, a raw lot, and a packed lot that is not sealed."""
    organisation = make_organisation(number, name)
    actor = actor_of(organisation, user_id=user_id)
    plot = make_plot(actor)
    season = make_season(actor, plot)
    for on, interval in sprays:
        spray(season, actor, on, interval_days=interval)
    seasons.add_work(season, actor, done_on=date(2026, 5, 18), summary="疏果")
    seasons.add_harvest(season, actor, done_on=HARVEST_DAY, mass_g=harvested_g)
    loose, box = make_loose(actor), make_box(actor)
    raw = lots.receive_harvest(
        actor, item_id=loose.id, sources=[(season, HARVEST_DAY, harvested_g)], made_on=HARVEST_DAY
    )
    packed = lots.pack(actor, item_id=box.id, sources=[(raw, taken_g)], pieces=pieces, packed_on=date(2026, 10, 17))
    return Grown(organisation, actor, plot, season, loose, box, raw, packed)


def make_report(
    actor: Actor, lot: Lot, rows: Sequence[tuple[str, ...]] = (("戊唑醇", "0.034", "", ""),), **values: Any
) -> Any:
    """A third-party report with lines (substance, result, detection limit, method)."""
    given = {
        "report_no": "示检2026-0815", "laboratory": "示例检测中心", "sampled_on": date(2026, 10, 13),
        "reported_on": date(2026, 10, 15),
    } | values  # fmt: skip
    readings = [inspection_rules.reading(*row) for row in rows]
    return inspection.add_report(actor, lot=lot, readings=readings, **given)


def make_standard(actor: Actor, code: str = "YD-PG-2026") -> Any:
    """A published standard of the actor's organisation: 特级 from 80 mm, 一级 from 70 mm, 等外 from 50 mm."""
    from decimal import Decimal

    from trace.grade import service as grading
    from trace.grade.rules import CriterionRow, GradeRow

    rows = [
        GradeRow(key, label, rank, (CriterionRow("diameter", Decimal(low)), CriterionRow("brix", Decimal(12))))
        for rank, (key, label, low) in enumerate(
            (("special", "特级", 80), ("first", "一级", 70), ("rest", "等外", 50)), 1
        )
    ]
    version = grading.add_standard(actor, code=code, name="红富士苹果分等分级", species="apple")
    grading.edit(version, actor, rows, valid_from=date(2026, 9, 1))
    grading.move(version, "publish", actor)
    return version


def journal_row(**values: Any) -> list[Any]:
    """A row of an import workbook: farm work on plot P-0317 unless said otherwise."""
    given = {"plot": "P-0317", "year": 2026, "kind": "农事", "done_on": date(2026, 5, 18), "summary": "疏果"} | values
    return [given.get(key) for key in HEADINGS]


def journal_sheet(*rows: Sequence[Any]) -> bytes:
    """An import workbook with its heading and the rows."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = workbook.SHEET
    for line in ([words[0] for words in HEADINGS.values()], *rows):
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def journal_file(data: bytes, actor: Actor) -> Any:
    """The workbook as an upload of the actor's organisation."""
    return store(data, "表.xlsx", kind="table", owner_organisation_id=actor.organisation_id, actor=actor)
