"""Numbers of the town support goes by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class SupportTerms:
    """What the plan leaves open about support of entered enterprises."""

    PREFIX: ClassVar[str] = "support"
    TOPIC: ClassVar[str] = "来件和扶持"

    publicity_wd: int = setting(
        "扶持申领公示多久", "working_days", 5, least=5, most=60, clause="R87", source="实施方案第五部分（二）", clock="审定申领之日",
        note="不短于专项资金拨付公示的 5 个工作日。",
    )  # fmt: skip
