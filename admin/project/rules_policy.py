"""Numbers of the town a project is judged by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class ProjectTerms:
    """What the plan and the measures leave open about projects and their monthly reports."""

    PREFIX: ClassVar[str] = "project"
    TOPIC: ClassVar[str] = "项目和验收"

    report_day: int = setting(
        "进度报告在次月几日前报送", "day_of_month", 5, least=1, most=28, clause="R51", source="监管制度第一部分（二）",
        clock="报送当月1日",
    )  # fmt: skip
    own_percent: int = setting(
        "自筹资金至少是专项补助的多少，不到就提醒", "percent", 100, least=0, most=1000, clause="R10",
        source="实施方案第二部分、资金办法第六条第三项", clock="项目提出之日", note="只提醒，不拦办理。",
    )  # fmt: skip
