"""Create eddsa-jcs-2022 proofs; the check stands in ``trace.verify.proof``.

The signer is a port: a key the platform holds, or a signature an enterprise made elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trace.verify.multikey import multibase_decode, multibase_encode
from trace.verify.proof import PURPOSE, SUITE, TYPE, signing_input


class Signer(Protocol):
    """Something that makes an Ed25519 signature (64 bytes) of the 64 bytes it is given."""

    def sign(self, data: bytes) -> bytes: ...


class LocalSigner:
    """Signs with a seed the platform holds; the seed lives as long as this object."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature of ``data``."""
        return self._private.sign(data)


class ExternalSigner:
    """Hands over a signature that was made elsewhere; the caller verifies the whole document afterwards."""

    def __init__(self, proof_value: str) -> None:
        self._signature = multibase_decode(proof_value.strip())

    def sign(self, data: bytes) -> bytes:  # noqa: ARG002 -- the bytes were signed elsewhere
        """The uploaded signature."""
        return self._signature


@dataclass(frozen=True, slots=True)
class Draft:
    """A document ready to be signed: ``to_sign`` is exactly what Ed25519 gets."""

    document: dict[str, Any]
    options: dict[str, Any]

    @property
    def to_sign(self) -> bytes:
        return signing_input(self.document, self.options)


def prepare(document: dict[str, Any], *, method: str, created: str) -> Draft:
    """The draft of ``document`` for key ``method``; the proof repeats the document's contexts (3.3.1)."""
    options = {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
        "@context": document["@context"],
    }
    return Draft(document, options)


def complete(draft: Draft, signer: Signer) -> dict[str, Any]:
    """The signed document."""
    value = multibase_encode(signer.sign(draft.to_sign))
    return {**draft.document, "proof": {**draft.options, "proofValue": value}}
