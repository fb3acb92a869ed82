"""The one reader of uploaded workbooks: cells of a sheet, guarded against bombs, formulas told apart (no database)."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import BadInput
from core.file.cells import Formula

MAX_UNPACKED, MAX_PARTS, MAX_GAP = 80 * 1024 * 1024, 2_000, 20_000
_FORMULA = re.compile(rb"<f[ />]")
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet without the empty ones at its end, and the ranges that are merged on any sheet of the file."""

    title: str
    rows: list[list[Any]]
    merged: tuple[str, ...]


def read_sheet(data: bytes, *, title: str, most_rows: int, code: str, columns: int = 40) -> Sheet:
    """The sheet called ``title`` (the first one where none is called so), heading first.

    A formula gives its stored result, or a :class:`Formula` where the program that wrote it stored none.  BadInput under
    ``code`` where the file is no readable workbook, unpacks to more than 80 MB, or has more than ``most_rows`` below the head.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise _unreadable(code, "表格太大。", f"分成几份，每份不超过 {most_rows} 行。")
            sheets = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/")]
        merged = tuple(m.decode() for text in sheets for m in _MERGED.findall(text))
        has_formulas = any(_FORMULA.search(text) for text in sheets)
        del sheets
        name, values = _cells(data, title, most_rows, columns, code, computed=True)
        formulas = _cells(data, title, most_rows, columns, code, computed=False)[1] if has_formulas else []
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        OSError,
        SyntaxError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _unreadable(code, "这个文件不是能读的 Excel 表格。", "请用模板另存为 xlsx 再传，不要加密码。") from error
    return Sheet(name, [_merge(row, formulas[i] if i < len(formulas) else row) for i, row in enumerate(values)], merged)


def _merge(values: list[Any], written: list[Any]) -> list[Any]:
    return [
        Formula(w) if v is None and isinstance(w, str) and w.startswith("=") else v
        for v, w in zip(values, written, strict=False)
    ]


def _unreadable(code: str, message: str, help: str) -> BadInput:
    return BadInput(message, code=code, field="file", help=help)


def _cells(
    data: bytes, title: str, most_rows: int, columns: int, code: str, *, computed: bool
) -> tuple[str, list[list[Any]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl tells of decorations it leaves out
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=computed)
        try:
            sheet: Any = book[title] if title in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            rows: list[list[Any]] = []
            filled = 0
            for row in sheet.iter_rows(max_col=columns, values_only=True):
                rows.append(list(row))
                filled = len(rows) if any(v not in (None, "") for v in row) else filled
                if filled > most_rows + 1:
                    raise _unreadable(code, f"一次最多 {most_rows} 行。", "请分成几份。")
                if len(rows) - filled > MAX_GAP:
                    break
            return str(sheet.title), rows[:filled]
        finally:
            book.close()
