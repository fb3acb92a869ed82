"""The one writer: gives waiting entries their place, extends the tree, signs and publishes.

Two transactions under one advisory lock.  The first gives places and commits them; the second extends the tiles,
appends the new size and root to the high-water file, fsyncs it, and only then commits the checkpoint.  A crash
between file and commit is harmless: places are fixed, so the next run builds the very same tree.
"""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.db import separate_unit
from trace.log import service
from trace.log.errors import LogBehind
from trace.log.highwater import Mark
from trace.log.merkle import Tree
from trace.log.models import LogEntry, LogKey, StoredCheckpoint, Tile
from trace.verify.merkle import EMPTY_ROOT

BATCH = 4096
_PLACES = text(  # arrays, not a sub-select: the planner then goes by the key, however large the table
    "update trace_log_entry e set sequence = o.place"
    " from unnest(cast(:ids as bigint[]), cast(:places as bigint[])) as o(id, place) where e.id = o.id"
)
# By the range of places alone: with "integrated_at is null" in it the planner may take the index of pending entries, which is
# full of dead rows until the next vacuum.  Covered entries are always a beginning of the log (a new origin covers them again).
_COVERED = text(
    "update trace_log_entry set integrated_at = :now where sequence < :size and sequence >= greatest(:first, coalesce("
    "(select sequence from trace_log_entry where sequence is not null and integrated_at is not null"
    " order by sequence desc limit 1) + 1, 0))"
)


def integrate(limit: int = BATCH) -> int:
    """Afterwards waiting entries (committed ones, at most ``limit``) stand under a published checkpoint; how many.

    Opens its own units: call it outside of a unit of work.  Raises ``LogBehind`` and signs nothing where the
    database is behind what has been published.
    """
    with separate_unit() as session:
        if service.find_key(session) is None:
            return 0
        _lock(session)
        service.refuse_if_behind(session)
        _give_places(session, limit)
    with separate_unit() as session:
        _lock(session)
        return _publish(session)


def is_waiting() -> bool:
    """Whether a committed entry waits for its place or for its checkpoint: one statement, no lock."""
    with separate_unit() as session:
        return session.scalar(select(select(LogEntry.id).where(LogEntry.integrated_at.is_(None)).exists())) or False


def _lock(session: Session) -> None:
    session.execute(text("select pg_advisory_xact_lock(:k)"), {"k": service.WRITER_LOCK})


def _give_places(session: Session, limit: int) -> None:
    waiting = session.scalars(
        select(LogEntry.id).where(LogEntry.sequence.is_(None)).order_by(LogEntry.id).limit(limit)
    ).all()
    if waiting:
        first = service.sequenced_count(session)
        session.execute(_PLACES, {"ids": list(waiting), "places": list(range(first, first + len(waiting)))})


def _publish(session: Session) -> int:
    key, latest = service.find_key(session), service.latest_checkpoint(session)
    assert key is not None
    size = latest.size if latest else 0
    new = session.execute(
        select(LogEntry.id, LogEntry.sequence, LogEntry.leaf_hash)
        .where(LogEntry.sequence >= size, LogEntry.sequence < service.sequenced_count(session))  # two bounds: the index
        .order_by(LogEntry.sequence)
    ).all()
    tree = service.tree(session, size)
    if latest is not None and tree.root() != latest.root:
        raise LogBehind(f"数据库里 {size} 条的日志树与已签名的不一致。")
    if not new:
        service.refuse_if_behind(session)
        return 0
    if [row.sequence for row in new] != list(range(size, size + len(new))):
        raise LogBehind("日志条目的序号不连续。")
    tree.append(row.leaf_hash for row in new)
    _keep_promise(key, tree)
    _store(session, key, tree, size)
    return len(new)


def _keep_promise(key: LogKey, tree: Tree) -> None:
    """The new tree must contain every promise; then promise it, durably, before it is published."""
    file = service.high_water(key)
    mark = file.last()
    root = tree.root()
    if mark is not None:
        if mark.size > tree.size or _root_at(tree, mark.size) != mark.root:
            raise LogBehind(f"日志已公布 {mark.size} 条时的根，与数据库算出的不一致。")
        if mark.size == tree.size:
            return
    file.append(Mark(tree.size, root))


def _root_at(tree: Tree, size: int) -> bytes:
    return tree.root(size) if size else EMPTY_ROOT


def _store(session: Session, key: LogKey, tree: Tree, first: int) -> None:
    now = clock.now()
    for (level, number), hashes in tree.changed.items():
        row = {"level": level, "number": number, "hashes": hashes}
        put = (
            insert(Tile).values(row).on_conflict_do_update(index_elements=["level", "number"], set_={"hashes": hashes})
        )
        session.execute(put)
    root = tree.root()
    note = service.sign_checkpoint(key, tree.size, root)
    session.add(StoredCheckpoint(key_id=key.id, size=tree.size, root=root, note=note, made_at=now))
    session.execute(_COVERED, {"now": now, "first": first, "size": tree.size})  # a new origin finds all covered already
