"""The brand matrix: who may hang where, and what is printed."""

from __future__ import annotations

from datetime import date

import pytest

from brand.matrix.rules import BrandFacts, place_faults, printable, read_classes, text_faults


@pytest.mark.parametrize(
    ("level", "parent", "owner", "rules"),
    [
        ("regional", None, False, []),
        ("county", "regional", False, []),
        ("enterprise", "regional", True, []),
        ("enterprise", "county", True, []),
        ("regional", "county", False, ["brand.parent"]),
        ("county", None, False, ["brand.parent"]),
        ("county", "county", False, ["brand.parent"]),
        ("enterprise", "enterprise", True, ["brand.parent"]),
        ("enterprise", None, False, ["brand.parent", "brand.owner"]),
        ("county", "regional", True, ["brand.owner"]),
        ("village", None, False, ["brand.level"]),
    ],
)
def test_brands_hang_in_three_levels(level: str, parent: str | None, owner: bool, rules: list[str]) -> None:
    assert [u.rule for u in place_faults(level, parent, has_owner=owner)] == rules


def test_unknown_facts_are_not_printed() -> None:
    assert printable(BrandFacts()) == []
    known = BrandFacts(
        holder="临猗县示例协会", mark_no="11525111", mark_kind="certification", mark_until=date(2030, 1, 1)
    )
    assert printable(known) == [
        ("持有人", "临猗县示例协会"),
        ("商标注册号", "11525111"),
        ("商标类型", "证明商标"),
        ("商标有效期", "至 2030-01-01"),
    ]


@pytest.mark.parametrize(
    ("name", "facts", "rule"),
    [
        ("猗", BrandFacts(), "brand.name"),
        ("示例" * 11, BrandFacts(), "brand.name"),
        ("示例果", BrandFacts(mark_no="待查"), "brand.mark_no"),
        ("示例果", BrandFacts(gi_no="AGI？"), "brand.gi_no"),
        ("示例果", BrandFacts(mark_kind="ordinary"), "brand.mark_no_missing"),
        ("示例果", BrandFacts(mark_no="11525111", mark_kind="royal"), "brand.mark_kind"),
        (
            "示例果",
            BrandFacts(mark_no="11525111", mark_from=date(2030, 1, 1), mark_until=date(2030, 1, 1)),
            "brand.mark_term",
        ),
    ],
)
def test_wrong_facts_are_refused(name: str, facts: BrandFacts, rule: str) -> None:
    assert [u.rule for u in text_faults(name, "", facts)] == [rule]


def test_a_long_introduction_is_refused() -> None:
    assert [u.rule for u in text_faults("示例果", "长" * 601, BrandFacts())] == ["brand.introduction"]
    assert text_faults("示例果", "长" * 600, BrandFacts()) == []


@pytest.mark.parametrize(
    ("typed", "classes"),
    [("", ()), ("31", (31,)), ("第31、29类", (29, 31)), ("29，31 29", (29, 31)), ("45;1", (1, 45))],
)
def test_trade_mark_classes_are_read_as_people_write_them(typed: str, classes: tuple[int, ...]) -> None:
    assert read_classes(typed) == classes


@pytest.mark.parametrize("typed", ["0", "46", "水果", "3.1", "131"])
def test_what_is_no_trade_mark_class_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="商标类别是 1 到 45 的数字"):
        read_classes(typed)
