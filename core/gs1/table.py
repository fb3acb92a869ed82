"""The table of GS1 Application Identifiers, read once from ``application_identifiers.txt`` (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.gs1.check import CSET39, CSET64, CSET82
from core.gs1.content import passes

_ALPHABETS = {
    "N": frozenset("0123456789"),
    "X": frozenset(CSET82),
    "Y": frozenset(CSET39),
    "Z": frozenset(CSET64 + "="),
}
_PART = re.compile(r"(\[?)([NXYZ])(?:\.\.)?(\d+)(\]?)((?:,\w+)*)")


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a data field: character set, least and greatest length, content rules."""

    kind: str
    least: int
    most: int
    optional: bool
    rules: tuple[str, ...]

    def accepts(self, text: str) -> bool:
        return _ALPHABETS[self.kind].issuperset(text) and all(passes(rule, text) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One Application Identifier with its format, pairing rules and role in a Digital Link."""

    ai: str
    fixed: bool
    attribute: bool
    parts: tuple[Part, ...]
    excludes: tuple[str, ...] = ()
    requires: tuple[tuple[tuple[str, ...], ...], ...] = ()
    primary: bool = False
    sequences: tuple[tuple[str, ...], ...] = ()

    @property
    def longest(self) -> int:
        return sum(part.most for part in self.parts)

    def accepts(self, value: str) -> bool:
        """Whether ``value`` has the format and passes the content rules of this identifier."""
        if not value:
            return False
        rest = value
        for part in self.parts:
            if part.optional and not rest:
                continue
            piece, rest = rest[: part.most], rest[part.most :]
            if len(piece) < part.least or not part.accepts(piece):
                return False
        return not rest

    @property
    def qualifiers(self) -> frozenset[str]:
        """Every identifier that can follow this primary key in the path."""
        return frozenset(ai for sequence in self.sequences for ai in sequence)

    def allows_path(self, qualifiers: tuple[str, ...]) -> bool:
        """Whether ``qualifiers`` stand in an allowed order after this primary key (any of them may be missing)."""
        if not self.primary:
            return False
        return not qualifiers or any(_is_subsequence(qualifiers, sequence) for sequence in self.sequences)


def _is_subsequence(found: tuple[str, ...], sequence: tuple[str, ...]) -> bool:
    rest = iter(sequence)
    return all(ai in rest for ai in found)


def _part(text: str) -> Part:
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(f"unreadable component {text!r} in the identifier table")
    most = int(match[3])
    return Part(match[2], 1 if ".." in text else most, most, bool(match[1]), tuple(match[5].split(",")[1:]))


def _attributes(text: str) -> tuple[list[str], list[tuple[tuple[str, ...], ...]], bool, list[tuple[str, ...]]]:
    excludes: list[str] = []
    requires: list[tuple[tuple[str, ...], ...]] = []
    sequences: list[tuple[str, ...]] = []
    primary = False
    for entry in text.split():
        key, _, value = entry.partition("=")
        if key == "ex":
            excludes += value.split(",")
        elif key == "req":
            requires.append(tuple(tuple(group.split("+")) for group in value.split(",")))
        elif key == "dlpkey":
            primary = True
            sequences += [tuple(sequence.split(",")) for sequence in value.split("|") if sequence]
    return excludes, requires, primary, sequences


@lru_cache(maxsize=1)
def identifiers() -> dict[str, Identifier]:
    """All known identifiers by their digits."""
    table: dict[str, Identifier] = {}
    for line in Path(__file__).with_name("application_identifiers.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        span, flags, parts, attributes = line.split("|", 3)
        first, _, last = span.partition("-")
        excludes, requires, primary, sequences = _attributes(attributes)
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            table[ai] = Identifier(
                ai, "*" in flags, "?" in flags, tuple(_part(part) for part in parts.split()),
                tuple(excludes), tuple(requires), primary, tuple(sequences),
            )  # fmt: skip
    return table


def matches(pattern: str, ai: str) -> bool:
    """Whether ``ai`` falls under a pattern of the table, where each ``n`` stands for one digit."""
    return len(pattern) == len(ai) and all(p in ("n", c) for p, c in zip(pattern, ai, strict=True))
