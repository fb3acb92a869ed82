"""The drill: what was backed up stands again on an empty machine, and a bad archive changes nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.support import applications, databases
from tests.support.source import ROOT

pytestmark = pytest.mark.slow

HIGH_WATER = b"1 " + b"A" * 43 + b"=\n"


@dataclass
class Machine:
    """A database and a var folder, as one installation has them."""

    url: str
    var: Path

    @property
    def dsn(self) -> str:
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    def tool(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        whole = {
            **{k: v for k, v in os.environ.items() if not k.startswith("YIDUN_")},
            **applications.environment(self.url, self.var), "YIDUN_ENV": "development", "PYTHONPATH": str(ROOT), **env,
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=whole, capture_output=True, text=True, check=False
        )

    def backup(self, target: Path, **env: str) -> subprocess.CompletedProcess[str]:
        return self.tool("tools/backup.py", "backup", "--file", str(target), **env)

    def restore(self, source: Path, **env: str) -> subprocess.CompletedProcess[str]:
        return self.tool("tools/backup.py", "restore", "--file", str(source), **env)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """An installation with a user, an uploaded file, a master key and a promise of the log; each test leaves it so."""
    with databases.clone() as url:
        machine = Machine(url, tmp_path_factory.mktemp("machine") / "old")
        machine.var.mkdir()
        (machine.var / "files" / "ab").mkdir(parents=True)
        (machine.var / "files" / "ab" / ("ab" + "0" * 62)).write_bytes(b"a picture")
        (machine.var / "log").mkdir()
        (machine.var / "log" / "00.highwater").write_bytes(HIGH_WATER)
        assert machine.tool("-m", "flask", "--app", "wsgi", "keys", "create").returncode == 0
        with psycopg.connect(machine.dsn, autocommit=True) as connection:
            _add_user(connection, "19900001111")
        yield machine


@dataclass
class Archive:
    """A backup of the old machine and what the command said."""

    path: Path
    said: str

    def damaged_copy(self, target: Path) -> Path:
        data = bytearray(self.path.read_bytes())
        with tarfile.open(self.path) as opened:
            data[opened.getmember("database.dump").offset_data + 2000] ^= 0xFF
        target.write_bytes(data)
        return target


@pytest.fixture(scope="module")
def archive(old: Machine, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The old machine's backup, made once, with a passphrase the command chose."""
    path = tmp_path_factory.mktemp("archive") / "drill.tar"
    made = old.backup(path)
    assert made.returncode == 0, made.stdout + made.stderr
    return Archive(path, made.stdout)


@pytest.fixture(scope="module")
def passphrase(archive: Archive) -> str:
    found = re.search(r"^PASSPHRASE (\S+)$", archive.said, re.MULTILINE)
    assert found is not None, archive.said
    return found.group(1)


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Machine]:
    """A fresh machine: an empty database, an empty folder."""
    with databases.clone(empty=True) as url:
        machine = Machine(url, tmp_path / "new")
        machine.var.mkdir()
        yield machine


def _add_user(connection: psycopg.Connection, mobile: str) -> None:
    connection.execute(
        "insert into core_account_user (public_id, mobile, email, display_name, password_hash, session_epoch, totp_last_step,"
        " created_at, updated_at) values (gen_random_uuid(), %s, '', '示例', '', 1, 0, current_timestamp, current_timestamp)",
        (mobile,),
    )


def _mobiles(machine: Machine) -> list[str]:
    with psycopg.connect(machine.dsn) as connection:
        return [row[0] for row in connection.execute("select mobile from core_account_user order by id")]


def _tables(machine: Machine) -> int:
    with psycopg.connect(machine.dsn) as connection:
        row = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
        assert row is not None
        return int(row[0])


def test_database_files_keys_and_high_water_stand_again_on_an_empty_machine(
    old: Machine, new: Machine, archive: Archive, passphrase: str
) -> None:
    restored = new.restore(archive.path, YIDUN_RECOVERY_PASSPHRASE=passphrase)

    assert "恢复" in restored.stdout, restored.stdout + restored.stderr
    assert _mobiles(new) == ["19900001111"]
    assert (new.var / "files" / "ab" / ("ab" + "0" * 62)).read_bytes() == b"a picture"
    assert (new.var / "keys" / "master.keys").read_bytes() == (old.var / "keys" / "master.keys").read_bytes()
    assert (new.var / "log" / "00.highwater").read_bytes() == HIGH_WATER


def test_the_archive_is_private_and_holds_no_key_in_clear(old: Machine, archive: Archive, passphrase: str) -> None:
    whole = archive.path.read_bytes()

    assert archive.path.stat().st_mode & 0o077 == 0
    assert (old.var / "keys" / "master.keys").read_bytes().split()[1] not in whole
    assert passphrase.encode() not in whole


def test_a_damaged_archive_is_refused_and_nothing_is_restored(
    new: Machine, archive: Archive, passphrase: str, tmp_path: Path
) -> None:
    damaged = archive.damaged_copy(tmp_path / "damaged.tar")

    refused = new.restore(damaged, YIDUN_RECOVERY_PASSPHRASE=passphrase)

    assert refused.returncode == 1
    assert "已损坏" in refused.stderr
    assert _tables(new) == 0
    assert not (new.var / "files").exists()


def test_a_wrong_passphrase_does_not_open_the_keys(new: Machine, archive: Archive) -> None:
    refused = new.restore(archive.path, YIDUN_RECOVERY_PASSPHRASE="another-another-another-another")

    assert refused.returncode == 1
    assert "恢复密钥没有完成" in refused.stderr


def test_data_in_use_or_in_place_is_not_overwritten_and_a_later_promise_is_never_forgotten(
    old: Machine, archive: Archive, passphrase: str
) -> None:
    promised = HIGH_WATER + b"2 " + b"B" * 43 + b"=\n"
    (old.var / "log" / "00.highwater").write_bytes(promised)
    with psycopg.connect(old.dsn, autocommit=True) as connection:
        _add_user(connection, "19900002222")
        in_use = old.restore(archive.path, YIDUN_RECOVERY_PASSPHRASE=passphrase, FORCE="1")
    in_place = old.restore(archive.path, YIDUN_RECOVERY_PASSPHRASE=passphrase)
    before = _mobiles(old)
    forced = old.restore(archive.path, YIDUN_RECOVERY_PASSPHRASE=passphrase, FORCE="1")
    kept = (old.var / "log" / "00.highwater").read_bytes()
    (old.var / "log" / "00.highwater").write_bytes(HIGH_WATER)

    assert "正在使用中" in in_use.stderr
    assert "FORCE=1" in in_place.stderr
    assert before == ["19900001111", "19900002222"]
    assert forced.returncode == 0, forced.stdout + forced.stderr
    assert "原来的数据库另存在" in forced.stdout
    assert _mobiles(old) == ["19900001111"]
    assert kept == promised
