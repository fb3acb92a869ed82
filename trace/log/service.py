"""Queue entries, hold the log key, check the promise against the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from core import clock, config
from core.db import db
from core.errors import Conflict
from core.seal import service as seal
from trace.log import checkpoint
from trace.log.errors import LogBehind
from trace.log.highwater import HighWater
from trace.log.merkle import Tree
from trace.log.models import LogEntry, LogKey, StoredCheckpoint, Tile
from trace.log.tiles import HEIGHT, WIDTH
from trace.verify.entry import AUDIT_HEAD, audit_head_entry, entry_of, kind_of
from trace.verify.merkle import leaf_hash
from trace.verify.note import VerifierKey, vkey

WRITER_LOCK = 0x59_44_4C_4F  # "YDLO": one writer at a time
KEY_LOCK = 0x59_44_4C_4B


@dataclass(frozen=True, slots=True)
class Expected:
    """What some room says entry ``entry_id`` must be, rebuilt from its raw row; ``problem`` if it cannot be."""

    entry_id: int
    entry: bytes
    what: str
    problem: str = ""


Source = Callable[[Session], Iterator[Expected]]
sources: list[Source] = []  # rooms whose rows are in the log append here; fsck rebuilds their entries


def origin() -> str:
    """The name of the log and of its key: identity host without scheme, and /log."""
    return f"{config.settings().identity_host}/log"


def append(kind: str, entry: bytes) -> LogEntry:
    """Queue ``entry`` in the caller's transaction; the writer gives it a place after the commit."""
    ensure_key(db.session)
    row = LogEntry(kind=kind, entry=entry, leaf_hash=leaf_hash(entry), queued_at=clock.now())
    db.session.add(row)
    db.session.flush()  # the caller refers to it
    return row


def append_credential(signed: dict[str, Any]) -> LogEntry:
    """Queue the entry that follows from a signed credential (kind by its type: vc, series-root, recall, status-list)."""
    return append(kind_of(signed), entry_of(signed))


def append_audit_head(count: int, head: bytes, issuer: str) -> LogEntry:
    """Queue the head of the audit trail after ``count`` chained rows."""
    return append(AUDIT_HEAD, audit_head_entry(count, head, issuer))


def find_key(session: Session) -> LogKey | None:
    """The key of this deployment's open log, or None before the first entry."""
    first = origin()
    return session.scalar(
        select(LogKey)
        .where(or_(LogKey.origin == first, LogKey.origin.startswith(f"{first}/", autoescape=True)))
        .where(LogKey.closed_at.is_(None))
        .order_by(LogKey.id.desc())
        .limit(1)
    )


def ensure_key(session: Session) -> LogKey:
    """The key of the log; made at the first entry."""
    found = find_key(session)
    if found is not None:
        return found
    session.execute(text("select pg_advisory_xact_lock(:k)"), {"k": KEY_LOCK})
    found = find_key(session)
    return found or make_key(session, origin())


def make_key(session: Session, name: str) -> LogKey:
    """A new key for the log called ``name``."""
    private = Ed25519PrivateKey.generate()
    made = LogKey(origin=name, public_key=private.public_key().public_bytes_raw(), created_at=clock.now())
    made.public_id = uuid.uuid4()
    secret = private.private_bytes_raw()
    made.sealed_secret = seal.seal(secret, table=LogKey.__tablename__, row=made.public_id, purpose="log-key")
    session.add(made)
    session.flush()  # its id is referred to
    return made


def open_new_origin(session: Session, reason: str) -> tuple[LogKey, LogKey]:
    """The open log is closed and a new one, with a key and an origin of its own, begins with the same entries; both keys.

    For a database that is behind what was published where no copy of the lost entries exists (TRUST 4): the old name
    signs nothing more, so it never says two things.  Conflict while the open log is not behind.
    """
    session.execute(text("select pg_advisory_xact_lock(:k)"), {"k": WRITER_LOCK})
    old = find_key(session)
    try:
        refuse_if_behind(session)
    except LogBehind:
        pass
    else:
        raise Conflict(
            "日志没有落后，不需要另立。", code="log.not_behind", help="只有已公布的条目找不回来时才另立日志。"
        )
    assert old is not None
    old.closed_at, old.close_reason = clock.now(), reason
    count = session.scalar(select(func.count()).select_from(LogKey)) or 1
    session.flush()  # one log is open at a time
    return old, make_key(session, f"{origin()}/{count + 1}")


def verifier_key(key: LogKey) -> VerifierKey:
    """The vkey others verify checkpoints with."""
    return vkey(key.origin, key.public_key)


def high_water(key: LogKey) -> HighWater:
    """The file that holds what this log has promised."""
    return HighWater(config.settings().var / "log", verifier_key(key).key_id)


def sign_checkpoint(key: LogKey, size: int, root: bytes) -> str:
    """The signed note for a tree; the same tree gives the same note."""
    secret = seal.unseal(key.sealed_secret, table=LogKey.__tablename__, row=key.public_id, purpose="log-key")
    return checkpoint.sign(checkpoint.body(key.origin, size, root), key.origin, secret)


def tree(session: Session, size: int) -> Tree:
    """The stored tree of ``size`` leaves."""

    def read(level: int, number: int) -> bytes:
        return session.scalar(select(Tile.hashes).where(Tile.level == level, Tile.number == number)) or b""

    return Tree(read, size)


def tree_for_proof(session: Session, index: int, size: int) -> Tree:
    """The stored tree of ``size`` with all tiles an inclusion proof of ``index`` needs, read in one statement: at each level
    the tile the entry's subtree lies in, and the last one."""
    wanted = set()
    for level in range(8):
        count = size >> (HEIGHT * level)
        if not count:
            break
        wanted |= {(level, min(index >> (HEIGHT * (level + 1)), (count - 1) // WIDTH)), (level, (count - 1) // WIDTH)}
    rows = session.execute(
        select(Tile.level, Tile.number, Tile.hashes).where(tuple_(Tile.level, Tile.number).in_(wanted))
    )
    made = tree(session, size)
    made.know({(row.level, row.number): row.hashes for row in rows})
    return made


def latest_checkpoint(session: Session) -> StoredCheckpoint | None:
    """The largest published checkpoint of the open log, or None."""
    return session.scalar(
        select(StoredCheckpoint)
        .join(LogKey, LogKey.id == StoredCheckpoint.key_id)
        .where(LogKey.closed_at.is_(None))
        .order_by(StoredCheckpoint.size.desc())
        .limit(1)
    )


def refuse_if_behind(session: Session) -> None:
    """Return if the database holds at least what the log has published; otherwise ``LogBehind``.

    Cheap enough for every sealing.  Entries that have their place but no checkpoint yet count: a crash between the
    high-water file and the commit is mended by the writer, which rebuilds exactly the promised tree.
    """
    key = find_key(session)
    if key is None:
        return
    latest = latest_checkpoint(session)
    file = high_water(key)
    mark = file.last()
    if mark is None:
        if latest is not None:
            raise LogBehind("找不到高水位文件，无法确认数据库是不是最新的。")
        return
    if mark.size > sequenced_count(session):
        raise LogBehind(f"日志已公布到 {mark.size} 条，数据库里只有 {latest.size if latest else 0} 条。")
    if latest is not None and latest.size == mark.size and latest.root != mark.root:
        raise LogBehind(f"同为 {mark.size} 条，数据库与已公布的日志对不上。")


def sequenced_count(session: Session) -> int:
    """How many entries have their place."""
    highest = session.scalar(select(func.max(LogEntry.sequence)))
    return 0 if highest is None else highest + 1
