"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), read and checked.

``split`` and ``Checkpoint.parse`` raise ``checkpoint_invalid`` for every malformed line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .merkle import EMPTY_ROOT, HASH_BYTES
from .reasons import Reason, VerificationError

MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
_ED25519 = 1
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says so, the 4-byte key id, the rest."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A vkey ``name+hex key id+base64(0x01 || public key)``."""

    name: str
    key_id: bytes
    public_key: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key that ``text`` names; ``checkpoint_invalid`` when name, id and key do not agree."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not is_name(parts[0]):
            raise _invalid("a vkey has three parts: name+id+key")
        name, hex_id, encoded = parts
        data = _base64(encoded, "vkey")
        if len(data) != 33 or data[0] != _ED25519:
            raise _invalid("the vkey is not Ed25519")
        if hex_id != key_id(name, data[1:]).hex():
            raise _invalid("the key id of the vkey is wrong")
        return cls(name, bytes.fromhex(hex_id), data[1:])

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([_ED25519]) + self.public_key).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def key_id(name: str, public_key: bytes) -> bytes:
    """First 4 bytes of SHA-256(name || 0x0A || 0x01 || public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([_ED25519]) + public_key).digest()[:4]


def vkey(name: str, public_key: bytes) -> VerifierKey:
    """The verifier key of a log called ``name``."""
    if not is_name(name):
        raise ValueError("a key name has neither space nor plus")
    return VerifierKey(name, key_id(name, public_key), public_key)


def split(note: str) -> tuple[str, list[Signature]]:
    """The text (with its last newline) and the signatures of ``note``; the last blank line separates them."""
    if len(note) > MAX_NOTE:
        raise _invalid("the note is too long")
    if any(character < " " and character != "\n" for character in note):
        raise _invalid("control characters")
    at = note.rfind("\n\n")
    if at < 0 or not note.endswith("\n"):
        raise _invalid("no signatures")
    text, block = note[: at + 1], note[at + 2 :]
    lines = block.split("\n")[:-1]
    if not block or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise _invalid("no signatures, or too many")
    return text, [_signature(line) for line in lines]


def verify(note: str, keys: Sequence[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """The text and the keys that signed it; refuses a known key's wrong signature and a note no known key signed."""
    text, signatures = split(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed: list[VerifierKey] = []
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None or key in signed:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature.value, text.encode())
        except (InvalidSignature, ValueError):
            raise _invalid(f"the signature of {key.name} is wrong") from None
        signed.append(key)
    if not signed:
        raise _invalid("not signed by the given log key")
    return text, signed


def split_body(text: str) -> tuple[str, int, bytes, str]:
    """Origin, size, root and extension lines of a checkpoint body, read by shape only."""
    lines = text.split("\n", 3)
    if len(lines) != 4 or not lines[0]:
        raise _invalid("a checkpoint has three lines")
    origin, size, root, rest = lines
    if not size.isascii() or not size.isdigit() or (size[0] == "0" and size != "0") or len(size) > 19:
        raise _invalid("the size is not a decimal number")
    return origin, int(size), _base64(root, "root"), rest


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root a log has signed; who cosigned the note is asked of ``cosign``."""

    origin: str
    size: int
    root: bytes
    note: str

    @classmethod
    def parse(cls, note: str, key: VerifierKey) -> Checkpoint:
        """The checkpoint in ``note`` signed by ``key``, whose name must be the origin; else ``checkpoint_invalid``."""
        text, _ = verify(note, [key])
        origin, size, root, rest = split_body(text)
        if origin != key.name:
            raise _invalid("the checkpoint is of another log")
        if len(root) != HASH_BYTES or (size == 0 and root != EMPTY_ROOT):
            raise _invalid("the root is not a hash of 32 bytes")
        if any(not line for line in rest.split("\n")[:-1]):
            raise _invalid("a blank extension line")
        return cls(origin, size, root, note)


def _signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise _invalid("a signature line begins with an em dash and a space")
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    data = _base64(encoded, "signature")
    if not space or not is_name(name) or len(data) < 5:
        raise _invalid("a malformed signature line")
    return Signature(name, data[:4], data[4:])


def is_name(name: str) -> bool:
    """Whether ``name`` may be the name of a key: not empty, neither space nor plus."""
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def _base64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise _invalid(f"the {what} is not base64") from None


def _invalid(detail: str) -> VerificationError:
    return VerificationError(Reason.CHECKPOINT_INVALID, detail)
