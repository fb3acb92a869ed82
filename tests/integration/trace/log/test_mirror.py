"""The log as files, and the way back after an old backup."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core.db import db
from core.errors import BadInput, Conflict
from tests.integration.trace.log.test_writer import add, high_water, state
from trace.log import mirror, service, writer
from trace.log.errors import LogBehind
from trace.log.fsck import differences

pytestmark = pytest.mark.usefixtures("session", "clock")


def lose_two_of_three(folder: Path) -> None:
    """Publish three entries, keep a copy, and restore a backup that holds one."""
    add(1)
    writer.integrate()
    with db.session.begin_nested() as later:
        add(2, 1)
        writer.integrate()
        mirror.export(db.session, folder)
        later.rollback()
    db.session.expire_all()
    assert state()[0] == 1


def test_a_copy_has_the_names_that_are_served(tmp_path: Path) -> None:
    add(300)
    writer.integrate()

    assert mirror.export(db.session, tmp_path) == 300

    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert names == [
        "checkpoint", "key", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44",
    ]  # fmt: skip


def test_lost_entries_come_back_to_their_places_and_signing_goes_on(tmp_path: Path) -> None:
    lose_two_of_three(tmp_path)
    promised = high_water().last()
    with pytest.raises(LogBehind):
        writer.integrate()

    assert mirror.reimport(db.session, tmp_path) == 2
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    assert service.tree(db.session, 3).root() == promised.root
    assert list(differences(db.session)) == []
    add(1, 9)
    assert writer.integrate() == 1


def test_an_entry_still_waiting_gets_its_old_place_back(tmp_path: Path) -> None:
    lose_two_of_three(tmp_path)
    add(1, 1)  # the backup was taken after this entry was queued

    mirror.reimport(db.session, tmp_path)
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    assert state()[0] == 3


def test_an_altered_copy_is_refused(tmp_path: Path) -> None:
    lose_two_of_three(tmp_path)
    bundle = tmp_path / "tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes().replace(b"did:web:x", b"did:web:y"))

    with pytest.raises(BadInput):
        mirror.reimport(db.session, tmp_path)


def test_an_incomplete_copy_is_refused(tmp_path: Path) -> None:
    lose_two_of_three(tmp_path)
    (tmp_path / "tile/entries/000.p/3").unlink()

    with pytest.raises(BadInput):
        mirror.reimport(db.session, tmp_path)


def test_a_copy_that_does_not_begin_with_our_entries_is_refused(tmp_path: Path) -> None:
    add(1, 5)
    writer.integrate()
    with db.session.begin_nested() as other:
        add(1, 6)
        writer.integrate()
        mirror.export(db.session, tmp_path)
        other.rollback()
    db.session.expire_all()
    add(1, 7)
    db.session.execute(text("update trace_log_entry set sequence = 1 where sequence is null"))

    with pytest.raises(Conflict):
        mirror.reimport(db.session, tmp_path)


def test_without_anything_published_there_is_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        mirror.export(db.session, tmp_path)
