"""Numbers of the town inspections and findings go by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class SupervisionTerms:
    """What the supervision rules leave open."""

    PREFIX: ClassVar[str] = "supervision"
    TOPIC: ClassVar[str] = "监督检查"

    statement_wd: int = setting(
        "检查发现问题后，承办企业陈述的时间", "working_days", 3, least=1, most=15, clause="R60", source="监管制度第一部分（四）",
        clock="提出问题之日",
    )  # fmt: skip
    quarter_alert_wd: int = setting(
        "季度末后多久还没有查资金使用，就提醒", "working_days", 10, least=1, most=60, clause="R23",
        source="资金办法第十三条、监管制度第四部分（一）2", clock="季度最后一天", note="只提醒，不拦办理。",
    )  # fmt: skip
    exit_after: int = setting(
        "逾期整改满几次，就提示研判承办资格", "rounds", 3, least=1, most=20, clause="R56", source="监管制度第一部分（四）",
        clock="查看当日", note="只提示，由人决定。",
    )  # fmt: skip
