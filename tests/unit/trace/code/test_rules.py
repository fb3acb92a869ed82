from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import BadInput
from trace.code.links import unit_prefix
from trace.code.rules import IssueFacts, kilograms, label_facts, unmet_issue, unmet_print

GOOD = IssueFacts("sealed", "piece", 1260, 1000, record_sealed=True, licence_in_force=True, count=260)


def test_a_sealed_packed_and_licensed_lot_gets_codes_up_to_its_pieces():
    assert unmet_issue(GOOD) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"count": 261}, "code.too_many"),
        ({"count": 0}, "code.count"),
        ({"count": -1}, "code.count"),
        ({"count": 1_000_001}, "code.count"),
        ({"lot_state": "open"}, "code.not_sealed"),
        ({"record_sealed": False}, "code.not_sealed"),
        ({"lot_state": "held"}, "code.lot_held"),
        ({"unit": "gram"}, "code.loose_lot"),
        ({"licence_in_force": False}, "code.no_licence"),
    ],
)
def test_each_missing_condition_is_told_alone(change, rule):
    assert [unmet.rule for unmet in unmet_issue(replace(GOOD, **change))] == [rule]


def test_all_missing_conditions_are_told_at_once():
    facts = replace(GOOD, lot_state="open", record_sealed=False, licence_in_force=False, count=5000)

    assert [unmet.rule for unmet in unmet_issue(facts)] == ["code.not_sealed", "code.no_licence", "code.too_many"]
    assert all(unmet.help for unmet in unmet_issue(facts))


def test_an_ended_licence_is_named():
    facts = replace(GOOD, licence_in_force=False, licence_ended="授权 临品授〔2026〕0001号 已于 2027-08-31 到期。")

    assert "2027-08-31" in unmet_issue(facts)[0].message


@pytest.mark.parametrize(
    ("first", "last", "reprint", "reason", "rules"),
    [
        (1, 100, False, "", []),
        (1, 101, False, "", ["code.print_range"]),
        (0, 5, False, "", ["code.print_range"]),
        (6, 5, False, "", ["code.print_range"]),
        (1, 5, True, "", ["code.reprint_reason"]),
        (1, 5, True, "卡纸", []),
        (1, 5, True, "长" * 101, ["code.reason_length"]),
    ],
)
def test_what_may_be_printed(first, last, reprint, reason, rules):
    assert [u.rule for u in unmet_print(first, last, 1, 100, reprint=reprint, reason=reason)] == rules


@pytest.mark.parametrize(("count", "unmet"), [(3000, []), (3001, ["code.print_size"])])
def test_a_file_holds_at_most_three_thousand_labels(count, unmet):
    assert [u.rule for u in unmet_print(1, count, 1, 10_000, reprint=False, reason="")] == unmet


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
