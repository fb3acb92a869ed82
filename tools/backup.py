"""``make backup`` and ``make restore``: database, files, keys and the log's high-water files in one archive.

The order matters.  High-water files first (a restored log must never be ahead of what it promised without knowing it),
then the database, then the files (content-addressed, so all that the dump names are there), then the keys.
Keys leave only inside the encrypted recovery file; its passphrase is printed once and belongs somewhere else.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import secrets
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *sys.path]

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core import clock, config
from core.embedded import migrate
from core.embedded.binaries import locate
from core.embedded.errors import EmbeddedError
from core.file.storage import storage_at

MANIFEST, DUMP, KEYS, FILES, LOG, DEMO = "manifest.json", "database.dump", "keys.recovery", "files", "log", "demo.json"
FORMAT = 1
PASSPHRASE = "YIDUN_RECOVERY_PASSPHRASE"  # noqa: S105 - the name of a variable
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class BackupError(Exception):
    """One sentence why it was not done."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# -- shared


def libpq(url: str) -> tuple[str, dict[str, str]]:
    """The address without its password, and the environment that carries it (a command line is seen by all)."""
    parts = conninfo_to_dict(url.replace("postgresql+psycopg://", "postgresql://", 1))
    password = parts.pop("password", None)
    env = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    return make_conninfo(**parts), env


def run(command: list[str], env: Mapping[str, str], what: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{what}没有完成。/ {what} failed:\n{(done.stdout + done.stderr).strip()[-2000:]}")
    return done.stdout


def flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]


def files_folder(settings: config.Settings) -> Path | None:
    """The local folder of uploads, or None where they live in another store that has a backup of its own."""
    parts = urlsplit(settings.files_url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(1 << 20):
            total.update(block)
    return total.hexdigest()


# -- backup


def members(settings: config.Settings, work: Path) -> Iterator[tuple[str, Path]]:
    """What goes into the archive, made in the one right order."""
    for path in sorted((settings.var / LOG).glob("*.highwater")):
        kept = work / path.name
        kept.write_bytes(path.read_bytes())
        yield f"{LOG}/{path.name}", kept
    address, env = libpq(settings.database_url)
    run([str(locate().tool("pg_dump")), "-Fc", "-d", address, "-f", str(work / DUMP)], env, "导出数据库")
    yield DUMP, work / DUMP
    folder = files_folder(settings)
    if folder is not None and folder.is_dir():
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
            yield f"{FILES}/{path.relative_to(folder)}", path
    elif folder is None:
        say("上传的文件在对象存储里，不在这份备份中；请给存储桶开启版本保留和异地备份。")
    if settings.master_key_file.exists():
        passphrase = os.environ.get(PASSPHRASE) or new_passphrase()
        env = dict(os.environ) | {PASSPHRASE: passphrase}
        run(flask("keys", "backup", "--to", str(work / KEYS)), env, "导出密钥恢复文件")
        yield KEYS, work / KEYS
    if (settings.var / DEMO).exists():
        yield DEMO, settings.var / DEMO


def new_passphrase() -> str:
    """Twenty-five readable characters (122 bits), printed once: whoever holds archive and passphrase holds the keys."""
    text = "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(5))
    say(f"恢复口令（只显示这一次，请抄下并与备份分开保管）：\nPASSPHRASE {text}")
    return text


def backup(settings: config.Settings, target: Path | None) -> Path:
    """Afterwards one archive holds everything; returns where."""
    stamp = clock.local(clock.now()).strftime("%Y%m%d-%H%M%S")
    target = target or settings.var / "backups" / f"yidun-{stamp}.tar"
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".new")
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as work,
        _private(fresh) as out,
        tarfile.open(fileobj=out, mode="w") as archive,
    ):
        sums: dict[str, str] = {}
        for name, path in members(settings, Path(work)):
            archive.add(path, arcname=name, recursive=False, filter=_plain)
            sums[name] = digest(path)
        manifest = {
            "format": FORMAT,
            "made_at": clock.now().isoformat(),
            "revision": migrate.current(settings.database_url),
            "identity_host": settings.identity_host,
            "sha256": sums,
        }
        data = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(data), 0o600
        archive.addfile(info, io.BytesIO(data))
        archive.close()
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(target)
    say(f"备份已写入 {target}（{target.stat().st_size / 1e6:.1f} MB，{len(sums)} 项）。")
    say(f"BACKUP {target}")
    return target


def _private(path: Path) -> io.BufferedWriter:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


# -- restore


def opened(source: Path, work: Path) -> dict[str, str]:
    """The archive's members unpacked under ``work``, each compared with its hash; raises on any difference."""
    try:
        with tarfile.open(source) as archive:
            archive.extractall(work, filter="data")
        manifest = json.loads((work / MANIFEST).read_text("utf-8"))
        sums: dict[str, str] = manifest["sha256"]
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise BackupError(f"备份文件打不开：{source}（{error}）。/ The archive cannot be read.") from error
    if manifest.get("format") != FORMAT:
        raise BackupError("备份文件的格式不认识，请用写它的那个版本恢复。/ Unknown archive format.")
    wrong = [name for name, value in sums.items() if not (work / name).is_file() or digest(work / name) != value]
    if wrong or DUMP not in sums:
        raise BackupError(
            "备份文件已损坏，没有恢复任何东西："
            + "、".join(wrong[:5])
            + "。/ The archive is damaged; nothing was restored."
        )
    return sums


def make_room(settings: config.Settings, *, force: bool) -> None:
    """The database is empty and nobody else uses it; what it held is dumped aside first."""
    with psycopg.connect(libpq_url(settings), autocommit=True) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchone()
        if others is not None and others[0]:
            raise BackupError(
                "数据库正在使用中，请先停下 make run 再恢复。/ The database is in use; stop make run first."
            )
        tables = connection.execute(f"SELECT count(*) FROM pg_tables WHERE schemaname IN ({SCHEMAS})").fetchone()  # noqa: S608 - a constant
        if tables is None or not tables[0]:
            return
        if not force:
            raise BackupError(
                "数据库里已有数据。确定要替换，请加 FORCE=1。/ The database is not empty; add FORCE=1 to replace it."
            )
        stamp = clock.local(clock.now()).strftime("%Y%m%d-%H%M%S")
        aside = settings.var / "backups" / f"before-restore-{stamp}.dump"
        aside.parent.mkdir(parents=True, exist_ok=True)
        address, env = libpq(settings.database_url)
        run([str(locate().tool("pg_dump")), "-Fc", "-d", address, "-f", str(aside)], env, "导出现有数据库")
        say(f"原来的数据库另存在 {aside}。")
        for (name,) in connection.execute(SCHEMAS).fetchall():
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
        connection.execute("CREATE SCHEMA public")


def libpq_url(settings: config.Settings) -> str:
    return settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def merge_high_water(kept: Path, ours: Path) -> None:
    """``ours`` holds every promise of both: one that was ever published is never forgotten."""
    known = ours.read_bytes().split(b"\n") if ours.exists() else []
    new = [line for line in kept.read_bytes().split(b"\n")[:-1] if line and line not in known]
    if not new:
        return
    ours.parent.mkdir(parents=True, exist_ok=True)
    with ours.open("ab") as out:
        if known and known[-1]:
            out.write(b"\n")
        out.write(b"\n".join(new) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def restore(settings: config.Settings, source: Path, *, force: bool) -> int:
    """Afterwards everything stands as the archive holds it; returns the exit code of the log's own check."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sums = opened(source, work)
        if KEYS in sums and not os.environ.get(PASSPHRASE):
            raise BackupError(f"请用环境变量 {PASSPHRASE} 给出恢复口令。/ Give the passphrase in {PASSPHRASE}.")
        make_room(settings, force=force)
        address, env = libpq(settings.database_url)
        command = [
            str(locate().tool("pg_restore")),
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
        ]
        run([*command, "-d", address, str(work / DUMP)], env, "恢复数据库")
        migrate.upgrade(settings.database_url)  # an older archive under newer programs
        for name in sums:
            place(settings, name, work / name)
        if KEYS in sums:
            say(run(flask("keys", "restore", "--from", str(work / KEYS)), os.environ, "恢复密钥").strip())
    say("数据库、文件、密钥和存证高水位已恢复，正在核对存证日志 …")
    checked = subprocess.run(flask("trace", "fsck"), cwd=ROOT, check=False)
    say("RESTORED" if checked.returncode == 0 else "存证日志核对有差异，见上；差异弄清之前不会再签发。")
    return checked.returncode


def place(settings: config.Settings, name: str, path: Path) -> None:
    """Put one member where it belongs; files are content-addressed, so an existing one is the same."""
    top, _, rest = name.partition("/")
    if top == LOG:
        merge_high_water(path, settings.var / LOG / rest)
    elif name == DEMO:
        (settings.var / DEMO).write_bytes(path.read_bytes())
    elif top == FILES:
        folder = files_folder(settings)
        if folder is None:  # an archive of a local folder comes into a bucket
            storage_at(settings.files_url).put(path.read_bytes())
            return
        target = folder / rest
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f".{target.name}.restored")
            fresh.write_bytes(path.read_bytes())
            fresh.replace(target)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=("backup", "restore"))
    parser.add_argument("--file", type=Path, default=None)
    parser.add_argument("--force", action="store_true", default=os.environ.get("FORCE") == "1")
    options = parser.parse_args()
    settings = config.load()
    try:
        if options.action == "backup":
            backup(settings, options.file)
            return 0
        if options.file is None or not options.file.is_file():
            raise BackupError(
                "请指明备份文件：make restore FILE=var/backups/….tar / Name the archive: make restore FILE=…"
            )
        return restore(settings, options.file, force=options.force)
    except (BackupError, EmbeddedError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (OSError, psycopg.Error) as error:
        sys.stderr.write(f"没有完成：{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
