"""Limits by product and day, judgement, readings, and what closes the certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.errors import BadInput
from trace.inspection import rules, rules_certificate
from trace.inspection.rules import LimitRow, Product, Reading
from trace.inspection.rules_certificate import CertificateFacts
from trace.season.rules import Ban, Interval, JournalEntry

APPLE = Product("苹果", "仁果类水果", "apple")
JUJUBE = Product("枣（鲜）", "核果类水果", "jujube")
DAY = date(2026, 10, 12)


def row(substance="啶虫脒", product="苹果", value="0.8", **more):
    given = {"standard": "GB 2763-2026", "valid_from": date(2026, 3, 1)} | more
    return LimitRow(substance, product, Decimal(value), **given)


@pytest.mark.parametrize(
    ("value", "word"), [("0.799999", "not_over"), ("0.8", "not_over"), ("0.80", "not_over"), ("0.800001", "over")]
)
def test_values_are_compared_exactly_without_rounding(value, word):
    reading = Reading("啶虫脒", Decimal(value))

    assert rules.judge(reading, row(), [], APPLE, DAY) == word


@pytest.mark.parametrize(
    ("lod", "word"), [("0.79", "not_over"), ("0.8", "not_over"), ("0.81", "not_judgeable"), (None, "not_judgeable")]
)
def test_not_detected_counts_only_when_the_detection_limit_is_low_enough(lod, word):
    reading = Reading("啶虫脒", None, Decimal(lod) if lod else None)

    assert rules.judge(reading, row(), [], APPLE, DAY) == word


def test_a_banned_substance_found_is_refused_even_under_a_number():
    bans = [Ban("克百威", "fruit", None, None, "")]
    limit = row("克百威", "仁果类水果", "0.02")

    assert rules.judge(Reading("克百威", Decimal("0.001")), limit, bans, APPLE, DAY) == "banned_detected"
    assert rules.judge(Reading("克百威", None, Decimal("0.005")), limit, bans, APPLE, DAY) == "not_over"
    assert rules.judge(Reading("克百威", Decimal(0)), limit, bans, APPLE, DAY) == "not_over"


def test_no_row_is_no_limit_and_never_a_pass():
    assert rules.judge(Reading("阿维菌素", Decimal("0.001")), None, [], APPLE, DAY) == "no_limit"
    assert rules.judge(Reading("阿维菌素", None, Decimal("0.001")), None, [], APPLE, DAY) == "no_limit"
    assert rules.TONES["no_limit"] != "ok"


@pytest.mark.parametrize(
    ("value", "unit", "word"),
    [
        ("800", "μg/kg", "not_over"),
        ("800.001", "μg/kg", "over"),
        ("0.8", "μg/g", "not_over"),
        ("0.0008", "g/kg", "not_over"),
        ("0.00081", "g/kg", "over"),
        ("0.001", "mg/L", "not_judgeable"),
    ],
)
def test_units_are_converted_where_that_is_exact_and_else_not_judged(value, unit, word):
    assert rules.judge(Reading("啶虫脒", Decimal(value), unit=unit), row(), [], APPLE, DAY) == word


def test_a_detection_limit_in_another_unit_is_compared_exactly():
    assert rules.judge(Reading("啶虫脒", None, Decimal(10), unit="μg/kg"), row(), [], APPLE, DAY) == "not_over"
    assert rules.judge(Reading("啶虫脒", None, Decimal(801), unit="μg/kg"), row(), [], APPLE, DAY) == "not_judgeable"


@pytest.mark.parametrize(
    ("typed", "kept"), [("", "mg/kg"), ("ug/kg", "μg/kg"), ("µg/kg", "μg/kg"), ("ｍｇ／ｋｇ", "mg/kg")]
)
def test_units_are_read_as_people_type_them(typed, kept):
    assert rules.reading("啶虫脒", "1", unit=typed).unit == kept


def test_an_unknown_unit_is_refused():
    with pytest.raises(BadInput):
        rules.reading("啶虫脒", "1", unit="克")


def test_a_retest_replaces_only_the_items_it_tested():
    lines = [
        rules.ReportLine(1, None, "啶虫脒", "over"),
        rules.ReportLine(1, None, "毒死蜱", "over"),
        rules.ReportLine(2, 1, "啶 虫脒", "not_over"),
        rules.ReportLine(2, 1, "吡虫啉", "not_over"),
    ]

    assert rules.superseded(lines) == {(1, "啶虫脒"): 2}


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"kind": "own"}, False),
        ({"first_kind": "own"}, False),
        ({"laboratory": "甲中心"}, False),
        ({"reported_on": DAY - timedelta(days=1)}, False),
    ],
)
def test_a_retest_is_made_later_by_another_laboratory(change, ok):
    given = {
        "kind": "third_party", "laboratory": "乙中心", "reported_on": DAY, "first_kind": "official",
        "first_laboratory": "甲中心", "first_reported_on": DAY,
    } | change  # fmt: skip

    assert (rules.unmet_retest(**given) == "") is ok


def test_what_was_sprayed_and_not_tested_is_named():
    used = ["43% 戊唑醇悬浮剂", "啶虫脒", "灭幼脲"]

    assert rules.panel_gaps(used, ["戊唑醇", "啶虫脒乳油"]) == ["灭幼脲"]
    assert rules.panel_gaps(used, []) == sorted(used)
    assert rules.panel_gaps([], ["戊唑醇"]) == []


def test_a_row_naming_the_product_beats_its_class():
    rows = [row(product="仁果类水果", value="2"), row(product="苹果", value="0.8")]

    assert rules.limit_for(rows, "啶虫脒", APPLE, DAY).value == Decimal("0.8")


def test_a_class_row_holds_unless_it_excludes_the_product():
    of_class = row(product="核果类水果", value="2")

    assert rules.limit_for([of_class], "啶虫脒", JUJUBE, DAY) is of_class
    assert rules.limit_for([replace(of_class, excludes=("枣（鲜）",))], "啶虫脒", JUJUBE, DAY) is None
    assert rules.limit_for([replace(of_class, excludes=("桃",))], "啶虫脒", JUJUBE, DAY) is not None
    assert rules.limit_for([of_class], "啶虫脒", APPLE, DAY) is None


@pytest.mark.parametrize(
    ("day", "value"),
    [(date(2026, 2, 28), "0.5"), (date(2026, 3, 1), "0.8"), (date(2026, 3, 2), "0.8"), (date(2021, 9, 2), None)],
)
def test_the_standard_in_force_on_the_harvest_day_decides(day, value):
    rows = [
        row(value="0.5", standard="GB 2763-2021", valid_from=date(2021, 9, 3), valid_to=date(2026, 3, 1)),
        row(value="0.8"),
    ]

    found = rules.limit_for(rows, "啶虫脒", APPLE, day)

    assert (found.value if found else None) == (Decimal(value) if value else None)


@pytest.mark.parametrize("name", ["氯氰菊酯", "高效氯氰菊酯", "氯氰菊酯和高效氯氰菊酯", " 氯氰菊酯（和高效氯氰菊酯） "])
def test_a_substance_is_found_under_each_of_its_names(name):
    limit = row("氯氰菊酯和高效氯氰菊酯", aliases=("氯氰菊酯", "高效氯氰菊酯"))

    assert rules.limit_for([limit], name, APPLE, DAY) is limit


def test_marks_travel_with_the_limit():
    assert row(temporary=True).marks == ("temporary", "to_be_confirmed")
    assert row(to_be_confirmed=False).marks == ()


@pytest.mark.parametrize(
    ("result", "lod", "value", "detection"),
    [
        ("0.021", "", "0.021", None),
        ("０．０２１", "", "0.021", None),
        ("0.50", "", "0.50", None),
        ("未检出", "0.01", None, "0.01"),
        ("未检出", "", None, None),
        ("ND", "0.01", None, "0.01"),
        ("<0.01", "", None, "0.01"),
        ("＜ 0.01", "", None, "0.01"),
    ],
)
def test_results_are_read_as_laboratories_write_them(result, lod, value, detection):
    found = rules.reading("啶虫脒", result, lod)

    assert found.value == (Decimal(value) if value else None)
    assert found.detection_limit == (Decimal(detection) if detection else None)
    if value:
        assert rules.decimal_text(found.value) == value


@pytest.mark.parametrize(
    ("result", "lod"),
    [
        ("", ""),
        ("-0.1", ""),
        ("1e3", ""),
        ("合格", ""),
        ("0.1", "0"),
        ("0.1.2", ""),
        ("1" * 9, ""),
        ("NaN", ""),
        ("0.1\x00", ""),
    ],
)
def test_unreadable_results_are_refused(result, lod):
    with pytest.raises(BadInput):
        rules.reading("啶虫脒", result, lod)


# --- certificate -----------------------------------------------------------------------------------------------------

SPRAY = JournalEntry(
    id=1,
    no=1,
    kind="input",
    done_on=date(2026, 8, 1),
    until=date(2026, 8, 1),
    category="pesticide",
    input_name="43% 戊唑醇悬浮剂",
    interval_days=30,
)
READY = CertificateFacts(
    form="producer", bases=("control",), owns_lot=True, bought_in=False, lot_open=True, already="", lot_mass_g=1000,
    mass_g=1000, entries=[("apple", SPRAY)], telephone="0359-4030000", place="示例村",
)  # fmt: skip


def found(facts):
    return {u.rule for u in rules_certificate.unmet_certificate(facts)}


def test_a_lot_in_order_may_have_its_certificate():
    assert found(READY) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"owns_lot": False}, "certificate.owner"),
        ({"already": "HG-2026-000001"}, "certificate.already"),
        ({"lot_open": False}, "certificate.lot_state"),
        ({"form": "buyer"}, "certificate.form"),
        ({"bases": ()}, "certificate.basis"),
        ({"mass_g": 1001}, "certificate.quantity"),
        ({"telephone": ""}, "certificate.telephone"),
        ({"place": ""}, "certificate.place"),
        ({"intervals": [Interval("戊唑醇", date(2026, 10, 1), DAY, 30)]}, "season.interval"),
        ({"bans": [Ban("戊唑醇", "all", None, None, "")]}, "season.banned_input"),
        ({"bases": ("commissioned_test",)}, "certificate.evidence"),
        ({"tests": [("third_party", [("啶虫脒", "over")])]}, "certificate.test_failed"),
        ({"tests": [("third_party", [("克百威", "banned_detected")])]}, "certificate.test_failed"),
    ],
)
def test_each_fault_closes_it(change, rule):
    assert found(replace(READY, **change)) == {rule}


def test_all_faults_are_told_at_once():
    assert found(replace(READY, bases=(), telephone="", owns_lot=False)) == {
        "certificate.owner", "certificate.basis", "certificate.telephone",
    }  # fmt: skip


@pytest.mark.parametrize(("tested", "unmet"), [("戊唑醇", set()), ("啶虫脒", {"certificate.tested_what_was_used"})])
def test_a_test_as_basis_must_have_tested_what_was_used(tested, unmet):
    facts = replace(READY, bases=("commissioned_test",), tests=[("third_party", [(tested, "not_over")])])

    assert found(facts) == unmet


def test_an_own_test_is_no_commissioned_one():
    facts = replace(READY, bases=("commissioned_test",), tests=[("own", [("戊唑醇", "not_over")])])

    assert found(facts) == {"certificate.evidence"}
