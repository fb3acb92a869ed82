"""Bitstring status lists: leftmost bit first, no bombs, and only the host's own DID may sign them."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from tests.support import trust
from trace.signing.proof import LocalSigner, complete, prepare
from trace.verify import status
from trace.verify.multikey import encode_public_key
from trace.verify.reasons import Reason, VerificationError

URL = "https://demo.yidun.example/trace/status/1"
PLATFORM = "did:web:demo.yidun.example"
PLACE = status.Place(URL, 5)


def platform_document(**ended: str) -> dict[str, Any]:
    method = {
        "id": f"{PLATFORM}#key-1", "type": "Multikey", "controller": PLATFORM,
        "publicKeyMultibase": encode_public_key(trust.public(trust.OTHER_SEED)), **ended,
    }  # fmt: skip
    return {"@context": [], "id": PLATFORM, "verificationMethod": [method], "assertionMethod": [method["id"]]}


def status_list(positions: list[int], **changes: Any) -> dict[str, Any]:
    subject = {
        "id": f"{URL}#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
        "encodedList": status.encode(positions),
    }  # fmt: skip
    body = trust.unsigned(
        id=URL,
        type=["VerifiableCredential", "BitstringStatusListCredential"],
        issuer=PLATFORM,
        credentialSubject=subject,
    )
    return complete(
        prepare(body | changes, method=f"{PLATFORM}#key-1", created="2026-10-18T02:00:00Z"),
        LocalSigner(trust.OTHER_SEED),
    )


def record(**changes: Any) -> dict[str, Any]:
    return trust.signed(trust.unsigned(credentialStatus=status.entry_for(PLACE) | changes))


def reason_of(*arguments: Any) -> Reason:
    with pytest.raises(VerificationError) as caught:
        status.check(*arguments)
    return caught.value.reason


def test_index_0_is_the_leftmost_bit_of_the_first_byte() -> None:
    bits = status.decode(status.encode([0, 9]))

    assert (bits[0], bits[1], len(bits) * 8) == (0x80, 0x40, 131_072)
    assert [n for n in range(20) if status.is_set(bits, n)] == [0, 9]


def test_the_same_bits_give_the_same_text_and_any_gzip_is_read() -> None:
    raw = bytearray(16384)
    raw[0] = 0x04
    other = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(raw), 1)).decode().rstrip("=")

    assert status.encode([5]) == status.encode([5])
    assert status.decode(other) == status.decode(status.encode([5]))


@pytest.mark.parametrize(
    "text",
    [
        "", None, "H4sI", "u!!!!", "uAAAA", status.encode([])[:-8], "u" + base64.urlsafe_b64encode(gzip.compress(bytes(16383), mtime=0)).decode(),
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(4_000_001), mtime=0)).decode(),
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(16384), mtime=0) + b"more").decode(),
    ],
)  # fmt: skip
def test_what_is_no_honest_list_is_refused(text: object) -> None:
    with pytest.raises(VerificationError) as caught:
        status.decode(text)

    assert caught.value.reason is Reason.STATUS_INVALID


def test_a_record_whose_bit_is_not_set_passes() -> None:
    assert status.check(record(), status_list([4, 6]), platform_document()) == PLACE


def test_a_record_whose_bit_is_set_is_withdrawn() -> None:
    assert reason_of(record(), status_list([5]), platform_document()) is Reason.WITHDRAWN


def test_a_list_somebody_else_signed_does_not_count() -> None:
    stranger = trust.signed(
        trust.unsigned(
            id=URL, type=["VerifiableCredential", "BitstringStatusListCredential"], credentialSubject={"id": "urn:x:1"}
        )
    )

    assert reason_of(record(), stranger, trust.did_document()) is Reason.STATUS_INVALID


def test_a_list_altered_after_signing_does_not_count() -> None:
    altered = status_list([5])
    altered["credentialSubject"]["encodedList"] = status.encode([])

    assert reason_of(record(), altered, platform_document()) is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize(
    "given",
    [
        status_list([], id="https://demo.yidun.example/trace/status/2"),
        status_list([], credentialSubject={"id": "urn:x:1"}),
    ],
)
def test_another_list_or_another_purpose_does_not_count(given: dict[str, Any]) -> None:
    assert reason_of(record(), given, platform_document()) is Reason.STATUS_INVALID


def test_a_list_under_a_key_that_has_ended_must_be_fetched_anew() -> None:
    assert (
        reason_of(record(), status_list([]), platform_document(revoked="2026-10-19T00:00:00Z")) is Reason.STATUS_INVALID
    )


@pytest.mark.parametrize("index", ["-1", "131072", "x", "", 5, "١"])
def test_a_place_outside_the_list_is_refused(index: Any) -> None:
    assert reason_of(record(statusListIndex=index), status_list([]), platform_document()) is Reason.STATUS_INVALID


def test_a_record_without_status_cannot_be_checked_for_it() -> None:
    assert reason_of(trust.signed(), status_list([]), platform_document()) is Reason.STATUS_INVALID
