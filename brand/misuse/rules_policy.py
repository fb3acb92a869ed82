"""Numbers of the town a misuse case goes by (pure; docs/adr/0103): no statute names them for a brand office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from core.policy.rules import setting

SOURCE = "品牌办公室办案时限，实施方案第五部分（一）1“严查冒用、超范围使用”"


def _working_days(title: str, default: int, clock: str, *, most: int = 60, note: str = "") -> Any:
    return setting(
        title, "working_days", default, least=1, most=most, clause="R93", source=SOURCE, clock=clock, note=note
    )


@dataclass(frozen=True, slots=True)
class MisuseTerms:
    """How long each step may take, how long a decision is shown, and how long a reporter's contact is kept."""

    PREFIX: ClassVar[str] = "misuse"
    TOPIC: ClassVar[str] = "品牌和标志"

    accept_wd: int = _working_days("收到线索后多久决定是否立案", 5, "收到线索之日")
    notify_wd: int = _working_days("立案后多久查清并告知当事人", 15, "立案之日")
    hearing_wd: int = _working_days("告知后当事人陈述申辩的时间", 5, "告知之日")
    hold_wd: int = _working_days("当事人申请听证后多久举行", 10, "申请听证之日")
    decide_wd: int = _working_days("提出处理建议后多久作出决定", 10, "提出建议之日")
    publication_wd: int = _working_days("作出决定后多久公布", 5, "作出决定之日")
    correct_wd: int = _working_days("责令改正的，当事人多久改好", 10, "作出决定之日")
    shown_wd: int = _working_days("决定公布多久", 20, "开始公布之日", most=250, note="到期从公开页撤下。")
    keep_contact_days: int = setting(
        "结案后多久删去举报人的联系方式", "days", 365, least=30, most=730, clause="R69、R93", source=SOURCE,
        clock="举报之日", note="从案子最后一次办理算起。",
    )  # fmt: skip
