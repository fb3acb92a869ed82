"""Where bytes live: a local folder by SHA-256, written to a temporary name, fsynced, renamed."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from core.errors import Unavailable


class LocalStorage:
    """A folder; the same bytes are kept once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Afterwards the bytes are durably stored; returns their SHA-256, hex."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{sha256}.{secrets.token_hex(6)}")
        with open(temporary, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, target)
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise Unavailable(
                "这个文件的内容暂时取不到。", code="file.missing", help="请告诉管理员核对备份。"
            ) from error


def storage_at(url: str) -> LocalStorage:
    """The storage a ``file://`` address names."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise ValueError(
            f"YIDUN_FILES_URL: {parts.scheme} is not supported, use a file:// folder (or mount the bucket)"
        )
    return LocalStorage(Path(unquote(parts.path)))
