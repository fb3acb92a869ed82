"""What a label design may be: the symbol, its quiet zone, the contrast, the fields of the law, the mark."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import BadInput
from trace.code import design_rules
from trace.code.design_rules import DEFAULT, Spec
from trace.code.layout import SIZES, Layout, QrSlot, Wanted, compose
from trace.code.rules import LabelFacts

FACTS = LabelFacts(
    "富士苹果", "净重 5 kg", "一等品", "果径 80–85 mm", "临猗县", "示例合作社", "2026-10-12", "2026-10-17", "26101802",
    "0–4 ℃ 冷藏，至 2027-01-17", "2027-01-17", "0359-4030000",
)  # fmt: skip
GOOD = Spec()


def drawn(spec: Spec, *, covered: bool = False) -> Layout:
    return compose(Wanted(SIZES[spec.size], FACTS, spec.lines, mark=True, covered=covered), 37)


def rules_of(spec: Spec, layout: Layout | None = None, facts: LabelFacts = FACTS) -> list[str]:
    made = layout or drawn(spec)
    return [unmet.rule for unmet in design_rules.unmet(design_rules.checks(spec, made, facts, licensed=True))]


@pytest.mark.parametrize("size", list(SIZES))
def test_the_platforms_own_lines_pass_in_every_size(size):
    assert rules_of(replace(GOOD, size=size)) == []


@pytest.mark.parametrize(
    ("paper", "refused"), [("white", False), ("cream", False), ("silver", True), ("kraft", True), ("red", True)]
)
def test_dark_stock_is_refused_for_want_of_contrast(paper, refused):
    assert ("code.design_contrast" in rules_of(replace(GOOD, paper=paper))) is refused


@pytest.mark.parametrize("line", ["origin", "producer", "packed"])
def test_a_field_the_law_wants_is_missed_unless_the_box_carries_it(line):
    spec = replace(GOOD, lines=tuple(one for one in GOOD.lines if one != line))

    assert rules_of(spec) == ["code.design_law"]
    assert rules_of(replace(spec, box_carries=True)) == []


def test_shelf_life_counts_as_shown_by_its_own_line_or_with_the_storage():
    without = tuple(one for one in GOOD.lines if one != "storage")

    assert rules_of(replace(GOOD, lines=without)) == ["code.design_law"]
    assert rules_of(replace(GOOD, lines=(*without, "best_before"))) == []


def test_a_line_that_found_no_room_is_told_and_counts_as_missing():
    made = drawn(GOOD, covered=True)

    lines = design_rules.checks(GOOD, made, FACTS, licensed=True)

    assert made.dropped == ("采收", "贮存")
    assert any("放不下：采收、贮存" in line.statement for line in lines)
    assert rules_of(GOOD, made) == ["code.design_law"]


def test_a_dense_symbol_and_a_narrow_quiet_zone_are_refused():
    made = drawn(GOOD)
    dense = replace(made, qr=QrSlot(made.qr.left, made.qr.top, 0.25, made.qr.modules))
    narrow = replace(made, qr=replace(made.qr, left=made.qr.module * 2))

    assert "code.design_module" in rules_of(GOOD, dense)
    assert "code.design_quiet" in rules_of(GOOD, narrow)


@pytest.mark.parametrize(
    ("mark", "licensed", "tone"),
    [
        ("off", False, "ok"),
        ("auto", True, "ok"),
        ("auto", False, "absent"),
        ("on", True, "ok"),
        ("on", False, "absent"),
    ],
)
def test_the_mark_is_told_with_the_licence_of_today(mark, licensed, tone):
    lines = design_rules.checks(replace(GOOD, mark=mark), drawn(GOOD), FACTS, licensed=licensed)

    assert next(line for line in lines if "品牌标志" in line.statement or "授权" in line.statement).tone == tone


def test_a_design_is_stored_and_read_back():
    assert design_rules.parse(DEFAULT.content()) == DEFAULT


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"size": "1x1"}, "size"), ({"lines": ["origin", "origin"]}, "lines"), ({"lines": ["x"]}, "lines"), ({"mark": ""}, "mark"),
        ({"paper": "black"}, "paper"), ({"tail": "长" * 25}, "tail"),
    ],
)  # fmt: skip
def test_other_values_are_refused_by_field(change, field):
    with pytest.raises(BadInput) as refusal:
        design_rules.parse(DEFAULT.content() | change)
    assert refusal.value.field == field
