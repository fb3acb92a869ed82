"""Workbooks: the template to fill in, and the cells of one that came back (no database)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from core.file.cells import column_letter
from core.file.workbook import read_sheet
from trace.season.rules_import import CATEGORY_WORDS, HEADINGS, MAX_ROWS

SHEET = "生产记录"
_WIDTHS = {"summary": 30, "name": 22, "source": 18, "amount": 18, "registration_no": 16, "plot": 12}


def template(plots: Sequence[tuple[str, str, int]]) -> bytes:
    """An xlsx with headings, lists to choose from, one example sheet and the plots ``(code, village, year)`` of the firm."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for index, (key, words) in enumerate(HEADINGS.items()):
        cell = sheet.cell(row=1, column=index + 1, value=words[0])
        cell.font = Font(bold=True)
        letter = column_letter(index)
        sheet.column_dimensions[letter].width = _WIDTHS.get(key, 13)
        if key in ("done_on", "until"):
            for row in range(2, 502):
                sheet.cell(row=row, column=index + 1).number_format = "yyyy-mm-dd"
        choices = {
            "kind": "投入品,病虫害,农事,采收",
            "category": ",".join(w for w in CATEGORY_WORDS if w != "其他"),
        }.get(key)
        if choices:
            rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
            rule.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "A2"
    _notes(book, plots)
    return _bytes(book)


def _notes(book: Workbook, plots: Sequence[tuple[str, str, int]]) -> None:
    sheet = book.create_sheet("怎么填")
    for line in (
        "一行一条记录，写在“生产记录”这一页，不要改第一行的标题。",
        "地块编号和年份照下面的表填；没有开的生产季先到平台上开。",
        "记录类别：投入品、病虫害、农事、采收。",
        "投入品要填：投入品类别、名称、来源、用法、用量。农药还要填登记证号和安全间隔期（天）。",
        "采收要填采收量（kg）。病虫害和农事把内容写在“说明”里。",
        "日期写成 2026-10-18，或者用日期格式。公式请先“只粘贴数值”。",
        f"一次最多 {MAX_ROWS} 行。名称和说明会公开，不写姓名、电话和身份证号。",
    ):
        sheet.append([line])
    sheet.append([])
    sheet.append(["地块编号", "乡镇和村", "年份"])
    for plot in plots:
        sheet.append(list(plot))
    sheet.column_dimensions["A"].width = 60


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(data: bytes) -> list[list[Any]]:
    """The cells of the journal sheet, heading first; see ``core.file.workbook.read_sheet``."""
    return read_sheet(data, title=SHEET, most_rows=MAX_ROWS, code="season.import_file").rows
