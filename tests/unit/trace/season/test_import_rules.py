"""Rows of a workbook: columns found by heading, faults named by cell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from core.clock import SHANGHAI
from trace.season import rules_import as rules
from trace.season.rules_import import Formula

HEADING = ["地块编号", "年份", "记录类别", "日期", "停用日期", "投入品类别", "名称", "登记证号", "来源", "用法", "用量",
           "安全间隔期（天）", "采收量（kg）", "说明"]  # fmt: skip
SPRAY = [
    "P-1",
    2026,
    "投入品",
    date(2026, 8, 1),
    None,
    "农药",
    "戊唑醇",
    "PD20091234",
    "示例农资店",
    "喷雾",
    "每亩 20 g",
    30,
    None,
    None,
]


def read(**change):
    columns, wrong = rules.find_columns(HEADING)
    assert wrong == []
    cells = list(SPRAY)
    for key, value in change.items():
        cells[columns[key]] = value
    return rules.read_row(7, cells, columns)


def test_columns_stand_in_any_order_and_brackets_may_be_of_either_width():
    columns, wrong = rules.find_columns(["说明", "采收量(kg)", "日期", " 记录类别", "年份", "地块编号", "随便什么"])

    assert wrong == []
    assert (columns["mass_g"], columns["plot"], columns["summary"]) == (1, 5, 0)


def test_missing_and_doubled_columns_are_told():
    _, wrong = rules.find_columns(["地块编号", "日期", "日期"])

    assert "缺“年份”这一列。" in wrong
    assert any("B 和 C" in w for w in wrong)


def test_a_whole_row_is_read_with_the_address_of_each_cell():
    row = read()

    assert (row.plot, row.year, row.kind, row.values["interval_days"]) == ("P-1", 2026, "input", 30)
    assert (row.cell_of("input_name"), row.cell_of("interval_days"), row.cell_of(None)) == ("G7", "L7", "A7")


@pytest.mark.parametrize(
    "value",
    [datetime(2026, 8, 1, 13, 5, tzinfo=SHANGHAI), date(2026, 8, 1), "2026-08-01", "2026/8/1", "2026年8月1日", "２０２６．８．１", 20260801, 20260801.0],
)  # fmt: skip
def test_days_are_read_as_cells_and_as_text(value):
    assert read(done_on=value).values["done_on"] == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("field", "value", "cell", "words"),
    [
        ("done_on", 46235, "D7", "没有设成日期格式"),
        ("done_on", "八月一日", "D7", "不是日期"),
        ("done_on", "2026-02-30", "D7", "这一天"),
        ("done_on", None, "D7", "还没有填日期"),
        ("done_on", Formula("=A1"), "D7", "公式"),
        ("year", "今年", "B7", "要写数字"),
        ("year", 2026.5, "B7", "整数"),
        ("kind", "打药", "C7", "写成"),
        ("category", None, "F7", "空"),
        ("interval_days", "三十", "L7", "要写数字"),
        ("interval_days", Formula("=30"), "L7", "公式"),
        ("mass_g", "0.0001", "M7", "最多写到克"),
        ("name", "#REF!", "G7", "公式出错"),
        ("name", True, "G7", "是/否"),
        ("plot", "", "A7", "还没有填地块编号"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(field, value, cell, words):
    faults = read(**{field: value})

    assert [f.cell for f in faults] == [cell]
    assert words in faults[0].message


def test_every_fault_of_a_row_is_told_at_once():
    assert {f.cell for f in read(year="x", done_on="y", mass_g="z")} == {"B7", "D7", "M7"}


@pytest.mark.parametrize(
    ("typed", "grams"), [(1250.5, 1_250_500), ("1,250.5", 1_250_500), ("880 公斤", 880_000), (3, 3_000)]
)
def test_kilograms_become_whole_grams(typed, grams):
    assert read(kind="采收", mass_g=typed).values["mass_g"] == grams


def test_numbers_typed_as_codes_keep_no_point():
    assert read(plot=317.0).plot == "317"


def test_a_huge_number_is_refused_and_not_worked_on():
    assert read(interval_days="1e999999")[0].cell == "L7"
    assert read(kind="采收", mass_g=Decimal("1e30"))[0].cell == "M7"


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(index, letter):
    assert rules.column_letter(index) == letter
