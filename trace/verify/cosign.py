"""Cosignatures of outside witnesses (C2SP tlog-cosignature, Ed25519 ``cosignature/v1``): make, read and count them.

What is signed: ``cosignature/v1``, ``time <seconds>``, then the whole checkpoint body.  The line's payload is the time as
eight bytes, big-endian, then the 64-byte signature; the key id is made with the algorithm byte 0x04.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .note import Signature, is_name, split
from .reasons import Reason, VerificationError

ALGORITHM = 4


@dataclass(frozen=True, slots=True)
class CosignerKey:
    """A witness by its vkey ``name+hex key id+base64(0x04 || public key)``."""

    name: str
    key_id: bytes
    public_key: bytes

    @classmethod
    def parse(cls, text: str) -> CosignerKey:
        """The witness that ``text`` names; ``checkpoint_invalid`` when name, id and key do not agree."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not is_name(parts[0]):
            raise _invalid("a witness vkey has three parts: name+id+key")
        try:
            data = base64.b64decode(parts[2].encode("ascii"), validate=True)
        except (binascii.Error, ValueError):
            raise _invalid("the witness vkey is not base64") from None
        if len(data) != 33 or data[0] != ALGORITHM:
            raise _invalid("the witness vkey is not an Ed25519 cosignature key (type 4)")
        made = cls.of(parts[0], data[1:])
        if parts[1] != made.key_id.hex():
            raise _invalid("the key id of the witness vkey is wrong")
        return made

    @classmethod
    def of(cls, name: str, public_key: bytes) -> CosignerKey:
        """The key of a witness called ``name``."""
        if not is_name(name):
            raise ValueError("a key name has neither space nor plus")
        data = name.encode() + b"\n" + bytes([ALGORITHM]) + public_key
        return cls(name, hashlib.sha256(data).digest()[:4], public_key)

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([ALGORITHM]) + self.public_key).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's checked statement: of this body, at ``time`` (seconds since 1970)."""

    key: CosignerKey
    time: int
    line: str


def message(body: str, time: int) -> bytes:
    """The bytes a witness signs for a checkpoint body."""
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def cosign(body: str, name: str, seed: bytes, time: int) -> str:
    """The signature line (with its newline) of the witness ``name`` with Ed25519 ``seed``."""
    if not 0 <= time < 2**63:
        raise ValueError("no such time")
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key = CosignerKey.of(name, private.public_key().public_bytes_raw())
    payload = key.key_id + time.to_bytes(8, "big") + private.sign(message(body, time))
    return f"\u2014 {name} {base64.b64encode(payload).decode('ascii')}\n"


def cosignatures(note: str, keys: Sequence[CosignerKey]) -> list[Cosignature]:
    """The newest checked statement of each known witness on ``note``; lines of unknown keys are ignored.

    ``checkpoint_invalid`` where a known witness's signature is wrong.
    """
    body, signatures = split(note)
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[CosignerKey, Cosignature] = {}
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        made = _checked(body, key, signature)
        if key not in found or found[key].time < made.time:
            found[key] = made
    return list(found.values())


def _checked(body: str, key: CosignerKey, signature: Signature) -> Cosignature:
    time = int.from_bytes(signature.value[:8], "big")
    if len(signature.value) != 72 or time >= 2**63:
        raise _invalid(f"the cosignature of {key.name} has the wrong length")
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature.value[8:], message(body, time))
    except (InvalidSignature, ValueError):
        raise _invalid(f"the cosignature of {key.name} is wrong") from None
    encoded = base64.b64encode(signature.key_id + signature.value).decode("ascii")
    return Cosignature(key, time, f"\u2014 {key.name} {encoded}\n")


def _invalid(detail: str) -> VerificationError:
    return VerificationError(Reason.CHECKPOINT_INVALID, detail)
