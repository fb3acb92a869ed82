"""``flask trace``: rebuild and compare, integrate, copies of the log, witnesses, and the ways back from an old backup."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from core.account.actor import SYSTEM
from core.db import db, separate_unit, unit_of_work
from core.errors import DomainError
from trace.log import mirror, queries, service, witnessing, writer
from trace.log.fsck import differences
from trace.log.highwater import Mark

trace_cli = AppGroup("trace", help="存证日志：核对、写入。")


@trace_cli.command("fsck")
def fsck() -> None:
    """Rebuild every hash from raw rows and compare; exit 1 on any difference."""
    found = list(differences(db.session))
    latest = service.latest_checkpoint(db.session)
    for line in found:
        click.echo(line)
    if found:
        click.echo(f"核对不一致，共 {len(found)} 处。日志已停止签名的，恢复最新备份后再核对。")
        sys.exit(1)
    click.echo(f"核对一致：{latest.size if latest else 0} 条日志，记录、身份文件、日志树、签名和高水位都对得上。")


@trace_cli.command("integrate")
def integrate() -> None:
    """Write all waiting entries into the log now."""
    done = 0
    try:
        while count := writer.integrate():
            done += count
    except DomainError as error:
        raise click.ClickException(f"{error.message}{error.help}") from None
    click.echo(f"已写入 {done} 条。")


log_cli = AppGroup("log", help="日志副本：导出、补回；补不回来时另立日志。")
witness_cli = AppGroup("witness", help="外部见证：登记、查看、撤下。")
trace_cli.add_command(log_cli)
trace_cli.add_command(witness_cli)


@trace_cli.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the published log as files, to be kept elsewhere."""
    try:
        size = mirror.export(db.session, folder)
    except DomainError as error:
        raise click.ClickException(f"{error.message}{error.help}") from None
    click.echo(f"已导出 {size} 条。这份副本另处保存，数据库丢失时可以补回日志。")


@trace_cli.command("reimport")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def reimport(folder: Path) -> None:
    """Put entries the database lost back at their places, from an exported copy or the folder of a monitor."""
    try:
        with separate_unit() as session:
            done = mirror.reimport(session, folder)
        writer.integrate()
    except DomainError as error:
        raise click.ClickException(f"{error.message}{error.help}") from None
    click.echo(f"已补回 {done} 条。接着运行 flask trace fsck。")


log_cli.add_command(export, "export")
log_cli.add_command(reimport, "import")


@log_cli.command("new-origin")
@click.option("--reason", required=True, help="原因，会公开")
@click.confirmation_option(prompt="确认已公布的条目找不回来？原日志从此关闭，见证方要重新登记新公钥")
def new_origin(reason: str) -> None:
    """Close a log whose published entries are lost, and go on under a new name and key."""
    try:
        with separate_unit() as session:
            old, new = service.open_new_origin(session, reason)
            closed, vkey = old.origin, str(service.verifier_key(new))
        while writer.integrate():
            pass
    except DomainError as error:
        raise click.ClickException(f"{error.message}{error.help}") from None
    click.echo(f"{closed} 已关闭。新日志的公钥：\n{vkey}\n请公布新公钥和原因，并让见证方登记。")


@witness_cli.command("add")
@click.argument("vkey")
@click.argument("url")
@click.option("--operator", required=True, help="见证方是哪家单位")
def add_witness(vkey: str, url: str, operator: str) -> None:
    """Register an outside witness by its vkey and address."""
    try:
        with unit_of_work():
            row = witnessing.add(vkey, url, operator, SYSTEM)
            name = row.name
    except DomainError as error:
        raise click.ClickException(f"{error.message}{error.help}") from None
    click.echo(f"已登记 {name}。几秒后运行 flask trace witness list 看它有没有签名。")


@witness_cli.command("list")
def list_witnesses() -> None:
    """Who is asked, how far each has signed, and what went wrong."""
    for row in queries.witness_list():
        state = row.failure or (f"已签到第 {row.cosigned_size} 条" if row.cosigned_at else "还没有签过")
        click.echo(f"{row.name}\t{row.operator}\t{state}")


@witness_cli.command("remove")
@click.argument("name")
def remove_witness(name: str) -> None:
    """Ask a witness no more."""
    try:
        with unit_of_work():
            witnessing.remove(name, SYSTEM)
    except DomainError as error:
        raise click.ClickException(f"{error.message}{error.help}") from None
    click.echo(f"{name} 已撤下。")


@trace_cli.command("adopt-high-water")
@click.confirmation_option(prompt="确认数据库就是最新的一份？旧备份会让日志前后不一致")
def adopt() -> None:
    """Write a lost high-water file anew from the database; an existing file is never touched."""
    with separate_unit() as session:
        key, latest = service.find_key(session), service.latest_checkpoint(session)
        if key is None or latest is None:
            raise click.ClickException("日志里还没有内容，不需要高水位文件。")
        file = service.high_water(key)
        if file.exists():
            raise click.ClickException("高水位文件还在，没有改动。")
        file.append(Mark(latest.size, latest.root))
    click.echo(f"已按数据库写下高水位：{latest.size} 条。")
