"""Numbers the brand office handles certificates by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting

SOURCE = "实施方案第五部分（一）1“严查冒用、超范围使用”"


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """How fresh a look-up in the register has to be, and when the holder is reminded of the end."""

    PREFIX: ClassVar[str] = "certificate"
    TOPIC: ClassVar[str] = "品牌和标志"

    check_days: int = setting(
        "到官方登记处核对的结果多久以内有效", "days", 30, least=1, most=180, clause="R93", source=SOURCE, clock="核对之日",
    )  # fmt: skip
    reminder_days: tuple[int, ...] = setting(
        "证书到期前几天提醒", "day_list", (90, 30, 7), least=0, most=365, clause="R93", source=SOURCE, clock="提醒当日",
        note="只提醒，不拦办理。",
    )  # fmt: skip
