"""What a client prefers: Accept and Accept-Language read as RFC 9110 says (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Ranges = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """The languages and media types a request asks for, each with its quality."""

    languages: Ranges = ()
    media: Ranges = ()


@lru_cache(maxsize=2048)
def ranges(header: str) -> Ranges:
    """The ranges of an Accept-like header in lower case with their q (1 where none is given, 0 where it is no number)."""
    out = []
    for part in header[:1000].split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        out.append((name.lower(), quality))
    return tuple(out)


def wish_of(accept: str, accept_language: str) -> Wish:
    """The wish of two header values."""
    return Wish(ranges(accept_language), ranges(accept))


def language_quality(offered: Sequence[str], wanted: Ranges) -> float:
    """How well a link in these languages fits; a link of no stated language is better than one that was not asked for."""
    if not wanted:
        return 0.0
    if not offered:
        return 0.001
    return max((_one_language(language.lower(), wanted) for language in offered), default=0.0)


def _one_language(language: str, wanted: Ranges) -> float:
    best, length = 0.0, -1
    for name, quality in wanted:
        fits = name == "*" or language == name or language.startswith(name + "-") or name.startswith(language + "-")
        size = 0 if name == "*" else len(name)
        if fits and (size > length or (size == length and quality > best)):
            best, length = quality, size
    return best


def media_quality(offered: str, wanted: Ranges) -> float:
    """How well a media type fits; a link of no stated type fits as ``*/*`` does."""
    if not wanted:
        return 1.0
    best, precision = 0.0, -1
    kind = offered.lower()
    for name, quality in wanted:
        if kind and name == kind:
            level = 2
        elif kind and name.endswith("/*") and name != "*/*" and kind.startswith(name[:-1]):
            level = 1
        elif name == "*/*":
            level = 0
        else:
            continue
        if level > precision:
            best, precision = quality, level
    return best


def accepts(header: str, media: str) -> bool:
    """Whether the header names this media type itself and does not refuse it."""
    return any(name == media and quality > 0 for name, quality in ranges(header))
