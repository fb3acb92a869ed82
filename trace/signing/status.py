"""Status lists of withdrawn records: a random place per record, and one signed, logged version per withdrawal.

Places are drawn at random and taken once by a unique key, so they tell nothing about how many records there are or in
which order.  The platform's DID signs the lists and nothing else (TRUST 1).  Where a town has no platform organisation
records carry no status.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.account.actor import SYSTEM
from core.db import db, lock
from core.errors import BadInput
from core.organisation.queries import desk_id
from trace.log import service as log
from trace.signing import identity, proof, rules
from trace.signing.canonical import canonical_bytes
from trace.signing.making import sign_checked
from trace.signing.models import Record, StatusEntry, StatusList, StatusVersion
from trace.verify import status as bits
from trace.verify.credential import BASE_CONTEXT
from trace.verify.reasons import VerificationError

TRIES = 16  # in a row; a list that answers "taken" so often is full enough for the next one
_OPEN_LOCK = 0x59_44_53_4C


@dataclass(frozen=True, slots=True)
class StatusView:
    """What a record's page says: the list, the bit, the list's newest version, and when the bit was set."""

    list_url: str
    number: int
    index: int
    version: int
    set_at: datetime | None


def list_url(number: int) -> str:
    """The name and address of a status list."""
    return f"https://{identity.host()}/trace/status/{number}"


def propose() -> bits.Place | None:
    """A free random place, not taken yet (for a document signed elsewhere); None without a platform organisation.  Writes nothing."""
    if desk_id("platform") is None:
        return None
    number = db.session.scalar(select(func.max(StatusList.number))) or 1
    return bits.Place(list_url(number), secrets.randbelow(bits.LENGTH))


def take(record: uuid.UUID) -> bits.Place | None:
    """Afterwards the record has a random place of its own; None without a platform organisation."""
    if desk_id("platform") is None:
        return None
    while True:
        row = _open_list()
        for _ in range(TRIES):
            position = secrets.randbelow(bits.LENGTH)
            if _insert(row, position, record):
                return bits.Place(list_url(row.number), position)
        _new_list(row.number + 1)


def take_proposed(record: uuid.UUID, document: dict[str, Any]) -> bits.Place | None:
    """Afterwards the place an uploaded document names is the record's own; BadInput where it is not ours or taken since."""
    if desk_id("platform") is None:
        return None
    row = _open_list()
    try:
        place = bits.place_of(document)
    except VerificationError:
        place = None
    known = place is not None and place.list_url == list_url(row.number) and place.index < bits.LENGTH
    if place is None or not known or not _insert(row, place.index, record):
        raise BadInput(
            "待签内容里的状态编号已经不能用。",
            code="signing.upload_stale",
            field="signed",
            help="重新下载待签内容再签。",
        )
    return place


def withdraw(subject_key: str) -> int:
    """Afterwards the bits of all records of a line are set, in a new signed and logged version of each list; how many bits.

    Same transaction as the withdrawal; a second withdrawal changes nothing.
    """
    ids = select(Record.public_id).where(Record.subject_key == subject_key)
    numbers = db.session.scalars(
        select(StatusEntry.list_id)
        .where(StatusEntry.record_public_id.in_(ids), StatusEntry.set_at.is_(None))
        .distinct()
    ).all()
    done = 0
    for list_id in sorted(numbers):  # one order for everybody: no deadlock
        row = db.session.get_one(StatusList, list_id)
        lock(row)
        changed = db.session.execute(
            update(StatusEntry)
            .where(StatusEntry.list_id == list_id, StatusEntry.record_public_id.in_(ids), StatusEntry.set_at.is_(None))
            .values(set_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount:  # type: ignore[attr-defined]
            done += changed.rowcount  # type: ignore[attr-defined]
            _publish(row)
    return done


def of_record(record: uuid.UUID) -> StatusView | None:
    """Where a record stands and whether its bit is set, or None where it has no status."""
    row = db.session.execute(
        select(StatusList.number, StatusEntry.position, StatusEntry.set_at, StatusEntry.list_id)
        .join(StatusList, StatusList.id == StatusEntry.list_id)
        .where(StatusEntry.record_public_id == record)
    ).one_or_none()
    if row is None:
        return None
    version = db.session.scalar(select(func.max(StatusVersion.version)).where(StatusVersion.list_id == row.list_id))
    return StatusView(list_url(row.number), row.number, row.position, version or 0, row.set_at)


def republish(organisation_id: int) -> None:
    """Afterwards, if the platform's key changed, every list has a version signed by the new one."""
    if organisation_id == desk_id("platform"):
        for row in db.session.scalars(select(StatusList).order_by(StatusList.number)):
            lock(row)
            _publish(row)


def find_version(number: int, version: int | None = None) -> StatusVersion | None:
    """A signed version of a list (default: the newest), or None."""
    query = select(StatusVersion).join(StatusList, StatusList.id == StatusVersion.list_id)
    query = query.where(StatusList.number == number)
    if version is not None:
        query = query.where(StatusVersion.version == version)
    return db.session.scalar(query.order_by(StatusVersion.version.desc()).limit(1))


def _insert(row: StatusList, position: int, record: uuid.UUID) -> bool:
    put = insert(StatusEntry).values(
        list_id=row.id, position=position, record_public_id=record, taken_at=clock.now(), set_at=None
    )
    done = db.session.execute(
        put.on_conflict_do_nothing(index_elements=["list_id", "position"]).returning(StatusEntry.id)
    )
    return done.scalar() is not None


def _open_list() -> StatusList:
    newest = select(StatusList).order_by(StatusList.number.desc()).limit(1)
    return db.session.scalar(newest) or _new_list(1)


def _new_list(number: int) -> StatusList:
    """The list ``number`` with its first version; two at once make one."""
    db.session.execute(text("select pg_advisory_xact_lock(:k)"), {"k": _OPEN_LOCK})
    found = db.session.scalar(select(StatusList).where(StatusList.number == number))
    if found is None:
        platform = desk_id("platform")
        assert platform is not None
        identity.ensure_did(platform, SYSTEM)  # before there is a list, because a new key signs every list anew
        found = StatusList(number=number, created_at=clock.now())
        db.session.add(found)
        db.session.flush()  # its id is referred to
        _publish(found)
    return found


def _publish(row: StatusList) -> StatusVersion:
    """A new signed version of the list from its entries, queued for the log (kind ``status-list``)."""
    platform = desk_id("platform")
    assert platform is not None
    did, key = identity.usable_key(platform)
    highest = db.session.scalar(select(func.max(StatusVersion.version)).where(StatusVersion.list_id == row.id))
    version = (highest or 0) + 1
    positions = db.session.scalars(
        select(StatusEntry.position).where(StatusEntry.list_id == row.id, StatusEntry.set_at.is_not(None))
    )
    url, moment = list_url(row.number), rules.stamp(clock.now())
    document = {
        "@context": [BASE_CONTEXT, rules.context_url(identity.host())],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did.did,
        "validFrom": moment,
        "recordVersion": version,
        "credentialSubject": {
            "id": f"{url}#list",
            "type": bits.LIST_TYPE,
            "statusPurpose": bits.PURPOSE,
            "encodedList": bits.encode(positions),
        },
    }
    draft = proof.prepare(document, method=identity.method_of(did, key), created=moment)
    signed = sign_checked(draft, did, key, identity.sign_with(key))
    made = StatusVersion(
        list_id=row.id,
        version=version,
        document=canonical_bytes(signed),
        log_entry_id=log.append_credential(signed).id,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()  # versions are counted from the table
    return made
