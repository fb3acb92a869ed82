"""What a value may be, which one held on a day, and how one is changed by two people (pure)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, cast

from core.errors import Unmet
from core.money import parse_yuan, yuan_grouped
from core.workflow.table import Move, State, Workflow

PROPOSE, DECIDE, VIEW = (f"core.policy.{v}" for v in ("propose", "decide", "view"))
SILENT = "未规定，系统默认"
KINDS: dict[str, tuple[str, str]] = {  # kind: (unit as shown, how to write it)
    "working_days": ("个工作日", "只写数字"),
    "days": ("天", "只写数字，节假日也算"),
    "hours": ("小时", "只写数字"),
    "months": ("个月", "只写数字"),
    "rounds": ("次", "只写数字"),
    "times": ("倍", "只写数字"),
    "percent": ("%", "只写数字，100 就是 100%"),
    "ratio": ("", "写成分数，例如 2/3"),
    "fen": ("元", "写到角分，例如 2000.00"),
    "day_of_month": ("日", "写几日，只写数字"),
    "month_day": ("", "写成 月-日，例如 03-31"),
    "day_list": ("天", "从大到小，用逗号隔开，例如 30,7,0"),
    "switch": ("", "是或否"),
}
COUNTED = ("working_days", "days", "hours", "months", "rounds", "times", "percent", "day_of_month")
Value = int | bool | Fraction | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One number of the town: what it is, what it may be, where it comes from, and which day's value a case keeps.

    ``silent``: the documents name no number, the default is the system's own.  ``clock``: the day whose value counts for
    a case, in words for the public page.
    """

    key: str
    title: str
    kind: str
    default: Value
    clause: str
    source: str
    clock: str
    topic: str
    least: Value | None = None
    most: Value | None = None
    silent: bool = True
    note: str = ""

    def range_words(self) -> str:
        """The allowed range in words, '' where there is none."""
        if self.least is None and self.most is None:
            return ""
        if self.most is None:
            return f"不少于 {show(self.kind, self.least)}"
        if self.least is None:
            return f"不超过 {show(self.kind, self.most)}"
        return f"{show(self.kind, self.least)}到 {show(self.kind, self.most)}"


def setting(
    title: str, kind: str, default: Value, *, clause: str, source: str, clock: str, least: Value | None = None,
    most: Value | None = None, silent: bool = True, note: str = "",
) -> Any:  # fmt: skip
    """A field of a room's terms: its default is the system's, its metadata is the declaration."""
    told = {
        "title": title, "kind": kind, "clause": clause, "source": source, "clock": clock, "least": least, "most": most,
        "silent": silent, "note": note,
    }  # fmt: skip
    return dataclasses.field(default=default, metadata={"policy": told})


def keys_of(terms: type[Any]) -> list[Key]:
    """The keys a room's terms declare: ``<prefix>.<field>`` under the class's ``PREFIX`` and ``TOPIC``."""
    return [
        Key(f"{terms.PREFIX}.{f.name}", topic=terms.TOPIC, default=cast(Value, f.default), **f.metadata["policy"])
        for f in dataclasses.fields(terms)
        if "policy" in f.metadata
    ]


def read(kind: str, text: str) -> Value:
    """The value a text means; ValueError where it means none of this kind."""
    text = text.strip().replace("，", ",").replace("％", "").removesuffix("%")
    if kind in COUNTED:
        return _whole(text)
    return _READERS[kind](text)


def _ratio(text: str) -> Fraction:
    above, _, below = text.partition("/")
    if not 0 < _whole(above) <= _whole(below):
        raise ValueError(text)
    return Fraction(_whole(above), _whole(below))


def _month_day(text: str) -> tuple[int, ...]:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    if found is None:
        raise ValueError(text)
    day = date(2001, int(found[1]), int(found[2]))  # a day every year has
    return (day.month, day.day)


def _day_list(text: str) -> tuple[int, ...]:
    days = tuple(_whole(part.strip()) for part in text.split(","))
    if list(days) != sorted(set(days), reverse=True) or len(days) > 6:
        raise ValueError(text)
    return days


def _switch(text: str) -> bool:
    if text not in ("是", "否", "yes", "no"):
        raise ValueError(text)
    return text in ("是", "yes")


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        raise ValueError(text)
    return int(text)


_READERS: dict[str, Callable[[str], Value]] = {
    "ratio": _ratio,
    "fen": parse_yuan,
    "month_day": _month_day,
    "day_list": _day_list,
    "switch": _switch,
}


def text_of(kind: str, value: Value) -> str:
    """The canonical text that is stored: ``read(kind, text_of(kind, v)) == v``."""
    if kind == "switch":
        return "yes" if value else "no"
    if kind == "ratio":
        assert isinstance(value, Fraction)
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple):
        return f"{value[0]:02d}-{value[1]:02d}" if kind == "month_day" else ",".join(map(str, value))
    if kind == "fen":
        assert isinstance(value, int)
        return yuan_grouped(value).replace(",", "")
    return str(value)


def show(kind: str, value: Value | None) -> str:
    """The value as a screen says it: 5 个工作日, 三月底 as 3月31日, 2/3."""
    if value is None:
        return ""
    if kind == "switch":
        return "是" if value else "否"
    if isinstance(value, tuple):
        if kind == "month_day":
            return f"{value[0]}月{value[1]}日"
        return "、".join(map(str, value)) + " 天"
    if kind == "fen":
        assert isinstance(value, int)
        return f"{yuan_grouped(value)} 元"
    text, unit = text_of(kind, value), KINDS[kind][0]
    return f"{text}{'' if unit == '%' or not unit else ' '}{unit}"


def out_of_range(key: Key, value: Value) -> bool:
    """Whether the value lies outside what the key allows; of a list every member counts."""
    if key.kind == "switch":
        return False
    if key.kind == "day_list":
        assert isinstance(value, tuple)
        low, high = key.least, key.most
        return any((low is not None and v < low) or (high is not None and v > high) for v in value)  # type: ignore[operator]
    return (key.least is not None and value < key.least) or (key.most is not None and value > key.most)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Dated:
    """One approved value: the text as stored, its first day, and the grounds given for it."""

    valid_from: date
    text: str
    reason: str = ""
    document: str = ""


def in_force(key: Key, dated: Iterable[Dated], on: date) -> tuple[Value, date | None]:
    """The value on a day and its first day; the declared default and None where nothing was approved by then.

    ``dated`` in the order of first days; of two with the same first day the later approved one counts.
    """
    found = None
    for row in dated:
        if row.valid_from <= on:
            found = row
    return (read(key.kind, found.text), found.valid_from) if found else (key.default, None)


def ahead(dated: Sequence[Dated], today: date) -> list[Dated]:
    """What is approved but holds from a later day; of two with the same first day the later approved one."""
    return list({row.valid_from: row for row in dated if row.valid_from > today}.values())


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What a change of a value is decided on; ``key`` is None where no room declares it any more."""

    today: date
    key: Key | None
    text: str
    valid_from: date
    before: Value | None = None
    document: str = ""
    reason: str = ""


def possible(facts: ChangeFacts) -> list[Unmet]:
    """The value is of its kind, inside the allowed range and another one than the day would have anyway."""
    key = facts.key
    if key is None:
        return [Unmet("C20", "这个规则项已经停用。", help="撤回这份提议。")]
    try:
        value = read(key.kind, facts.text)
    except ValueError:
        return [Unmet("C20", f"看不懂“{facts.text[:20]}”。", key.source, f"{KINDS[key.kind][1]}。", "提议人")]
    if out_of_range(key, value):
        return [Unmet(key.clause, f"{key.title}要在{key.range_words()}之间。", key.source, "换一个数。", "提议人")]
    if value == facts.before:
        said = f"{facts.valid_from.month}月{facts.valid_from.day}日本来就是 {show(key.kind, value)}。"
        return [Unmet("C20", said, key.source, "不用改，或换一个数。", "提议人")]
    return []


def not_backwards(facts: ChangeFacts) -> list[Unmet]:
    """A day that has begun keeps its values: the first day of a new one is tomorrow at the earliest."""
    if facts.valid_from > facts.today:
        if facts.valid_from <= facts.today + timedelta(days=3 * 366):
            return []
        return [Unmet("C20", "生效日太远，三年以内的才能定。", help="换一个生效日。", who="提议人")]
    first = facts.today + timedelta(days=1)
    return [
        Unmet(
            "C20",
            f"生效日最早是 {first.year}年{first.month}月{first.day}日，已经开始的日子不改。",
            help="换一个生效日重新提议。",
            who="提议人",
        )
    ]


def grounds_given(facts: ChangeFacts) -> list[Unmet]:
    """A change says why and names the paper it rests on."""
    found = []
    if len(facts.reason.strip()) < 10:
        found.append(Unmet("C20", "理由太短，看不出为什么要改。", help="写清原因，至少 10 个字。", who="提议人"))
    if not facts.document.strip():
        found.append(Unmet("C20", "没有写依据。", help="写会议纪要或文件的名称、文号和日期。", who="提议人"))
    return found


CHANGE = Workflow(
    key="core.policy",
    label="规则取值变更",
    article="方案未规定的事项",
    states=[
        State("draft", "草稿", "todo"),
        State("proposed", "待审定", "busy"),
        State("approved", "已批准", "ok", final=True),
        State("refused", "不予变更", "bad", final=True),
        State("dropped", "已撤回", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move("propose", "提议", ["draft"], "proposed", PROPOSE, by="owner", guards=[possible, not_backwards, grounds_given], who="经办人"),
        Move("drop", "撤回", ["draft", "proposed"], "dropped", PROPOSE, by="owner", reason=True, who="提议单位"),
        Move("approve", "批准", ["proposed"], "approved", DECIDE, guards=[possible, not_backwards], not_same_person_as=["propose"],
             irreversible=True, who="审定人（另一人）"),
        Move("refuse", "不予变更", ["proposed"], "refused", DECIDE, reason=True, not_same_person_as=["propose"], who="审定人（另一人）"),
    ],
)  # fmt: skip
