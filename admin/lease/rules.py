"""What may be leased to whom, and the workflow of a lease (R90, R96; pure)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

OFFER, ACCEPT, VIEW = (f"admin.lease.{v}" for v in ("offer", "accept", "view"))
# 方案第五部分（十二）: land use, 房住不炒 and safety stay lawful, so housing is no use of a unit.
USES = {"processing": "生产加工", "storage": "仓储冷藏", "office": "电商办公", "studio": "直播场地", "show": "展销体验", "lab": "研发检测"}  # fmt: skip
LONGEST_YEARS = 20  # 民法典第七百零五条: a lease runs twenty years at most
LARGEST_M2 = 200_000


@dataclass(frozen=True, slots=True)
class Terms:
    """A lease as it is offered: whole square metres, both days included, money in 分."""

    unit_code: str
    surveyed_m2: int
    area_m2: int
    starts_on: date
    ends_on: date
    purpose: str
    monthly_rent_fen: int
    deposit_fen: int = 0
    rival: tuple[date, date] | None = None
    uses: tuple[str, ...] = tuple(USES)  # what the unit may be used for


def offer_faults(terms: Terms) -> list[Unmet]:
    """Every reason why the unit cannot be offered on these terms."""
    found = []
    if terms.rival is not None:
        start, end = (day.isoformat() for day in terms.rival)
        found.append(
            Unmet(
                "R96",
                f"{terms.unit_code}在{start}–{end}已出租。",
                "方案第八部分",
                "换一个单元，或改起止日期。",
                "经办人",
            )
        )
    if not 0 < terms.area_m2 <= terms.surveyed_m2:
        found.append(
            Unmet(
                "R96",
                f"租赁面积要在 1 到 {terms.surveyed_m2} 平方米之间（测绘面积）。",
                "方案第八部分",
                "按测绘面积填写。",
                "经办人",
            )
        )
    if terms.ends_on < terms.starts_on:
        found.append(Unmet("R96", "租期的结束日早于开始日。", help="核对起止日期。", who="经办人"))
    elif terms.ends_on.year - terms.starts_on.year > LONGEST_YEARS:
        found.append(
            Unmet("R96", f"租期最长 {LONGEST_YEARS} 年。", "民法典第七百零五条", "缩短租期，到期可以续租。", "经办人")
        )
    if terms.purpose not in terms.uses:
        found.append(
            Unmet(
                "R90",
                f"用途“{USES.get(terms.purpose, terms.purpose)}”不在{'这个单元' if terms.purpose in USES else '园区'}允许用途内。",
                "方案第五部分（十二）",
                f"{terms.unit_code} 可用于{'、'.join(USES[key] for key in terms.uses)}。",
                "经办人",
            )
        )
    if terms.monthly_rent_fen < 0 or terms.deposit_fen < 0:
        found.append(Unmet("R96", "租金和押金不能是负数。", help="免租的填 0。", who="经办人"))
    return found  # fmt: skip


LEASE = Workflow(
    key="admin.lease",
    label="租赁",
    article="方案第八部分",
    states=[
        State("offered", "待企业确认", "todo"),
        State("accepted", "企业已确认", "busy"),
        State("running", "租赁中", "ok"),
        State("ended", "已结束", "none", final=True),
        State("declined", "企业未接受", "none", final=True),
        State("retracted", "已收回", "none", final=True),
    ],
    initial="offered",
    moves=[
        Move("accept", "确认租赁", ["offered"], "accepted", ACCEPT, by="owner", who="企业负责人"),
        Move("decline", "不接受", ["offered"], "declined", ACCEPT, by="owner", reason=True, who="企业负责人"),
        Move("retract", "收回", ["offered", "accepted"], "retracted", OFFER, reason=True, who="经办人"),
        Move("start", "起租", ["accepted"], "running", None, by="system"),
        Move("end", "结束租赁", ["running"], "ended", None, by="system"),
    ],
)


def chip(state: str, starts_on: date, ends_on: date, day: date) -> tuple[str, str]:
    """What a lease is called on ``day``, with its tone: one that was started is let from its first day to its last (both included)."""
    if state == "running" and day < starts_on:
        return "已签租，待起租", "busy"
    if state == "running" and day > ends_on:
        return "租期已满，待续租或腾退", "todo"
    return LEASE.label_of(state), LEASE.state(state).tone


def left_words(left: int) -> str:
    """How far the last day is, in words; ``left`` whole days, none when it is today."""
    return f"还有 {left} 天到期" if left else "今天到期"


def reminder_due(starts_on: date, ends_on: date, day: date, sent: Collection[int], steps: Sequence[int]) -> int | None:
    """Which notice of the end (``steps`` days before it) is due on ``day``: the nearest that was not sent.

    None before the first day and after the last, and for a step longer than the lease itself.
    """
    left = (ends_on - day).days
    due = [step for step in steps if 0 <= left <= step <= (ends_on - starts_on).days]
    return min(due) if day >= starts_on and due and min(due) not in sent else None


def months_between(first: date, last: date, start: date, end: date) -> int:
    """Whole calendar months of ``start``–``end`` within ``first``–``last`` (a month begun counts when 15 days of it are let)."""
    low, high = max(first, start), min(last, end)
    if high < low:
        return 0
    months = 0
    year, month = low.year, low.month
    while (year, month) <= (high.year, high.month):
        opens = date(year, month, 1)
        closes = date(year + month // 12, month % 12 + 1, 1)
        days = min(closes.toordinal(), high.toordinal() + 1) - max(opens, low).toordinal()
        months += days >= 15
        year, month = closes.year, closes.month
    return months
