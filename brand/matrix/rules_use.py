"""Rules of use of a brand as numbered versions: what a version must say before it is published (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

MANAGE, PUBLISH = "brand.matrix.manage", "brand.matrix.publish"
CHARGE_KINDS = {"fee": "使用费", "deposit": "保证金"}
CHARGE_PERIODS = {"once": "一次", "yearly": "每年", "per_thousand_labels": "每千枚标签"}
TITLE_LIMIT, BODY_LIMIT, NOTE_LIMIT, MAX_CHARGE_FEN = 60, 20_000, 600, 100_000_000_00
_ARTICLE = re.compile(r"^(第[一二三四五六七八九十百零〇\d]{1,7}条)[\s　：:]*(.*)$")


@dataclass(frozen=True, slots=True)
class Article:
    """One numbered article of the rules."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee or deposit the rules set, with the document it rests on; amounts in 分."""

    kind: str
    label: str
    amount_fen: int
    period: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """How an article differs from the version before: added, changed or dropped."""

    kind: str
    number: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class UseFacts:
    """Everything the guards decide on."""

    today: date
    title: str = ""
    body: str = ""
    change_note: str = ""
    effective_from: date | None = None
    previous_from: date | None = None
    free: bool = False
    charges: tuple[Charge, ...] = ()


def split(body: str) -> tuple[str, tuple[Article, ...]]:
    """The words before the first article, and the articles; a line that starts with 第…条 begins one."""
    preamble: list[str] = []
    articles: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        found = _ARTICLE.match(line.strip())
        if found:
            articles.append((found[1], [found[2]]))
        elif articles:
            articles[-1][1].append(line.strip())
        else:
            preamble.append(line.strip())
    return "\n".join(preamble).strip(), tuple(Article(n, "\n".join(t).strip()) for n, t in articles)


def changes(before: str, after: str) -> list[Change]:
    """What the later text adds, changes and drops, article by article."""
    old = {a.number: a.text for a in split(before)[1]}
    new = {a.number: a.text for a in split(after)[1]}
    found = [
        Change("added" if n not in old else "changed", n, old.get(n, ""), text)
        for n, text in new.items()
        if old.get(n) != text
    ]
    return found + [Change("dropped", n, text) for n, text in old.items() if n not in new]


def ref(brand_key: str, number: int) -> str:
    """How a licence names the version it accepted: ``yidun-2``."""
    return f"{brand_key}-{number}"


def read_ref(text: str) -> tuple[str, int] | None:
    """Brand key and number of a reference, or None where the text is none."""
    found = re.fullmatch(r"([a-z][a-z0-9-]{1,39})-(\d{1,6})", text)
    return (found[1], int(found[2])) if found else None


def in_force(starts: Sequence[tuple[int, date]], day: date) -> int | None:
    """The number of the version in force on a day, of ``(number, first day)`` pairs; None before the first one."""
    begun = [(start, number) for number, start in starts if start <= day]
    return max(begun)[1] if begun else None


def last_days(starts: Sequence[tuple[int, date]]) -> dict[int, date | None]:
    """The first day of the next version for each number: a version holds until the day before; None for the latest."""
    ordered = sorted(starts, key=lambda pair: (pair[1], pair[0]))
    return {n: (ordered[i + 1][1] if i + 1 < len(ordered) else None) for i, (n, _) in enumerate(ordered)}


# --- guards -----------------------------------------------------------------------------------------------------------


def _unmet(rule: str, message: str, help: str, who: str = "品牌办经办") -> Unmet:
    return Unmet(rule, message, help=help, who=who)


def text_complete(facts: UseFacts) -> list[Unmet]:
    """The version has a title, numbered articles each once, and says what is new where one stands already."""
    found = []
    if not 2 <= len(facts.title) <= TITLE_LIMIT:
        found.append(_unmet("GZ-01", "规则没有名称。", f"写 2 到 {TITLE_LIMIT} 个字，例如“猗顿农品使用管理规则”。"))
    articles = split(facts.body)[1]
    if not articles:
        found.append(_unmet("GZ-02", "正文没有分条。", "每条另起一行，以“第一条”这样的字样开头。"))
    numbers = [a.number for a in articles]
    found += [
        _unmet("GZ-03", f"{n}写了 {numbers.count(n)} 次。", "改好条号，每条只出现一次。")
        for n in dict.fromkeys(numbers)
        if numbers.count(n) > 1
    ]
    found += [_unmet("GZ-04", f"{a.number}没有内容。", "写上内容，或删去这一条。") for a in articles if not a.text]
    if facts.previous_from is not None and not facts.change_note:
        found.append(_unmet("GZ-05", "没有写这一版改了什么。", "写给已获授权的企业看，一两句即可。"))
    return found


def dates_sound(facts: UseFacts) -> list[Unmet]:
    """The first day is today or later, and after the first day of the version before."""
    start = facts.effective_from
    if start is None:
        return [_unmet("GZ-06", "没有写从哪天起施行。", "填施行日期，今天或以后。")]
    found = []
    if start < facts.today:
        found.append(_unmet("GZ-07", "施行日期已经过去。", "改成今天或以后；规则不能倒着生效。"))
    if facts.previous_from is not None and start <= facts.previous_from:
        found.append(
            _unmet("GZ-08", f"上一版从 {facts.previous_from.isoformat()} 起施行。", "新版的施行日期要晚于上一版。")
        )
    return found


def charges_stated(facts: UseFacts) -> list[Unmet]:
    """The version says that it is free, or lists every charge with the document it rests on; never both, never neither."""
    if facts.free and facts.charges:
        return [_unmet("GZ-09", "既写了不收费，又列了收费项目。", "去掉“不收费”，或删去收费项目。")]
    if not facts.free and not facts.charges:
        return [_unmet("GZ-10", "没有写收不收费。", "不收费请勾选“不收使用费和保证金”，收费请逐项列出。")]
    return [
        _unmet("GZ-11", f"{c.label}没有写收费依据。", "写批准文件的名称和文号；没有依据不能收。")
        for c in facts.charges
        if not c.basis
    ]


RULES = Workflow(
    key="brand.rules",
    label="品牌使用规则",
    states=[
        State("draft", "起草中", "todo"),
        State("proposed", "待审定", "busy"),
        State("published", "已发布", "ok", final=True),
        State("discarded", "已作废", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move(
            "propose",
            "提交审定",
            ["draft"],
            "proposed",
            MANAGE,
            guards=[text_complete, dates_sound, charges_stated],
            who="品牌办经办",
        ),
        Move("send_back", "退回修改", ["proposed"], "draft", PUBLISH, reason=True, who="品牌办审定"),
        Move(
            "publish",
            "发布",
            ["proposed"],
            "published",
            PUBLISH,
            guards=[text_complete, dates_sound, charges_stated],
            not_same_person_as=["propose"],
            irreversible=True,
            who="品牌办审定（另一人）",
        ),
        Move("discard", "作废草稿", ["draft", "proposed"], "discarded", MANAGE, irreversible=True, who="品牌办经办"),
    ],
)
