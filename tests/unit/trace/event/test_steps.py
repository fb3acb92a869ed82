"""House steps as events: the table of the domain, our own words below our host, no free text."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from tests.support.epcis import AT, HOST, LOT, RAW, UNIT, every_step, facts
from trace.event import check, steps
from trace.event.steps import Amount

# domain/traceability.md 5.3: step, event, action, business step, disposition
EXPECTED = """
harvest       ObjectEvent         ADD      creating_class_instance  active
residue_test  ObjectEvent         OBSERVE  inspecting               conformant
sample        ObjectEvent         DELETE   sampling                 disposed
grade         TransformationEvent -        grading*                 in_progress
label         ObjectEvent         ADD      commissioning            active
carton        AggregationEvent    ADD      packing                  in_progress
pallet        AggregationEvent    ADD      packing                  in_progress
unpack        AggregationEvent    DELETE   unpacking                in_progress
cold_store    ObjectEvent         OBSERVE  storing                  sellable_not_accessible
ship          ObjectEvent         OBSERVE  shipping                 in_transit
void_ship     ObjectEvent         OBSERVE  void_shipping            in_progress
receive       ObjectEvent         OBSERVE  receiving                in_progress
accept        ObjectEvent         OBSERVE  accepting                in_progress
split         TransformationEvent -        splitting*               in_progress
merge         TransformationEvent -        merging*                 in_progress
waste         ObjectEvent         DELETE   wasting*                 disposed
retail_sale   ObjectEvent         OBSERVE  retail_selling           retail_sold
recall        ObjectEvent         OBSERVE  holding                  recalled
destroy       ObjectEvent         DELETE   destroying               destroyed
attach        AssociationEvent    ADD      assembling               in_progress
detach        AssociationEvent    DELETE   removing                 in_progress
""".strip().splitlines()


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.split()[0])
def test_each_step_has_the_terms_of_the_domain_table(row):
    name, kind, action, word, disposition = row.split()
    event = every_step()[name]

    assert event["type"] == kind
    assert event.get("action", "-") == action
    assert event["bizStep"] == (f"{HOST}/bizstep/{word[:-1]}" if word.endswith("*") else word)
    assert event["disposition"] == disposition


@pytest.mark.parametrize("name", list(steps.STEPS))
def test_each_step_makes_a_sound_event_in_local_time(name):
    event = every_step()[name]

    assert check.faults(event, steps.context_of(HOST)) == []
    assert event["eventTime"] == "2026-10-08T09:30:00.000+08:00"
    assert event["eventTimeZoneOffset"] == "+08:00"


def test_a_harvest_tells_its_lot_origin_and_days():
    event = every_step()["harvest"]

    assert event["quantityList"] == [{"epcClass": RAW, "quantity": 1234.567, "uom": "KGM"}]
    assert event["ilmd"] == {
        "cbvmda:lotNumber": "R-1",
        "cbvmda:countryOfOrigin": "CN",
        "yd:harvestFirstDate": "2026-10-06",
        "yd:harvestLastDate": "2026-10-07",
        "yd:season": [f"{HOST}/season/1"],
    }


@pytest.mark.parametrize(("conformant", "disposition"), [(True, "conformant"), (False, "non_conformant"), (None, None)])
def test_what_cannot_be_judged_is_not_called_conformant(conformant, disposition):
    tested = dataclasses.replace(facts()["residue_test"], conformant=conformant)

    event = steps.build("residue_test", tested)

    assert event.get("disposition") == disposition
    assert event["bizTransactionList"] == [{"type": "testres", "bizTransaction": f"{HOST}/report/1"}]


def test_grading_tells_inputs_outputs_and_loss():
    event = every_step()["grade"]

    assert event["inputQuantityList"] == [{"epcClass": RAW, "quantity": 1234.567, "uom": "KGM"}]
    assert event["outputQuantityList"] == [{"epcClass": LOT, "quantity": 300}]
    assert event["yd:loss"] == {"yd:quantity": 4.567, "yd:uom": "KGM"}


def test_a_closed_carton_says_so_but_an_opened_one_does_not():
    closed = dataclasses.replace(facts()["carton"], closed=True)

    assert steps.build("carton", closed)["disposition"] == "container_closed"
    assert steps.build("unpack", closed)["disposition"] == "in_progress"


def test_a_shipment_names_both_ends_and_a_shortage_is_told_on_receipt():
    moved = facts()["ship"]
    event = steps.build("receive", dataclasses.replace(moved, short=True))

    assert event["disposition"] == "mismatch_quantity"
    assert [one["type"] for one in event["sourceList"]] == ["owning_party", "possessing_party", "location"]
    assert event["destinationList"][0]["destination"] == moved.owner[1]


def test_readings_carry_alarms_and_a_logger_without_goods_reports_for_itself():
    stored = facts()["cold_store"]
    alone = steps.build("cold_store", dataclasses.replace(stored, amounts=()))

    assert alone["bizStep"] == "sensor_reporting"
    assert "disposition" not in alone
    first, second = alone["sensorElementList"]
    assert first["sensorMetadata"] == {
        "time": "2026-10-08T00:30:00.000Z",
        "deviceID": "https://id.gs1.org/8004/4000001111",
    }
    assert [report["type"] for report in first["sensorReport"]] == ["Temperature", "RelativeHumidity"]
    assert second["sensorReport"] == [
        {"type": "Temperature", "value": 9.0, "uom": "CEL", "exception": "ALARM_CONDITION"}
    ]
    assert check.faults(alone, steps.context_of(HOST)) == []


def test_a_recall_stays_with_the_goods_until_it_ends():
    made = every_step()

    assert made["recall"]["persistentDisposition"] == {"set": ["recalled"]}
    assert made["recall_end"]["persistentDisposition"] == {"unset": ["recalled"]}


def test_a_wrong_event_is_declared_by_the_same_event():
    event = steps.identified(every_step()["ship"], HOST)

    declared = steps.declare_wrong(event, AT, "did_not_occur", ("ni:///sha-256;00?ver=CBV2.0",))

    assert check.faults(declared, steps.context_of(HOST)) == []
    assert {name: value for name, value in declared.items() if name != "errorDeclaration"} == event
    assert declared["errorDeclaration"]["correctiveEventIDs"] == ["ni:///sha-256;00?ver=CBV2.0"]


def test_facts_of_another_step_and_a_time_without_zone_are_refused():
    with pytest.raises(TypeError, match="takes Harvest"):
        steps.build("harvest", facts()["ship"])
    with pytest.raises(ValueError, match="zone"):
        steps.build("sample", dataclasses.replace(facts()["sample"], at=datetime(2026, 10, 8)))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("amount", "element"),
    [
        (Amount(LOT, grams=500), {"epcClass": LOT, "quantity": 0.5, "uom": "KGM"}),
        (Amount(LOT, grams=3000), {"epcClass": LOT, "quantity": 3, "uom": "KGM"}),
        (Amount(LOT, pieces=12), {"epcClass": LOT, "quantity": 12}),
        (Amount(LOT), {"epcClass": LOT}),
    ],
)
def test_amounts_are_kilograms_or_pieces(amount, element):
    assert amount.element() == element


def test_no_fact_is_free_text():
    """Strings of facts are addresses, codes or a lot number; nothing is called name, note, person, telephone."""
    allowed = {"host", "read_point", "biz_location", "lot_no", "country", "report", "series", "root", "transformation", "parent", "device", "epc_class", "kind", "uri"}  # fmt: skip
    kinds = {row.facts for row in steps.STEPS.values()} | {Amount, steps.Document, steps.Reading}
    texts = {
        field.name for kind in kinds for field in dataclasses.fields(kind) if str(field.type) in ("str", "str | None")
    }

    assert texts <= allowed
    assert UNIT.startswith("https://")
