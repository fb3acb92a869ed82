"""The database and the single commit.

``commit()`` is written in this file only: once per successful request (before the answer leaves), once per
``unit_of_work()`` (CLI, jobs, use cases that speak to the outside between two writes) and once per
``separate_unit()`` (what must survive a refusal).  A GET writes nothing: the connection refuses it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import BigInteger, Date, DateTime, Identity, MetaData, Text, Uuid, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from core import clock
from core.errors import Conflict, DomainError, Unavailable, constraint_text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table: bigint identity key, BIGINT integers, aware timestamps."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        date: Date,
        uuid.UUID: Uuid(as_uuid=True),
    }

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)


class PublicId:
    """Mixin: a UUIDv4 that may stand in addresses."""

    public_id: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4, unique=True)


class Timestamps:
    """Mixin: when the row was made and last changed (set by us from the only clock, never by the database)."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)


db = SQLAlchemy()
db.metadata = Model.metadata  # type: ignore[attr-defined]  # Flask-Migrate looks for it (TRAPS 2)

_unit_open: ContextVar[bool] = ContextVar("yidun_unit_open", default=False)


class WriteInGet(RuntimeError):
    """A view answered GET and tried to write: a programming error."""


_WRITE = re.compile(
    r"\s*(insert|update|delete|merge|truncate|select\s+procrastinate_defer|select\s+nextval)\b", re.IGNORECASE
)


def _refuse_write_in_get(conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not has_request_context() or request.method not in ("GET", "HEAD", "OPTIONS"):
        return
    if conn.get_execution_options().get("separate_unit"):
        return
    if _WRITE.match(statement):
        raise WriteInGet(f"{request.method} {request.path} tried to write: {statement[:120]}")


def init_app(app: Flask, database_url: str, *, pool_size: int = 20) -> None:
    """Afterwards ``db.session`` works inside application contexts of ``app``."""
    app.config["SQLALCHEMY_ENGINES"] = {
        "default": {
            "url": database_url,
            "pool_pre_ping": True,
            "pool_size": pool_size,
            "max_overflow": 4,
            "pool_timeout": 5,
            "connect_args": {"connect_timeout": 3, "options": "-c timezone=UTC -c statement_timeout=30000"},
        }
    }
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _refuse_write_in_get)


def finish_request(response: Response) -> Response:
    """Commit what the request did, or roll it back where the answer is a refusal (4xx, 5xx)."""
    if response.status_code < 400:
        _commit(db.session)
    else:
        db.session.rollback()
    return response


def _commit(session: Session) -> None:
    try:
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Commit ``db.session`` at the end of the block, roll back on an error.  Units do not nest."""
    if _unit_open.get():
        raise RuntimeError("a unit of work is open already")
    token = _unit_open.set(True)
    try:
        yield db.session
        _commit(db.session)
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _unit_open.reset(token)


def in_unit() -> bool:
    """Whether a unit of work is open here: no network call may be made then."""
    return _unit_open.get()


@contextmanager
def separate_unit() -> Iterator[Session]:
    """A session of its own, committed apart from the request: what must survive a refusal."""
    with db.sessionmaker() as session:
        session.connection(execution_options={"separate_unit": True})
        try:
            yield session
            _commit(session)
        except BaseException:
            session.rollback()
            raise


def translate(error: DBAPIError) -> DomainError | None:
    """The user's sentence for a database refusal, or None where it is our own defect."""
    if isinstance(error, IntegrityError):
        diag = getattr(error.orig, "diag", None)
        text = constraint_text(getattr(diag, "constraint_name", None))
        if text is not None:
            return Conflict(text.message, code=text.code, field=text.field)
        return None
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate in ("40001", "40P01", "55P03"):
        return Conflict(
            "有人正在同时办理这件事，请稍等几秒再试一次。",
            code="database.busy",
            help="刷新页面后重试，刚才的填写没有保存。",
        )
    if sqlstate == "57014":
        return Unavailable("这次查询太久，已经停下。", code="database.timeout", help="缩小范围后再试。", retry_after=5)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return Unavailable(
            "数据库正在恢复，刚才的操作没有保存。", code="database.away", help="请过几秒再试一次。", retry_after=3
        )
    return None


def lock(obj: Any) -> None:
    """Re-read ``obj`` under a row lock, so that what follows decides on the latest state."""
    db.session.refresh(obj, with_for_update=True)
