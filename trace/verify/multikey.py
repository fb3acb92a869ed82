"""base58btc and Ed25519 Multikey (Controlled Identifiers 1.0): ``z`` + base58btc(0xed 0x01 || 32 bytes)."""

from __future__ import annotations

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_PUBLIC = b"\xed\x01"
_SECRET = b"\x80\x26"
MAX_TEXT = 200


def base58_encode(data: bytes) -> str:
    """base58btc text of ``data``; leading zero bytes become leading ``1``."""
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, rest = divmod(number, 58)
        digits = ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + digits


def base58_decode(text: str) -> bytes:
    """The bytes of base58btc ``text``; ValueError where a character is foreign or the text too long."""
    if len(text) > MAX_TEXT:
        raise ValueError("base58 text is too long")
    number = 0
    for character in text:
        if character not in _VALUE:
            raise ValueError(f"{character!r} is not base58btc")
        number = number * 58 + _VALUE[character]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multibase_encode(data: bytes) -> str:
    """Multibase base58btc text (``z…``) of ``data``."""
    return "z" + base58_encode(data)


def multibase_decode(text: object) -> bytes:
    """The bytes of multibase base58btc ``text``; ValueError for every other base."""
    if not isinstance(text, str) or not text.startswith("z"):
        raise ValueError("not multibase base58btc")
    return base58_decode(text[1:])


def encode_public_key(raw: bytes) -> str:
    """``publicKeyMultibase`` of a 32-byte Ed25519 public key."""
    if len(raw) != 32:
        raise ValueError("an Ed25519 public key has 32 bytes")
    return multibase_encode(_PUBLIC + raw)


def decode_public_key(text: object) -> bytes:
    """The 32 bytes of an Ed25519 ``publicKeyMultibase``; ValueError for anything else."""
    return _decode_prefixed(text, _PUBLIC)


def decode_secret_key(text: object) -> bytes:
    """The 32-byte seed of an Ed25519 ``secretKeyMultibase``; ValueError for anything else."""
    return _decode_prefixed(text, _SECRET)


def _decode_prefixed(text: object, prefix: bytes) -> bytes:
    data = multibase_decode(text)
    if len(data) != 34 or data[:2] != prefix:
        raise ValueError("not an Ed25519 Multikey")
    return data[2:]
