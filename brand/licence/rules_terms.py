"""What a licence covers, on which days it holds, its licence years and quarters (pure)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DEADLINE = "decision"
APPEAL_DEADLINE = "appeal"
PUBLICITY_DEADLINE = "publicity"
RENEWAL_DAYS = 60  # how early before the last day a renewal may be asked for, where the procedure says nothing
MAX_YEARLY_GRAMS = 100_000_000_000  # 100,000 t: above this a figure is a typing error
RULES_VERSION = "2"  # 2: the promise of quality stands beside the promise to keep the rules of use

EVIDENCE = {
    "base": "基地证明",
    "test_report": "残留检测报告",
    "packaging": "包装样稿",
    "green_food": "绿色食品证书",
    "organic": "有机产品证书",
    "other": "其他材料",
}
REQUIRED_EVIDENCE = ("base", "test_report")
KINDS = {"new": "新申请", "renewal": "续期", "change": "变更"}
STATE_LABELS = {
    "in_force": "有效",
    "not_yet": "未到生效日",
    "suspended": "已暂停",
    "expired": "已到期",
    "withdrawn": "已撤销",
    "replaced": "已换发",
}
VERBS = {"suspended": "暂停", "expired": "到期", "withdrawn": "撤销", "replaced": "换发"}


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One asked or granted combination: brand × variety × form × specification, with its yearly quantity."""

    variety: str
    form: str
    specification: str
    yearly_grams: int = 0
    species: str | None = None
    label: str = ""
    words: tuple[str, ...] = ()
    id: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.variety, self.form, self.specification)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file an applicant hands in; ``specification`` names what a packaging sample is for."""

    kind: str
    issued_on: date | None = None
    valid_until: date | None = None
    specification: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension: from its first day on, up to (not including) the day it was lifted; open while ``lifted_on`` is None."""

    from_on: date
    lifted_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the licence is suspended on ``day``."""
        return self.from_on <= day and (self.lifted_on is None or day < self.lifted_on)


def covers(rows: Iterable[ScopeRow], variety: str, form: str, specification: str) -> bool:
    """Whether granted rows cover a trade item given by plain facts; every one of the three must match."""
    return any(row.key == (variety, form, specification) for row in rows)


def in_force(
    valid_from: date, valid_until: date, ended_on: date | None, on_date: date, pauses: Sequence[Pause] = ()
) -> bool:
    """Whether a licence holds on a day: from its first day to 24:00 of its last, before its end, and not suspended."""
    return state_on(valid_from, valid_until, ended_on, on_date, pauses) == "in_force"


def in_force_at(
    valid_from: date, valid_until: date, ended_on: date | None, local: datetime, pauses: Sequence[Pause] = ()
) -> bool:
    """The same for a local time (Asia/Shanghai): a licence ends at 00:00 of the day after its last day."""
    return in_force(valid_from, valid_until, ended_on, local.date(), pauses)


def state_on(
    valid_from: date,
    valid_until: date,
    ended_on: date | None,
    on_date: date,
    pauses: Sequence[Pause] = (),
    *,
    replaced: bool = False,
) -> str:
    """``in_force``, ``not_yet``, ``suspended``, ``expired``, ``withdrawn`` or ``replaced`` on a day.

    An end within the term comes first (``replaced``: by a changed licence), then the term, then suspensions.
    """
    if ended_on is not None and on_date >= ended_on:
        return "replaced" if replaced else "withdrawn"
    if on_date < valid_from:
        return "not_yet"
    if on_date > valid_until:
        return "expired"
    return "suspended" if any(pause.holds(on_date) for pause in pauses) else "in_force"


def spells(
    first: date, last: date, ended_on: date | None = None, pauses: Sequence[Pause] = ()
) -> list[tuple[date, date]]:
    """The stretches of days, first and last included, on which a licence held: its term without end and suspensions."""
    if ended_on is not None:
        last = min(last, ended_on - timedelta(days=1))
    found = []
    for pause in sorted(pauses, key=lambda p: p.from_on):
        if first < pause.from_on:
            found.append((first, min(last, pause.from_on - timedelta(days=1))))
        first = max(first, pause.lifted_on or date.max)
    return [(a, b) for a, b in [*found, (first, last)] if a <= b]


def unbroken_until(terms: Iterable[tuple[date, date]], start: date) -> date | None:
    """The last day of unbroken cover from ``start`` over terms that follow each other day by day; None without cover."""
    last: date | None = None
    for first, until in sorted(terms):
        if first <= (start if last is None else last + timedelta(days=1)) and until >= start:
            last = until if last is None else max(last, until)
    return last


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or its last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def default_term(start: date, months: int) -> tuple[date, date]:
    """First and last day of the usual term: so many months, ending the day before the same day of the month."""
    return start, add_months(start, months) - timedelta(days=1)


def renewal_start(last_day: date, today: date) -> date:
    """The first day of a renewal: the day after the old term's last day, or today where that has passed."""
    return max(last_day + timedelta(days=1), today)


def in_renewal_window(last_day: date, today: date, days: int = RENEWAL_DAYS) -> bool:
    """Whether a renewal may be asked for: from ``days`` days before the last day until as many days after it."""
    return last_day - timedelta(days=days) <= today <= last_day + timedelta(days=days)


def licence_year(anchor: date, day: date) -> int:
    """The number of the licence year a day lies in, counted from the anchor day (1 = the first twelve months)."""
    years = max(day.year - anchor.year, 0)
    return years if add_months(anchor, 12 * years) > day else years + 1


def year_span(anchor: date, number: int) -> tuple[date, date]:
    """First and last day of a licence year."""
    return add_months(anchor, 12 * (number - 1)), add_months(anchor, 12 * number) - timedelta(days=1)


def licence_no(year: int, number: int) -> str:
    """The printed number: 猗品授〔2026〕0007号."""
    return f"猗品授〔{year}〕{number:04d}号"


# --- quarters of the reports of use -----------------------------------------------------------------------------------


def quarter_of(day: date) -> str:
    """``2026Q4``."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def quarter_span(quarter: str) -> tuple[date, date]:
    """First and last day of a quarter; ValueError for anything that is none."""
    if len(quarter) != 6 or quarter[4] != "Q" or quarter[5] not in "1234" or not quarter[:4].isdigit():
        raise ValueError(f"no quarter: {quarter}")
    first = date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1)
    return first, add_months(first, 3) - timedelta(days=1)


def quarter_label(quarter: str) -> str:
    """``2026年第4季度``."""
    return f"{quarter[:4]}年第{quarter[5]}季度"


def quarters_due(first: date, last: date, today: date) -> list[str]:
    """The ended quarters a licence was in force in: those to be reported, oldest first."""
    found, day = [], first
    while quarter_span(quarter_of(day))[1] < today and day <= last:
        found.append(quarter_of(day))
        day = quarter_span(found[-1])[1] + timedelta(days=1)
    return found


def report_due(quarter: str, days: int) -> date:
    """A quarter is reported within so many days after its last."""
    return quarter_span(quarter)[1] + timedelta(days=days)
