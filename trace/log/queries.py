"""Reads: where an entry stands, its proof, the published tree, lag, witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, func, select

from core import clock
from core.db import db
from trace.log import service, tiles, witnessing
from trace.log.errors import NotIntegrated
from trace.log.models import Cosignature, LogEntry, LogKey, StoredCheckpoint, Tile, Witness
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
class WitnessView:
    """An outside witness as the log's page shows it; ``cosigned_at`` is its newest signature's own time."""

    name: str
    operator: str
    vkey: str
    cosigned_size: int
    cosigned_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class ClosedLog:
    """A log that was closed because published entries were lost."""

    origin: str
    vkey: str
    closed_at: datetime
    reason: str


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
    vkey = str(service.verifier_key(key))
    return Head(
        key.origin, vkey, latest.size, latest.root, _cosigned_note(latest), latest.made_at, independent_cosigners()
    )


def vkey() -> str | None:
    """The public key of the log as a vkey line, or None before the first entry."""
    key = service.find_key(db.session)
    return str(service.verifier_key(key)) if key else None


def independent_cosigners(index: int | None = None) -> int:
    """How many outside witnesses have cosigned a tree of the open log that holds entry ``index`` (None: any tree).

    0 = 存证日志暂无外部见证.  One small statement: cheap enough for every scan.
    """
    return db.session.scalar(select(_cosigners(index))) or 0


def _cosigners(index: int | None) -> ScalarSelect[int]:
    holds = (
        select(Cosignature.id)
        .join(StoredCheckpoint, StoredCheckpoint.id == Cosignature.checkpoint_id)
        .join(LogKey, LogKey.id == StoredCheckpoint.key_id)
        .where(Cosignature.witness_id == Witness.id, LogKey.closed_at.is_(None))
        .where(Cosignature.size > (0 if index is None else index))
        .exists()
    )
    return select(func.count(Witness.id)).where(Witness.removed_at.is_(None), holds).scalar_subquery()


def witnesses() -> int:
    """How many outside witnesses have cosigned the log; 0 = 存证日志暂无外部见证."""
    return independent_cosigners()


def size_and_witnesses(index: int | None = None) -> tuple[int, int]:
    """Size of the published tree, and how many outside witnesses have cosigned a tree that holds entry ``index``."""
    row = db.session.execute(
        select(StoredCheckpoint.size, _cosigners(index))
        .join(LogKey, LogKey.id == StoredCheckpoint.key_id)
        .where(LogKey.closed_at.is_(None))
        .order_by(StoredCheckpoint.size.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else (0, 0)


def witness_list() -> list[WitnessView]:
    """The witnesses that are asked, with the newest each has signed."""
    found = []
    for row in witnessing.active(db.session):
        newest = db.session.scalar(
            select(Cosignature).where(Cosignature.witness_id == row.id).order_by(Cosignature.signed_at.desc()).limit(1)
        )
        size, at = (newest.size, newest.signed_at) if newest else (0, None)
        found.append(WitnessView(row.name, row.operator, row.vkey, size, at, row.failure))
    return found


def witness_silence() -> str:
    """The alarm: no cosigned checkpoint for 24 hours though witnesses are registered; empty where all is well."""
    return witnessing.silence(db.session)


def closed_logs() -> list[ClosedLog]:
    """The logs of this deployment that were closed, the oldest first."""
    rows = db.session.scalars(select(LogKey).where(LogKey.closed_at.is_not(None)).order_by(LogKey.id))
    return [
        ClosedLog(row.origin, str(service.verifier_key(row)), row.closed_at, row.close_reason)
        for row in rows
        if row.closed_at is not None
    ]


def cosigned_head() -> str | None:
    """The newest checkpoint that a witness has cosigned, with its cosignatures, or None."""
    found = _newest_cosigned()
    return _cosigned_note(found) if found else None


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

    Without ``size`` the newest cosigned checkpoint is taken where it covers the entry, so that the proof carries witnesses.
    Kind ``vc`` follows from the record alone; every other kind carries its entry bytes in ``extra`` (TRUST 4).
    ``NotIntegrated`` until a checkpoint covers it.
    """
    row = db.session.get_one(LogEntry, entry_id)
    checkpoint = _checkpoint(size, row.sequence)
    if row.sequence is None or row.integrated_at is None or checkpoint is None or checkpoint.size <= row.sequence:
        raise NotIntegrated
    path = service.tree(db.session, checkpoint.size).inclusion(row.sequence, checkpoint.size)
    extra = None if row.kind == "vc" else row.entry
    return TlogProof(row.sequence, tuple(path), _cosigned_note(checkpoint), extra)


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


def _checkpoint(size: int | None, index: int | None) -> StoredCheckpoint | None:
    if size is None:
        cosigned = _newest_cosigned()
        covers = cosigned is not None and index is not None and cosigned.size > index
        return cosigned if covers else service.latest_checkpoint(db.session)
    return db.session.scalar(_open_checkpoints().where(StoredCheckpoint.size == size))


def _open_checkpoints() -> Select[StoredCheckpoint]:
    return select(StoredCheckpoint).join(LogKey, LogKey.id == StoredCheckpoint.key_id).where(LogKey.closed_at.is_(None))


def _newest_cosigned() -> StoredCheckpoint | None:
    return db.session.scalar(
        _open_checkpoints()
        .join(Cosignature, Cosignature.checkpoint_id == StoredCheckpoint.id)
        .join(Witness, Witness.id == Cosignature.witness_id)
        .where(Witness.removed_at.is_(None))
        .order_by(StoredCheckpoint.size.desc())
        .limit(1)
    )


def _cosigned_note(row: StoredCheckpoint) -> str:
    """The note with the cosignatures that have come in for it."""
    lines = db.session.scalars(
        select(Cosignature.line)
        .join(Witness, Witness.id == Cosignature.witness_id)
        .where(Cosignature.checkpoint_id == row.id, Witness.removed_at.is_(None))
        .order_by(Cosignature.witness_id)
    )
    return row.note + "".join(lines)
