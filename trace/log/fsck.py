"""Rebuild every hash from raw rows and compare (``flask trace fsck``)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from trace.log import service
from trace.log.errors import LogBehind
from trace.log.merkle import Tree
from trace.log.models import Cosignature, LogEntry, LogKey, StoredCheckpoint, Tile, Witness
from trace.verify.cosign import CosignerKey, cosignatures
from trace.verify.merkle import leaf_hash
from trace.verify.note import Checkpoint
from trace.verify.reasons import VerificationError


def differences(session: Session) -> Iterator[str]:
    """Every difference between the raw rows, the tree, the checkpoints, the cosignatures and the high-water file; none = all is well."""
    key = service.find_key(session)
    tree = Tree(lambda _level, _number: b"", 0)
    yield from _entries(session, tree)
    yield from _rows(session)
    latest = service.latest_checkpoint(session)
    published = latest.size if latest else 0
    yield from _tiles(session, published)
    if key is None:
        return
    yield from _checkpoints(session, tree)
    yield from _cosignatures(session)
    yield from _promises(key, tree)
    try:
        service.refuse_if_behind(session)
    except LogBehind as error:
        yield error.message


def _entries(session: Session, tree: Tree) -> Iterator[str]:
    for expected, row in enumerate(_in_order(session)):
        if row.sequence != expected:
            yield f"entry {row.id}: sequence {row.sequence}, expected {expected}"
            return
        rebuilt = leaf_hash(row.entry)
        if rebuilt != row.leaf_hash:
            yield f"entry {row.id}: stored leaf hash differs from the entry"
        tree.append([rebuilt])


def _in_order(session: Session) -> Iterator[Any]:
    """The entries that have their place, a thousand at a time."""
    after = -1
    while True:
        rows = session.execute(
            select(LogEntry.id, LogEntry.sequence, LogEntry.entry, LogEntry.leaf_hash)
            .where(LogEntry.sequence > after)
            .order_by(LogEntry.sequence)
            .limit(1000)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].sequence


def _rows(session: Session) -> Iterator[str]:
    for source in service.sources:
        for expected in source(session):
            if expected.problem:
                yield f"{expected.what}: {expected.problem}"
                continue
            stored = session.scalar(select(LogEntry.entry).where(LogEntry.id == expected.entry_id))
            if stored != expected.entry:
                yield f"{expected.what}: log entry {expected.entry_id} says something else"


def _tiles(session: Session, published: int) -> Iterator[str]:
    """Stored tiles against a tree rebuilt from the raw entries, at the published size."""
    rebuilt = Tree(lambda _level, _number: b"", 0)
    rebuilt.append(leaf_hash(row.entry) for row in _in_order(session) if row.sequence < published)
    if rebuilt.size < published:
        yield f"{published} entries are published, {rebuilt.size} are stored"
        return
    expected = dict(rebuilt.changed)
    for level, number, hashes in session.execute(select(Tile.level, Tile.number, Tile.hashes)).all():
        if expected.pop((level, number), None) != hashes:
            yield f"tile {level}/{number} differs"
    yield from (f"tile {level}/{number} is missing" for level, number in sorted(expected))


def _checkpoints(session: Session, tree: Tree) -> Iterator[str]:
    keys = {row.id: service.verifier_key(row) for row in session.scalars(select(LogKey))}
    for row in session.scalars(select(StoredCheckpoint).order_by(StoredCheckpoint.size)):
        vkey = keys[row.key_id]
        try:
            signed = Checkpoint.parse(row.note, vkey)
        except VerificationError as error:
            yield f"checkpoint {row.size}: {error}"
            continue
        if (signed.size, signed.root) != (row.size, row.root):
            yield f"checkpoint {row.size}: the note says something else"
        if row.size > tree.size or tree.root(row.size) != row.root:
            yield f"checkpoint {row.size}: the root differs from the rebuilt tree"


def _cosignatures(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(Cosignature.line, Cosignature.size, StoredCheckpoint.note, StoredCheckpoint.size, Witness.vkey)
        .join(StoredCheckpoint, StoredCheckpoint.id == Cosignature.checkpoint_id)
        .join(Witness, Witness.id == Cosignature.witness_id)
        .order_by(Cosignature.id)
    )
    for line, size, note, signed_size, vkey in rows:
        try:
            found = cosignatures(note + line, [CosignerKey.parse(vkey)])
        except VerificationError as error:
            yield f"cosignature on checkpoint {size}: {error}"
            continue
        if not found or size != signed_size:
            yield f"cosignature on checkpoint {size}: it is of another witness or checkpoint"


def _promises(key: LogKey, tree: Tree) -> Iterator[str]:
    for mark in service.high_water(key).marks():
        root = base64.b64encode(mark.root).decode("ascii")
        if mark.size > tree.size:
            yield f"high water {mark.size} {root}: the database has {tree.size} entries only"
        elif tree.root(mark.size) != mark.root:
            yield f"high water {mark.size} {root}: the rebuilt root differs"
