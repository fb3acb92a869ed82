"""Percent coding as Digital Link uses it: latin-1 code points, plus means space in the query only (pure)."""

from __future__ import annotations

import re

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


def escape(text: str, *, query: bool = False) -> str:
    """``text`` with everything but unreserved characters percent-coded; a space is ``+`` in the query."""
    return "".join(
        char if char in _PLAIN else "+" if query and char == " " else "".join(f"%{b:02X}" for b in _bytes(char))
        for char in text
    )


def _bytes(char: str) -> bytes:
    return char.encode("latin-1") if ord(char) < 256 else char.encode()


def unescape(text: str, *, query: bool = False) -> str:
    """``text`` with well-formed escapes resolved; a broken escape stays as it is."""
    if query:
        text = text.replace("+", " ")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
