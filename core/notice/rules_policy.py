"""Numbers of the town what is sent in goes by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """The plan asks for promised times of services and names none (R92)."""

    PREFIX: ClassVar[str] = "notice"
    TOPIC: ClassVar[str] = "来件和扶持"

    answer_wd: int = setting(
        "投诉、意见和疑问多久答复", "working_days", 15, least=1, most=30, clause="R92", source="实施方案第五部分（十）",
        clock="收到来件之日",
    )  # fmt: skip
