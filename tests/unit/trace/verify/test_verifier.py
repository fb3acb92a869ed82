"""Every reason code of TRUST 4 has its negative; what is unchanged verifies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import trust
from trace.signing import proof
from trace.verify.reasons import Reason, VerificationError
from trace.verify.verifier import verify


@pytest.fixture
def world() -> trust.World:
    made = trust.World()
    made.add_document(trust.did_document())
    made.add_record(trust.signed())
    for number in range(2, 9):
        made.add_record(trust.signed(trust.unsigned(number)))
    return made


def reason(record: Any, world: trust.World, **changes: Any) -> Reason:
    record = record if isinstance(record, bytes) else trust.dump(record)
    arguments = {
        "log_proof": str(world.proof(1)).encode(),
        "did_document": trust.dump(trust.did_document()),
        "log_key": world.log_key,
        **changes,
    }
    with pytest.raises(VerificationError) as caught:
        verify(record, **arguments)
    return caught.value.reason


def test_an_unchanged_record_verifies_with_four_files_only(world: trust.World) -> None:
    result = verify(
        trust.dump(trust.signed()),
        log_proof=str(world.proof(1)).encode(),
        did_document=trust.dump(trust.did_document()),
        log_key=world.log_key,
    )

    assert (result.issuer, result.index, result.tree_size, result.log) == (trust.DID, 1, 9, trust.ORIGIN)
    assert result.key_ended is False


def test_formatting_of_the_file_does_not_matter(world: trust.World) -> None:
    pretty = json.dumps(trust.signed(), ensure_ascii=True, indent=4, sort_keys=True).encode()

    assert (
        verify(
            pretty,
            log_proof=str(world.proof(1)).encode(),
            did_document=trust.dump(trust.did_document()),
            log_key=world.log_key,
        ).index
        == 1
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        b"[]",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": 9007199254740993}',
        b'{"a": "\\ud800"}',
        b'{"\\udc00": 1}',
        b"[" * 100_000,
        b'{"a": 1} trailing',
    ],
)  # fmt: skip
def test_what_is_not_strict_json_is_bad_json(world: trust.World, data: bytes) -> None:
    assert reason(data, world) is Reason.BAD_JSON


def test_a_signed_document_without_the_shape_of_a_credential_is_bad_json(world: trust.World) -> None:
    assert reason(trust.signed(trust.unsigned(credentialSubject={})), world) is Reason.BAD_JSON


@pytest.mark.parametrize("extra", ['"issuer": "did:web:evil.example"', f'"issuer": "{trust.DID}"'])
def test_a_name_that_stands_twice_is_refused_even_with_the_same_value(world: trust.World, extra: str) -> None:
    text = trust.dump(trust.signed()).decode()

    assert reason((text[:-1] + "," + extra + "}").encode(), world) is Reason.DUPLICATE_KEY


def test_a_name_that_stands_twice_deep_inside_is_refused(world: trust.World) -> None:
    text = trust.dump(trust.signed()).decode().replace('"type": "Lot"', '"type": "Lot", "type": "Lot"')

    assert reason(text.encode(), world) is Reason.DUPLICATE_KEY


@pytest.mark.parametrize(
    "change",
    [
        {"type": "OtherProof"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"proofPurpose": "authentication"},
        {"verificationMethod": None},
        {"verificationMethod": trust.DID},
        {"proofValue": None},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "2" * 80},
        {"created": "yesterday"},
        {"expires": "2026-13-01T00:00:00Z"},
        {"@context": ["https://demo.yidun.example/ns/record/v1", "https://www.w3.org/ns/credentials/v2"]},
        {"@context": ["https://www.w3.org/ns/credentials/v2"] * 3},
    ],
)  # fmt: skip
def test_a_malformed_or_foreign_proof_is_bad_proof(world: trust.World, change: dict[str, Any]) -> None:
    record = trust.signed()
    record["proof"] = {**record["proof"], **change}

    assert reason(record, world) is Reason.BAD_PROOF


def test_an_unsigned_record_is_bad_proof(world: trust.World) -> None:
    assert reason(trust.unsigned(), world) is Reason.BAD_PROOF


def test_a_key_that_is_not_listed_is_key_not_found(world: trust.World) -> None:
    assert reason(trust.signed(method=f"{trust.DID}#key-7"), world) is Reason.KEY_NOT_FOUND


@pytest.mark.parametrize("key", ["z6Mk", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", 7, None])
def test_a_key_that_is_no_ed25519_multikey_is_key_not_found(world: trust.World, key: Any) -> None:
    document = trust.did_document()
    document["verificationMethod"][0]["publicKeyMultibase"] = key

    assert reason(trust.signed(), world, did_document=trust.dump(document)) is Reason.KEY_NOT_FOUND


def test_a_key_listed_twice_is_key_not_found(world: trust.World) -> None:
    document = trust.did_document(seeds=(trust.SEED, trust.OTHER_SEED))
    document["verificationMethod"][1]["id"] = f"{trust.DID}#key-1"

    assert reason(trust.signed(), world, did_document=trust.dump(document)) is Reason.KEY_NOT_FOUND


def test_a_key_outside_assertion_method_is_key_not_authorised(world: trust.World) -> None:
    document = {**trust.did_document(), "assertionMethod": [], "authentication": [f"{trust.DID}#key-1"]}

    assert reason(trust.signed(), world, did_document=trust.dump(document)) is Reason.KEY_NOT_AUTHORISED


def test_a_key_of_another_controller_is_key_not_authorised(world: trust.World) -> None:
    document = trust.did_document()
    document["verificationMethod"][0]["controller"] = "did:web:other.example"

    assert reason(trust.signed(), world, did_document=trust.dump(document)) is Reason.KEY_NOT_AUTHORISED


@pytest.mark.parametrize("issuer", ["did:web:other.example", {"id": "did:web:other.example"}])
def test_an_issuer_other_than_the_owner_of_the_key_is_issuer_mismatch(world: trust.World, issuer: Any) -> None:
    assert reason(trust.signed(trust.unsigned(issuer=issuer)), world) is Reason.ISSUER_MISMATCH


def test_a_did_document_of_somebody_else_is_issuer_mismatch(world: trust.World) -> None:
    document = {**trust.did_document(), "id": "did:web:other.example"}

    assert reason(trust.signed(), world, did_document=trust.dump(document)) is Reason.ISSUER_MISMATCH


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("validFrom", "2026-10-19T02:00:00Z"),
        ("id", "https://demo.yidun.example/trace/records/00000000-0000-4000-8000-000000000002"),
        ("credentialSubject", {"id": "https://id.gs1.org/01/09521234000010/10/26101702", "type": "Lot"}),
        ("新的一项", "加进来的"),
    ],
)
def test_a_changed_or_added_word_is_signature_invalid(world: trust.World, place: str, value: Any) -> None:
    assert reason({**trust.signed(), place: value}, world) is Reason.SIGNATURE_INVALID


def test_a_changed_signing_time_is_signature_invalid(world: trust.World) -> None:
    record = trust.signed()
    record["proof"] = {**record["proof"], "created": "2026-10-18T02:00:01Z"}

    assert reason(record, world) is Reason.SIGNATURE_INVALID


def test_a_signature_of_another_key_is_signature_invalid(world: trust.World) -> None:
    assert reason(trust.signed(seed=trust.OTHER_SEED), world) is Reason.SIGNATURE_INVALID


def test_a_proof_that_carries_another_entry_is_leaf_mismatch(world: trust.World) -> None:
    proof = world.proof(2, extra=world.entries[2])

    assert reason(trust.signed(), world, log_proof=str(proof).encode()) is Reason.LEAF_MISMATCH


def test_a_proof_of_another_leaf_is_inclusion_invalid(world: trust.World) -> None:
    assert reason(trust.signed(), world, log_proof=str(world.proof(2)).encode()) is Reason.INCLUSION_INVALID


def test_the_same_content_signed_again_is_not_in_the_log(world: trust.World) -> None:
    again = proof.complete(
        proof.prepare(trust.unsigned(), method=f"{trust.DID}#key-1", created="2026-11-01T00:00:00Z"),
        proof.LocalSigner(trust.SEED),
    )

    assert reason(again, world) is Reason.INCLUSION_INVALID


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("tlog-proof@v1", "tlog-proof@v2"),
        lambda text: text.replace("index 1", "index one"),
        lambda text: text.replace("index 1", "index 01"),
        lambda text: text.replace("index 1", "index -1"),
        lambda text: text.replace("index 1\n", ""),
        lambda text: text.replace("index 1", "index 99"),
        lambda text: text.replace("index 1\n", "index 1\nAAAA\n"),
        lambda text: text.replace("index 1\n", "index 1\n!!!!\n"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: "\n".join(text.split("\n")[:2] + text.split("\n")[3:]),
        lambda _text: "",
    ],
)  # fmt: skip
def test_a_malformed_log_proof_is_inclusion_invalid(world: trust.World, damage: Any) -> None:
    text = damage(str(world.proof(1)))

    assert reason(trust.signed(), world, log_proof=text.encode()) is Reason.INCLUSION_INVALID


def test_a_proof_for_a_tree_of_one_leaf_is_inclusion_invalid(world: trust.World) -> None:
    lonely = trust.World()
    lonely.add(b"something else")

    assert reason(trust.signed(), world, log_proof=str(lonely.proof(0)).encode()) is Reason.INCLUSION_INVALID


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("\n9\n", "\n8\n"),
        lambda text: text.replace("\u2014 demo.yidun.example/log", "\u2014 other.example/log"),
        lambda text: text.replace("\u2014 demo", "- demo"),
        lambda text: text.replace("demo.yidun.example/log\n9", "other.example/log\n9"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n9\n", "\n9\n\x00"),
        lambda text: text.partition("\n\n\u2014")[0] + "\n",
    ],
)  # fmt: skip
def test_a_damaged_checkpoint_is_checkpoint_invalid(world: trust.World, damage: Any) -> None:
    head, blank, checkpoint = str(world.proof(1)).partition("\n\n")

    answer = reason(trust.signed(), world, log_proof=(head + blank + damage(checkpoint)).encode())

    assert answer is Reason.CHECKPOINT_INVALID


@pytest.mark.parametrize("key", ["", "nonsense", "a+b", "demo.yidun.example/log+00000000+AAAA"])
def test_a_log_key_that_is_no_vkey_is_checkpoint_invalid(world: trust.World, key: str) -> None:
    assert reason(trust.signed(), world, log_key=key) is Reason.CHECKPOINT_INVALID


def test_a_checkpoint_of_another_log_is_checkpoint_invalid(world: trust.World) -> None:
    other = trust.World(entries=world.entries, origin="other.example/log", seed=trust.OTHER_SEED)

    assert reason(trust.signed(), world, log_key=other.log_key) is Reason.CHECKPOINT_INVALID


# --- a key that has ended counts by log order (TRUST 2) -----------------------------------------------------------


def ending(kind: str = "revoked") -> dict[str, Any]:
    end = {kind: "2026-11-01T00:00:00Z", "endedInDocumentVersion": "2"}
    return trust.did_document(2, {1: end}, (trust.SEED, trust.OTHER_SEED))


@pytest.mark.parametrize("kind", ["revoked", "expires"])
@pytest.mark.parametrize(("before", "after", "counts"), [(1, 0, True), (0, 1, False)])
def test_a_record_counts_if_it_was_logged_before_its_key_ended(
    kind: str, before: int, after: int, counts: bool
) -> None:
    world = trust.World()
    world.add_document(trust.did_document())
    index = world.add_record(trust.signed()) if before else -1
    end_index = world.add_document(ending(kind))
    index = world.add_record(trust.signed()) if after else index
    arguments = {
        "log_proof": str(world.proof(index)).encode(),
        "did_document": trust.dump(ending(kind)),
        "log_key": world.log_key,
        "ending_proof": str(world.proof(end_index, extra=world.entries[end_index])).encode(),
    }

    if counts:
        assert verify(trust.dump(trust.signed()), **arguments).key_ended is True
    else:
        with pytest.raises(VerificationError) as caught:
            verify(trust.dump(trust.signed()), **arguments)
        assert caught.value.reason is Reason.KEY_ENDED


def test_an_ended_key_without_proof_of_when_it_ended_is_key_ended(world: trust.World) -> None:
    assert reason(trust.signed(), world, did_document=trust.dump(ending())) is Reason.KEY_ENDED


def test_proofs_under_different_checkpoints_are_key_ended(world: trust.World) -> None:
    index = world.add_document(ending())
    earlier, later = str(world.proof(1)).encode(), str(world.proof(index)).encode()
    world.add(b"more")

    answer = reason(
        trust.signed(),
        world,
        log_proof=str(world.proof(1)).encode(),
        did_document=trust.dump(ending()),
        ending_proof=later,
    )

    assert answer is Reason.KEY_ENDED
    assert verify(
        trust.dump(trust.signed()),
        log_proof=earlier,
        did_document=trust.dump(ending()),
        log_key=world.log_key,
        ending_proof=later,
    )


def test_a_later_version_cannot_stand_for_the_one_that_ended_the_key(world: trust.World) -> None:
    third = {**ending(), "documentVersion": "3"}
    leaked = trust.signed(trust.unsigned(99))
    world.add_document(ending())
    record_index = world.add_record(leaked)  # signed with the leaked key after it was revoked
    third_index = world.add_document(third)

    answer = reason(
        leaked,
        world,
        log_proof=str(world.proof(record_index)).encode(),
        did_document=trust.dump(third),
        ending_proof=str(world.proof(third_index)).encode(),
    )

    assert answer is Reason.KEY_ENDED


def test_every_reason_code_has_its_plain_sentence() -> None:
    from trace.verify.reasons import SENTENCES

    assert set(SENTENCES) == set(Reason)
