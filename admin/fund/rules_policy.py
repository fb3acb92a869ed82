"""Numbers of the town a payment is judged by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting


@dataclass(frozen=True, slots=True)
class FundTerms:
    """What the fund measures leave open; the 10 % retention and the 5 working days of publicity are their own words."""

    PREFIX: ClassVar[str] = "fund"
    TOPIC: ClassVar[str] = "专项资金"

    invoice_percent: int = setting(
        "发票合计至少是申请金额的多少", "percent", 100, least=50, most=200, clause="R15", source="资金办法第十二条第四项",
        clock="建立拨付申请之日",
    )  # fmt: skip
    use_report_wd: int = setting(
        "到账后多久内报送资金使用情况", "working_days", 10, least=1, most=60, clause="R26", source="资金办法第五条",
        clock="到账之日",
    )  # fmt: skip
    receipt_wd: int = setting(
        "拨付后多久内确认到账", "working_days", 5, least=1, most=30, clause="B4", source="资金办法第五条", clock="拨付之日",
        note="过了就提醒，不拦办理。",
    )  # fmt: skip
