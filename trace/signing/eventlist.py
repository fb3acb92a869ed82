"""The signed list of a lot's public events: what there is to list, signing it, reading it.  Never commits.

A list is a document of its own beside the lot's record: the events it names stand whole in one EPCIS document, kept in
the canonical bytes whose digest was signed.  Later events make the next version; no version is changed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import Conflict, Denied, Unmet
from trace.event import publication
from trace.lot import queries as lots
from trace.lot.models import Lot
from trace.signing import external, identity, proof, queries, rules, statements
from trace.signing.canonical import canonical_bytes, parse_object
from trace.signing.errors import NoRecord
from trace.signing.models import EventList, Record
from trace.signing.permissions import SEAL
from trace.signing.service import owned_lot
from trace.verify.canonical import MAX_BYTES
from trace.verify.events import digest_of, event_digest


@dataclass(frozen=True, slots=True)
class Listing:
    """A signed list: its statement, how many events it names, when it was signed, and how many there are by now."""

    public_id: uuid.UUID
    version: int
    events: int
    signed_at: datetime
    now: int

    @property
    def later(self) -> int:
        """Events that became public after the list was signed."""
        return self.now - self.events


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would be listed now, and everything that keeps it from being signed."""

    events: tuple[dict[str, Any], ...]
    latest: Listing | None
    unmet: tuple[Unmet, ...]


def latest_for_lot(lot_id: int) -> Listing | None:
    """The newest signed list of the lot, or None."""
    found = db.session.execute(_lists().where(EventList.lot_id == lot_id).limit(1)).first()
    return _listing(found[0], found[1]) if found else None


def of_statement(public_id: uuid.UUID) -> tuple[Record, EventList, Listing]:
    """The list that this statement signs; NoRecord where it is none."""
    found = db.session.execute(_lists().where(Record.public_id == public_id)).first()
    if found is None:
        raise NoRecord("没有这份事件清单。", help="请从记录页或扫码页重新进入。")
    return found[0], found[1], _listing(found[0], found[1])


def events_in(kept: EventList) -> list[dict[str, Any]]:
    """The events of a signed list, as they were signed."""
    events: list[dict[str, Any]] = parse_object(kept.document)["epcisBody"]["eventList"]
    return events


def prospect(lot_id: int, actor: Actor) -> Prospect:
    """What signing would list now; writes nothing.  NoRecord for another organisation's lot, NotSealer for the owner only."""
    lot = owned_lot(lot_id, actor)
    events = _events(lot)
    latest = latest_for_lot(lot.id)
    unmet = []
    if not _record_id(lot):
        unmet.append(Unmet("trace.signing.not_sealed", "这批还没有封存，事件不对外公开。", help="先封存。"))
    elif not events:
        unmet.append(
            Unmet("trace.signing.no_events", "这批还没有对外公开的事件。", help="先在批次页登记装箱、入库等。")
        )
    elif latest and latest.later <= 0:
        unmet.append(Unmet("trace.signing.listed", "上次签署以后没有新的事件。", help="有新事件时再来。"))
    if not queries.has_key(lot.sealer_id):
        unmet.append(Unmet("trace.signing.no_key", "本单位还没有可用的签名密钥。", help="到“签名密钥”新建一把。"))
    return Prospect(tuple(events), latest, tuple(unmet))


def sign(
    lot_id: int, actor: Actor, *, password_confirmed: bool = False, uploaded: external.Uploaded | None = None
) -> Record:
    """Afterwards the lot's public events of this moment are listed in a signed statement queued for the log.

    Raises Denied without a confirmed password or the right to seal, Conflict where there is nothing new to list.
    ``uploaded`` is the statement the enterprise signed itself: it must say what we would have said.
    """
    if not actor.can(SEAL) or not (password_confirmed or actor.is_system):
        raise Denied("签署事件清单要由封存单位的负责人再输一次密码。", code="signing.password")
    lot = owned_lot(lot_id, actor)
    lock(lot)  # two owners signing at once: the second sees the first's list
    found = prospect(lot.id, actor)
    if found.unmet:
        raise Conflict(found.unmet[0].message, code=found.unmet[0].rule, help=found.unmet[0].help)
    kept = statements.Kept(
        uploaded.public_id if uploaded else uuid.uuid4(),
        uploaded.moment if uploaded else _moment(),
        uploaded.proof_value if uploaded else "",
    )
    given, document = _drawn(lot, found.events, kept)
    if uploaded is not None:
        external.refuse_other_words(uploaded, statements.events_draft(given, kept))
    row = statements.issue_events(given, actor, kept)
    db.session.add(EventList(record_id=row.id, lot_id=lot.id, events=len(found.events), document=document))
    db.session.flush()  # the caller shows it
    return row


def to_sign(lot_id: int, actor: Actor) -> proof.Draft:
    """What a sealer that keeps its own key signs now; writes nothing.  Conflict where there is nothing new to list."""
    lot = owned_lot(lot_id, actor)
    found = prospect(lot.id, actor)
    if found.unmet:
        raise Conflict(found.unmet[0].message, code=found.unmet[0].rule, help=found.unmet[0].help)
    kept = statements.Kept(uuid.uuid4(), _moment())
    return statements.events_draft(_drawn(lot, found.events, kept)[0], kept)


def _drawn(lot: Lot, events: tuple[dict[str, Any], ...], kept: statements.Kept) -> tuple[statements.Events, bytes]:
    """The statement's facts and the document's canonical bytes."""
    whole = publication.document(list(events), kept.moment)
    document = canonical_bytes(whole)
    if len(document) > MAX_BYTES:
        raise Conflict(
            "这批的公开事件太多，一份清单放不下。", code="signing.events_too_many", help="请联系平台管理员。"
        )
    view = lots.lot_by_id(lot.id)
    listed = tuple((event["eventID"], event_digest(event), publication.public_hash(event)) for event in events)
    given = statements.Events(lot.id, lot.sealer_id, view.uri, view.lot_no, _record_id(lot), listed, digest_of(whole))
    return given, document


def _events(lot: Lot) -> list[dict[str, Any]]:
    """The lot's public events: those of its last list in their order, later ones after them, whatever was stored when."""
    found = publication.events_of(lots.lot_by_id(lot.id).uri, lot.organisation_id)
    last = db.session.scalar(
        select(EventList.document).where(EventList.lot_id == lot.id).order_by(EventList.id.desc()).limit(1)
    )
    if last is None:
        return found
    places = {_key(event): n for n, event in enumerate(parse_object(last)["epcisBody"]["eventList"])}
    return sorted(found, key=lambda event: places.get(_key(event), len(places)))


def _key(event: dict[str, Any]) -> tuple[str, bool]:
    """What tells an event from every other of the list: its id, and whether it is the one declared wrong."""
    return event["eventID"], "errorDeclaration" in event


def _record_id(lot: Lot) -> str:
    """The address of the newest version of the lot's record; empty before it is sealed."""
    row = db.session.scalar(
        select(Record.public_id).where(Record.lot_id == lot.id).order_by(Record.version.desc()).limit(1)
    )
    return rules.record_url(identity.host(), row) if row else ""


def _lists() -> Any:
    return select(Record, EventList).join(EventList, EventList.record_id == Record.id).order_by(Record.version.desc())


def _listing(row: Record, kept: EventList) -> Listing:
    lot = db.session.get_one(Lot, kept.lot_id)
    now = publication.count_of(lots.lot_by_id(lot.id).uri, lot.organisation_id)
    return Listing(row.public_id, row.version, kept.events, row.sealed_at, now)


def _moment() -> datetime:
    """Now, in whole seconds: what a statement can say, so that a downloaded one comes back the same."""
    return clock.now().replace(microsecond=0)
