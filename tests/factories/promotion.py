"""Events and places for tests, made through the services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from brand.matrix import queries as matrix
from brand.promotion import service
from brand.promotion.models import PromotionEvent
from core import clock
from core.account.actor import Actor
from tests.factories.brand import picture


def values(**more: Any) -> dict[str, Any]:
    """A plan with everything; a fair of 猗顿农品 from 2026-11-25 to 2026-11-26 with two places."""
    return {
        "kind": "fair", "title": "示例果品展", "level": "municipal", "part": "joined", "brand_id": matrix.by_key("yidun").id,
        "host": "示例主办单位", "venue": "示例会展中心", "starts_on": date(2026, 11, 25), "ends_on": date(2026, 11, 26),
        "capacity": 2, "enrol_until": datetime(2026, 11, 24, 17, tzinfo=clock.SHANGHAI), "licensed_only": False,
    } | more  # fmt: skip


def make_event(clerk: Actor, *, announced: bool = True, **more: Any) -> PromotionEvent:
    """An event, announced unless said otherwise."""
    event = service.plan(clerk, **values(**more))
    if announced:
        service.move(event, clerk, "announce")
    return event


def give_evidence(event: PromotionEvent, clerk: Actor, *kinds: str) -> None:
    """One picture of each kind."""
    for kind in kinds or ("notice", "photo", "attendance"):
        service.add_evidence(event, clerk, kind=kind, caption=f"示例{kind}", stream=picture(), filename="a.jpg")


def write_summary(event: PromotionEvent, clerk: Actor, words: str = "示例小结，数字来自签到表。") -> None:
    """The event with a summary, all else as it was."""
    keys = (
        "kind", "title", "level", "part", "brand_id", "host", "venue", "starts_on", "ends_on", "capacity", "enrol_until",
        "licensed_only", "etown_content",
    )  # fmt: skip
    service.change(event, clerk, summary=words, **{key: getattr(event, key) for key in keys})
