from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import BadInput
from trace.code.links import unit_prefix
from trace.code.rules import (
    IssueFacts,
    PrintFacts,
    VoidFacts,
    codes_left,
    kilograms,
    label_facts,
    unmet_issue,
    unmet_print,
    unmet_void,
)

GOOD = IssueFacts("sealed", "piece", 1260, 6_300_000, 5000, 1000, record_sealed=True, count=260)
PRINT = PrintFacts("a4", 1, 100, 1, 100)
VOID = VoidFacts(1, 10, 1, 100, "标签淋湿")


def test_a_sealed_packed_lot_gets_codes_up_to_its_pieces():
    assert unmet_issue(GOOD) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"count": 261}, "code.too_many"),
        ({"count": 0}, "code.count"),
        ({"count": -1}, "code.count"),
        ({"count": 10_000_001}, "code.count"),
        ({"mass_g": 6_299_999}, "code.too_many"),
        ({"lot_state": "open"}, "code.not_sealed"),
        ({"record_sealed": False}, "code.not_sealed"),
        ({"lot_state": "held"}, "code.lot_held"),
        ({"unit": "gram"}, "code.loose_lot"),
    ],
)
def test_each_missing_condition_is_told_alone(change, rule):
    assert [unmet.rule for unmet in unmet_issue(replace(GOOD, **change))] == [rule]


def test_all_missing_conditions_are_told_at_once():
    facts = replace(GOOD, lot_state="open", record_sealed=False, count=5000)

    assert [unmet.rule for unmet in unmet_issue(facts)] == ["code.not_sealed", "code.too_many"]
    assert all(unmet.help for unmet in unmet_issue(facts))


@pytest.mark.parametrize(
    ("pieces", "mass_g", "net", "issued", "left"),
    [
        (100, 500_000, 5000, 0, 100),
        (100, 499_999, 5000, 0, 99),
        (100, 500_000, 5000, 100, 0),
        (100, 500_000, 5000, 120, 0),
    ],
)
def test_counts_times_net_content_never_exceed_the_sealed_mass(pieces, mass_g, net, issued, left):
    assert codes_left(pieces, mass_g, net, issued) == left


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({}, []),
        ({"last": 101}, ["code.print_range"]),
        ({"first": 0}, ["code.print_range"]),
        ({"first": 6, "last": 5}, ["code.print_range"]),
        ({"reprint": True}, ["code.reprint_reason"]),
        ({"reprint": True, "reason": "卡纸"}, []),
        ({"reason": "长" * 101}, ["code.reason_length"]),
        ({"voided": 1}, ["code.voided"]),
        ({"voided": 1, "format": "csv"}, []),
        ({"lot_state": "held"}, ["code.lot_held"]),
        ({"wants_mark": True}, ["code.no_licence"]),
        ({"wants_mark": True, "licence_in_force": True}, []),
        ({"wants_covered": True}, ["code.no_covered"]),
        ({"wants_covered": True, "has_covered": True}, ["code.covered_denied"]),
        ({"wants_covered": True, "has_covered": True, "may_covered": True}, []),
    ],
)
def test_what_may_be_printed(change, rules):
    assert [unmet.rule for unmet in unmet_print(replace(PRINT, **change))] == rules


def test_an_ended_licence_is_named():
    facts = replace(PRINT, wants_mark=True, licence_ended="授权 临品授〔2026〕0001号 已于 2027-08-31 到期。")

    assert "2027-08-31" in unmet_print(facts)[0].message


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({}, []),
        ({"last": 101}, ["code.print_range"]),
        ({"reason": ""}, ["code.void_reason"]),
        ({"voided": 3}, ["code.already_void"]),
        ({"in_use": ("第 1 箱里有 3 件",)}, ["code.in_use"]),
    ],
)
def test_what_may_be_voided(change, rules):
    assert [unmet.rule for unmet in unmet_void(replace(VOID, **change))] == rules


@pytest.mark.parametrize(
    ("grams", "text"), [(500, "500 g"), (1000, "1 kg"), (2500, "2.5 kg"), (10000, "10 kg"), (1025, "1.025 kg")]
)
def test_net_content_reads_as_people_write_it(grams, text):
    assert kilograms(grams) == text


def test_the_label_takes_its_words_from_the_record_and_stands_missing_ones():
    facts = label_facts(
        {
            "lotNo": "L1",
            "item": {
                "name": "冬枣 2.5 kg",
                "netContentGrams": 2500,
                "variety": {"label": "冬枣"},
                "species": {"label": "枣"},
            },
            "origin": {"county": "临猗县", "plots": [{"village": "甲村"}, {"village": "乙村"}]},
            "parties": {"producer": {"kind": "grower", "code": "NH1"}, "sealer": {"name": "示例合作社"}},
        }
    )

    assert (facts.name, facts.net, facts.origin, facts.producer) == ("冬枣", "净重 2.5 kg", "临猗县", "示例合作社")
    assert (facts.grade, facts.harvested, facts.storage) == ("", "", "")


def test_the_address_is_upper_case_and_a_wrong_key_is_refused():
    assert (
        unit_prefix("https://a.example/", gtin="9520123456788", owner_code="", own_code=None, lot_no="l-1")
        == "HTTPS://A.EXAMPLE/01/09520123456788/10/L-1/21/"
    )
    with pytest.raises(BadInput):
        unit_prefix("https://a.example", gtin="9520123456789", owner_code="", own_code=None, lot_no="L1")
