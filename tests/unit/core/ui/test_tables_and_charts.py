"""Exports that no spreadsheet runs, charts that show gaps as gaps, bars that sum to a hundred."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook

from core.ui import drawing, filters
from core.ui.charts import Chart, Series, nice_top, short
from core.ui.tables import Column, harmless, safe_name, to_csv, to_xlsx

HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u3000=1", "\ufeff=1"])
def test_text_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert str(harmless(text)).startswith("'")


@pytest.mark.parametrize("value", ["富士", "a=b", 5, -5, 1.5, ""])
def test_harmless_cells_stay_as_they_are(value: object) -> None:
    assert harmless(value) == value


def test_csv_opens_in_a_spreadsheet_with_its_chinese() -> None:
    data = to_csv(["品名", "数量"], [["富士，一等品\n5 kg", 3], ["=cmd", -2]])

    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
        ["品名", "数量"],
        ["富士，一等品\n5 kg", "3"],
        ["'=cmd", "-2"],
    ]


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers() -> None:
    data = to_xlsx(["品名", "数量"], [["=1+1", 3]], "批次")

    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert [(c.value, c.data_type) for c in sheet[2]] == [("=1+1", "s"), (3, "n")]
    assert zipfile.is_zipfile(io.BytesIO(data))


@pytest.mark.parametrize(("name", "file"), [("licences", "licences"), ("授权\r\nX: y", "X--y"), ("批次", "table")])
def test_a_file_name_holds_nothing_a_header_would_trip_over(name: str, file: str) -> None:
    assert safe_name(name) == file


def test_exported_values_are_in_the_units_people_count_in() -> None:
    row = type("Row", (), {"fen": 5980, "g": 2500, "on": date(2026, 10, 18), "state": ("已提交", "busy"), "none": None})

    kinds = [("fen", "money"), ("g", "weight"), ("on", "date"), ("state", "chip"), ("none", "text")]
    assert [Column(k, k, kind=kind).plain(row) for k, kind in kinds] == [59.8, 2.5, "2026-10-18", "已提交", ""]  # type: ignore[arg-type]


@pytest.mark.parametrize("amounts", [[36, 27, 27, 10], [1, 1, 1], [720, 540, 540, 200], [0, 0, 7]])
def test_shares_sum_to_a_hundred(amounts: list[int]) -> None:
    assert sum(filters.shares(amounts)) == 100


def test_shares_of_nothing_are_nothing() -> None:
    assert filters.shares([0, 0]) == [0, 0]


@pytest.mark.parametrize(("largest", "top"), [(0, 4), (1, 1), (388, 400), (400, 400), (401, 500), (9.5, 10)])
def test_the_axis_ends_at_a_round_number_not_below_the_largest(largest: float, top: float) -> None:
    assert nice_top(largest) == top


@pytest.mark.parametrize(("value", "written"), [(400.0, "400"), (0.0125, "0.0125"), (2.5, "2.5"), (15000.0, "15,000")])
def test_grid_lines_are_written_exactly(value: float, written: str) -> None:
    assert short(value) == written


def test_a_missing_month_is_a_gap_and_never_zero() -> None:
    chart = Chart(
        "零售额",
        "万元",
        ["1月", "2月", "3月"],
        [Series("2026年", [5, None, 7]), Series("2025年", [4, None, 6], "line")],
    )

    with Flask("bare").app_context():
        drawn = str(chart.svg())
    assert drawn.count('class="q-bar0"') == 2
    assert [d.count("M") for d in drawn.split('class="g-curve')[0].split('<path d="')[-1:]] == [2]
    assert '"values": [5.0, null, 7.0]' in chart.options_json()


def test_a_chart_needs_a_value_or_a_gap_for_each_label() -> None:
    with pytest.raises(ValueError, match="one value"):
        Chart("x", "个", ["1月", "2月"], [Series("a", [1])])


def test_hostile_words_stay_words_in_every_drawing() -> None:
    with Flask("bare").app_context():
        chart = Chart(
            HOSTILE, HOSTILE, [HOSTILE], [Series(HOSTILE, [1])], provisional={HOSTILE}, provisional_word=HOSTILE
        )
        drawn = [
            chart.svg(),
            drawing.bar_svg([(HOSTILE, 1, "hatch")], None),
            drawing.target_svg(1, 2, [(1, HOSTILE)]),
        ]
    assert all("<script" not in str(d) for d in drawn)


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        (filters.yuan(123450), "1,234.50"),
        (filters.yuan(-5), "-0.05"),
        (filters.kg(2500), "2.5 kg"),
        (filters.kg(1_025_000), "1,025 kg"),
        (filters.day_cn(date(2026, 10, 8)), "2026年10月8日"),
        (filters.mask_mobile("13812340000"), "138****0000"),
        (" ".join(filters.fours("0G7TK4M2QX9VB")), "0G7T K4M2 QX9V B"),
        (filters.file_size(182_400), "178 KB"),
        (filters.rule_name("brand.licence.submit.state"), ""),
        (filters.rule_name("PP-07"), "PP-07"),
    ],
)
def test_values_are_written_as_the_look_says(shown: str, written: str) -> None:
    assert shown == written


def test_negative_values_stand_below_the_axis_and_the_grid_goes_down_to_them():
    chart = Chart("库温", "℃", ["1月", "2月", "3月"], [Series("最低", [-3, 1, None]), Series("均", [-1, 2, 3], "line")])

    with Flask("bare").app_context():
        drawn = str(chart.svg())

    assert (chart.bottom, chart.top, chart.step) == (-3.0, 3.0, 1.0)
    [zero] = re.findall(r'class="g-axis" d="M52 ([\d.]+)H', drawn)
    below, above = re.findall(r'<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawn)
    assert below[0] == zero
    assert float(below[1]) == pytest.approx(3 * float(above[1]), abs=0.2)
    assert f"{float(above[0]) + float(above[1]):.1f}" == zero
    assert drawn.count("g-line") == 6
