"""Withdrawal sets the record's bit and logs a new list version in one transaction; anybody can check it."""

from __future__ import annotations

import json
import uuid

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from core.db import db
from core.errors import BadInput
from core.organisation.models import Organisation
from tests.factories import trace as grow
from tests.support.sealing import seal
from trace.log import writer
from trace.log.fsck import differences
from trace.log.models import LogEntry
from trace.signing import external, identity, queries, service, status
from trace.signing.canonical import parse_object
from trace.signing.models import StatusEntry, StatusList, StatusVersion
from trace.verify import status as bits
from trace.verify.entry import read_entry
from trace.verify.reasons import Reason, VerificationError

pytestmark = pytest.mark.usefixtures("session", "clock")


@pytest.fixture
def platform(session) -> Organisation:
    return grow.make_organisation(7900, "示例平台", kind="platform")


def platform_did() -> dict:
    row = queries.document("did:web:demo.yidun.example")
    assert row is not None
    return parse_object(row.document)


def check(row, client) -> bits.Place:
    place = bits.place_of(parse_object(row.payload))
    assert place is not None
    fetched = client.get(place.list_url.removeprefix("https://demo.yidun.example"))
    assert fetched.content_type == "application/vc"
    return bits.check(parse_object(row.payload), parse_object(fetched.data), platform_did())


def test_a_sealed_record_names_its_place_and_is_not_withdrawn(grown, platform, client) -> None:
    row = seal(grown)

    assert check(row, client).list_url == "https://demo.yidun.example/trace/status/1"


def test_withdrawing_sets_the_bits_of_all_versions_and_logs_one_new_list(grown, platform, client) -> None:
    first = seal(grown)
    second = seal(grown, kind="correction", reason="规格写错")
    seal(grown, kind="withdrawal", reason="抽检不合格")
    writer.integrate()

    for row in (first, second):
        with pytest.raises(VerificationError) as caught:
            check(row, client)
        assert caught.value.reason is Reason.WITHDRAWN
    versions = db.session.scalars(select(StatusVersion).order_by(StatusVersion.version)).all()
    assert [row.version for row in versions] == [1, 2]
    entry = read_entry(db.session.get_one(LogEntry, versions[-1].log_entry_id).entry)
    assert (entry["kind"], entry["issuer"]) == ("status-list", "did:web:demo.yidun.example")
    assert list(differences(db.session)) == []


def test_the_record_page_and_older_versions_of_the_list_stay_readable(grown, platform, client) -> None:
    row = seal(grown)
    seal(grown, kind="withdrawal", reason="抽检不合格")
    writer.integrate()

    page = client.get(f"/trace/records/{row.public_id}").text
    old = parse_object(client.get("/trace/status/1?version=1").data)

    assert "已置位（已撤回）" in page
    assert bits.decode(old["credentialSubject"]["encodedList"]) == bytes(16384)
    assert client.get("/trace/status/1.tlog-proof?version=2").text.startswith("c2sp.org/tlog-proof@v1")


@pytest.mark.parametrize("path", ["2", "0", "99999999999", "1?version=9"])
def test_a_list_that_is_not_there_is_404(grown, platform, client, path: str) -> None:
    seal(grown)

    assert client.get(f"/trace/status/{path}").status_code == 404


def test_a_place_that_is_taken_is_drawn_again(grown, platform, monkeypatch) -> None:
    draws = iter([7, 7, 7, 8])
    monkeypatch.setattr(status.secrets, "randbelow", lambda _limit: next(draws))

    places = [status.take(uuid.uuid4()), status.take(uuid.uuid4())]

    assert [place.index for place in places] == [7, 8]


def test_a_list_that_is_full_is_followed_by_the_next(grown, platform, monkeypatch) -> None:
    draws = iter([7, *[7] * status.TRIES, 9])
    monkeypatch.setattr(status.secrets, "randbelow", lambda _limit: next(draws))
    status.take(uuid.uuid4())

    place = status.take(uuid.uuid4())

    assert (place.list_url, place.index) == ("https://demo.yidun.example/trace/status/2", 9)
    assert db.session.scalar(select(func.count()).select_from(StatusList)) == 2


def test_a_bit_is_never_taken_back(grown, platform) -> None:
    seal(grown)
    seal(grown, kind="withdrawal", reason="抽检不合格")

    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("update trace_signing_status_entry set set_at = null"))


def test_a_second_withdrawal_makes_no_new_version(grown, platform) -> None:
    row = seal(grown)
    key = row.subject_key

    assert (status.withdraw(key), status.withdraw(key)) == (1, 0)


def test_a_new_platform_key_signs_every_list_anew(grown, platform, client) -> None:
    row = seal(grown)
    identity.create_key(platform.id, grow.actor_of(platform))

    assert check(row, client)
    assert status.find_version(1).version == 2


def test_fsck_finds_a_bit_that_was_set_behind_our_back(grown, platform) -> None:
    seal(grown)
    writer.integrate()
    db.session.execute(text("update trace_signing_status_entry set set_at = taken_at"))

    assert [line for line in differences(db.session) if "differ from the withdrawn" in line]


def test_without_a_platform_organisation_a_record_carries_no_status(grown) -> None:
    assert "credentialStatus" not in parse_object(seal(grown).payload)


def test_a_document_signed_elsewhere_takes_the_place_it_names(grown, platform) -> None:
    draft = service.to_sign(grown.packed.id, actor=grown.actor)
    place = bits.place_of(draft.document)
    assert place is not None
    assert db.session.scalar(select(StatusEntry.id)) is None  # a download writes nothing

    assert status.take_proposed(uuid.uuid4(), draft.document) == place
    with pytest.raises(BadInput):
        status.take_proposed(uuid.uuid4(), draft.document)


@pytest.mark.parametrize("change", [{"statusListIndex": "999999"}, {"statusListCredential": "https://x.example/1"}])
def test_a_place_that_is_not_ours_is_refused(grown, platform, change: dict) -> None:
    document = json.loads(external.package(service.to_sign(grown.packed.id, actor=grown.actor)))["document"]
    document["credentialStatus"] |= change

    with pytest.raises(BadInput):
        status.take_proposed(uuid.uuid4(), document)
