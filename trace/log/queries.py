"""Reads: where an entry stands, its proof, the published tree, lag, witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core import clock
from core.db import db
from trace.log import service, tiles
from trace.log.errors import NotIntegrated
from trace.log.models import LogEntry, StoredCheckpoint, Tile
from trace.verify.note import split
from trace.verify.tlogproof import TlogProof


@dataclass(frozen=True, slots=True)
class Head:
    """The published state of the log."""

    origin: str
    vkey: str
    size: int
    root: bytes
    note: str
    made_at: datetime
    witnesses: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: ``index`` is given with its place, ``integrated_at`` once a checkpoint covers it."""

    index: int | None
    integrated_at: datetime | None


def head() -> Head | None:
    """The latest published checkpoint, or None before the first."""
    key, latest = service.find_key(db.session), service.latest_checkpoint(db.session)
    if key is None or latest is None:
        return None
    cosigned = len(split(latest.note)[1]) - 1
    vkey = str(service.verifier_key(key))
    return Head(key.origin, vkey, latest.size, latest.root, latest.note, latest.made_at, cosigned)


def vkey() -> str | None:
    """The public key of the log as a vkey line, or None before the first entry."""
    key = service.find_key(db.session)
    return str(service.verifier_key(key)) if key else None


def witnesses() -> int:
    """How many outside witnesses have cosigned the latest checkpoint; 0 = 存证日志暂无外部见证."""
    latest = head()
    return latest.witnesses if latest else 0


def size_and_witnesses() -> tuple[int, int]:
    """Size of the published tree and number of its outside witnesses, in one statement."""
    latest = service.latest_checkpoint(db.session)
    return (latest.size, len(split(latest.note)[1]) - 1) if latest else (0, 0)


def place_of(entry_id: int) -> Place:
    """Where entry ``entry_id`` stands."""
    row = db.session.get_one(LogEntry, entry_id)
    return Place(row.sequence, row.integrated_at)


def places_of(entry_ids: list[int]) -> dict[int, Place]:
    """Where each of the entries stands, in one statement."""
    rows = db.session.execute(
        select(LogEntry.id, LogEntry.sequence, LogEntry.integrated_at).where(LogEntry.id.in_(entry_ids))
    )
    return {row.id: Place(row.sequence, row.integrated_at) for row in rows}


def entry_bytes(entry_id: int) -> bytes:
    """The bytes of an entry as they were queued."""
    return db.session.get_one(LogEntry, entry_id).entry


def proof_of(entry_id: int, *, size: int | None = None) -> TlogProof:
    """The proof file of an entry under the latest checkpoint (or the published one of ``size``).

    Kind ``vc`` follows from the record alone; every other kind carries its entry bytes in ``extra`` (TRUST 4).
    ``NotIntegrated`` until a checkpoint covers it.
    """
    row = db.session.get_one(LogEntry, entry_id)
    checkpoint = _checkpoint(size)
    if row.sequence is None or row.integrated_at is None or checkpoint is None or checkpoint.size <= row.sequence:
        raise NotIntegrated
    path = service.tree(db.session, checkpoint.size).inclusion(row.sequence, checkpoint.size)
    extra = None if row.kind == "vc" else row.entry
    return TlogProof(row.sequence, tuple(path), checkpoint.note, extra)


def tile(level: int, index: int, width: int) -> bytes | None:
    """The first ``width`` hashes of a tile of the published tree, or None where it is not that wide."""
    latest = service.latest_checkpoint(db.session)
    if latest is None or tiles.width_at(level, index, latest.size) < width:
        return None
    found = db.session.scalar(select(Tile.hashes).where(Tile.level == level, Tile.number == index))
    return found[: width * tiles.HASH] if found else None


def entry_bundle(index: int, width: int) -> bytes | None:
    """The entry bundle beside level-0 tile ``index``, cut to ``width`` entries, or None."""
    latest = service.latest_checkpoint(db.session)
    if latest is None or tiles.width_at(0, index, latest.size) < width:
        return None
    first = index * tiles.WIDTH
    entries = db.session.scalars(
        select(LogEntry.entry)
        .where(LogEntry.sequence >= first, LogEntry.sequence < first + width)
        .order_by(LogEntry.sequence)
    ).all()
    return tiles.bundle(entries) if len(entries) == width else None


def anything_logged() -> bool:
    """Whether any entry was ever queued."""
    return db.session.scalar(select(LogEntry.id).limit(1)) is not None


def lag_seconds() -> float:
    """Age in seconds of the oldest entry no checkpoint covers yet; 0 when all are covered (for readyz)."""
    oldest = db.session.scalar(select(func.min(LogEntry.queued_at)).where(LogEntry.integrated_at.is_(None)))
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


def _checkpoint(size: int | None) -> StoredCheckpoint | None:
    if size is None:
        return service.latest_checkpoint(db.session)
    return db.session.scalar(select(StoredCheckpoint).where(StoredCheckpoint.size == size))
