"""Tell the story: each chapter once, in a unit of work of its own; write what ``make run`` prints."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import select

from admin.demo import cast
from admin.demo.chapters import chapters
from admin.demo.models import Chapter
from admin.demo.stage import Stage
from core import clock, notary
from core.account.actor import SYSTEM
from core.account.queries import user_by_name
from core.account.service import set_password
from core.config import Settings
from core.db import db, unit_of_work
from core.errors import Denied
from trace.log.writer import integrate


def tell(settings: Settings, *, say: Any = print) -> dict[str, Any]:
    """Afterwards every chapter has been told exactly once and ``var/demo.json`` holds logins and scan addresses.

    Idempotent; refused in production.
    """
    if settings.production:
        raise Denied("正式环境不能讲演示故事。", help="要试用，请另开一套环境，不设 YIDUN_ENV=production。")
    notes = _read(settings.var / "demo.json")
    stage = Stage(password=notes.get("password") or "yidun-" + secrets.token_hex(4), notes=notes.get("notes", {}))
    _keep_password(stage, known=bool(notes.get("password")))
    for key, teller in chapters():
        with unit_of_work():
            if db.session.scalar(select(Chapter.id).where(Chapter.key == key)) is not None:
                continue
            say(f"演示故事：{key}", flush=True)
            teller(stage)
            db.session.add(Chapter(key=key, told_at=clock.now()))
        _notarise()
        _write(settings.var / "demo.json", stage, settings)
    return _write(settings.var / "demo.json", stage, settings)


def _notarise() -> None:
    """Sign what was asked for and bring it under a checkpoint, as the background loops would."""
    with unit_of_work():
        notary.process(500)
    while integrate():
        pass


def _keep_password(stage: Stage, *, known: bool) -> None:
    """Where the note with the password was lost, the story's people get the new one."""
    if known:
        return
    with unit_of_work():
        logins = [p.login for p in cast.POSTS] + [p.login for p in cast.PEOPLE]
        for user in filter(None, map(user_by_name, logins)):
            set_password(user, stage.password, SYSTEM)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, stage: Stage, settings: Settings) -> dict[str, Any]:
    logins = [{"role": p.role, "user": p.login, "password": stage.password, "label": p.label} for p in cast.POSTS] + [
        {"role": _role(p.login), "user": p.login, "password": stage.password, "label": p.label} for p in cast.PEOPLE
    ]
    told = {
        "password": stage.password,
        "logins": logins,
        "scan_url": _at(settings, stage.notes.get("scan_path", "")),
        "notes": stage.notes,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False, indent=1)
    os.replace(temporary, path)
    return told


def _at(settings: Settings, path: str) -> str:
    return settings.link_origin + path if path else ""


def _role(login: str) -> str:
    return {"coop2": "operator", "host": "host", "buyer": "person"}.get(login, "owner")
