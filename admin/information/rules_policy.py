"""Numbers of the town the yearly information goes by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class InformationTerms:
    """The plan says 定期 only."""

    PREFIX: ClassVar[str] = "information"
    TOPIC: ClassVar[str] = "入驻企业"

    confirm_until: tuple[int, int] = setting(
        "企业信息每年确认的最后一天", "month_day", (3, 31), least=(1, 31), most=(12, 31), clause="R82、C20",
        source="实施方案第五部分（十）", clock="当年1月1日",
    )  # fmt: skip
    reminder_days: tuple[int, ...] = setting(
        "年度确认到期前几天提醒", "day_list", (30, 7, 0), least=0, most=180, clause="R82、C20", source="实施方案第五部分（十）",
        clock="当年1月1日",
    )  # fmt: skip
    check_days: int = setting(
        "登记信息多久核对一次", "days", 365, least=30, most=366, clause="R82", source="电子商务法第二十七条", clock="查看当日",
        note="法律写的是定期核验，没有写多久。",
    )  # fmt: skip
