"""Numbers of the town a publicity goes by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class DisclosureTerms:
    """The measures ask for at least five working days: longer may be set, shorter never (C12)."""

    PREFIX: ClassVar[str] = "disclosure"
    TOPIC: ClassVar[str] = "公开公示"

    publicity_wd: int = setting(
        "拨付公示至少多久", "working_days", 5, least=5, most=60, clause="R16", source="资金办法第四条、第十二条第三项",
        clock="起草公示稿之日", silent=False, note="办法写的是不少于 5 个工作日，可以定得更长，不能更短。",
    )  # fmt: skip
