"""A number of the town changed by two people."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.policy import service


def changed(people: Any, key: str, value: str, first: date) -> None:
    """Afterwards ``key`` has ``value`` from the day ``first`` on; ``people`` signs in by role (``as_user``)."""
    change = service.propose(
        key,
        value,
        first,
        people("office_clerk").actor,
        reason="现在的数不合适，按办公会的意见改。",
        document="示例纪要 1 号",
    )
    service.decide(change, "approve", people("office_head").actor)
