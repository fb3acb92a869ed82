"""Reading journal rows of a workbook (pure): cells to fields, each fault with the address of its cell.

A workbook is people's own work: columns are found by their headings in any order, dates and numbers may be typed as
text, and a row that cannot be read is told by the cell to look at.  Nothing is guessed: a number that might be a date is
refused with what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from core.file.cells import CellError, Formula, column_letter, is_blank, plain_words, read_day, text_of
from core.file.cells import find_columns as find_named

__all__ = ["CellError", "Formula", "column_letter", "is_blank", "plain_words", "read_day", "text_of"]

HEADINGS: dict[str, tuple[str, ...]] = {
    "plot": ("地块编号", "地块"),
    "year": ("年份", "生产季"),
    "kind": ("记录类别", "类别"),
    "done_on": ("日期", "使用日期", "开始日期"),
    "until": ("停用日期", "结束日期", "到哪天"),
    "category": ("投入品类别",),
    "name": ("名称", "投入品名称"),
    "registration_no": ("登记证号",),
    "source": ("来源",),
    "usage": ("用法",),
    "amount": ("用量",),
    "interval_days": ("安全间隔期（天）", "安全间隔期"),
    "mass_g": ("采收量（kg）", "采收量"),
    "summary": ("说明", "做了什么", "病虫和防治"),
}
REQUIRED = ("plot", "year", "kind", "done_on")
KIND_WORDS = {"投入品": "input", "用药": "input", "施肥": "input", "病虫害": "pest", "农事": "work", "采收": "harvest"}
CATEGORY_WORDS = {"农药": "pesticide", "肥料": "fertiliser", "其他": "other", "其他投入品": "other"}
MAX_ROWS = 5_000
# The field a service names in its error, where the column is called otherwise.
COLUMN_OF = {"input_name": "name", "place": "plot", "season": "plot"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, or with a row as a whole where ``column`` is the row's first."""

    row: int
    cell: str
    message: str


@dataclass(frozen=True, slots=True)
class RowRead:
    """One row with its fields; ``cells`` tells where each stands."""

    row: int
    plot: str
    year: int
    kind: str
    values: Mapping[str, Any]
    cells: Mapping[str, str]

    def cell_of(self, field: str | None) -> str:
        """The address to look at for a fault of ``field``."""
        return self.cells.get(COLUMN_OF.get(field or "", field or ""), self.cells["plot"])


def find_columns(heading: Sequence[object]) -> tuple[dict[str, int], list[str]]:
    """Which column holds which field of a journal, and what is missing or stands twice, in words."""
    return find_named(heading, HEADINGS, REQUIRED)


def _number(value: object, field: str, label: str) -> Decimal | None:
    text = unicodedata.normalize("NFKC", text_of(value, field)).replace(",", "")
    text = re.sub(r"(?i)(kg|公斤|天)$", "", text).strip()
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise CellError(field, f"{label}要写数字，现在是“{text}”。") from None
    if not number.is_finite():
        raise CellError(field, f"{label}要写数字，现在是“{text}”。")
    return number


def _whole(value: object, field: str, label: str) -> int | None:
    number = _number(value, field, label)
    if number is None:
        return None
    if number != number.to_integral_value() or abs(number) > 10**9:
        raise CellError(field, f"{label}要写整数，现在是“{number}”。")
    return int(number)


def _grams(value: object, field: str) -> int | None:
    kilograms = _number(value, field, "采收量")
    if kilograms is None:
        return None
    grams = kilograms * 1000
    if grams != grams.to_integral_value() or abs(grams) > 10**12:
        raise CellError(field, "采收量最多写到克，例如 1250.5。")
    return int(grams)


def read_row(number: int, cells: Sequence[object], columns: Mapping[str, int]) -> RowRead | list[Fault]:
    """The row's fields, or every fault of its own; whether they make sense is asked of the journal's rules later."""
    addresses = {key: f"{column_letter(index)}{number}" for key, index in columns.items()}
    given = {key: cells[index] if index < len(cells) else None for key, index in columns.items()}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    readers: dict[str, Any] = {
        "year": lambda v, f: _whole(v, f, "年份"),
        "done_on": read_day,
        "until": read_day,
        "interval_days": lambda v, f: _whole(v, f, "安全间隔期"),
        "mass_g": _grams,
    }
    for key, value in given.items():
        try:
            values[key] = readers.get(key, text_of)(value, key)
        except CellError as wrong:
            faults.append(Fault(number, addresses[wrong.field], wrong.message))
            values[key] = None
    faulty = {f.cell for f in faults}
    empty = [key for key in REQUIRED if not values.get(key) and addresses[key] not in faulty]
    faults += [Fault(number, addresses[key], f"还没有填{HEADINGS[key][0]}。") for key in empty]
    kind = _choice(values.get("kind"), KIND_WORDS, "kind", number, addresses, faults)
    if kind == "input" and not any(f.cell == addresses.get("category") for f in faults):
        values["category"] = _choice(
            values.get("category") or "", CATEGORY_WORDS, "category", number, addresses, faults
        )
    if faults:
        return faults
    return RowRead(number, str(values["plot"]), int(values["year"]), kind, values, addresses)


def _choice(
    word: object, words: Mapping[str, str], field: str, row: int, addresses: Mapping[str, str], faults: list[Fault]
) -> str:
    text = plain_words(word)
    found = words.get(text)
    cell = addresses.get(field, addresses["kind"])
    if found is None and not any(f.cell == cell for f in faults):
        shown = "、".join(dict.fromkeys(words))
        faults.append(Fault(row, cell, f"{HEADINGS[field][0]}写成 {shown} 之一，现在是“{text or '空'}”。"))
    return found or ""


def sameness(kind: str, line: Any) -> tuple[object, ...]:
    """What makes two lines of a season the same deed written twice."""
    return (kind, line.done_on, line.until, line.category, line.input_name, line.amount, line.mass_g, line.summary)
