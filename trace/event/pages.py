"""Page tokens: signed, short-lived, holding the place in the list and what was asked; nothing is kept for them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from core import clock
from core.config import settings
from core.db import db
from trace.event.models import DroppedPage
from trace.event.problems import QueryParameterProblem

LIFETIME = timedelta(hours=1)
_OVER = "翻页令牌已经失效。"
_HELP = "去掉 nextPageToken，从第一页重新查询。"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt="epcis-page")


def asked(*parts: Any) -> str:
    """A short print of what was asked by whom, so that a token fits one question only."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def make(question: str, place: list[Any]) -> tuple[str, datetime]:
    """A token for the page that follows ``place``, and when it ends."""
    ends = clock.now() + LIFETIME
    return str(_serializer().dumps([question, place, int(ends.timestamp())])), ends


def read(token: str, question: str | None) -> list[Any]:
    """The place in the list that a token names; QueryParameterProblem when it is forged, over, given back or of another question."""
    try:
        told, place, ends = _serializer().loads(token[:4000])
    except (BadData, ValueError, TypeError):
        raise QueryParameterProblem("翻页令牌不对。", help=_HELP) from None
    if (question is not None and told != question) or ends < clock.now().timestamp():
        raise QueryParameterProblem(_OVER, help=_HELP)
    if db.session.query(DroppedPage.id).filter_by(digest=_digest(token)).first():
        raise QueryParameterProblem(_OVER, help=_HELP)
    return list(place)


def drop(token: str) -> None:
    """Afterwards the token opens no page any more; expired ones are swept."""
    read(token, None)
    now = clock.now()
    db.session.query(DroppedPage).filter(DroppedPage.expires_at < now).delete()
    db.session.add(DroppedPage(digest=_digest(token), expires_at=now + LIFETIME))
    db.session.flush()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
