"""Cells of a workbook as rules see them (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.identifiers import normalise_text


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that holds a formula without a stored result."""

    text: str


def column_letter(index: int) -> str:
    """``0`` -> A, ``26`` -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def plain_words(value: object) -> str:
    """A heading or a word of a list without blanks, brackets full width."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value or ""))).replace("(", "（").replace(")", "）")


def find_columns(
    heading: Sequence[object], headings: Mapping[str, Sequence[str]], required: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    """Which column holds which field, and what is missing or stands twice, in words."""
    columns: dict[str, int] = {}
    faults = []
    wanted = {plain_words(word): key for key, words in headings.items() for word in words}
    for index, value in enumerate(heading):
        key = wanted.get(plain_words(value))
        if key is None:
            continue
        if key in columns:
            faults.append(f"“{headings[key][0]}”有两列：{column_letter(columns[key])} 和 {column_letter(index)}。")
        columns.setdefault(key, index)
    faults += [f"缺“{headings[key][0]}”这一列。" for key in required if key not in columns]
    return columns, faults


class CellError(Exception):
    """What is wrong with the cell of a field, in words that say what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def text_of(value: object, field: str) -> str:
    """The text of a cell; CellError for a formula without a result, an error value, a yes/no; BadInput for hidden characters."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        raise CellError(field, "这一格是公式，没有算好的结果。请复制后“只粘贴数值”。")
    if isinstance(value, bool):
        raise CellError(field, "这一格是“是/否”，请写成文字。")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (datetime, date)):
        return value.strftime("%Y-%m-%d")
    text = normalise_text(str(value))
    if text.startswith("#") and text.rstrip("!?").isupper():
        raise CellError(field, f"这一格的公式出错（{text}），请改成数值。")
    return text


def read_day(value: object, field: str) -> date | None:
    """A day from a date cell or from text; a bare serial number is refused, since it may mean anything."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = unicodedata.normalize("NFKC", text_of(value, field)).replace(" ", "")
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    if found is None:
        if re.fullmatch(r"\d{5}(\.\d+)?", text):
            raise CellError(field, f"“{text}”是没有设成日期格式的数字。请把这一列的格式改成日期。")
        raise CellError(field, f"“{text}”不是日期，请写成 2026-10-18。")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise CellError(field, f"没有 {text} 这一天。") from None


def is_blank(cells: Sequence[object]) -> bool:
    """Whether nothing stands in the row."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in cells)
