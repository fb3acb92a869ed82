"""Addenda with facts as data: signed under version 2 beside records of version 1, shown, and checked like them."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest

from core import clock
from core.errors import BadInput, RuleBroken
from core.place import service as places
from core.ui.once import new_key
from tests.factories import trace as grow
from tests.support.sealing import check_files, seal
from tests.support.trust import public
from trace.log import writer
from trace.scan.facts import lot_page
from trace.signing import external, identity, rules, service
from trace.signing.canonical import parse_object
from trace.signing.proof import LocalSigner, complete
from trace.storage import rules as readings
from trace.storage import service as storage
from trace.verify.multikey import encode_public_key

pytestmark = pytest.mark.usefixtures("session", "clock")
SCHEMA = rules.context("addendum-v2.schema")


@pytest.fixture
def stored(grown) -> grow.Grown:
    """Sealed, three hours in a cold store with readings; ten boxes were sampled since."""
    seal(grown)
    store = places.add_place(grown.actor, kind="store", code="LK-01", village="示例镇示例村", name="1 号冷库")
    logger, _ = storage.register_logger(grown.actor, store, code="T-01", interval_minutes=60)
    now = clock.now()
    storage.put_in(grown.packed, store, grown.actor, mass_g=grown.packed.mass_g, at=now - timedelta(hours=5))
    rows = [{"at": (now - timedelta(hours=5 - n)).isoformat(), "temperature": str(n)} for n in range(1, 4)]
    storage.take_readings(logger, readings.read_json({"readings": rows}, now=now), source="csv")
    return grown


def keys(grown: grow.Grown) -> list[str]:
    return [one.key for one in service.offered(grown.packed.id)]


def test_a_stay_is_signed_as_data_that_the_schema_knows_and_every_check_passes(stored, client) -> None:
    row = service.add_addendum(
        stored.packed.id, actor=stored.actor, reason="封存后的贮存", facts=keys(stored), password_confirmed=True
    )
    writer.integrate()

    signed = parse_object(row.payload)
    (stay,) = signed["credentialSubject"]["facts"]
    assert stay["temperature"] == {"unit": "CEL", "lowest": "1", "highest": "3"}
    assert signed["@context"][1:] == [
        rules.context_url("demo.yidun.example"),
        rules.facts_context_url("demo.yidun.example"),
    ]
    assert "statement" not in signed["credentialSubject"]
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(signed, SCHEMA)
    assert check_files(row).record_id == signed["id"]
    assert client.get(signed["credentialSchema"]["id"].removeprefix("https://demo.yidun.example")).json == SCHEMA
    assert client.get("/ns/record/v2").json["@context"]["facts"]["@container"] == "@list"
    assert "1–3 ℃，读数 3 次" in client.get(f"/trace/records/{row.public_id}").text
    assert keys(stored) == []  # stated once


def test_the_code_page_tells_the_facts_on_its_time_line(stored) -> None:
    service.add_addendum(
        stored.packed.id, actor=stored.actor, reason="封存后的贮存", facts=keys(stored), password_confirmed=True
    )

    for lang, title in (
        ("zh", "1–3 ℃，读数 3 次，没有超出要求"),
        ("en", "1–3 °C, 3 readings, never outside the limit"),
    ):
        page = lot_page(stored.packed.id, lang)
        assert page is not None
        assert [e.note for e in page.timeline if e.title == "入冷库"] == [title]


def test_an_addendum_without_facts_stays_of_version_one(stored) -> None:
    row = service.add_addendum(
        stored.packed.id, actor=stored.actor, reason="补充", statement="换了外箱。", password_confirmed=True
    )

    signed = parse_object(row.payload)
    assert len(signed["@context"]) == 2
    assert "credentialSchema" not in signed


def test_an_addendum_that_says_nothing_or_a_fact_no_longer_offered_is_refused(stored) -> None:
    with pytest.raises(RuleBroken, match="没有内容"):
        service.add_addendum(stored.packed.id, actor=stored.actor, reason="补充", password_confirmed=True)
    with pytest.raises(BadInput, match="已经变了"):
        service.add_addendum(
            stored.packed.id, actor=stored.actor, reason="补充", facts=["stay:nowhere"], password_confirmed=True
        )


def test_facts_are_ticked_on_the_page_and_signed_with_the_password(owner, stored) -> None:
    path, (key,) = f"/trace/seal/{stored.packed.public_id}/addendum", keys(stored)
    assert "1–3 ℃，读数 3 次" in owner.get(path, query_string={"fact": key}).text
    assert "1–3 ℃，读数 3 次" not in owner.get(path).text

    data = {"reason": "封存后的贮存", "fact": key, "understood": "y", "password": owner.password, "once": new_key()}
    assert owner.post(path, data=data).status_code == 303
    assert keys(stored) == []


def test_an_enterprise_that_keeps_its_key_signs_facts_elsewhere(stored) -> None:
    seed = b"\x06" * 32
    identity.register_external_key(stored.organisation.id, encode_public_key(public(seed)), stored.actor)
    draft = service.to_sign(
        stored.packed.id, actor=stored.actor, kind="addendum", reason="封存后的贮存", facts=keys(stored)
    )
    given = external.read(json.dumps(complete(draft, LocalSigner(seed)), ensure_ascii=False), now=clock.now())

    row = seal(
        stored,
        kind="addendum",
        reason=given.reason,
        facts=service.keys_of(stored.packed.id, given.facts),
        uploaded=given,
    )

    assert parse_object(row.payload)["credentialSubject"]["facts"] == given.facts


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "ColdStay", "from": "2026-10-18", "place": {"code": "A", "kind": "store"}},
        {"type": "ColdStay", "from": "gestern", "place": {"code": "A", "kind": "store"}, "readings": 0},
        {"type": "ColdStay", "from": "2026-10-18", "place": {"code": "A", "kind": "store"}, "readings": 1.5},
        {"type": "Waste", "on": "2026-10-18", "kind": "loss", "kindLabel": "损耗", "massGrams": 0}, {"type": "Other"},
        {"type": "Waste", "on": "2026-10-18", "kind": "loss", "kindLabel": "损耗", "massGrams": 5, "by": "某人"},
    ],
)  # fmt: skip
def test_the_schema_refuses_facts_that_are_none(wrong) -> None:
    subject = {"id": "urn:x:1", "type": "Lot", "lotNo": "1", "statedOn": "2026-10-18", "facts": [wrong]}
    document = {"type": ["VerifiableCredential", "LotAddendum"], "recordKind": "addendum", "credentialSubject": subject}

    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)
