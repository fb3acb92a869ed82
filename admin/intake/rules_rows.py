"""Rows of a workbook of enterprises and growers (pure): each cell is judged as the registration form would, each fault has its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core import identifiers
from core.errors import BadInput
from core.file.cells import CellError, Formula, column_letter, find_columns, is_blank, plain_words, read_day, text_of

HEADINGS: dict[str, tuple[str, ...]] = {
    "kind": ("类型",),
    "name": ("名称", "单位名称", "姓名"),
    "code": ("统一社会信用代码", "信用代码"),
    "reason": ("没有代码的理由", "为什么没有代码"),
    "town": ("乡镇", "所在乡镇"),
    "address": ("地址或村", "地址", "经营地址", "村"),
    "business": ("主营", "做什么"),
    "contact_name": ("联系人",),
    "contact_mobile": ("联系人手机", "手机", "电话", "联系电话"),
    "licence_until": ("执照有效期至",),
    "note": ("备注",),
}
REQUIRED = ("kind", "name", "code", "reason", "town", "contact_name", "contact_mobile")
LIMITS = {"name": 60, "town": 30, "address": 120, "business": 400, "contact_name": 20, "note": 200}
KINDS = {"企业或合作社": "enterprise", "企业": "enterprise", "合作社": "enterprise", "种植户": "grower"}
REASONS = {"自产自销农副产品": "self_grown", "零星小额交易": "small_trade", "便民劳务": "labour"}
MAX_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell and what to do; ``value`` is what stands there."""

    row: int
    cell: str
    heading: str
    value: str
    message: str
    help: str = ""


@dataclass(slots=True)
class Read:
    """One row in canonical form with the address of each cell; it may be written when it has no fault."""

    row: int
    cells: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.values.get("kind") or "")

    def text(self, key: str) -> str:
        """The value of a text column, '' where there is none."""
        return str(self.values.get(key) or "")

    def blame(self, key: str, shown: str, message: str, help: str = "") -> None:
        """Afterwards the cell of ``key`` has this fault."""
        where = self.cells.get(key) or self.cells["name"]
        self.faults.append(Fault(self.row, where, HEADINGS[key][0], shown[:60], message, help))


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already: codes with where they are, growers by (name, place) with their code."""

    codes: Mapping[str, str] = field(default_factory=dict)
    growers: Mapping[tuple[str, str], str] = field(default_factory=dict)


def head(cells: Sequence[object]) -> tuple[dict[str, int], list[str], list[str]]:
    """Where each column stands, what is wrong with the headings, and headings that are not known (their cells are not imported)."""
    columns, faults = find_columns(cells, HEADINGS, REQUIRED)
    known = {plain_words(word) for words in HEADINGS.values() for word in words}
    strange = [str(c)[:20] for c in cells if isinstance(c, str) and c.strip() and plain_words(c) not in known]
    return columns, faults, strange


def read_rows(
    rows: Sequence[Sequence[object]], columns: Mapping[str, int], merged: Sequence[str], known: Known
) -> list[Read]:
    """Every row below the head that is not empty, each with all its faults."""
    found: list[Read] = []
    seen: dict[tuple[str, ...], int] = {}
    inside = _merged_cells(merged)
    for number, cells in enumerate(rows, start=2):
        if is_blank(cells):
            continue
        read = _read(number, cells, columns)
        for key, address in read.cells.items():
            if address in inside:
                read.blame(key, "", f"这一格在合并单元格 {inside[address]} 里。", "取消合并，每一行都填上。")
        _against(read, known, seen)
        found.append(read)
    return found


def _read(number: int, cells: Sequence[object], columns: Mapping[str, int]) -> Read:
    read = Read(number, {key: f"{column_letter(index)}{number}" for key, index in columns.items()})
    for key, index in columns.items():
        value = cells[index] if index < len(cells) else None
        try:
            read.values[key] = _READERS.get(key, _text)(value, key)
        except CellError as wrong:
            read.blame(key, shown(value), wrong.message)
        except BadInput as wrong:
            read.blame(key, shown(value), wrong.message, wrong.help)
    _required(read)
    return read


def shown(value: object) -> str:
    """A cell as the preview writes it."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        return value.text
    return value.strftime("%Y-%m-%d") if isinstance(value, (date, datetime)) else str(value)


def _text(value: object, key: str) -> str:
    text = text_of(value, key)
    if "\n" in text or "\t" in text:
        text = " ".join(text.split())
    if len(text) > LIMITS[key]:
        raise CellError(key, f"最多 {LIMITS[key]} 字，现在是 {len(text)} 字。请写短一些。")
    if identifiers.looks_like_resident_id(text):
        raise CellError(key, "这里像是有身份证号，平台不收集，请删去。")
    if key == "name" and 0 < len(text) < 2:
        raise CellError(key, "名称至少 2 个字，写执照上的全称。")
    return text


def _digits(value: object, key: str) -> str:
    """A code or a number that a spreadsheet may have kept as a number."""
    if isinstance(value, (date, datetime)):
        raise CellError(key, "这一格是日期格式。请把这一列设为文本，再填号码。")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= 10**15:
            raise CellError(
                key, "这一格是数字格式，表格只保留前 15 位，后面的已经变成 0。请把这一列设为文本，再照执照填一遍。"
            )
        if float(value) != int(value):
            raise CellError(key, "这一格是小数。请把这一列设为文本，再填号码。")
        return str(int(value))
    return text_of(value, key)


def _code(value: object, key: str) -> str:
    typed = _digits(value, key)
    return identifiers.check_uscc(typed) if typed else ""


def _mobile(value: object, key: str) -> str:
    typed = _digits(value, key)
    return identifiers.check_mobile(typed, key) if typed else ""


def _choice(words: Mapping[str, str], label: str) -> Callable[[object, str], str]:
    def read(value: object, key: str) -> str:
        typed = plain_words(text_of(value, key))
        if typed and typed not in words:
            raise CellError(key, f"“{label}”里没有“{typed[:20]}”。请从下拉框里选：{'、'.join(dict.fromkeys(words))}。")
        return words.get(typed, "")

    return read


def _until(value: object, key: str) -> date | None:
    if isinstance(value, str) and plain_words(value) in ("长期", "永久", "长期有效"):
        return None
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool) and value < 10**7):
        raise CellError(key, f"“{value}”是没有设成日期格式的数字。请把这一列的格式改成日期。")
    return read_day(value, key)


_READERS: dict[str, Callable[[object, str], Any]] = {
    "kind": _choice(KINDS, "类型"), "reason": _choice(REASONS, "没有代码的理由"), "code": _code, "contact_mobile": _mobile,
    "licence_until": _until,
}  # fmt: skip


def _required(read: Read) -> None:
    """What the registration form asks of an enterprise, and the office's form of a grower."""
    wrong = {fault.cell for fault in read.faults}

    def missing(key: str, message: str, help: str = "") -> None:
        if not read.values.get(key) and read.cells.get(key) not in wrong:
            read.blame(key, "", message, help)

    missing("kind", "还没有选类型。", "从下拉框里选：企业或合作社、种植户。")
    missing("name", "还没有填名称。", "企业写执照上的全称；种植户写姓名或称呼。")
    if read.kind == "enterprise":
        if read.text("reason"):
            read.blame(
                "code",
                read.text("code"),
                "企业和合作社要填统一社会信用代码，不能写没有代码的理由。",
                "没有代码的个人请登记为种植户。",
            )
        else:
            missing("code", "还没有填统一社会信用代码。", "填营业执照上的 18 位代码。")
        missing("town", "还没有填乡镇。", "填注册地或主要经营地所在的乡镇。")
        missing("contact_name", "还没有填联系人。", "填经常在岗、能接电话的人。")
        missing("contact_mobile", "还没有填联系人手机。", "接手办理的链接发到这个号码。")
    if read.kind == "grower":
        if read.text("code"):
            read.blame(
                "code", read.text("code"), "有统一社会信用代码的，类型要选“企业或合作社”。", "种植户会得到平台编号。"
            )
        missing("reason", "还没有选没有代码的理由。", "从下拉框里选一项（电子商务法第十条）。")


def _against(read: Read, known: Known, seen: dict[tuple[str, ...], int]) -> None:
    code, name = read.text("code"), read.text("name")
    if code and code in known.codes:
        read.blame("code", code, f"这个代码{known.codes[code]}。", "删去这一行；要改资料的，请本单位自己改。")
    who = (plain_words(name), plain_words(place_of(read)))
    if read.kind == "grower" and all(who) and who in known.growers:
        read.blame(
            "name",
            name,
            f"同名同村的种植户已有编号 {known.growers[who]}。",
            "是同一人就删去这一行；不是的，在名称后加称呼区分。",
        )
    for key, trait in (
        ("code", ("code", code) if code else None),
        ("name", ("grower", *who) if read.kind == "grower" and all(who) else None),
    ):
        if trait is None:
            continue
        if trait in seen:
            read.blame(key, code or name, f"和第 {seen[trait]} 行重复。", "只留一行。")
        seen.setdefault(trait, read.row)


def place_of(read: Read) -> str:
    """Town and village of a grower, as one line of at most 30 characters."""
    town, village = read.text("town"), read.text("address")
    return (town if village.startswith(town) is False or not town else "") + village if village else town


def _merged_cells(ranges: Sequence[str]) -> dict[str, str]:
    """Every cell of small merged ranges below the head, with its range."""
    found: dict[str, str] = {}
    for text in ranges:
        first, last = text.split(":")
        (left, top), (right, bottom) = _address(first), _address(last)
        for row in range(max(top, 2), min(bottom, MAX_ROWS + 1) + 1):
            for column in range(left, min(right, 40) + 1):
                found[f"{column_letter(column - 1)}{row}"] = text
    return found


def _address(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column, int(cell[len(letters) :])
