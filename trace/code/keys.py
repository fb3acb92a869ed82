"""Item keys: made on first use, sealed at rest, kept opened in the process (they never change)."""

from __future__ import annotations

import secrets
import uuid
from threading import Lock

from sqlalchemy import and_, or_, select

from core import clock
from core.db import db
from core.seal import service as seal
from trace.code.commitment import BlindKey
from trace.code.models import KEY_SEALED, ItemKey, Root
from trace.code.serial import SerialKey

_opened: dict[tuple[int, str, str, int], SerialKey] = {}
_blinds: dict[str, BlindKey] = {}
_lock = Lock()


def _secret(row: ItemKey) -> bytes:
    return seal.unseal(row.sealed_secret, table=KEY_SEALED.table, row=row.public_id, purpose=KEY_SEALED.purpose)


def _open(row: ItemKey) -> SerialKey:
    slot = (row.item_id, str(row.public_id), row.purpose, row.version)
    found = _opened.get(slot)
    if found is None:
        found = SerialKey(_secret(row), row.item_id, row.version)
        with _lock:
            if len(_opened) > 10_000:
                _opened.clear()
            _opened[slot] = found
    return found


def versions(item_id: int, purpose: str) -> list[SerialKey]:
    """Every key of an item for a purpose, newest first; none before the first code was issued."""
    rows = db.session.scalars(
        select(ItemKey).where(ItemKey.item_id == item_id, ItemKey.purpose == purpose).order_by(ItemKey.version.desc())
    )
    return [_open(row) for row in rows]


def version(item_id: int, purpose: str, number: int) -> SerialKey:
    """The key of one version; it must exist."""
    row = db.session.scalars(
        select(ItemKey).where(ItemKey.item_id == item_id, ItemKey.purpose == purpose, ItemKey.version == number)
    ).one()
    return _open(row)


def newest(item_id: int, purpose: str) -> SerialKey:
    """The key that new series use; made, sealed and flushed where there is none (call under the counter's lock)."""
    found = versions(item_id, purpose)
    return found[0] if found else _make(item_id, purpose, 1)


def renew(item_id: int, purpose: str) -> SerialKey:
    """A new version for the series to come (call under the counter's lock); codes already printed stay readable."""
    found = versions(item_id, purpose)
    return _make(item_id, purpose, found[0].version + 1 if found else 1)


def blind(item_id: int, number: int | None = None) -> BlindKey:
    """The item's key of blinds: of a version, or the newest, made where there is none (call under the counter's lock)."""
    query = select(ItemKey).where(ItemKey.item_id == item_id, ItemKey.purpose == "blind")
    if number is not None:
        return _open_blind(db.session.scalars(query.where(ItemKey.version == number)).one())
    found = db.session.scalars(query.order_by(ItemKey.version.desc()).limit(1)).first()
    return _open_blind(found or _row(item_id, "blind", 1))


def of_series(item_id: int, series_id: int, serial_version: int) -> tuple[SerialKey, BlindKey | None]:
    """Both keys of a series in one statement; no key of blinds while its root is not made."""
    blind_version = select(Root.blind_version).where(Root.series_id == series_id).scalar_subquery()
    rows = db.session.scalars(
        select(ItemKey).where(
            ItemKey.item_id == item_id,
            or_(
                and_(ItemKey.purpose == "serial", ItemKey.version == serial_version),
                and_(ItemKey.purpose == "blind", ItemKey.version == blind_version),
            ),
        )
    )
    found = {row.purpose: row for row in rows}
    return _open(found["serial"]), _open_blind(found["blind"]) if "blind" in found else None


def _open_blind(row: ItemKey) -> BlindKey:
    slot = str(row.public_id)
    if slot not in _blinds:
        if len(_blinds) > 10_000:
            _blinds.clear()
        _blinds[slot] = BlindKey(_secret(row), row.version)
    return _blinds[slot]


def _make(item_id: int, purpose: str, number: int) -> SerialKey:
    return _open(_row(item_id, purpose, number))


def _row(item_id: int, purpose: str, number: int) -> ItemKey:
    secret, public_id = secrets.token_bytes(32), uuid.uuid4()
    row = ItemKey(
        item_id=item_id,
        purpose=purpose,
        version=number,
        public_id=public_id,
        sealed_secret=seal.seal(secret, table=KEY_SEALED.table, row=public_id, purpose=KEY_SEALED.purpose),
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # the series names its version
    return row
