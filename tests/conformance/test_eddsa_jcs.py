"""eddsa-jcs-2022 against the W3C vector and documents signed by another implementation."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conformance import vectors
from trace.verify import multikey, proof
from trace.verify.canonical import canonical_bytes, parse, parse_object
from trace.verify.reasons import VerificationError

CASES = [
    (expected, case)
    for group in vectors.cases(
        "vc-eddsa-jcs-2022", lambda case: isinstance(case, dict) and {"valid", "invalid"} & set(case)
    )
    for expected in ("valid", "invalid")
    for case in group.get(expected, [])
]
vectors.files("vc-eddsa-jcs-2022", "**/w3c/**/*")


def w3c(name: str) -> Path:
    """A file of the one published vector."""
    return vectors.reference("vc-eddsa-jcs-2022", f"**/{name}")


def accepts(signed: dict[str, Any], public_key: bytes) -> bool:
    try:
        proof.check_signature(proof.take_apart(signed), public_key)
    except VerificationError:
        return False
    return True


def key_of(signed: dict[str, Any]) -> bytes:
    return multikey.decode_public_key(signed["proof"]["verificationMethod"].partition("#")[2])


def test_w3c_key_pair_decodes_and_belongs_together() -> None:
    pair = json.loads(w3c("keyPair.json").read_text())

    seed = multikey.decode_secret_key(pair["privateKeyMultibase"])
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()

    assert multikey.encode_public_key(public) == pair["publicKeyMultibase"]


def test_w3c_intermediate_values_are_reproduced() -> None:
    unsigned = parse_object(w3c("unsigned.json").read_bytes())
    options = parse_object(w3c("proofConfigJCS.json").read_bytes())

    assert canonical_bytes(unsigned) == w3c("canonDocJCS.txt").read_bytes().rstrip(b"\n")
    assert canonical_bytes(options) == w3c("proofCanonJCS.txt").read_bytes().rstrip(b"\n")
    assert hashlib.sha256(canonical_bytes(unsigned)).hexdigest() == w3c("docHashJCS.txt").read_text().strip()
    assert hashlib.sha256(canonical_bytes(options)).hexdigest() == w3c("proofHashJCS.txt").read_text().strip()
    assert proof.signing_input(unsigned, options).hex() == w3c("combinedHashJCS.txt").read_text().strip()


def test_w3c_signature_is_reproduced_and_verifies() -> None:
    pair = json.loads(w3c("keyPair.json").read_text())
    unsigned = parse_object(w3c("unsigned.json").read_bytes())
    options = parse_object(w3c("proofConfigJCS.json").read_bytes())
    key = Ed25519PrivateKey.from_private_bytes(multikey.decode_secret_key(pair["privateKeyMultibase"]))

    signature = key.sign(proof.signing_input(unsigned, options))

    assert signature.hex() == w3c("sigHexJCS.txt").read_text().strip()
    assert multikey.multibase_encode(signature) == w3c("sigBTC58JCS.txt").read_text().strip()
    assert accepts(parse_object(w3c("signedJCS.json").read_bytes()), key.public_key().public_bytes_raw())


@pytest.mark.parametrize(("expected", "case"), CASES, ids=[f"{e}-{c['name']}" for e, c in CASES])
def test_documents_of_another_implementation(expected: str, case: dict[str, Any]) -> None:
    try:
        signed = parse(json.dumps(case["signed"], ensure_ascii=False))
        answer = accepts(signed, key_of(signed))
    except (VerificationError, ValueError, KeyError):
        answer = False

    assert answer is (expected == "valid")


def test_no_file_is_left_unread() -> None:
    vectors.nothing_left_unread("vc-eddsa-jcs-2022")
