"""How values are written on a page: dates, money, weight, codes (LOOK 3); Jinja filters, all pure but the clock's zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from core import clock


def _as_date(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def day(value: date | datetime | str | None) -> str:
    """``2026-10-18`` (tables); a text stays as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    return _as_date(value).isoformat()


def day_cn(value: date | datetime | None) -> str:
    """``2026年10月18日`` (sentences)."""
    if value is None:
        return ""
    d = _as_date(value)
    return f"{d.year}年{d.month}月{d.day}日"


def short_day(value: date | datetime | None) -> str:
    """``10-18`` (time lines under a year)."""
    return "" if value is None else f"{_as_date(value):%m-%d}"


def moment(value: datetime | None) -> str:
    """``2026-10-18 14:20`` in Asia/Shanghai."""
    return "" if value is None else f"{clock.local(value):%Y-%m-%d %H:%M}"


def moment_cn(value: datetime | None) -> str:
    """``2026年10月18日 14:20`` in Asia/Shanghai."""
    return "" if value is None else f"{day_cn(value)} {clock.local(value):%H:%M}"


def brief(value: date | datetime | str | None) -> str:
    """A day as a time line writes it: without the year while it is less than a year away, with it otherwise."""
    if value is None or isinstance(value, str):
        return value or ""
    d = _as_date(value)
    near = abs(d - clock.today()) < timedelta(days=330)
    return f"{d:%m-%d}" if near else d.isoformat()


def deadline(value: date | None) -> str:
    """A deadline day: ``10月18日 24:00``."""
    return "" if value is None else f"{value.month}月{value.day}日 24:00"


def yuan(fen: int | None) -> str:
    """``1,234.50`` from integer 分."""
    if fen is None:
        return ""
    sign, rest = ("-" if fen < 0 else ""), abs(int(fen))
    return f"{sign}{rest // 100:,}.{rest % 100:02d}"


def kg(grams: int | None) -> str:
    """``2.5 kg`` from integer grams, exact."""
    if grams is None:
        return ""
    sign, rest = ("-" if grams < 0 else ""), abs(int(grams))
    decimals = f"{rest % 1000:03d}".rstrip("0")
    return f"{sign}{rest // 1000:,}{'.' + decimals if decimals else ''} kg"


def number(value: Any) -> str:
    """With thousands separators; decimals stay as they are."""
    return "" if value is None else f"{value:,}"


def fours(text: str) -> list[str]:
    """Groups of four: ``0G7T K4M2 QX9V B``; the gap is drawn by margin, so copying gives no blanks."""
    plain = "".join(str(text).split())
    return [plain[i : i + 4] for i in range(0, len(plain), 4)]


def mask_mobile(text: str | None) -> str:
    """``138****0000``."""
    return "" if not text else text[:3] + "****" + text[-4:]


def file_size(size: int) -> str:
    """``1.2 MB``."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


def rule_name(rule: str) -> str:
    """A rule number such as ``PP-07`` as it stands; our own dotted keys say nothing to a reader and are left out."""
    return "" if "." in rule else rule


def in_time_order(entries: Iterable[Any], newest_first: bool) -> list[Any]:
    """Entries as the reader wants them; entries are given oldest first."""
    listed = list(entries)
    return listed[::-1] if newest_first else listed


def tabs_of(items: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Tabs as (label, href, active, count), the last two optional."""
    return [(*item, *(False, None)[len(item) - 2 :]) for item in items]


def bar_widths(rows: Iterable[Sequence[Any]]) -> list[tuple[str, Any, float]]:
    """(label, value, share of the largest); a missing value has no bar."""
    listed = list(rows)
    top = max((r[1] for r in listed if r[1] is not None), default=0)
    return [(r[0], r[1], float(r[1] / top) if r[1] and top else 0.0) for r in listed]


def fund_parts(parts: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """(label, amount, pattern) of fund parts (label, note, amount, pattern)."""
    return [(p[0], p[2], p[3]) for p in parts]


def fund_shares(parts: Iterable[Sequence[Any]]) -> list[tuple[str, str, str, str]]:
    """(label, note, share in whole per cent, pattern); shares sum to exactly 100 (largest remainder)."""
    listed = list(parts)
    return [(p[0], p[1], f"{s}%", p[3]) for p, s in zip(listed, shares([p[2] for p in listed]), strict=True)]


def shares(amounts: Sequence[int], total: int = 100) -> list[int]:
    """Whole parts of ``total`` in proportion to ``amounts``, by largest remainder; all zero where there is nothing."""
    whole = sum(amounts)
    if whole <= 0:
        return [0] * len(amounts)
    floors = [a * total // whole for a in amounts]
    order = sorted(range(len(amounts)), key=lambda i: -(amounts[i] * total % whole))
    for i in order[: total - sum(floors)]:
        floors[i] += 1
    return floors


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "day_cn": day_cn,
    "short_day": short_day,
    "moment": moment,
    "moment_cn": moment_cn,
    "brief": brief,
    "deadline": deadline,
    "yuan": yuan,
    "kg": kg,
    "num": number,
    "fours": fours,
    "mask_mobile": mask_mobile,
    "file_size": file_size,
    "rule_name": rule_name,
    "in_time_order": in_time_order,
    "tabs_of": tabs_of,
    "bar_widths": bar_widths,
    "fund_parts": fund_parts,
    "fund_shares": fund_shares,
}
