"""The template to fill in, and the copy with the faulty cells marked (no database)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from admin.intake.rules_rows import HEADINGS, MAX_ROWS, REASONS, Fault, shown
from core.file.cells import column_letter

SHEET, AUTHOR = "企业和种植户", "猗顿农品"
_WIDTHS = {"name": 30, "code": 24, "reason": 20, "address": 28, "business": 28, "note": 24}
_EXAMPLES = (
    ("企业或合作社", "临猗示例果业专业合作社", "（填 18 位代码）", "", "示例镇", "示例村 1 号", "种植、收购苹果", "示例联系人", "13800138000", "长期", ""),
    ("种植户", "示例姓名", "", "自产自销农副产品", "示例镇", "示例村", "", "", "", "", ""),
)  # fmt: skip


def template() -> bytes:
    """An xlsx with headings, drop-downs, columns of numbers as text, and a sheet that tells how to fill it in, with examples."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for index, (key, words) in enumerate(HEADINGS.items()):
        letter = column_letter(index)
        sheet.cell(row=1, column=index + 1, value=words[0]).font = Font(bold=True)
        sheet.column_dimensions[letter].width = _WIDTHS.get(key, 14)
        if key in ("code", "contact_mobile", "licence_until"):
            for row in range(2, 502):
                sheet.cell(row=row, column=index + 1).number_format = "yyyy-mm-dd" if key == "licence_until" else "@"
        choices = {"kind": ["企业或合作社", "种植户"], "reason": list(REASONS)}.get(key)
        if choices:
            rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
            rule.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "C2"
    _notes(book)
    return _bytes(book)


def _notes(book: Workbook) -> None:
    sheet = book.create_sheet("怎么填")
    for line in (
        f"一行一家，写在“{SHEET}”这一页，不要改第一行的标题。一次最多 {MAX_ROWS} 行。",
        "类型和没有代码的理由从下拉框里选。",
        "企业或合作社要填：名称、统一社会信用代码、乡镇、联系人、联系人手机。导入以后是一份预填的入驻申请，由本单位的人接手、补执照照片、逐条确认条件，再提交。",
        "种植户要填：姓名或称呼、没有代码的理由、乡镇和村。导入以后得到平台编号；填了手机的，会收到加入的链接。",
        "代码和手机按文本填，不要用数字格式：数字格式只保留前 15 位。",
        "执照有效期写成 2036-12-31 或用日期格式；长期有效的写“长期”或留空。",
        "不要合并单元格，公式请先“只粘贴数值”。不写身份证号。",
        "",
        "例子（不要填在这一页）：",
    ):
        sheet.append([line])
    sheet.append([words[0] for words in HEADINGS.values()])
    for example in _EXAMPLES:
        sheet.append(list(example))
    for index in range(len(HEADINGS)):
        sheet.column_dimensions[column_letter(index)].width = 18


def marked(rows: Sequence[Sequence[object]], faults: Mapping[str, Sequence[Fault]]) -> bytes:
    """The rows as they were read, all as text, with each faulty cell coloured and its faults in a comment."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    red, bold = PatternFill("solid", fgColor="F6C9BE"), Font(bold=True)
    for number, cells in enumerate(rows, start=1):
        for place, value in enumerate(cells):
            if value is not None:
                cell = sheet.cell(row=number, column=place + 1, value=shown(value))
                cell.data_type, cell.number_format = "s", "@"
                if number == 1:
                    cell.font = bold
    for address, wrong in faults.items():
        cell = sheet[address]
        cell.fill, cell.alignment = red, Alignment(wrap_text=True)
        text = "\n".join(f"{fault.message}{fault.help}" for fault in wrong)
        cell.comment = Comment(text, AUTHOR, width=320, height=40 + 22 * len(text) // 18)
    sheet.freeze_panes = "A2"
    return _bytes(book)


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
