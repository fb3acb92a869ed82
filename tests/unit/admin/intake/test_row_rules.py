"""Cells of an import: what is read, what is refused and in which cell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from admin.intake import rules_rows as rules
from admin.intake.rules_rows import HEADINGS, Known
from core.clock import SHANGHAI
from core.file.cells import Formula

HEAD = [words[0] for words in HEADINGS.values()]
FIRM: dict[str, Any] = {
    "kind": "企业", "name": "示例果业", "town": "示例镇", "contact_name": "示例联系人", "contact_mobile": "13800138000",
}  # fmt: skip


def read(*rows: dict[str, Any], merged: tuple[str, ...] = (), known: Known | None = None) -> list[rules.Read]:
    columns, faults, _ = rules.head(HEAD)
    assert faults == []
    return rules.read_rows([[row.get(key) for key in HEADINGS] for row in rows], columns, merged, known or Known())


def uscc(number: int = 1) -> str:
    from core.identifiers import compose_uscc

    return compose_uscc("Y1000000", f"{number:08d}")


def faults(**changes: Any) -> list[tuple[str, str]]:
    return [(f.cell, f.message) for f in read({**FIRM, "code": uscc(), **changes})[0].faults]


def test_a_row_as_people_type_it_is_read_in_canonical_form() -> None:
    row = read({**FIRM, "code": f" {uscc().lower()} ", "contact_mobile": 13800138000.0, "licence_until": datetime(2036, 12, 31, tzinfo=SHANGHAI),
                "address": "示例村\u30001 号", "kind": " 企业 或合作社"})[0]  # fmt: skip
    assert row.faults == []
    assert (row.kind, row.values["code"], row.values["contact_mobile"]) == ("enterprise", uscc(), "13800138000")
    assert (row.values["licence_until"], row.values["address"]) == (date(2036, 12, 31), "示例村 1 号")


@pytest.mark.parametrize(
    ("key", "value", "cell", "words"),
    [
        ("kind", "公司", "A2", "下拉框"),
        ("kind", None, "A2", "还没有选类型"),
        ("name", None, "B2", "还没有填名称"),
        ("name", "字", "B2", "至少 2 个字"),
        ("name", "长" * 61, "B2", "最多 60 字"),
        ("name", "示例\x07果业", "B2", "看不见"),
        ("name", "示例\u202e果业", "B2", "看不见"),
        ("name", Formula("=A1"), "B2", "公式"),
        ("name", "#REF!", "B2", "公式出错"),
        ("name", True, "B2", "是/否"),
        ("code", None, "C2", "还没有填统一社会信用代码"),
        ("code", "123", "C2", "18 位"),
        ("code", 914_000_000_000_000_000, "C2", "前 15 位"),
        ("code", 1.5, "C2", "小数"),
        ("code", datetime(2026, 1, 1, tzinfo=SHANGHAI), "C2", "日期格式"),
        ("reason", "自产自销农副产品", "C2", "不能写没有代码的理由"),
        ("town", "", "E2", "还没有填乡镇"),
        ("business", "110101199003070978 种植", "G2", "身份证号"),
        ("contact_name", None, "H2", "还没有填联系人"),
        ("contact_mobile", "1380013", "I2", "11 位"),
        ("contact_mobile", None, "I2", "还没有填联系人手机"),
        ("licence_until", 45992, "J2", "没有设成日期格式的数字"),
        ("licence_until", "明年", "J2", "不是日期"),
        ("licence_until", "2026-02-30", "J2", "没有 2026-02-30"),
    ],
)
def test_a_faulty_cell_is_named_with_what_to_do(key: str, value: Any, cell: str, words: str) -> None:
    found = faults(**{key: value})
    assert [(at, words in said) for at, said in found] == [(cell, True)]


@pytest.mark.parametrize("until", ["长期", "", None, "2036年12月31日", "20361231"])
def test_an_open_or_written_term_is_read(until: Any) -> None:
    assert faults(licence_until=until) == []


def test_every_fault_of_a_row_is_told_at_once() -> None:
    row = read({"kind": "种植户", "name": "示例甲", "code": uscc()})[0]
    assert [f.cell for f in row.faults] == ["C2", "D2"]


def test_rows_that_repeat_each_other_or_the_register_are_told() -> None:
    known = Known({uscc(2): "已经入驻：示例"}, {("示例丁", "示例镇示例村"): "NH0000000000X"})
    person = {"kind": "种植户", "reason": "零星小额交易", "town": "示例镇", "address": "示例村"}
    rows = read(
        {**FIRM, "code": uscc(1)}, {**FIRM, "code": uscc(1)}, {**FIRM, "code": uscc(2)}, {**person, "name": "示例丙"},
        {**person, "name": "示例 丙"}, {**person, "name": "示例丁"}, known=known,
    )  # fmt: skip
    assert [(f.cell, f.message[:6]) for r in rows for f in r.faults] == [
        ("C3", "和第 2 行"), ("C4", "这个代码已经"), ("B6", "和第 5 行"), ("B7", "同名同村的种"),
    ]  # fmt: skip


def test_cells_inside_a_merged_range_are_told_and_empty_rows_are_passed_over() -> None:
    rows = read({**FIRM, "code": uscc(1)}, {}, {**FIRM, "code": uscc(2)}, merged=("E2:E4",))
    assert [(r.row, [f.cell for f in r.faults]) for r in rows] == [(2, ["E2"]), (4, ["E4"])]
    assert read({**FIRM, "code": uscc(1)}, merged=("A1:K1", "A1:XFD1048576"))[0].faults != []


def test_headings_are_found_in_any_order_and_what_is_missing_or_strange_is_told() -> None:
    columns, wrong, strange = rules.head(["电话", "类型", "名称", "颜色", None, "名称"])
    assert columns == {"contact_mobile": 0, "kind": 1, "name": 2}
    assert strange == ["颜色"]
    assert [w[:12] for w in wrong] == [
        "“名称”有两列：C 和 ",
        "缺“统一社会信用代码”这",
        "缺“没有代码的理由”这一",
        "缺“乡镇”这一列。",
        "缺“联系人”这一列。",
    ]
