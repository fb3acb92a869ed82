"""Numbers of the town leases go by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """When both sides hear that a lease is about to end."""

    PREFIX: ClassVar[str] = "lease"
    TOPIC: ClassVar[str] = "入驻企业"

    reminder_days: tuple[int, ...] = setting(
        "租赁到期前几天提醒双方", "day_list", (60, 30), least=0, most=365, clause="R96", source="实施方案第八部分", clock="提醒当日",
        note="方案只写采取租赁方式，没有写提醒。只提醒，不影响租约。",
    )  # fmt: skip
