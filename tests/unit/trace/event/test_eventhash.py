"""Event hash: blind to order, spelling and syntax, and to nothing else."""

from __future__ import annotations

import copy
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.epcis import AT, HOST, every_step
from trace.event import eventhash, steps
from trace.event.context import EPCIS_CONTEXT
from trace.event.eventhash import event_id, instant, prehash

CONTEXT = [EPCIS_CONTEXT, {"yd": "https://id.example.cn/voc/", "gs1": "https://gs1.org/voc/"}]
OWN = steps.context_of(HOST)
EVENT = {
    "type": "ObjectEvent",
    "eventTime": "2026-10-08T09:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
}


def shuffled(value: object, chance: random.Random) -> object:
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name], chance) for name in names}
    if isinstance(value, list):
        items = [shuffled(item, chance) for item in value]
        chance.shuffle(items)
        return items
    return value


@given(name=st.sampled_from(list(steps.STEPS)), chance=st.randoms(use_true_random=False))
def test_the_order_of_fields_and_lists_does_not_matter(name, chance):
    event = every_step()[name]

    assert event_id(shuffled(event, chance), OWN) == event_id(event, OWN)


def leaves(value: object, trail: tuple = ()) -> list[tuple]:
    if isinstance(value, dict):
        return [trail_ for key, item in value.items() for trail_ in leaves(item, (*trail, key))]
    if isinstance(value, list):
        return [trail_ for place, item in enumerate(value) for trail_ in leaves(item, (*trail, place))]
    return [trail]


@pytest.mark.parametrize("name", list(steps.STEPS))
def test_any_other_change_changes_the_id(name):
    event = every_step()[name]
    for trail in leaves(event):
        changed = copy.deepcopy(event)
        holder = changed
        for step in trail[:-1]:
            holder = holder[step]
        old = holder[trail[-1]]
        if trail[0] == "eventTime":
            holder[trail[-1]] = "2026-10-09T09:30:00+08:00"
        elif "time" in trail:
            holder[trail[-1]] = "2020-01-01T00:00:00Z"
        else:
            holder[trail[-1]] = old + 1 if isinstance(old, (int, float)) else old + "9"

        assert event_id(changed, OWN) != event_id(event, OWN), trail


def test_id_record_time_and_error_declaration_stay_out():
    declared = steps.declare_wrong(
        {**EVENT, "eventID": "urn:uuid:1", "recordTime": "2026-10-08T10:00:00Z"}, AT, "incorrect_data"
    )

    assert prehash(declared, CONTEXT) == prehash(EVENT, CONTEXT)
    assert steps.identified(declared, HOST)["eventID"] == steps.identified(EVENT, HOST)["eventID"]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-08T09:30:00+08:00", "2026-10-08T01:30:00.000Z"),
        ("2026-10-08T01:30:00Z", "2026-10-08T01:30:00.000Z"),
        ("2026-10-08T01:30:00.1Z", "2026-10-08T01:30:00.100Z"),
        ("2026-10-08T01:30:00.1234Z", "2026-10-08T01:30:00.123Z"),
        ("2026-10-08T01:30:00.1235Z", "2026-10-08T01:30:00.124Z"),
        ("2026-10-08T01:30:00.1245Z", "2026-10-08T01:30:00.125Z"),  # half up, not half to even
        ("2026-10-08T01:30:00.12449999Z", "2026-10-08T01:30:00.124Z"),
        ("2026-12-31T23:59:59.9995Z", "2027-01-01T00:00:00.000Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),  # before the calendar: left as written
        ("yesterday", "yesterday"),
    ],
)
def test_times_are_utc_with_three_decimals_half_up(text, utc):
    assert instant(text) == utc


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"), (1.0, "1"), (0.10, "0.1"), (1e-7, "0.0000001"), (12345.678, "12345.678"), (True, "true"), (False, "false"),
        ("1.0", "1"), ("007", "7"), ("+5", "5"), (".50", "0.5"), ("1e3", "1000"), ("12_3", "12_3"), ("nan", "nan"), ("1e999", "1e999"),
        ("340123451111111111", "340123451111111111"),  # beyond 2^53, where a float would lie
        (" padded ", "padded"), ("P3Y", "P3Y"),
        ("urn:epcglobal:cbv:disp:active", "https://ref.gs1.org/cbv/Disp-active"),
        ("urn:epc:id:sscc:4012345.3111111111", "https://id.gs1.org/00/340123451111111111"),
        ("gs1:Temperature", "https://gs1.org/voc/Temperature"), ("yd:word", "yd:word"), ("note: text", "note: text"),
    ],
)  # fmt: skip
def test_values_of_extensions_are_brought_to_one_form(value, text):
    assert prehash({**EVENT, "yd:x": value}, CONTEXT).endswith("{https://id.example.cn/voc/}x=" + text)


def test_a_number_written_in_two_ways_is_one_number():
    made = [{**EVENT, "yd:x": value} for value in (2.5, "2.50", "+2.5", "25e-1")]

    assert len({event_id(event, CONTEXT) for event in made}) == 1


def test_extensions_are_named_by_namespace_not_by_prefix():
    renamed = [EPCIS_CONTEXT, {"other": "https://id.example.cn/voc/"}]
    spelled_out = {**EVENT, "https://id.example.cn/voc/x": {"https://id.example.cn/voc/y": 1}}

    assert event_id({**EVENT, "yd:x": {"yd:y": 1}}, CONTEXT) == event_id({**EVENT, "other:x": {"other:y": 1}}, renamed)
    assert event_id(spelled_out, CONTEXT) == event_id({**EVENT, "yd:x": {"yd:y": 1}}, CONTEXT)


def test_a_prefix_of_the_event_wins_over_that_of_the_document():
    own = {**EVENT, "@context": {"yd": "https://other.example.com/"}, "yd:x": 1}

    assert "{https://other.example.com/}x=1" in prehash(own, CONTEXT)


def test_fields_can_be_left_out_by_either_name():
    made = {**EVENT, "yd:seen": 5, "yd:kept": 6}

    assert prehash(made, CONTEXT, {"yd:seen"}) == prehash({**EVENT, "yd:kept": 6}, CONTEXT)
    assert prehash(made, CONTEXT, {"{https://id.example.cn/voc/}seen"}) == prehash({**EVENT, "yd:kept": 6}, CONTEXT)


def test_a_comment_says_nothing():
    assert prehash({**EVENT, "rdfs:comment": "x"}, CONTEXT) == prehash(EVENT, CONTEXT)


def test_the_id_is_an_ni_address():
    assert (
        eventhash.hash_id("")
        == "ni:///sha-256;e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855?ver=CBV2.0"
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_can_be_hashed_without_error(value):
    made = dict.fromkeys((*eventhash._ORDER, *eventhash._LATE, "yd:x", "type"), value)
    made["@context"] = CONTEXT

    assert prehash(made).startswith("eventType=")
