"""``flask trace``: what the operator types after an old backup, and for witnesses."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.db import db, unit_of_work
from tests.integration.trace.log.test_writer import add
from trace.log import mirror, queries, service, writer
from trace.log.highwater import Mark
from trace.verify.witness_server import vkey_of

VKEY = str(vkey_of("witness.example/w1", b"\x09" * 32))


@pytest.fixture
def run(cloned_db):
    """Run a command on a database of its own; (exit code, output)."""
    runner = cloned_db.app.test_cli_runner()

    def call(*words: str, answer: str = "") -> tuple[int, str]:
        done = runner.invoke(args=["trace", *words], input=answer)
        return done.exit_code, done.output

    with cloned_db.app.app_context():
        with unit_of_work():
            add(3)
        writer.integrate()
    return call


def test_a_copy_goes_out_and_a_whole_log_needs_nothing_back(run, tmp_path: Path) -> None:
    assert run("log", "export", str(tmp_path)) == (0, "已导出 3 条。这份副本另处保存，数据库丢失时可以补回日志。\n")
    assert run("log", "import", str(tmp_path))[1].startswith("已补回 0 条")
    assert run("fsck")[0] == 0


def test_a_log_that_is_behind_says_so_everywhere_and_goes_on_under_a_new_name(run, cloned_db) -> None:
    with cloned_db.app.app_context():
        service.high_water(service.find_key(db.session)).append(Mark(9, bytes(32)))

    assert run("integrate")[0] == 1
    assert run("fsck")[0] == 1
    assert run("log", "new-origin", "--reason", "备份丢失", answer="n\n")[0] == 1
    code, said = run("log", "new-origin", "--reason", "备份丢失", answer="y\n")

    assert (code, "demo.yidun.example/log/2+" in said) == (0, True)
    assert run("fsck")[0] == 0
    with cloned_db.app.app_context():
        assert queries.head().size == 3


def test_a_healthy_log_is_not_closed(run) -> None:
    code, said = run("log", "new-origin", "--reason", "想换", answer="y\n")

    assert (code, "不需要另立" in said) == (1, True)


def test_an_unreadable_copy_is_refused_in_words(run, tmp_path: Path) -> None:
    code, said = run("log", "import", str(tmp_path))

    assert (code, "这份副本读不出来" in said) == (1, True)


def test_witnesses_are_registered_listed_and_removed(run) -> None:
    assert run("witness", "add", "nonsense", "https://w.example", "--operator", "某大学")[0] == 1
    assert run("witness", "add", VKEY, "https://w.example", "--operator", "某大学")[0] == 0
    assert run("witness", "list") == (0, "witness.example/w1\t某大学\t还没有签过\n")
    assert run("witness", "remove", "witness.example/w1")[0] == 0
    assert run("witness", "list") == (0, "")
    assert run("witness", "remove", "witness.example/w1")[0] == 1


def test_a_copy_of_the_log_is_the_same_however_it_is_asked_for(run, cloned_db, tmp_path: Path) -> None:
    run("export", str(tmp_path / "a"))
    with cloned_db.app.app_context():
        mirror.export(db.session, tmp_path / "b")

    assert (tmp_path / "a" / "checkpoint").read_bytes() == (tmp_path / "b" / "checkpoint").read_bytes()
