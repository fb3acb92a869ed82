"""The master keys: a text file of mode 0600, one ``id base64(32 bytes) [development]`` per line, the newest last.

Every key in it can read, the newest writes.  A development key is a real key with a mark; production refuses it.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from core.seal.errors import KeysUnusable

KEY_BYTES = 32
DEVELOPMENT = "development"
_ID = re.compile(r"[0-9a-z-]{4,32}")


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One master key; ``secret`` never leaves this package in clear."""

    id: str
    secret: bytes = field(repr=False)
    development: bool = False

    def line(self) -> str:
        mark = f" {DEVELOPMENT}" if self.development else ""
        return f"{self.id} {base64.b64encode(self.secret).decode('ascii')}{mark}\n"


@dataclass(frozen=True, slots=True)
class Keyring:
    """All readable keys, the newest last."""

    keys: tuple[MasterKey, ...]

    @property
    def newest(self) -> MasterKey:
        return self.keys[-1]

    @property
    def oldest(self) -> MasterKey:
        return self.keys[0]

    def find(self, key_id: str) -> MasterKey | None:
        return next((key for key in self.keys if key.id == key_id), None)

    def text(self) -> str:
        return "".join(key.line() for key in self.keys)


def generate(*, development: bool) -> MasterKey:
    """A new random master key with a random id."""
    return MasterKey(
        ("dev-" if development else "k-") + secrets.token_hex(4), secrets.token_bytes(KEY_BYTES), development
    )


def parse(text: str) -> Keyring:
    """The keys in ``text``; refuses a malformed line, a repeated id and an empty file."""
    keys: list[MasterKey] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split()
        try:
            secret = base64.b64decode(parts[1], validate=True)
        except (binascii.Error, IndexError, ValueError):
            secret = b""
        if len(secret) != KEY_BYTES or not _ID.fullmatch(parts[0]) or parts[2:] not in ([], [DEVELOPMENT]):
            raise KeysUnusable(f"主密钥文件第 {number} 行格式不对。", help="用备份的恢复文件运行 flask keys restore。")
        if any(key.id == parts[0] for key in keys):
            raise KeysUnusable(f"主密钥文件里编号 {parts[0]} 出现了两次。", help="核对备份后只留一行。")
        keys.append(MasterKey(parts[0], secret, bool(parts[2:])))
    if not keys:
        raise KeysUnusable("主密钥文件是空的。", help="用备份的恢复文件运行 flask keys restore。")
    return Keyring(tuple(keys))


def read(path: Path, *, production: bool) -> Keyring:
    """The keys of the file; refuses one that others can read and, in production, any development key."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise KeysUnusable(
            f"读不到主密钥文件 {path.name}。",
            help="检查 YIDUN_MASTER_KEY_FILE；丢失时用恢复文件运行 flask keys restore。",
        ) from None
    if mode & 0o077:
        raise KeysUnusable(f"主密钥文件 {path.name} 别人也能读。", help="运行 chmod 600 后再启动。")
    ring = parse(text)
    if production and any(key.development for key in ring.keys):
        raise KeysUnusable("正式环境不能用开发密钥。", help="用 flask keys create 新建正式主密钥。")
    return ring


def write(path: Path, ring: Keyring) -> None:
    """Replace the file by ``ring``, mode 0600, durably: afterwards either the old or the new file is there, whole."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as out:
        out.write(ring.text())
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, path)
    _fsync_folder(path.parent)


def create(path: Path, ring: Keyring) -> bool:
    """Write ``ring`` only where no file is yet; whether it was us (two processes may start at once)."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write(temporary, ring)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    _fsync_folder(path.parent)
    return True


def _fsync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
