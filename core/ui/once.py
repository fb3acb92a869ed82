"""Replayed forms: a key used once is stored in the same transaction as what the form did."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.errors import BadInput, Conflict
from core.ui.models import OnceKey

KEEP = timedelta(days=3)


def new_key() -> str:
    """A key for one form on one page: a random UUID in text."""
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


def claim(key: str | None) -> None:
    """Afterwards ``key`` is used up in this transaction; a second claim raises ``Conflict`` (409), a bad key ``BadInput``.

    Two claims at once: the second waits for the first transaction and is refused if that one commits.
    """
    try:
        value = uuid.UUID(key or "")
    except ValueError:
        raise BadInput(
            "这张表不完整，什么都没有保存。", code="form.no_once_key", help="返回上一页，刷新后再填一次。"
        ) from None
    statement = insert(OnceKey).values(key=value, used_at=clock.now()).on_conflict_do_nothing(index_elements=["key"])
    if db.session.execute(statement.returning(OnceKey.id)).scalar() is None:
        raise Conflict(
            "这张表已经提交过，没有重复办理。",
            code="form.replayed",
            help="从列表里看办理结果；要再办一次，请重新打开页面。",
        )


def forget_old() -> int:
    """Remove keys older than three days (a form expires after half a day); the number removed."""
    query = delete(OnceKey).where(OnceKey.used_at < clock.now() - KEEP).returning(OnceKey.id)
    return len(list(db.session.scalars(query)))
