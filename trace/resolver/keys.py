"""Keys other than products (SSCC of cartons and pallets, GLN of places): rooms that know them register a look-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import BadInput
from core.gs1 import digital_link
from trace.resolver.rules import Level

LABELS = {"00": "物流单元", "414": "地点"}


@dataclass(frozen=True, slots=True)
class AskedKey:
    """A key as an address names it: its application identifier, its value, its extension (254, 7040) where given."""

    ai: str
    value: str
    extension: str = ""


LookUp = Callable[[AskedKey, str], Level | None]
Page = Callable[[AskedKey], str]
_LOOK_UPS: dict[str, LookUp] = {}
_PAGES: dict[str, Page] = {}


def register(ai: str, look_up: LookUp, page: Page | None = None) -> None:
    """Afterwards addresses ``/{ai}/…`` are answered with the level ``look_up(key, origin)`` gives (None: 404).

    A reader who accepts text/html gets what ``page(key)`` renders, without a redirect.
    """
    if ai not in LABELS:
        raise ValueError(f"no such key: {ai}")
    _LOOK_UPS[ai] = look_up
    if page is not None:
        _PAGES[ai] = page


def page_of(key: AskedKey) -> Page | None:
    """The page of this kind of key, or None."""
    return _PAGES.get(key.ai)


def supported() -> list[str]:
    """The primary keys this resolver knows something of, for its description."""
    return ["01", *sorted(_LOOK_UPS)]


def parse(path: str) -> AskedKey:
    """The key of a path such as ``/00/{sscc}`` or ``/414/{gln}/254/{extension}``; BadInput where it is malformed."""
    link = digital_link.parse("https://id.gs1.org" + path.rstrip("/"))
    if link.stem != digital_link.CANONICAL_STEM or link.path[0].ai not in LABELS:
        raise BadInput("地址里没有可查的主键。", code="gs1.no_key")
    rest = link.path[1:]
    return AskedKey(link.path[0].ai, link.path[0].value, rest[0].value if rest else "")


def find(key: AskedKey, origin: str) -> Level | None:
    """What is known of the key, or None."""
    look_up = _LOOK_UPS.get(key.ai)
    return look_up(key, origin) if look_up else None
