"""The people of a licence case and two small questions, for the tests of its course and of its shares."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from brand.licence import quota
from core.db import db
from core.notice.models import Message
from tests.factories import brand as make

KEY = ("fuji", "fresh", "apple-80")


def people(as_user: Any, clock: Any) -> SimpleNamespace:
    """The people of a case, with the matrix laid out; ``second`` is another decider."""
    cast = SimpleNamespace(
        owner=as_user("owner").actor,
        partner=as_user("owner").actor,
        rival=as_user("owner").actor,
        clerk=as_user("brand_clerk").actor,
        decider=as_user("brand_decider").actor,
        second=as_user("brand_decider").actor,
        clock=clock,
    )
    make.make_matrix(cast.clerk)
    return cast


def told(actor: Any) -> list[str]:
    """Titles of the messages of an organisation, oldest first."""
    query = select(Message.title).where(Message.organisation_id == actor.organisation_id).order_by(Message.id)
    return list(db.session.scalars(query))


def draw(actor: Any, pieces: int, source: str) -> quota.Drawn:
    return quota.draw(actor.organisation_id, KEY, pieces=pieces, net_grams=5000, source=source, actor=actor)
