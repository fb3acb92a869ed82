"""Numbers of the brand office a licence goes by (pure; docs/adr/0103)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.policy.rules import setting

SOURCE = "品牌办公室授权办法，实施方案第五部分（四）“品牌授权使用”"


@dataclass(frozen=True, slots=True)
class LicenceTerms:
    """What the plan leaves open about applications, terms and reports of use; publication and visits: the procedure."""

    PREFIX: ClassVar[str] = "licence"
    TOPIC: ClassVar[str] = "品牌和标志"

    review_wd: int = setting(
        "授权申请和申诉多久办结", "working_days", 15, least=5, most=60, clause="R94", source=SOURCE, clock="提交申请或申诉之日",
    )  # fmt: skip
    appeal_wd: int = setting(
        "不予授权后多久内可以申诉", "working_days", 15, least=5, most=60, clause="R94", source=SOURCE, clock="不予授权之日",
    )  # fmt: skip
    test_report_months: int = setting(
        "残留检测报告多久以内出具的有效", "months", 6, least=1, most=24, clause="R94", source=SOURCE, clock="首次提交申请之日",
    )  # fmt: skip
    term_months: int = setting(
        "授权有效期通常多长", "months", 12, least=3, most=60, clause="R94", source=SOURCE, clock="首次提交申请之日",
        note="审定人可以另定，不超过下一项的上限。",
    )  # fmt: skip
    most_term_months: int = setting(
        "授权有效期最长多长", "months", 36, least=12, most=120, clause="R94", source=SOURCE, clock="首次提交申请之日",
    )  # fmt: skip
    use_report_days: int = setting(
        "季度结束后多久内报告用标数量", "days", 15, least=5, most=60, clause="R94", source=SOURCE, clock="季度最后一天",
    )  # fmt: skip
    review_notice_days: int = setting(
        "授权年度到期前多久提醒年度审核", "days", 30, least=7, most=120, clause="R94", source=SOURCE, clock="提醒当日",
        note="只提醒，不拦办理。",
    )  # fmt: skip
