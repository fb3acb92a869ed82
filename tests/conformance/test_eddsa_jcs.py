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

FOLDER = vectors.folder("vc-eddsa-jcs-2022")
W3C = FOLDER / "w3c" / "eddsa-jcs-2022"
CASES = [
    (path.stem, expected, case)
    for path in vectors.files("vc-eddsa-jcs-2022", "tool-made/*.json")
    for expected in ("valid", "invalid")
    for case in json.loads(path.read_bytes())[expected]
]


def accepts(signed: dict[str, Any], public_key: bytes) -> bool:
    try:
        proof.check_signature(proof.take_apart(signed), public_key)
    except VerificationError:
        return False
    return True


def key_of(signed: dict[str, Any]) -> bytes:
    return multikey.decode_public_key(signed["proof"]["verificationMethod"].partition("#")[2])


def test_w3c_key_pair_decodes_and_belongs_together() -> None:
    pair = json.loads((FOLDER / "w3c" / "keyPair.json").read_text())

    seed = multikey.decode_secret_key(pair["privateKeyMultibase"])
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()

    assert multikey.encode_public_key(public) == pair["publicKeyMultibase"]


def test_w3c_intermediate_values_are_reproduced() -> None:
    unsigned = parse_object((FOLDER / "w3c" / "unsigned.json").read_bytes())
    options = parse_object((W3C / "proofConfigJCS.json").read_bytes())

    assert canonical_bytes(unsigned) == (W3C / "canonDocJCS.txt").read_bytes().rstrip(b"\n")
    assert canonical_bytes(options) == (W3C / "proofCanonJCS.txt").read_bytes().rstrip(b"\n")
    assert hashlib.sha256(canonical_bytes(unsigned)).hexdigest() == (W3C / "docHashJCS.txt").read_text().strip()
    assert hashlib.sha256(canonical_bytes(options)).hexdigest() == (W3C / "proofHashJCS.txt").read_text().strip()
    assert proof.signing_input(unsigned, options).hex() == (W3C / "combinedHashJCS.txt").read_text().strip()


def test_w3c_signature_is_reproduced_and_verifies() -> None:
    pair = json.loads((FOLDER / "w3c" / "keyPair.json").read_text())
    unsigned = parse_object((FOLDER / "w3c" / "unsigned.json").read_bytes())
    options = parse_object((W3C / "proofConfigJCS.json").read_bytes())
    key = Ed25519PrivateKey.from_private_bytes(multikey.decode_secret_key(pair["privateKeyMultibase"]))

    signature = key.sign(proof.signing_input(unsigned, options))

    assert signature.hex() == (W3C / "sigHexJCS.txt").read_text().strip()
    assert multikey.multibase_encode(signature) == (W3C / "sigBTC58JCS.txt").read_text().strip()
    assert accepts(parse_object((W3C / "signedJCS.json").read_bytes()), key.public_key().public_bytes_raw())


@pytest.mark.parametrize(("source", "expected", "case"), CASES, ids=[f"{s}-{c['name']}" for s, _, c in CASES])
def test_documents_of_another_implementation(source: str, expected: str, case: dict[str, Any]) -> None:
    try:
        signed = parse(json.dumps(case["signed"], ensure_ascii=False))
        answer = accepts(signed, key_of(signed))
    except (VerificationError, ValueError, KeyError):
        answer = False

    assert answer is (expected == "valid")


def test_path_is_read_by_pattern(tmp_path: Path) -> None:
    assert {expected for _, expected, _ in CASES} == {"valid", "invalid"}
