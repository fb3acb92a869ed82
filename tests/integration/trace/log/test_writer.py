"""The writer: places, crashes between file and commit, old backups, tiles as others read them."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, text

from core.db import db
from trace.log import queries, service, tiles, writer
from trace.log.errors import LogBehind
from trace.log.highwater import Mark
from trace.log.models import LogEntry, StoredCheckpoint
from trace.verify import merkle
from trace.verify.entry import entry_bytes
from trace.verify.note import Checkpoint, VerifierKey

pytestmark = pytest.mark.usefixtures("session", "clock")


def add(count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        service.append(
            "test", entry_bytes("test", bytes(28) + number.to_bytes(4, "big"), "did:web:x.example", str(number))
        )
    db.session.flush()


def state() -> tuple[int, bytes]:
    latest = service.latest_checkpoint(db.session)
    return (latest.size, latest.root) if latest else (0, merkle.EMPTY_ROOT)


def high_water():
    return service.high_water(service.find_key(db.session))


def test_waiting_entries_get_their_place_and_a_checkpoint(app) -> None:
    add(3)

    assert (writer.integrate(), writer.integrate()) == (3, 0)

    db.session.expire_all()
    rows = db.session.scalars(select(LogEntry).order_by(LogEntry.sequence)).all()
    assert [row.sequence for row in rows] == [0, 1, 2]
    assert all(row.integrated_at for row in rows)
    assert high_water().last() == Mark(*state())


def test_the_checkpoint_is_signed_by_the_key_that_is_served(client) -> None:
    add(2)
    writer.integrate()

    note = client.get("/log/checkpoint")
    vkey = client.get("/log/key").text

    assert note.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert note.headers["Cache-Control"] == "public, max-age=2"
    assert Checkpoint.parse(note.text, VerifierKey.parse(vkey)).size == 2


def test_a_mirror_rebuilds_the_root_from_served_tiles_and_bundles(client) -> None:
    add(300)
    writer.integrate()
    size, root = state()

    entries = tiles.read_bundle(
        client.get("/log/tile/entries/000").data + client.get("/log/tile/entries/001.p/44").data
    )
    level0 = client.get("/log/tile/0/000").data + client.get("/log/tile/0/001.p/44").data

    from trace.log.merkle import Tree

    tree = Tree(lambda _level, _number: b"", 0)
    tree.append(merkle.leaf_hash(entry) for entry in entries)
    assert (size, tree.root()) == (300, root)
    assert level0 == b"".join(merkle.leaf_hash(entry) for entry in entries)
    assert client.get("/log/tile/1/000.p/1").data == tree.root(256)
    assert client.get("/log/tile/0/000").headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "0/001.p/45",
        "0/002",
        "1/000",
        "0/001",
        "0/000.p/0",
        "0/0",
        "9/000",
        "entries/001",
        "entries/001.p/45",
        "0/x000/000",
    ],
)
def test_tiles_that_are_not_there_are_404(client, path: str) -> None:
    add(300)
    writer.integrate()

    assert client.get(f"/log/tile/{path}").status_code == 404


def test_a_partial_tile_keeps_being_served_after_it_has_grown(client) -> None:
    add(3)
    writer.integrate()
    before = client.get("/log/tile/0/000.p/3").data
    add(300, 3)
    writer.integrate()

    assert client.get("/log/tile/0/000.p/3").data == before == client.get("/log/tile/0/000").data[:96]


def test_earlier_trees_are_the_beginning_of_later_ones(app) -> None:
    sizes = []
    for step in (1, 2, 5, 250, 3):
        add(step, sum(sizes))
        writer.integrate()
        sizes.append(step)
    db.session.expire_all()

    rows = db.session.scalars(select(StoredCheckpoint).order_by(StoredCheckpoint.size)).all()
    tree = service.tree(db.session, rows[-1].size)
    assert [row.size for row in rows] == [1, 3, 8, 258, 261]
    for old, new in itertools.pairwise(rows):
        merkle.check_consistency(old.size, new.size, old.root, new.root, tree.consistency(old.size, new.size))


def test_a_crash_between_the_file_and_the_commit_is_mended_with_the_same_tree(app, monkeypatch) -> None:
    add(2)
    with monkeypatch.context() as broken:
        broken.setattr(writer, "_store", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            writer.integrate()
    promised = high_water().last()
    add(3, 2)

    assert writer.integrate() >= 2
    while writer.integrate():
        pass

    assert service.tree(db.session, 5).root(2) == promised.root
    assert high_water().last() == Mark(*state())


def test_a_restored_old_backup_refuses_to_sign(app) -> None:
    """The database goes back to one entry; the file remembers three."""
    add(1)
    writer.integrate()
    with db.session.begin_nested() as later:
        add(2, 1)
        writer.integrate()
        later.rollback()
    db.session.expire_all()
    assert (state()[0], high_water().last().size) == (1, 3)

    add(1, 7)
    with pytest.raises(LogBehind) as caught:
        writer.integrate()

    assert "3 条" in caught.value.message
    db.session.expire_all()
    assert state()[0] == 1
    assert db.session.scalar(select(LogEntry.sequence).order_by(LogEntry.id.desc()).limit(1)) is None


def test_even_enough_new_entries_do_not_let_an_old_backup_sign(app) -> None:
    add(1)
    writer.integrate()
    with db.session.begin_nested() as later:
        add(2, 1)
        writer.integrate()
        later.rollback()
    db.session.expire_all()
    add(5, 10)
    places = "update trace_log_entry e set sequence = n from (select id, row_number() over (order by id) n from trace_log_entry where sequence is null) o where o.id = e.id"
    db.session.execute(text(places))

    with pytest.raises(LogBehind) as caught:
        writer.integrate()

    assert "根" in caught.value.message


def test_a_lost_high_water_file_refuses_to_sign(app) -> None:
    add(1)
    writer.integrate()
    high_water().path.unlink()
    add(1, 1)

    with pytest.raises(LogBehind):
        writer.integrate()


def test_another_root_for_a_published_size_refuses_to_sign(app) -> None:
    add(2)
    writer.integrate()
    high_water().append(Mark(2, bytes(32)))
    add(1, 2)
    file = high_water()
    file.path.write_text(f"2 {'A' * 43}=\n")

    with pytest.raises(LogBehind):
        writer.integrate()


def test_sealing_is_refused_while_the_log_is_behind(app) -> None:
    from core.account.actor import SYSTEM
    from trace.signing import service as signing

    add(1)
    writer.integrate()
    high_water().append(Mark(9, bytes(32)))

    with pytest.raises(LogBehind):
        signing.seal_record(1, actor=SYSTEM)


def test_lag_is_the_age_of_the_oldest_waiting_entry(clock) -> None:
    assert queries.lag_seconds() == 0
    add(1)
    clock.advance(seconds=7)

    assert queries.lag_seconds() == 7
    writer.integrate()
    assert queries.lag_seconds() == 0


def test_without_witnesses_the_page_says_so(client) -> None:
    add(1)
    writer.integrate()

    assert "存证日志暂无外部见证" in client.get("/log/").text
    assert queries.witnesses() == 0
