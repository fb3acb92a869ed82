"""The one writer: gives waiting entries their place, extends the tree, signs and publishes.

Two transactions under one advisory lock.  The first gives places and commits them; the second extends the tiles,
appends the new size and root to the high-water file, fsyncs it, and only then commits the checkpoint.  A crash
between file and commit is harmless: places are fixed, so the next run builds the very same tree.
"""

from __future__ import annotations

from sqlalchemy import select, text, update
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
_PLACES = text(
    "update trace_log_entry e set sequence = o.place from ("
    " select id, :first + row_number() over (order by id) - 1 as place from trace_log_entry"
    " where sequence is null order by id limit :limit) o where o.id = e.id"
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


def _lock(session: Session) -> None:
    session.execute(text("select pg_advisory_xact_lock(:k)"), {"k": service.WRITER_LOCK})


def _give_places(session: Session, limit: int) -> None:
    session.execute(_PLACES, {"first": service.sequenced_count(session), "limit": limit})


def _publish(session: Session) -> int:
    key, latest = service.find_key(session), service.latest_checkpoint(session)
    assert key is not None
    size = latest.size if latest else 0
    new = session.execute(
        select(LogEntry.id, LogEntry.sequence, LogEntry.leaf_hash, LogEntry.integrated_at)
        .where(LogEntry.sequence >= size)
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
    _store(session, key, tree, [row.id for row in new if row.integrated_at is None])
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


def _store(session: Session, key: LogKey, tree: Tree, entries: list[int]) -> None:
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
    if entries:  # a new origin covers what an earlier log has covered already
        session.execute(update(LogEntry).where(LogEntry.id.in_(entries)).values(integrated_at=now))
