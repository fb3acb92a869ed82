"""Reads: where an entry stands, its proof, the published tree, lag, witnesses."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import ScalarSelect, func, select, text

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
        key.origin, vkey, latest.size, latest.root, _note_of(latest.size), latest.made_at, independent_cosigners()
    )


def _note_of(size: int) -> str:
    found = _checkpoint(size, None)
    assert found is not None
    return found.note


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
    row = db.session.execute(_LATEST_COSIGNED, {"index": 0}).one_or_none()
    return row.note + row.lines if row else None


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
    row = db.session.execute(
        select(LogEntry.sequence, LogEntry.integrated_at, LogEntry.kind, LogEntry.entry).where(LogEntry.id == entry_id)
    ).one()
    checkpoint = _checkpoint(size, row.sequence)
    if row.sequence is None or row.integrated_at is None or checkpoint is None or checkpoint.size <= row.sequence:
        raise NotIntegrated
    extra = None if row.kind == "vc" else row.entry
    return TlogProof(row.sequence, _path(row.sequence, checkpoint), checkpoint.note, extra)


_paths: OrderedDict[tuple[str, int], tuple[bytes, ...]] = OrderedDict()
_paths_lock = Lock()
_PATHS_KEPT = 1024


def _path(index: int, checkpoint: _Signed) -> tuple[bytes, ...]:
    """The sibling hashes of an entry; they follow from size and root alone, so those asked for lately are kept."""
    body = checkpoint.note.partition("\n\n")[0]
    with _paths_lock:
        if (found := _paths.get((body, index))) is not None:
            _paths.move_to_end((body, index))
            return found
    tree = service.tree_for_proof(db.session, index, checkpoint.size)
    found = tuple(tree.inclusion(index, checkpoint.size))
    with _paths_lock:
        _paths[body, index] = found
        while len(_paths) > _PATHS_KEPT:
            _paths.popitem(last=False)
    return found


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


@dataclass(frozen=True, slots=True)
class _Signed:
    """A published checkpoint with the cosignatures that have come in for it."""

    size: int
    note: str


_SIGNED = """
select c.size, c.note, coalesce((
  select string_agg(s.line, '' order by s.witness_id)
  from trace_log_cosignature s join trace_log_witness w on w.id = s.witness_id
  where s.checkpoint_id = c.id and w.removed_at is null), '') as lines
from trace_log_checkpoint c join trace_log_key k on k.id = c.key_id and k.closed_at is null
"""
_COSIGNED = """
select s.checkpoint_id
from trace_log_cosignature s
join trace_log_witness w on w.id = s.witness_id and w.removed_at is null
join trace_log_checkpoint o on o.id = s.checkpoint_id
join trace_log_key k on k.id = o.key_id and k.closed_at is null
where s.size > :index order by s.size desc limit 1
"""
_NEWEST = """
select o.id from trace_log_checkpoint o join trace_log_key k on k.id = o.key_id and k.closed_at is null
order by o.size desc limit 1
"""
_BY_SIZE = text(f"{_SIGNED} where c.size = :size")
_LATEST_COSIGNED = text(f"{_SIGNED} where c.id = ({_COSIGNED})")
_BEST = text(f"{_SIGNED} where c.id = coalesce(({_COSIGNED}), ({_NEWEST}))")


def _checkpoint(size: int | None, index: int | None) -> _Signed | None:
    """The checkpoint of ``size``; else the newest cosigned one that covers ``index``, else the newest; one statement."""
    query = _BEST if size is None else _BY_SIZE
    row = db.session.execute(query, {"index": index or 0} if size is None else {"size": size}).one_or_none()
    return _Signed(row.size, row.note + row.lines) if row else None
