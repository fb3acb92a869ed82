"""The signed list of a lot's public events: made by its sealer, checked without us, rebuilt by fsck."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import clock
from core.db import db
from core.errors import Conflict, Denied, NotFound
from core.ui.once import new_key
from tests.factories import trace as grow
from tests.support.sealing import seal
from tests.support.trust import public
from trace.event import publication
from trace.event.models import Event
from trace.event.service import declare_wrong
from trace.log import queries as log
from trace.log import writer
from trace.log.fsck import differences
from trace.lot import queries as lots
from trace.scan.facts import lot_page
from trace.signing import eventlist, external, identity, queries
from trace.signing.canonical import parse_object
from trace.signing.models import EventList, Record
from trace.signing.proof import LocalSigner, complete
from trace.verify.events import verify_events
from trace.verify.multikey import encode_public_key
from trace.verify.reasons import VerificationError

pytestmark = pytest.mark.usefixtures("session", "clock")


def sign(grown: grow.Grown, **values) -> Record:
    return eventlist.sign(grown.packed.id, grown.actor, password_confirmed=True, **values)


def kept(row: Record) -> EventList:
    return db.session.scalars(select(EventList).where(EventList.record_id == row.id)).one()


def check(row: Record, document: bytes | None = None):
    writer.integrate()
    db.session.expire_all()
    signer = queries.document(queries.signer_of(row).did)
    assert signer is not None
    return verify_events(
        document or kept(row).document, row.payload, log_proof=str(queries.proof_of(row)).encode(),
        did_document=signer.document, log_key=log.vkey() or "",
    )  # fmt: skip


def test_the_public_events_of_a_sealed_lot_are_listed_and_check_offline(grown) -> None:
    seal(grown)
    row = sign(grown)

    found = check(row)
    assert (found.lot, found.whole) == (lots.lot_by_id(grown.packed.id).uri, True)
    assert found.count == kept(row).events >= 1
    assert list(differences(db.session)) == []


def test_what_is_listed_is_the_public_part_as_epcis_2_with_the_hash_ids_of_the_store(grown) -> None:
    seal(grown)
    row = sign(grown)

    document = parse_object(kept(row).document)
    subject = parse_object(row.payload)["credentialSubject"]
    stored = set(db.session.scalars(select(Event.event_id)))
    assert {one["id"] for one in subject["events"]} <= stored
    assert [one["publicHash"] for one in subject["events"]] == [
        publication.public_hash(event) for event in document["epcisBody"]["eventList"]
    ]
    assert 'quantity"' not in json.dumps(document)  # amounts are partners' business
    assert "readPoint" not in json.dumps(document)


def test_the_listed_document_fits_the_gs1_schema(grown) -> None:
    folder = os.environ.get("CONFORMANCE_VECTORS")
    if not folder:
        pytest.skip("CONFORMANCE_VECTORS is unset")
    seal(grown)
    schema = next(Path(folder).glob("epcis-gs1/**/EPCIS-JSON-Schema.json"))

    jsonschema.validate(parse_object(kept(sign(grown)).document), json.loads(schema.read_text("utf-8")))


def test_later_events_make_the_next_version_which_begins_as_the_one_before(grown) -> None:
    seal(grown)
    first = sign(grown)
    with pytest.raises(Conflict, match="没有新的事件"):
        sign(grown)
    event = eventlist.events_in(kept(first))[0]["eventID"]
    declare_wrong(event, "incorrect_data", grown.organisation.id, grown.actor)
    assert eventlist.latest_for_lot(grown.packed.id).later == 1

    second = sign(grown)

    old, new = eventlist.events_in(kept(first)), eventlist.events_in(kept(second))
    assert (second.version, new[: len(old)], len(new)) == (2, old, len(old) + 1)
    assert new[-1]["errorDeclaration"]["reason"].endswith("incorrect_data")
    assert check(second).count == len(new)
    with pytest.raises(VerificationError, match="missing"):
        check(second, kept(first).document)


def test_only_the_sealer_signs_with_the_password_and_after_sealing(grown) -> None:
    with pytest.raises(Conflict, match="还没有封存"):
        sign(grown)
    seal(grown)
    with pytest.raises(Denied):
        eventlist.sign(grown.packed.id, grown.actor)
    other = grow.actor_of(grow.make_organisation(7010, "示例别家"))
    with pytest.raises(NotFound):
        eventlist.sign(grown.packed.id, other, password_confirmed=True)
    assert eventlist.latest_for_lot(grown.packed.id) is None


def test_an_enterprise_that_keeps_its_key_signs_the_list_elsewhere(grown) -> None:
    seed = b"\x05" * 32
    seal(grown)
    identity.register_external_key(grown.organisation.id, encode_public_key(public(seed)), grown.actor)
    draft = eventlist.to_sign(grown.packed.id, grown.actor)
    signed = json.dumps(complete(draft, LocalSigner(seed)), ensure_ascii=False)

    row = sign(grown, uploaded=external.read(signed, now=clock.now()))

    assert check(row).whole


def test_a_kept_list_never_changes_and_fsck_finds_one_that_did(grown) -> None:
    seal(grown)
    row = sign(grown)
    writer.integrate()
    change = text("update trace_signing_event_list set document = convert_to('{}', 'UTF8') where record_id = :id")
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(change, {"id": row.id})
    db.session.execute(text("alter table trace_signing_event_list disable trigger all"))
    db.session.execute(change, {"id": row.id})

    assert [found for found in differences(db.session) if str(row.public_id) in str(found)]


def test_the_page_and_the_files_are_open_to_everybody_and_linked_from_record_and_code_page(grown, client) -> None:
    record = seal(grown)
    row = sign(grown)
    writer.integrate()

    page = client.get(f"/trace/records/{row.public_id}/events")
    file = client.get(f"/trace/records/{row.public_id}/events.jsonld")
    assert (page.status_code, file.status_code) == (200, 200)
    assert "产生批次" in page.text
    assert "签名有效" in page.text
    assert (file.data, file.mimetype) == (kept(row).document, "application/ld+json")
    assert f"/trace/records/{row.public_id}/events" in client.get(f"/trace/records/{record.public_id}").text
    assert "LotEventList" in client.get("/ns/events/v1").text
    assert client.get(f"/trace/records/{record.public_id}/events").status_code == 404
    shown = lot_page(grown.packed.id, "zh")
    assert shown is not None
    assert shown.events is not None
    assert shown.events.public_id == row.public_id


def test_the_sealer_signs_on_the_page_with_the_password_only(owner, grown) -> None:
    seal(grown)
    path = f"/trace/seal/{grown.packed.public_id}/events"
    assert "签署清单" in owner.get(path).text

    wrong = owner.post(path, data={"password": "falsch falsch", "once": new_key()})
    right = owner.post(path, data={"password": owner.password, "once": new_key()})

    assert (wrong.status_code, right.status_code) == (400, 303)
    assert eventlist.latest_for_lot(grown.packed.id).version == 1
    assert "没有新的事件" in owner.get(path).text
