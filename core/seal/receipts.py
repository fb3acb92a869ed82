"""Receipts of what somebody sends in without signing in: a number, and a secret that is shown once and kept as a keyed hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from core.identifiers import normalise_code
from core.seal.service import keyed_hash

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
LENGTH = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """Receipt number and secret, shown once."""

    number: str
    secret: str


def issue(purpose: str, number: str) -> tuple[Receipt, bytes]:
    """A receipt with a new secret, and the hash to keep of it."""
    secret = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return Receipt(number, secret), _hash(purpose, number, secret)


def printed(number: str) -> str:
    """A typed number as it is printed: JB-2026-00012, however it was typed."""
    plain = normalise_code(number)
    return f"{plain[:2]}-{plain[2:6]}-{plain[6:]}"


def opens(purpose: str, number: str, secret: str, kept: bytes | None) -> bool:
    """Whether the typed secret is the one given out with this printed number; takes as long where there is no such number."""
    typed = normalise_code(secret).replace("O", "0").replace("I", "1").replace("L", "1")
    return secrets.compare_digest(kept or bytes(32), _hash(purpose, number, typed)) and kept is not None


def _hash(purpose: str, number: str, secret: str) -> bytes:
    return keyed_hash(purpose, f"{number}/{secret}".encode())
