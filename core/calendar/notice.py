"""Read the yearly holiday notice of the State Council office (国务院办公厅放假安排) from pasted text (pure).

Every weekday in brackets and every 共 N 天 is checked against the dates, so that a typing error is found here and
not in a deadline.  Nothing is guessed: a sentence that cannot be read is listed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.errors import BadInput

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_DATE = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?"
_SPAN = re.compile(_DATE + r"(?:\s*至\s*" + _DATE + r")?")
_TOTAL = re.compile(r"共\s*(\d{1,2})\s*天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")


@dataclass
class Notice:
    """What the text says about one year: days off, make-up working days, and everything that does not fit."""

    year: int
    off: set[date] = field(default_factory=set)
    makeup: set[date] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def read(text: str, year: int) -> Notice:
    """The notice for ``year``; BadInput where the text names no day off at all."""
    notice = Notice(year)
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    for sentence in re.split(r"[。;;\n]", plain):
        if "上班" in sentence:
            _makeup(sentence, notice)
        elif "放假" in sentence or "休息" in sentence:
            _off(sentence, notice)
    if not notice.off:
        raise BadInput(
            "没有读到放假日期，请粘贴通知里“一、元旦：”到“国庆节”那几段。", code="calendar.notice_unread", field="text"
        )
    both = sorted(notice.off & notice.makeup)
    notice.faults += [f"{d:%m月%d日}既写了放假又写了上班。" for d in both]
    notice.faults += [f"{d:%m月%d日}本来就是工作日，不用写上班。" for d in sorted(notice.makeup) if d.weekday() < 5]
    return notice


def _off(sentence: str, notice: Notice) -> None:
    days: set[date] = set()
    for found in _SPAN.finditer(sentence):
        first = _day(found.group(1), found.group(2), found.group(3), found.group(4), notice, None)
        if first is None:
            continue
        last = first
        if found.group(7):
            last = _day(found.group(5), found.group(6), found.group(7), found.group(8), notice, first) or first
        if last < first or (last - first).days > 15:
            notice.faults.append(f"“{found.group(0)}”的起止日期不对。")
            continue
        days |= {first + timedelta(days=i) for i in range((last - first).days + 1)}
    total = _TOTAL.search(sentence)
    if total and days and len(days) != int(total.group(1)):
        notice.faults.append(f"“{sentence[:24]}”写的是共 {total.group(1)} 天，按日期数是 {len(days)} 天。")
    notice.off |= {d for d in days if d.year == notice.year}


def _makeup(sentence: str, notice: Notice) -> None:
    previous: date | None = None
    for found in _SPAN.finditer(sentence):
        day = _day(found.group(1), found.group(2), found.group(3), found.group(4), notice, previous)
        if day is not None:
            previous = day
            if day.year == notice.year:
                notice.makeup.add(day)


def _day(
    year: str | None, month: str | None, day: str, bracket: str | None, notice: Notice, after: date | None
) -> date | None:
    number = int(month) if month else (after.month if after else 0)
    try:
        found = date(int(year) if year else (after.year if after else notice.year), number, int(day))
    except ValueError:
        notice.faults.append(f"“{month or ''}月{day}日”不是一个日期。")
        return None
    said = _WEEKDAY.search(bracket or "")
    if said and _WEEKDAYS[said.group(1)] != found.weekday():
        notice.faults.append(f"{found.month}月{found.day}日不是周{said.group(1)}，请核对年份和日期。")
    return found
