"""``flask keys``: create, list, rotate, rewrap, backup, restore."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from flask.cli import AppGroup

from core import config
from core.db import unit_of_work
from core.errors import DomainError
from core.seal import keyring, recovery, service

T = TypeVar("T")
keys_cli = AppGroup("keys", help="主密钥：新建、轮换、备份、恢复。")
PASSPHRASE = "YIDUN_RECOVERY_PASSPHRASE"  # noqa: S105 -- the name of a variable


@keys_cli.command("create")
def create() -> None:
    """Make the first master key of a deployment; an existing file is never touched."""
    settings = config.settings()
    made = keyring.Keyring((keyring.generate(development=not settings.production),))
    if not keyring.create(settings.master_key_file, made):
        raise click.ClickException("主密钥文件已经存在，没有改动。要换新密钥请用 flask keys rotate。")
    click.echo(f"已新建主密钥 {made.newest.id}。现在就用 flask keys backup 做恢复文件，另处保存。")


@keys_cli.command("list")
def show() -> None:
    """List key ids, never secrets."""
    ring = _told(service.keys)
    for key in ring.keys:
        marks = [word for word, holds in (("开发密钥", key.development), ("写入", key is ring.newest)) if holds]
        click.echo(" ".join([key.id, *marks]))


@keys_cli.command("rotate")
def rotate() -> None:
    """Add a new master key; older ones stay readable."""
    click.echo(f"新主密钥 {_told(service.rotate)} 从现在起用于写入。接着运行 flask keys rewrap，并重做恢复文件。")


@keys_cli.command("rewrap")
def rewrap() -> None:
    """Seal every stored secret again under the newest key."""
    with unit_of_work():
        done = service.rewrap()
    click.echo(f"已用最新主密钥重新加密 {done} 项。")


@keys_cli.command("backup")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
def backup(target: Path) -> None:
    """Write the encrypted recovery file."""
    data = _told(lambda: recovery.lock(service.keys(), _passphrase(confirm=True)))
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    click.echo(f"恢复文件已写入 {target}。口令另外保管，两样都在才能恢复。")


@keys_cli.command("restore")
@click.option("--from", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--prove-only", is_flag=True, help="只核对恢复文件能打开全部数据，不改密钥文件。")
def restore(source: Path, prove_only: bool) -> None:
    """Open the recovery file, prove that it opens everything stored, and put the keys in place."""
    ring = _told(lambda: recovery.unlock(source.read_bytes(), _passphrase(confirm=False)))
    count = _told(lambda: service.prove(ring))
    if not prove_only:
        _told(lambda: service.install(ring))
    done = "没有改动密钥文件" if prove_only else "密钥文件已恢复"
    click.echo(f"恢复文件打开了数据库里全部 {count} 项加密数据，{done}。")


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    return str(click.prompt("恢复口令", hide_input=True, confirmation_prompt=confirm))


def _told(action: Callable[[], T]) -> T:
    try:
        return action()
    except DomainError as error:
        raise click.ClickException(f"{error.message}{error.help}") from None
