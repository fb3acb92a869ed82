"""Data Integrity with ``eddsa-jcs-2022`` (W3C vc-di-eddsa, section 3.3): what is signed, and the check.

Signed bytes = SHA-256(JCS(proof without proofValue)) || SHA-256(JCS(document without proof)), proof first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .canonical import canonical_hash
from .credential import is_moment
from .multikey import multibase_decode
from .reasons import Reason, VerificationError

TYPE = "DataIntegrityProof"
SUITE = "eddsa-jcs-2022"
PURPOSE = "assertionMethod"


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document taken apart: what was signed, by which verification method, and the signature."""

    document: dict[str, Any]
    options: dict[str, Any]
    signature: bytes

    @property
    def method(self) -> str:
        return str(self.options["verificationMethod"])


def signing_input(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """The 64 bytes that Ed25519 signs for ``document`` (without proof) and ``options`` (without proofValue)."""
    return canonical_hash(options) + canonical_hash(document)


def take_apart(signed: dict[str, Any]) -> SignedDocument:
    """Split off and check the proof; every malformed or foreign proof is ``bad_proof``."""
    proof = signed.get("proof")
    if not isinstance(proof, dict):
        raise _bad("there is no proof")
    expected = {"type": TYPE, "cryptosuite": SUITE, "proofPurpose": PURPOSE}
    for name, value in expected.items():
        if proof.get(name) != value:
            raise _bad(f"proof.{name} is not {value}")
    method = proof.get("verificationMethod")
    if not isinstance(method, str) or not method.partition("#")[2]:
        raise _bad("proof.verificationMethod names no key")
    for name in ("created", "expires"):
        if name in proof and not is_moment(proof[name]):
            raise _bad(f"proof.{name} is not a date and time with zone")
    try:
        signature = multibase_decode(proof.get("proofValue"))
    except ValueError as error:
        raise _bad(f"proofValue: {error}") from None
    if len(signature) != 64:
        raise _bad("an Ed25519 signature has 64 bytes")
    document = {name: value for name, value in signed.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    _copy_context(document, options)
    return SignedDocument(document, options, signature)


def check_signature(parts: SignedDocument, public_key: bytes) -> None:
    """Return if ``public_key`` (32 bytes) made the signature; otherwise ``signature_invalid``."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(parts.signature, signing_input(parts.document, parts.options))
    except (InvalidSignature, ValueError):
        raise VerificationError(Reason.SIGNATURE_INVALID, "the signature does not fit the content") from None


def _copy_context(document: dict[str, Any], options: dict[str, Any]) -> None:
    """The document's contexts must begin with the proof's, in order; then the proof's count (3.3.2)."""
    if "@context" not in options:
        return
    proofs, documents = _as_list(options["@context"]), _as_list(document.get("@context", []))
    if documents[: len(proofs)] != proofs:
        raise _bad("the document's contexts do not begin with the proof's")
    document["@context"] = options["@context"]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _bad(detail: str) -> VerificationError:
    return VerificationError(Reason.BAD_PROOF, detail)
