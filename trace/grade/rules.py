"""Grading rules: the workflow of a version, what measures are, and how measured values are judged (pure).

No figure of any standard stands here: ranges are rows of a version.  Nothing measured is never a pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from core.errors import BadInput, Unmet
from core.identifiers import normalise_text
from core.workflow.table import Move, State, Workflow

# measure -> (word, unit, decimals)
MEASURES: dict[str, tuple[str, str, int]] = {
    "diameter": ("果径", "mm", 1),
    "length": ("果长", "mm", 1),
    "fruit-weight": ("单果重", "g", 1),
    "colour": ("着色面积", "%", 1),
    "brix": ("糖度", "°Brix", 1),
    "firmness": ("硬度", "kg/cm²", 1),
    "acid": ("可滴定酸", "%", 2),
    "defect-share": ("缺陷果", "%", 1),
    "cracked-share": ("裂果", "%", 1),
    "pest-share": ("病虫果", "%", 1),
    "rust": ("果锈面积", "%", 1),
    "blemish-area": ("单果缺陷面积", "cm²", 2),
    "count-per-kg": ("每公斤个数", "个", 1),
    "words": ("外观描述", "", 0),
}
Outcome = Literal["met", "not_met", "not_measured", "by_eye"]
OUTCOMES = {"met": "达到", "not_met": "没达到", "not_measured": "未测", "by_eye": "人工看"}
_CODE = re.compile(r"[0-9A-Z][0-9A-Z/. -]{0,29}")


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion as rules read it."""

    measure: str
    low: Decimal | None = None
    high: Decimal | None = None
    high_excluded: bool = False
    words: str = ""
    to_be_confirmed: bool = False
    source: str = ""

    def text(self) -> str:
        """The criterion in words, unit included."""
        if self.measure == "words":
            return self.words
        word, unit, _ = MEASURES[self.measure]
        gap = f" {unit}" if unit else ""
        if self.low is not None and self.high is not None:
            low, high = plain(self.low), plain(self.high)
            range_ = f"{low} 以上、不到 {high}{gap}" if self.high_excluded else f"{low}–{high}{gap}"
            return f"{word} {range_}"
        if self.low is not None:
            return f"{word} ≥ {plain(self.low)}{gap}"
        sign = "<" if self.high_excluded else "≤"
        return f"{word} {sign} {plain(self.high or Decimal(0))}{gap}"

    def holds(self, value: Decimal) -> bool:
        """Whether ``value`` lies in the range; both ends belong to it unless the upper one is excluded."""
        if self.low is not None and value < self.low:
            return False
        if self.high is None:
            return True
        return value < self.high if self.high_excluded else value <= self.high


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One grade with its criteria; rank 1 is the best."""

    key: str
    label: str
    rank: int
    criteria: tuple[CriterionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """A version as the guard before publishing reads it."""

    grades: Sequence[GradeRow] = ()
    has_owner: bool = True
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion measured against one value."""

    criterion: CriterionRow
    outcome: Outcome
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GradeJudgement:
    """One grade: every criterion with its outcome."""

    grade: GradeRow
    lines: tuple[Line, ...]

    @property
    def fails(self) -> bool:
        return any(line.outcome == "not_met" for line in self.lines)

    @property
    def open(self) -> bool:
        """Something was not measured or needs an eye: no conclusion may be drawn by machine."""
        return any(line.outcome in ("not_measured", "by_eye") for line in self.lines)


@dataclass(frozen=True, slots=True)
class Judgement:
    """All grades, best first.  ``best``: the best grade all of whose measured criteria hold, None where none does."""

    grades: tuple[GradeJudgement, ...] = field(default_factory=tuple)

    def of(self, key: str) -> GradeJudgement | None:
        return next((g for g in self.grades if g.grade.key == key), None)

    @property
    def best(self) -> GradeJudgement | None:
        return next((g for g in self.grades if not g.fails and any(x.outcome == "met" for x in g.lines)), None)


def judge(values: Mapping[str, Decimal], grades: Sequence[GradeRow]) -> Judgement:
    """Every grade's criteria against ``values`` (measure → value), compared exactly, nothing rounded first."""
    return Judgement(
        tuple(
            GradeJudgement(grade, tuple(_line(c, values) for c in grade.criteria))
            for grade in sorted(grades, key=lambda g: g.rank)
        )
    )


def _line(criterion: CriterionRow, values: Mapping[str, Decimal]) -> Line:
    if criterion.measure == "words":
        return Line(criterion, "by_eye")
    value = values.get(criterion.measure)
    if value is None:
        return Line(criterion, "not_measured")
    return Line(criterion, "met" if criterion.holds(value) else "not_met", value)


def is_lower(one: GradeRow, other: GradeRow) -> bool:
    """Whether grade ``one`` ranks below ``other``."""
    return one.rank > other.rank


def plain(value: Decimal) -> str:
    """A decimal without needless zeros."""
    return f"{value.normalize():f}"


def number(text: str, measure: str, field_: str) -> Decimal | None:
    """A typed figure of a measure, None where empty; BadInput when it is no such figure."""
    typed = normalise_text(text).replace("，", ".").strip()
    if not typed:
        return None
    word, unit, places = MEASURES[measure]
    try:
        value = Decimal(typed)
    except InvalidOperation:
        raise BadInput(f"{word}要写成数字，例如 14.2。", code="grade.number", field=field_) from None
    if not value.is_finite() or value < 0 or value > 100_000:
        raise BadInput(f"{word}不会是 {typed}，请核对。", code="grade.number", field=field_)
    if unit == "%" and value > 100:
        raise BadInput(f"{word}按百分比写，最大 100。", code="grade.number", field=field_)
    if value != round(value, places):
        raise BadInput(f"{word}最多写 {places} 位小数。", code="grade.number", field=field_)
    return value


def code(text: str) -> str:
    """The standard's number: 1 to 30 of 0-9 A-Z, slash, dot, blank and hyphen, upper case."""
    found = normalise_text(text).upper()
    if not _CODE.fullmatch(found):
        raise BadInput(
            "标准编号用 1 到 30 位数字、大写字母、斜线、点、空格和短横，例如 DB1408/T 001-2026。",
            code="grade.code", field="code",
        )  # fmt: skip
    return found


def check_criterion(row: CriterionRow, where: str) -> CriterionRow:
    """The row if it can be judged; BadInput naming ``where`` otherwise."""
    if row.measure not in MEASURES:
        raise BadInput(f"{where}：没有这个指标，请从列表里选。", code="grade.measure", field="criteria")
    if row.measure == "words":
        if not row.words.strip():
            raise BadInput(f"{where}：外观描述要写文字。", code="grade.words", field="criteria")
        return row
    if row.low is None and row.high is None:
        raise BadInput(f"{where}：下限和上限至少写一个。", code="grade.bounds", field="criteria")
    if row.low is not None and row.high is not None and row.low > row.high:
        raise BadInput(f"{where}：下限比上限大，请核对。", code="grade.bounds", field="criteria")
    return row


def ready(facts: VersionFacts) -> list[Unmet]:
    """Everything that keeps a version from being published."""
    unmet = []
    who = "标准所属单位"
    if not facts.has_owner:
        unmet.append(
            Unmet("grade.reference", "参考资料不能直接发布。", help="复制成本单位的标准，核对后再发布。", who=who)
        )
    if not facts.dated:
        unmet.append(Unmet("grade.dated", "还没有写从哪天起用。", help="在草稿里填写启用日期。", who=who))
    if not facts.grades:
        unmet.append(Unmet("grade.empty", "还没有等级。", help="至少写一个等级和它的一条指标。", who=who))
    unmet += [
        Unmet("grade.no_criteria", f"等级“{g.label}”没有指标。", help="写上指标，或删去这个等级。", who=who)
        for g in facts.grades
        if not g.criteria
    ]
    unmet += [
        Unmet(
            "grade.unconfirmed",
            f"等级“{g.label}”的“{c.text()}”还标着待核对。",
            help="对照标准原文核对，去掉待核对标记再发布。",
            who=who,
        )
        for g in facts.grades
        for c in g.criteria
        if c.to_be_confirmed
    ]
    return unmet


VERSION = Workflow(
    key="trace.grade.version",
    label="分级标准版本",
    states=[
        State("draft", "草稿", "todo"),
        State("published", "在用", "ok"),
        State("ended", "已停用", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move("publish", "发布", ["draft"], "published", "trace.grade.publish", by="owner", guards=[ready], irreversible=True, who="标准所属单位负责人"),
        Move("end", "停用", ["published"], "ended", "trace.grade.publish", by="owner", reason=True, who="标准所属单位负责人"),
    ],
)  # fmt: skip
