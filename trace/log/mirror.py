"""A copy of the log as files (the same names as under /log), and the way back from it after an old backup.

``reimport`` gives missing entries the places they had, so that the writer builds exactly the tree that was promised.
The records behind re-imported entries are not in the database any more; the log stays truthful all the same.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from core.errors import BadInput, Conflict
from trace.log import service, tiles
from trace.log.merkle import Tree
from trace.log.models import LogEntry, Tile
from trace.verify.entry import read_entry
from trace.verify.merkle import leaf_hash
from trace.verify.note import Checkpoint
from trace.verify.reasons import VerificationError


def export(session: Session, folder: Path) -> int:
    """Afterwards ``folder`` holds checkpoint, key, tiles and bundles of the published tree; returns its size."""
    key, latest = service.find_key(session), service.latest_checkpoint(session)
    if key is None or latest is None:
        raise Conflict("日志里还没有内容。", code="log.empty", help="封存第一份记录以后再导出。")
    for row in session.scalars(select(Tile)).all():
        width = tiles.width_at(row.level, row.number, latest.size)
        if width:
            _write(folder / tiles.tile_path(row.level, row.number, width), row.hashes[: width * tiles.HASH])
    for number in range(-(-latest.size // tiles.WIDTH)):
        width = tiles.width_at(0, number, latest.size)
        entries = session.scalars(
            select(LogEntry.entry)
            .where(LogEntry.sequence >= number * tiles.WIDTH, LogEntry.sequence < number * tiles.WIDTH + width)
            .order_by(LogEntry.sequence)
        ).all()
        _write(folder / tiles.tile_path("entries", number, width), tiles.bundle(entries))
    _write(folder / "key", f"{service.verifier_key(key)}\n".encode())
    _write(folder / "checkpoint", latest.note.encode())  # last, so that a copy is whole once it has one
    return latest.size


def reimport(session: Session, folder: Path) -> int:
    """Afterwards entries that the database lost stand at their old places again; returns how many (caller commits).

    The copy is believed only as far as its checkpoint, signed by our own key, covers it; the entries the database
    still has must be its beginning.
    """
    session.execute(text("select pg_advisory_xact_lock(:k)"), {"k": service.WRITER_LOCK})
    entries = _read(session, folder)
    stored = session.scalars(
        select(LogEntry.leaf_hash).where(LogEntry.sequence.is_not(None)).order_by(LogEntry.sequence)
    ).all()
    leaves = [leaf_hash(entry) for entry in entries]
    if list(stored[: len(leaves)]) != leaves[: len(stored)]:
        raise Conflict(
            "数据库里的日志和这份副本对不上。", code="log.mirror_differs", help="换一份副本，或恢复较新的备份。"
        )
    for place in range(len(stored), len(leaves)):
        _put_back(session, place, entries[place], leaves[place])
    return max(0, len(leaves) - len(stored))


def _put_back(session: Session, place: int, entry: bytes, leaf: bytes) -> None:
    waiting = session.scalar(
        select(LogEntry).where(LogEntry.leaf_hash == leaf, LogEntry.sequence.is_(None)).order_by(LogEntry.id).limit(1)
    )
    if waiting is None:
        kind = str(read_entry(entry)["kind"])
        waiting = LogEntry(kind=kind, entry=entry, leaf_hash=leaf, queued_at=clock.now())
        session.add(waiting)
    waiting.sequence = place
    session.flush()  # the next search must not find it again


def _read(session: Session, folder: Path) -> list[bytes]:
    """The entries of the copy, checked against its signed checkpoint."""
    key = service.find_key(session)
    if key is None:
        raise Conflict("数据库里没有这个日志的密钥。", code="log.no_key", help="先恢复含有日志密钥的备份。")
    try:
        checkpoint = Checkpoint.parse((folder / "checkpoint").read_text("utf-8"), service.verifier_key(key))
        entries = _entries(folder, checkpoint.size)
    except (OSError, ValueError, VerificationError) as error:
        raise BadInput(f"这份副本读不出来：{error}", code="log.mirror_unreadable", help="换一份完整的副本。") from None
    tree = Tree(lambda _level, _number: b"", 0)
    tree.append(leaf_hash(entry) for entry in entries)
    if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        raise BadInput("这份副本的内容和它的签名对不上。", code="log.mirror_altered", help="换一份副本。")
    return entries


def _entries(folder: Path, size: int) -> list[bytes]:
    """The entries of an exported copy, or of what ``yidun-monitor`` keeps (one file of all entries)."""
    if (folder / "entries").is_file():
        return tiles.read_bundle((folder / "entries").read_bytes())[:size]
    entries: list[bytes] = []
    for number in range(-(-size // tiles.WIDTH)):
        width = tiles.width_at(0, number, size)
        entries += tiles.read_bundle((folder / tiles.tile_path("entries", number, width)).read_bytes())
    return entries


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
