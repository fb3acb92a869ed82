"""Strict JSON in, canonical bytes out (RFC 8259 read strictly, RFC 8785 written).

``canonical_bytes`` is the ONE function of the house that makes canonical bytes (TRUST 3); the platform calls it
as ``trace.signing.canonical.canonical_bytes``.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, NoReturn

import rfc8785

from .reasons import Reason, VerificationError

MAX_BYTES = 2_000_000
_SAFE_INTEGER = 2**53 - 1


def parse(data: bytes | str) -> Any:
    """The JSON value of ``data``.

    Refuses duplicate names (``duplicate_key``) and, as ``bad_json``: anything that is not UTF-8, a byte-order
    mark, lone surrogates, NaN and infinities, large integers not written as their double is, too deep or too long text.
    """
    if len(data) > MAX_BYTES:
        raise VerificationError(Reason.BAD_JSON, f"longer than {MAX_BYTES} bytes")
    text = data if isinstance(data, str) else _decode(data)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_double,
        )
    except RecursionError:
        raise VerificationError(Reason.BAD_JSON, "nested too deeply") from None
    except ValueError as error:
        raise VerificationError(Reason.BAD_JSON, str(error)) from None
    _refuse_surrogates(value)
    return value


def parse_object(data: bytes | str) -> dict[str, Any]:
    """The JSON object of ``data``; anything but an object is ``bad_json``."""
    value = parse(data)
    if not isinstance(value, dict):
        raise VerificationError(Reason.BAD_JSON, "not a JSON object")
    return value


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 bytes of ``value``; what JSON cannot hold exactly is ``bad_json``."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise VerificationError(Reason.BAD_JSON, f"no canonical form: {error}") from None


def canonical_hash(value: Any) -> bytes:
    """SHA-256 of the canonical bytes of ``value`` (32 bytes)."""
    return hashlib.sha256(canonical_bytes(value)).digest()


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise VerificationError(Reason.BAD_JSON, f"not UTF-8: {error.reason}") from None
    if text.startswith("\ufeff"):
        raise VerificationError(Reason.BAD_JSON, "starts with a byte-order mark")
    return text


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise VerificationError(Reason.DUPLICATE_KEY, f"name {twice!r} stands twice in one object")
    return value


def _no_constant(name: str) -> NoReturn:
    raise VerificationError(Reason.BAD_JSON, f"{name} is not JSON")


def _integer(digits: str) -> int | float:
    if len(digits) > 400:
        raise VerificationError(Reason.BAD_JSON, "a number is too long")
    number = int(digits)
    if abs(number) <= _SAFE_INTEGER:
        return number
    as_double = _double(digits)
    if rfc8785.dumps(as_double) != digits.encode():  # else two texts would share one canonical form, RFC 7493 2.2
        raise VerificationError(Reason.BAD_JSON, f"integer {digits} is not what its double is written as")
    return as_double


def _double(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise VerificationError(Reason.BAD_JSON, f"number {digits[:40]} is too large")
    return number


def _refuse_surrogates(value: Any) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if any("\ud800" <= character <= "\udfff" for character in item):
                raise VerificationError(Reason.BAD_JSON, "a lone surrogate")
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
