"""What has to be true before the children start: a free port, a writable folder, a migrated and seeded database."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from core import config
from core.embedded import migrate
from core.supervisor.terminal import complain, say


class StartError(Exception):
    """One sentence why it cannot start, and the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


PORT_TAKEN, NOT_WRITABLE, UNSAFE, NO_DATABASE, NO_SEED, NO_WEB = 3, 4, 5, 6, 7, 8


def settings_of(env: Mapping[str, str]) -> config.Settings:
    """The settings, or ``StartError``: a folder that cannot be written, a port that is no number, unsafe production."""
    try:
        settings = config.load(env)
        settings.var.mkdir(parents=True, exist_ok=True)
        probe = settings.var / "writable.probe"
        probe.write_text("")
        probe.unlink()
    except ValueError as error:
        raise StartError(
            f"PORT 要是一个数字，其他数字配置也一样（{error}）。/ PORT and other counts must be numbers.", UNSAFE
        ) from error
    except OSError as error:
        raise StartError(
            f"文件夹不能写入：{error.filename}。请改权限，或用 YIDUN_VAR 换一个文件夹。"
            f" / The folder cannot be written: {error.filename}. Change its permissions or set YIDUN_VAR.",
            NOT_WRITABLE,
        ) from error
    findings = config.check(settings)
    errors = [f for f in findings if f.level == "error" and (settings.production or f.name != "DATABASE_URL")]
    if errors:
        lines = "\n".join(f"  {f.name}：{f.message}" for f in errors)
        raise StartError(f"配置还不能用于启动。/ The configuration is not fit to start:\n{lines}", UNSAFE)
    return settings


def claim_port(host: str, port: int) -> None:
    """Nobody listens on the port yet, or ``StartError`` saying which port to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as error:
            raise StartError(f"端口 {port} 不存在。/ There is no port {port}.", PORT_TAKEN) from error
        except OSError as error:
            raise StartError(
                f"端口 {port} 不能用（{error.strerror}）：请关掉占用它的程序，或换一个端口：PORT={port + 1} make run"
                f" / Port {port} on {host} cannot be used ({error.strerror}); try PORT={port + 1} make run",
                PORT_TAKEN,
            ) from error


def bring_up_to_date(url: str) -> None:
    """The database stands at the newest migration."""
    heads = migrate.heads()
    if migrate.current(url) not in heads:
        say("更新数据库结构 … / migrating")
        migrate.upgrade(url)


def fresh_metrics_folder(var: Path) -> Path:
    """An empty folder for the counters of this run's processes."""
    folder = var / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def seed_once(settings: config.Settings, dsn: str, env: Mapping[str, str], demo_file: Path) -> None:
    """The demo story is in the database (development only; ``YIDUN_SEED=0`` leaves it out)."""
    if settings.production or env.get("YIDUN_SEED", "1") == "0":
        return
    with psycopg.connect(dsn, connect_timeout=10) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM core_account_user)").fetchone()
    if row is not None and row[0] and demo_file.exists():
        return
    say("写入演示故事，只在第一次 … / writing the demo story, once")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "seed"]
    done = subprocess.run(
        command, cwd=config.ROOT, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode != 0:
        complain(done.stdout.decode(errors="replace")[-4000:])
        raise StartError("演示故事没有写成，上面是原因。/ The demo story failed; see above.", NO_SEED)
