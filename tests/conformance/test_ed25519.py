"""Wycheproof Ed25519: which verification rule the library follows (RFC 8032, S below the group order)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.conformance import vectors
from trace.signing.proof import LocalSigner

CASES = [
    (group["publicKey"]["pk"], test)
    for group in vectors.cases("ed25519", vectors.has("publicKey", "tests"))
    for test in group["tests"]
]


@pytest.mark.parametrize(("public", "case"), CASES, ids=[f"tc{t['tcId']}" for _, t in CASES])
def test_verdict_is_wycheproofs(public: str, case: dict[str, Any]) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))

    try:
        key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        verdict = "valid"
    except InvalidSignature:
        verdict = "invalid"

    assert verdict == case["result"]


def test_local_signer_signs_as_the_library_does() -> None:
    seed = bytes(range(32))

    signature = LocalSigner(seed).sign(b"64 bytes")

    assert signature == Ed25519PrivateKey.from_private_bytes(seed).sign(b"64 bytes")


def test_no_file_is_left_unread() -> None:
    vectors.nothing_left_unread("ed25519")
