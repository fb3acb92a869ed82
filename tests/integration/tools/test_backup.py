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

PASSPHRASE = "drill-drill-drill-drill-drill"
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


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Machine]:
    """An installation with a user, an uploaded file, a master key and a promise of the log."""
    with databases.clone() as url:
        machine = Machine(url, tmp_path / "old")
        machine.var.mkdir()
        (machine.var / "files" / "ab").mkdir(parents=True)
        (machine.var / "files" / "ab" / ("ab" + "0" * 62)).write_bytes(b"a picture")
        (machine.var / "log").mkdir()
        (machine.var / "log" / "00.highwater").write_bytes(HIGH_WATER)
        assert machine.tool("-m", "flask", "--app", "wsgi", "keys", "create").returncode == 0
        with psycopg.connect(machine.dsn, autocommit=True) as connection:
            _add_user(connection, "19900001111")
        yield machine


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
    old: Machine, new: Machine, tmp_path: Path
) -> None:
    archive = tmp_path / "drill.tar"
    made = old.backup(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)
    assert made.returncode == 0, made.stdout + made.stderr

    restored = new.restore(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)

    assert "恢复" in restored.stdout, restored.stdout + restored.stderr
    assert _mobiles(new) == ["19900001111"]
    assert (new.var / "files" / "ab" / ("ab" + "0" * 62)).read_bytes() == b"a picture"
    assert (new.var / "keys" / "master.keys").read_bytes() == (old.var / "keys" / "master.keys").read_bytes()
    assert (new.var / "log" / "00.highwater").read_bytes() == HIGH_WATER


def test_the_archive_is_private_and_holds_no_key_in_clear(old: Machine, tmp_path: Path) -> None:
    archive = tmp_path / "drill.tar"

    made = old.backup(archive)

    passphrase = re.search(r"^PASSPHRASE (\S+)$", made.stdout, re.MULTILINE)
    assert passphrase is not None, made.stdout + made.stderr
    assert archive.stat().st_mode & 0o077 == 0
    secret = (old.var / "keys" / "master.keys").read_bytes().split()[1]
    assert secret not in archive.read_bytes()
    assert passphrase.group(1).encode() not in archive.read_bytes()


def test_a_damaged_archive_is_refused_and_nothing_is_restored(old: Machine, new: Machine, tmp_path: Path) -> None:
    archive = tmp_path / "drill.tar"
    old.backup(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)
    with tarfile.open(archive) as opened:
        start = opened.getmember("database.dump").offset_data
    data = bytearray(archive.read_bytes())
    data[start + 2000] ^= 0xFF
    archive.write_bytes(data)

    refused = new.restore(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)

    assert refused.returncode == 1
    assert "已损坏" in refused.stderr
    assert _tables(new) == 0
    assert not (new.var / "files").exists()


def test_a_wrong_passphrase_does_not_open_the_keys(old: Machine, new: Machine, tmp_path: Path) -> None:
    archive = tmp_path / "drill.tar"
    old.backup(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)

    refused = new.restore(archive, YIDUN_RECOVERY_PASSPHRASE="another-another-another-another")

    assert refused.returncode == 1
    assert "恢复密钥没有完成" in refused.stderr


def test_data_in_use_or_in_place_is_not_overwritten_unasked(old: Machine, tmp_path: Path) -> None:
    archive = tmp_path / "drill.tar"
    old.backup(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)
    with psycopg.connect(old.dsn, autocommit=True) as connection:
        _add_user(connection, "19900002222")
        in_use = old.restore(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE, FORCE="1")
    in_place = old.restore(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)
    before = _mobiles(old)
    forced = old.restore(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE, FORCE="1")

    assert "正在使用中" in in_use.stderr
    assert "FORCE=1" in in_place.stderr
    assert before == ["19900001111", "19900002222"]
    assert forced.returncode == 0, forced.stdout + forced.stderr
    assert "原来的数据库另存在" in forced.stdout
    assert _mobiles(old) == ["19900001111"]


def test_a_promise_made_after_the_backup_is_never_forgotten(old: Machine, tmp_path: Path) -> None:
    archive = tmp_path / "drill.tar"
    old.backup(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE)
    later = HIGH_WATER + b"2 " + b"B" * 43 + b"=\n"
    (old.var / "log" / "00.highwater").write_bytes(later)

    old.restore(archive, YIDUN_RECOVERY_PASSPHRASE=PASSPHRASE, FORCE="1")

    assert (old.var / "log" / "00.highwater").read_bytes() == later
