"""Bitstring Status List 1.0 (W3C): encode and decode the list, find a record's place, and check it was not withdrawn.

Index 0 is the leftmost bit; ``encodedList`` is ``u`` + base64url without padding of the gzip of the bits.  A list has at
least 131,072 bits, so that a place tells nothing about how many records there are.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from . import credential, did, proof
from .reasons import Reason, VerificationError

LENGTH = 131_072
MAX_BITS = 8 * 4_000_000
ENTRY_TYPE = "BitstringStatusListEntry"
LIST_TYPE = "BitstringStatusList"
PURPOSE = "revocation"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in a status list: the list's address and the index of its bit."""

    list_url: str
    index: int


def encode(positions: Iterable[int], length: int = LENGTH) -> str:
    """The ``encodedList`` with the given bits set; the same bits give the same text."""
    bits = bytearray(length // 8)
    for position in positions:
        if not 0 <= position < length:
            raise ValueError("a position lies outside the list")
        bits[position >> 3] |= 0x80 >> (position & 7)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)  # gzip; its header holds no time
    packed = packer.compress(bytes(bits)) + packer.flush()
    return "u" + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode(text: object) -> bytes:
    """The bits of an ``encodedList``; ``status_invalid`` for anything else, a list too short, or one too long to be honest."""
    if not isinstance(text, str) or not text.startswith("u"):
        raise _bad("encodedList is not multibase base64url")
    try:
        packed = base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(31)
        bits = unpacker.decompress(packed, MAX_BITS // 8 + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise _bad(f"encodedList cannot be unpacked: {error}") from None
    if not unpacker.eof or unpacker.unused_data or len(bits) > MAX_BITS // 8:
        raise _bad("encodedList is not one whole gzip stream of a believable length")
    if len(bits) * 8 < LENGTH:
        raise _bad(f"a status list has at least {LENGTH} bits")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Whether the bit ``index`` is set; ``status_invalid`` where the list is not that long."""
    if not 0 <= index < len(bits) * 8:
        raise _bad("the index lies outside the list")
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def place_of(record: dict[str, Any]) -> Place | None:
    """The place for withdrawals that ``record`` names, or None where it names none; ``status_invalid`` if malformed."""
    given = record.get("credentialStatus")
    entries = given if isinstance(given, list) else [given]
    mine = [
        e for e in entries if isinstance(e, dict) and e.get("type") == ENTRY_TYPE and e.get("statusPurpose") == PURPOSE
    ]
    if not mine:
        return None
    index, url = mine[0].get("statusListIndex"), mine[0].get("statusListCredential")
    if len(mine) > 1 or not isinstance(index, str) or not index.isascii() or not index.isdigit() or len(index) > 12:
        raise _bad("statusListIndex is not a decimal number")
    if not isinstance(url, str) or not credential.is_url(url):
        raise _bad("statusListCredential is not a URL")
    return Place(url, int(index))


def entry_for(place: Place) -> dict[str, str]:
    """The ``credentialStatus`` of a record at ``place``."""
    return {
        "id": f"{place.list_url}#{place.index}",
        "type": ENTRY_TYPE,
        "statusPurpose": PURPOSE,
        "statusListIndex": str(place.index),
        "statusListCredential": place.list_url,
    }


def check_list(status_list: dict[str, Any], did_document: dict[str, Any], place: Place) -> bytes:
    """The bits of a status list that belongs to ``place``: its shape, its signature, and that the DID of the list's own
    host signed it; otherwise the reason of the signature, or ``status_invalid``."""
    if status_list.get("id") != place.list_url:
        raise _bad("this is another status list than the record names")
    issuer = credential.issuer_of(status_list)
    if issuer != owner_of(place.list_url):
        raise _bad("the status list is not signed by the host that serves it")
    parts = proof.take_apart(status_list)
    credential.check(status_list)
    key = did.key_for(did_document, method=parts.method, issuer=issuer)
    proof.check_signature(parts, key.public_key)
    if key.ended:
        raise _bad("the key of the status list has ended; fetch the newest version")
    subject = status_list.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") != LIST_TYPE or subject.get("statusPurpose") != PURPOSE:
        raise _bad("credentialSubject is not a list of withdrawals")
    return decode(subject.get("encodedList"))


def check(record: dict[str, Any], status_list: dict[str, Any], did_document: dict[str, Any]) -> Place:
    """Return the place if ``record`` was not withdrawn according to this version of its list; ``withdrawn`` if it was."""
    place = place_of(record)
    if place is None:
        raise _bad("the record names no status list")
    if is_set(check_list(status_list, did_document, place), place.index):
        raise VerificationError(Reason.WITHDRAWN, f"bit {place.index} of {place.list_url} is set")
    return place


def owner_of(list_url: str) -> str:
    """The did:web of the host that serves a status list."""
    parts = urlsplit(list_url)
    if parts.scheme != "https" or not parts.hostname:
        raise _bad("a status list has an https address")
    return f"did:web:{parts.netloc.replace(':', '%3A')}"


def _bad(detail: str) -> VerificationError:
    return VerificationError(Reason.STATUS_INVALID, detail)
