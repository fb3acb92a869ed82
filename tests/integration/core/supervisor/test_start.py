"""What keeps it from starting is said in one clear sentence, with an exit code of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core import config
from core.supervisor import prepare
from tests.support import databases
from tests.support.browser import free_port
from tests.support.platform import environment
from tests.support.source import ROOT


def _start(var: Path, port: int, user: int | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core.supervisor"],
        cwd=ROOT, env=environment(var, port, **more), capture_output=True, text=True, timeout=60, check=False, user=user,
    )  # fmt: skip


def test_a_taken_port_is_named_together_with_a_free_one_to_try(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _start(tmp_path, port)

    assert done.returncode == prepare.PORT_TAKEN
    assert f"端口 {port} 不能用" in done.stderr
    assert f"PORT={port + 1} make run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = _start(tmp_path / "file" / "var", free_port())

    assert done.returncode == prepare.NOT_WRITABLE
    assert "文件夹不能写入" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_no_number_is_told(tmp_path: Path) -> None:
    done = _start(tmp_path, 0, PORT="eighty")

    assert done.returncode == prepare.UNSAFE
    assert "PORT 要是一个数字" in done.stderr


def test_production_with_development_values_does_not_start_and_lists_every_fault(tmp_path: Path) -> None:
    done = _start(tmp_path, free_port(), YIDUN_ENV="production")

    assert done.returncode == prepare.UNSAFE
    for name in ("DATABASE_URL", "YIDUN_IDENTITY_HOST", "YIDUN_SECRET_KEY"):
        assert name in done.stderr


def test_a_story_that_fails_is_told_and_nothing_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.supervisor.prepare.sys.executable", "false")
    settings = config.load(environment(tmp_path, 8000))

    with databases.clone() as url:
        dsn = url.replace("postgresql+psycopg://", "postgresql://", 1)
        with pytest.raises(prepare.StartError, match="演示故事没有写成") as told:
            prepare.seed_once(settings, dsn, {**os.environ, "YIDUN_SEED": "1"}, tmp_path / "demo.json")

    assert told.value.code == prepare.NO_SEED


def test_the_story_is_not_told_in_production_or_when_unwanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.supervisor.prepare.sys.executable", "false")
    live = config.load({**environment(tmp_path, 8000), "YIDUN_ENV": "production"})
    trial = config.load(environment(tmp_path, 8000))

    prepare.seed_once(live, "postgresql://nowhere", {"YIDUN_SEED": "1"}, tmp_path / "demo.json")
    prepare.seed_once(trial, "postgresql://nowhere", {"YIDUN_SEED": "0"}, tmp_path / "demo.json")
