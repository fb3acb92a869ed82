"""As whom the server runs and where its folders lie: never as root, never under a private home folder."""

from __future__ import annotations

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import EmbeddedError

SYSTEM_BASE = Path("/var/lib")
USERS = ("yidun", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group the server process gets; None when it is simply our own."""

    uid: int | None
    gid: int | None


def base_for(var: Path) -> Path:
    """The folder of the clusters that belong to ``var``: inside it, or for root a readable one under /var/lib."""
    if os.geteuid() != 0:
        return var / "pg"
    digest = hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:12]
    return Path(os.environ.get("YIDUN_PG_BASE", SYSTEM_BASE)) / f"yidun-{digest}"


def account_for(data: Path) -> Account:
    """Ourselves, or when we are root the owner of ``data``, else the first known unprivileged user."""
    if os.geteuid() != 0:
        return Account(None, None)
    if data.exists():
        owner = data.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in (*os.environ.get("YIDUN_PG_USER", "").split(), *USERS):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL 不能用 root 运行，也没有找到可用的普通用户；请设置 YIDUN_PG_USER 或 DATABASE_URL。"
        " / PostgreSQL cannot run as root and no unprivileged user was found; set YIDUN_PG_USER or DATABASE_URL."
    )
