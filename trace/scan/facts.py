"""Everything the code page shows of a lot: the signed statements, and the live facts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from brand.certificate.queries import Mark
from core import clock
from core.config import settings
from core.db import db
from core.hooks import Panel, RecallNotice, recall_facts, scan_panels
from core.organisation.queries import OrganisationView, get_organisation
from trace.item import queries as items
from trace.item.models import Item
from trace.lot import licensing, marking
from trace.lot.models import Lot
from trace.scan.blocks import Marks, marks_of_lot
from trace.scan.timeline import Entry, Lines, timeline
from trace.scan.words import translator
from trace.signing.eventlist import Listing, latest_for_lot
from trace.signing.queries import RecordView, record_for_lot


@dataclass(frozen=True, slots=True)
class LicenceState:
    """The brand licence: what the record says, and whether it holds today."""

    number: str
    brand: str
    scope: str
    valid_until: str
    ended: str = ""  # "", "expired", "withdrawn", "suspended" or "replaced"
    ended_on: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class LotPage:
    """The facts of one lot page in one state."""

    lot_id: int
    lot_no: str
    held: bool
    record: RecordView
    subject: dict[str, Any]
    name: str
    line: str
    producer: OrganisationView
    licence: LicenceState | None
    panels: tuple[Panel, ...]
    timeline: tuple[Entry, ...]
    tests: tuple[dict[str, Any], ...]
    statements: tuple[str, ...]
    identity_host: str
    correction: str
    recall: RecallNotice | None
    marks: Marks
    certificates: tuple[Mark, ...] = ()
    events: Listing | None = None

    @property
    def failed(self) -> bool:
        return not self.record.is_unchanged

    @property
    def status(self) -> int:
        return 409 if self.failed else 200


def lot_page(lot_id: int, lang: str) -> LotPage | None:
    """The page of a sealed lot, or None where it has no record; every record of it is verified on the way."""
    record, lot = record_for_lot(lot_id), db.session.get(Lot, lot_id)
    if record is None or lot is None:
        return None
    item = db.session.get_one(Item, lot.item_id)
    subject = record.payload.get("credentialSubject", {}) if record.is_unchanged else {}
    t = translator(lang)
    lines = Lines(subject, record, t)
    corrections = [version for version in record.versions if version.kind == "correction"]
    return LotPage(
        lot_id=lot.id,
        lot_no=lot.lot_no,
        held=lot.state == "held",
        record=record,
        subject=subject,
        name=lines.name or item.name,
        line=lines.line,
        producer=get_organisation(lot.sealer_id),
        licence=_licence(lot, item, subject) if subject else None,
        panels=_panels(lot, item, lang) if record.is_unchanged and lot.state == "sealed" else (),
        timeline=tuple(timeline(subject, record, t)) if subject else (),
        tests=tuple(_tests(subject, record)),
        statements=tuple(
            str(added["credentialSubject"]["statement"])
            for added in record.addenda
            if "statement" in added.get("credentialSubject", {})
        ),
        identity_host=settings().identity_host,
        correction=corrections[-1].reason if corrections else "",
        recall=_recall(lot, lang),
        marks=marks_of_lot(lot.id),
        certificates=tuple(marking.marks_of(lot)) if subject else (),
        events=latest_for_lot(lot.id) if subject else None,
    )


def _recall(lot: Lot, lang: str) -> RecallNotice | None:
    """What the recall room says of a held lot; a lot held without a recall is told in the page's own words."""
    if lot.state != "held":
        return None
    told = (hook(lot_id=lot.id, lang=lang) for hook in recall_facts)
    return next((notice for notice in told if notice is not None), None)


def _tests(subject: dict[str, Any], record: RecordView) -> list[dict[str, Any]]:
    later = [test for added in record.addenda for test in added.get("credentialSubject", {}).get("tests", [])]
    return [*subject.get("tests", []), *later]


def _panels(lot: Lot, item: Item, lang: str) -> tuple[Panel, ...]:
    made = (
        hook(lot_id=lot.id, item_id=item.id, organisation_id=lot.organisation_id, lang=lang) for hook in scan_panels
    )
    return tuple(panel for panel in made if panel is not None)


def _licence(lot: Lot, item: Item, subject: dict[str, Any]) -> LicenceState | None:
    """The licence named in the record, judged today; a later licence for the same product counts as in force."""
    stated = subject.get("licence")
    if not stated:
        return None
    live = licensing.licence_of(lot.sealer_id, item)
    last = live or licensing.last_licence_of(lot.sealer_id, item)
    ended, ended_on = "", ""
    if live is None:
        ended = last.state if last is not None and last.stopped_on is not None else "expired"
        day = last.stopped_on if last is not None else None
        ended_on = day.isoformat() if day else str(stated.get("validUntil", ""))
    until = live.valid_until.isoformat() if live else str(stated.get("validUntil", ""))
    return LicenceState(
        number=live.licence_no if live else str(stated.get("number", "")),
        brand=str(stated.get("brand", "")),
        scope=str(stated.get("scope", "")),
        valid_until=until,
        ended=ended,
        ended_on=ended_on,
        path=last.path if last else "",
    )


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product without a lot: what it is, and its lots sealed lately."""

    name: str
    variety: str
    specification: str
    grade: str
    gtin: str
    own_code: str
    net_g: int
    owner: OrganisationView
    lots: tuple[tuple[str, date], ...]


def product_page(item_id: int) -> ProductPage:
    """The page of a product."""
    item = items.items_by_id([item_id])[item_id]
    lots = db.session.execute(
        select(Lot.lot_no, Lot.made_on)
        .where(Lot.item_id == item_id, Lot.state == "sealed")
        .order_by(Lot.made_on.desc(), Lot.id.desc())
        .limit(5)
    )
    return ProductPage(
        name=item.name,
        variety=item.label("variety"),
        specification=item.label("specification"),
        grade=item.label("grade"),
        gtin=item.gtin or "",
        own_code=item.own_code or "",
        net_g=item.net_content_g,
        owner=get_organisation(item.organisation_id),
        lots=tuple((row.lot_no, row.made_on) for row in lots),
    )


def today_key() -> str:
    """The day in Shanghai, on which licences end: a page of yesterday is made anew."""
    return clock.today().isoformat()
