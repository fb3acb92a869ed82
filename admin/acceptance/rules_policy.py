"""Numbers of the town an acceptance is judged by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class AcceptanceTerms:
    """What the acceptance rules leave open; the 15 working days of a final acceptance stand in 资金办法 §17 itself."""

    PREFIX: ClassVar[str] = "acceptance"
    TOPIC: ClassVar[str] = "项目和验收"

    stage_wd: int = setting(
        "收到阶段验收申请后多久内组织", "working_days", 15, least=3, most=60, clause="C4", source="验收制度第四条",
        clock="收到验收申请之日", note="这是服务时限，超过会提醒；终期验收的 15 个工作日是资金办法第十七条写明的，不在这里定。",
    )  # fmt: skip
    operation_days: int = setting(
        "终期验收前至少正常运营",
        "days",
        30,
        least=1,
        most=365,
        clause="R35",
        source="验收制度第八条第一项",
        clock="收到验收申请之日",
    )
    odd_group: bool = setting(
        "验收小组人数要是单数",
        "switch",
        True,
        clause="R36",
        source="验收制度第三条、第五条第三项",
        clock="收到验收申请之日",
    )
    pass_share: Fraction = setting(
        "同意的成员至少占多少才算合格", "ratio", Fraction(2, 3), least=Fraction(1, 2), most=Fraction(1), clause="B5",
        source="验收制度第八条", clock="收到验收申请之日",
    )  # fmt: skip
    max_rounds: int = setting(
        "验收不合格最多可以整改",
        "rounds",
        2,
        least=1,
        most=5,
        clause="B5",
        source="验收制度第八条第二项",
        clock="收到验收申请之日",
    )
