"""Witnesses are asked after each checkpoint; nothing they do or fail to do stops the log."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.account.actor import SYSTEM
from core.db import db
from core.errors import BadInput, Conflict, NotFound
from core.notice.models import Message
from tests.factories import trace as grow
from tests.integration.trace.log.test_writer import add, high_water, state
from trace.alert import service as alerts
from trace.alert.detectors import DETECTORS, look_now
from trace.alert.models import Alert
from trace.log import jobs, mirror, queries, service, witnessing, writer
from trace.log.errors import LogBehind
from trace.log.fsck import differences
from trace.log.models import Cosignature, LogKey, StoredCheckpoint, Witness
from trace.log.witnessing import Reply
from trace.verify import witness as protocol
from trace.verify.monitor import Monitor
from trace.verify.note import Checkpoint, VerifierKey
from trace.verify.witness_server import vkey_of

pytestmark = pytest.mark.usefixtures("session", "clock")
NAME, SEED = "witness.example/w1", b"\x09" * 32


class Outside:
    """A real witness, reached without a network."""

    def __init__(self, folder: Path, clock, name: str = NAME, seed: bytes = SEED) -> None:
        self.store, self.name, self.seed, self.alarms = protocol.Store(folder), name, seed, []
        self._clock, self.asked = clock, 0
        self.vkey = str(vkey_of(name, seed))

    def post(self, url: str, body: bytes) -> Reply:
        self.asked += 1
        assert url == "https://witness.example.org/add-checkpoint"
        desk = protocol.Witness(
            self.name, self.seed, [VerifierKey.parse(queries.vkey() or "")], self.store,
            clock=lambda: int(self._clock.now().timestamp()), alarm=self.alarms.append,
        )  # fmt: skip
        answer = desk.add_checkpoint(body)
        return Reply(answer.status, answer.content_type, answer.body)


@pytest.fixture
def outside(tmp_path: Path, clock):
    made = Outside(tmp_path / "witness", clock)
    yield made
    made.store.close()


@pytest.fixture
def registered(outside: Outside) -> Outside:
    witnessing.add(outside.vkey, "https://witness.example.org/", "某大学", SYSTEM)
    return outside


def row() -> Witness:
    db.session.expire_all()
    return db.session.scalars(select(Witness)).one()


def test_a_checkpoint_is_cosigned_and_published_with_the_cosignature(registered: Outside, client) -> None:
    add(5)
    writer.integrate()

    assert witnessing.collect(registered.post) == 1

    note = client.get("/log/checkpoint").text
    assert Checkpoint.parse(note, VerifierKey.parse(queries.vkey())).size == 5
    assert f"\u2014 {NAME} " in note
    assert (queries.independent_cosigners(), queries.independent_cosigners(4), queries.independent_cosigners(5)) == (
        1,
        1,
        0,
    )
    page = client.get("/log/").text
    assert "有 1 家外部见证" in page
    assert "某大学" in page
    assert list(differences(db.session)) == []


def test_the_next_checkpoint_continues_from_the_last_cosigned_one(registered: Outside) -> None:
    for step in (3, 300, 7):
        add(step, step * 1000)
        writer.integrate()
        assert witnessing.collect(registered.post) == 1
    assert witnessing.collect(registered.post) == 0  # fresh enough

    assert (row().old_size, row().failure, registered.alarms) == (310, "", [])


def test_a_proof_carries_the_newest_cosigned_checkpoint_that_covers_it(registered: Outside) -> None:
    add(2)
    writer.integrate()
    witnessing.collect(registered.post)
    add(2, 2)
    writer.integrate()

    assert NAME in queries.proof_of(service_entry(1)).checkpoint
    assert NAME not in queries.proof_of(service_entry(3)).checkpoint
    assert NAME in (queries.cosigned_head() or "")


def service_entry(sequence: int) -> int:
    return db.session.scalar(text("select id from trace_log_entry where sequence = :s"), {"s": sequence})


def test_a_quiet_log_is_cosigned_anew_to_stay_fresh(registered: Outside, clock) -> None:
    add(1)
    writer.integrate()
    witnessing.collect(registered.post)
    clock.advance(hours=7)

    assert witnessing.collect(registered.post) == 1

    signed = db.session.scalars(select(Cosignature)).one()
    db.session.refresh(signed)
    assert signed.signed_at == clock.now()


def test_a_witness_that_has_seen_more_than_we_remember_is_followed(registered: Outside) -> None:
    add(5)
    writer.integrate()
    witnessing.collect(registered.post)
    db.session.execute(text("update trace_log_witness set old_size = 0"))
    add(1, 5)
    writer.integrate()

    assert [witnessing.collect(registered.post) for _ in range(2)] == [0, 1]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(500, "text/plain", "no"), "500"), (Reply(200, "text/plain", ""), "没有它的签名"),
        (Reply(200, "text/plain", "\u2014 witness.example/w1 AAAA\n"), "签名不对"), (Reply(403, "", "who"), "403"),
        (Reply(409, "text/x.tlog.size", "0\n"), "分叉"), (Reply(409, "text/x.tlog.size", "x"), "分叉"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_cosignature_is_noted_and_the_log_goes_on(
    registered: Outside, reply: Reply, told: str
) -> None:
    add(1)
    writer.integrate()

    assert witnessing.collect(lambda *_: reply) == 0

    assert told in row().failure
    assert queries.independent_cosigners() == 0
    add(1, 1)
    assert writer.integrate() == 1


def test_a_witness_that_cannot_be_reached_is_asked_again_after_a_minute(registered: Outside, clock) -> None:
    def dead(*_: object) -> Reply:
        raise TimeoutError("timed out")

    add(1)
    writer.integrate()
    witnessing.collect(dead)
    witnessing.collect(registered.post)
    assert registered.asked == 0
    clock.advance(seconds=61)

    assert witnessing.collect(registered.post) == 1
    assert row().failure == ""


def test_no_unit_is_open_while_a_witness_is_asked(registered: Outside) -> None:
    from core.db import _unit_open

    add(1)
    writer.integrate()
    witnessing.collect(
        lambda url, body: (_unit_open.get() and pytest.fail("a unit is open")) or registered.post(url, body)
    )

    assert row().old_size == 1


def test_silence_of_24_hours_is_told_once_a_day(registered: Outside, clock, client) -> None:
    grow.make_organisation(7900, "示例平台", kind="platform")
    add(1)
    writer.integrate()
    witnessing.collect(registered.post)
    clock.advance(hours=23, minutes=59)
    jobs.tell_silence()
    assert db.session.scalar(select(Message.id)) is None
    clock.advance(minutes=2)

    jobs.tell_silence()

    assert "24 小时没有外部见证" in db.session.scalars(select(Message.body)).one()
    assert "见证签名中断" in client.get("/log/").text


def test_without_registered_witnesses_there_is_no_alarm(clock) -> None:
    add(1)
    writer.integrate()
    clock.advance(days=9)

    assert queries.witness_silence() == ""


def test_a_removed_witness_counts_no_longer(registered: Outside) -> None:
    add(1)
    writer.integrate()
    witnessing.collect(registered.post)

    witnessing.remove(NAME, SYSTEM)

    assert queries.independent_cosigners() == 0
    with pytest.raises(NotFound):
        witnessing.remove(NAME, SYSTEM)


@pytest.mark.parametrize(
    ("vkey", "url", "operator", "error"),
    [("x", "https://a", "b", BadInput), ("", "http://a.example", "b", BadInput), ("", "https://a", " ", BadInput), ("", "https://a", "b", Conflict)],
)  # fmt: skip
def test_a_wrong_registration_is_refused(registered: Outside, vkey: str, url: str, operator: str, error: type) -> None:
    with pytest.raises(error):
        witnessing.add(vkey or registered.vkey, url, operator, SYSTEM)


def test_a_cosignature_is_never_replaced_by_an_older_one(registered: Outside) -> None:
    add(1)
    writer.integrate()
    witnessing.collect(registered.post)

    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("update trace_log_cosignature set signed_at = signed_at - interval '1 second'"))


def restore_an_old_backup() -> None:
    """Publish three entries; the database goes back to one."""
    add(1)
    writer.integrate()
    with db.session.begin_nested() as later:
        add(2, 1)
        writer.integrate()
        later.rollback()
    db.session.expire_all()
    with pytest.raises(LogBehind):
        writer.integrate()


def test_where_the_entries_are_lost_a_new_origin_goes_on_and_the_old_one_signs_nothing_more(client) -> None:
    restore_an_old_backup()
    old = queries.vkey()
    promised = high_water().marks()

    closed, opened = service.open_new_origin(db.session, "备份丢失")
    db.session.flush()
    add(1, 9)
    while writer.integrate():
        pass
    db.session.expire_all()

    head = queries.head()
    assert (closed.origin, opened.origin) == ("demo.yidun.example/log", "demo.yidun.example/log/2")
    assert (head.origin, head.size) == (opened.origin, 2)
    assert head.vkey != old
    assert service.high_water(closed).marks() == promised  # the old name never says a second thing
    assert [row.key_id for row in db.session.scalars(select(StoredCheckpoint).order_by(StoredCheckpoint.id))] == [
        closed.id,
        opened.id,
    ]
    assert list(differences(db.session)) == []
    page = client.get("/log/").text
    assert "已关闭的日志" in page
    assert "备份丢失" in page


def test_a_log_that_is_not_behind_cannot_be_closed() -> None:
    add(1)
    writer.integrate()

    with pytest.raises(Conflict):
        service.open_new_origin(db.session, "只是想换")


def test_a_closed_key_stays_closed() -> None:
    restore_an_old_backup()
    service.open_new_origin(db.session, "备份丢失")
    db.session.flush()

    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(
            text("update trace_log_key set closed_at = null, close_reason = '' where closed_at is not null")
        )
    assert db.session.query(LogKey).count() == 2


def test_what_a_stranger_kept_brings_lost_entries_back(client, tmp_path: Path) -> None:
    """The monitor's own folder is copy enough."""
    add(1)
    writer.integrate()
    with db.session.begin_nested() as later:
        add(300, 1)
        writer.integrate()
        report = Monitor(lambda path: client.get(path).data, VerifierKey.parse(queries.vkey()), tmp_path).run(0)
        assert (report.size, [f for f in report.findings if f.code in ("fork", "bundle", "tile_differs")]) == (301, [])
        later.rollback()
    db.session.expire_all()
    with pytest.raises(LogBehind):
        writer.integrate()

    assert mirror.reimport(db.session, tmp_path) == 300
    db.session.flush()
    writer.integrate()
    db.session.expire_all()

    assert state()[0] == 301
    assert list(differences(db.session)) == []


def test_the_silence_of_witnesses_is_an_alert_and_its_end_clears_it(registered: Outside, clock) -> None:
    grow.make_organisation(7900, "示例平台", kind="platform")
    add(1)
    writer.integrate()
    clock.advance(hours=25)

    assert alerts.sweep("no_witness") == 1

    (alert,) = db.session.query(Alert).filter_by(rule="no_witness")
    assert "25 小时没有外部见证" in alert.detail
    witnessing.collect(registered.post)
    assert alerts.sweep("no_witness") in (0, 1)
    assert list(DETECTORS["no_witness"](look_now(0, None))) == []
