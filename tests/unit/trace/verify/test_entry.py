"""Entries of every kind: what they repeat follows from the document alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import trust
from trace.verify import entry
from trace.verify.canonical import canonical_hash
from trace.verify.reasons import Reason, VerificationError

LOT = "https://id.gs1.org/01/09521234000010/10/26101701"


def series(**subject: Any) -> dict[str, Any]:
    body = {
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001", "type": "CodeSeries",
        "item": "https://id.gs1.org/01/09521234000010", "lot": LOT, "firstUnit": 0, "count": 200, "root": "ab" * 32,
        **subject,
    }  # fmt: skip
    return trust.signed(trust.unsigned(type=["VerifiableCredential", "CodeSeriesRoot"], credentialSubject=body))


def recall(lots: Any) -> dict[str, Any]:
    body = {"id": "urn:uuid:00000000-0000-4000-8000-000000000002", "type": "Recall", "lots": lots}
    return trust.signed(trust.unsigned(type=["VerifiableCredential", "LotRecall"], credentialSubject=body))


def test_a_series_root_repeats_item_lot_count_and_root_in_clear() -> None:
    signed = series()

    fields = entry.read_entry(entry.entry_of(signed))

    assert fields == {
        "v": 1, "kind": "series-root", "hash": canonical_hash(signed).hex(), "issuer": trust.DID,
        "subject": "urn:uuid:00000000-0000-4000-8000-000000000001", "item": "https://id.gs1.org/01/09521234000010",
        "lot": LOT, "first": 0, "count": 200, "root": "ab" * 32,
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"count": 0}, {"count": "200"}, {"count": True}, {"firstUnit": -1}, {"root": "AB" * 32}, {"root": "ab"}, {"item": ""}, {"lot": 5}],
)  # fmt: skip
def test_a_series_root_that_cannot_be_added_up_has_no_entry(change: dict[str, Any]) -> None:
    with pytest.raises(VerificationError) as caught:
        entry.entry_of(series(**change))

    assert caught.value.reason is Reason.BAD_JSON


def test_a_recall_repeats_the_number_of_lots_and_their_digest() -> None:
    fields = entry.read_entry(entry.entry_of(recall([LOT])))

    assert (fields["kind"], fields["count"], fields["lots"]) == ("recall", 1, canonical_hash([LOT]).hex())


@pytest.mark.parametrize("lots", [[], None, [5], [""], "x"])
def test_a_recall_without_lots_has_no_entry(lots: Any) -> None:
    with pytest.raises(VerificationError):
        entry.entry_of(recall(lots))


def test_an_audit_head_repeats_how_many_rows_it_covers() -> None:
    fields = entry.read_entry(entry.audit_head_entry(7, b"\x05" * 32, "did:web:demo.yidun.example"))

    assert (fields["kind"], fields["count"], fields["hash"]) == ("audit-head", 7, "05" * 32)


def test_a_status_list_is_known_by_its_type() -> None:
    signed = trust.signed(trust.unsigned(type=["VerifiableCredential", "BitstringStatusListCredential"]))

    fields = entry.read_entry(entry.entry_of(signed))

    assert (fields["kind"], fields["subject"]) == ("status-list", signed["id"])


def test_clear_fields_belong_to_their_kind() -> None:
    plain = json.loads(entry.credential_entry(trust.signed()))

    with pytest.raises(ValueError, match="repeats"):
        entry.entry_bytes("vc", bytes(32), "a", "b", count=1)
    with pytest.raises(VerificationError):
        entry.read_entry(json.dumps({**plain, "count": 1}, separators=(",", ":")).encode())
