"""Identifiers of goods, places and documents in one form: canonical GS1 Digital Link URIs (CBV 2.0 8.9, rules 17, 18; pure).

EPC URNs of the Tag Data Standard and Digital Links of any host become ``https://id.gs1.org/…`` at the most specific level,
without query.  Everything else passes through unchanged, our own addresses of goods without a GTIN among it.
Values are not judged here (a wrong check digit stays wrong); ``check`` does that.
"""

from __future__ import annotations

import re
from functools import lru_cache

from trace.event.urn import CANONICAL, escape, from_urn, to_urn, unescape

__all__ = ["CANONICAL", "canonical", "class_of", "lot_of", "to_urn"]

LONGEST_KEPT = 200  # longer texts are not remembered, so that senders cannot fill the memory
_SHORT = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
    "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
    "cpv": "22", "lot": "10", "ser": "21", "cpsn": "8011", "glnx": "254", "upui": "235",
}  # fmt: skip
_ANY = r"[\x21-\x7e]"
# Primary key -> form of its value, and the allowed qualifiers in order.
_KEYS: dict[str, tuple[re.Pattern[str], tuple[tuple[str, ...], ...]]] = {
    "00": (re.compile(r"\d{18}"), ()),
    "01": (re.compile(r"\d{8}|\d{12,14}"), (("22", "10", "21"), ("235",))),
    "253": (re.compile(rf"\d{{13}}{_ANY}{{0,17}}"), ()),
    "255": (re.compile(r"\d{13,25}"), ()),
    "401": (re.compile(rf"\d{{4}}{_ANY}{{1,26}}"), ()),
    "402": (re.compile(r"\d{17}"), ()),
    "414": (re.compile(r"\d{13}"), (("254",), ("7040",))),
    "417": (re.compile(r"\d{13}"), (("7040",),)),
    "8003": (re.compile(rf"\d{{14}}{_ANY}{{0,16}}"), ()),
    "8004": (re.compile(rf"\d{{4}}{_ANY}{{1,26}}"), (("7040",),)),
    "8006": (re.compile(r"\d{18}"), (("22", "10", "21"),)),
    "8010": (re.compile(r"\d{4}[#\-/0-9A-Z]{1,26}"), (("8011",),)),
    "8017": (re.compile(r"\d{18}"), (("8019",),)),
    "8018": (re.compile(r"\d{18}"), (("8019",),)),
}
_QUALIFIERS = {
    "10": re.compile(rf"{_ANY}{{1,20}}"), "21": re.compile(rf"{_ANY}{{1,20}}"), "22": re.compile(rf"{_ANY}{{1,20}}"),
    "235": re.compile(rf"{_ANY}{{1,28}}"), "254": re.compile(rf"{_ANY}{{1,20}}"), "7040": re.compile(rf"{_ANY}{{4}}"),
    "8011": re.compile(r"\d{1,12}"), "8019": re.compile(r"\d{1,10}"),
}  # fmt: skip
# Which qualifier stays, most specific first; a key that is not listed stands alone.
_KEEP = {"01": ("235", "21", "10"), "414": ("254",), "8006": ("21", "10"), "8010": ("8011",)}


def canonical(uri: str) -> str:
    """The canonical Digital Link of a GS1 identifier in any spelling; anything else unchanged."""
    if not isinstance(uri, str):
        return uri
    return _canonical(uri) if len(uri) <= LONGEST_KEPT else _canonical.__wrapped__(uri)


@lru_cache(maxsize=16384)
def _canonical(uri: str) -> str:
    if uri.startswith("urn:epc:"):
        return from_urn(uri) or uri
    if uri[:4].lower() == "http":
        return _from_link(uri) or uri
    return uri


def class_of(epc: str) -> str | None:
    """The trade item (or asset, document, coupon type) that an instance or lot belongs to, canonical; None where none is."""
    form = canonical(epc)
    if not form.startswith(CANONICAL):
        own = _own(form)
        return None if own is None or own.group("lot") is None else own.group("item")
    _, key, value, *_ = form.removeprefix(CANONICAL).split("/")
    if key in ("01", "8006", "8010"):
        return f"{CANONICAL}/{key}/{value}"
    length = {"253": 13, "255": 13, "8003": 14}.get(key)
    return f"{CANONICAL}/{key}/{value[:length]}" if length else None


def lot_of(epc: str) -> str | None:
    """The lot that the URI itself names, canonical (``…/01/…/10/…``), also beside a serial; None where it names none."""
    if epc.startswith("urn:epc:class:lgtin:"):
        return from_urn(epc)
    own = _own(epc)
    if own is not None:
        return own.group("lot")
    parts = _read(epc) if epc[:4].lower() == "http" else None
    if parts is None or "10" not in parts[2]:
        return None
    return f"{CANONICAL}/{parts[0]}/{escape(parts[1])}/10/{escape(parts[2]['10'])}"


_OWN = re.compile(
    r"(?P<lot>(?P<item>https?://[^/?#]+/id/uscc/[^/?#]+/prod/[^/?#]+)/lot/[^/?#]+)(?:/ser/[^/?#]+)?", re.IGNORECASE
)


def _own(uri: str) -> re.Match[str] | None:
    return _OWN.fullmatch(uri)


# --- Digital Link ----------------------------------------------------------------------------------------------------

# The commonest form by far, read without splitting: an item with a plain serial, perhaps with its lot.
_COMMON = re.compile(r"https?://[^/?#]+/01/(\d{14})(?:/10/[A-Za-z0-9._\-]{1,20})?/21/([A-Za-z0-9._\-]{1,20})")


def _from_link(uri: str) -> str | None:
    match = _COMMON.fullmatch(uri)
    if match is not None:
        return f"{CANONICAL}/01/{match[1]}/21/{match[2]}"
    parts = _read(uri)
    if parts is None:
        return None
    key, value, qualifiers = parts
    best = next((ai for ai in _KEEP.get(key, ()) if ai in qualifiers), None)
    path = f"{CANONICAL}/{key}/{escape(value)}"
    return f"{path}/{best}/{escape(qualifiers[best])}" if best else path


def _read(uri: str) -> tuple[str, str, dict[str, str]] | None:
    """Key, value and qualifiers of a Digital Link, short names and short GTINs allowed; None where it is none."""
    path = re.split(r"[?#]", uri, maxsplit=1)[0].rstrip("/")
    scheme, _, rest = path.partition("://")
    if scheme not in ("http", "https", "HTTP", "HTTPS"):
        return None
    segments = rest.split("/")[1:]
    for start in range(len(segments) - 2, -1, -2):
        key = _SHORT.get(segments[start], segments[start])
        if key in _KEYS:
            return _elements(key, segments[start:])
    return None


def _elements(key: str, segments: list[str]) -> tuple[str, str, dict[str, str]] | None:
    form, sequences = _KEYS[key]
    value = unescape(segments[1])
    if not form.fullmatch(value):
        return None
    if key == "01":
        value = value.zfill(14)
    names = tuple(_SHORT.get(name, name) for name in segments[2::2])
    if names and not any(_in_order(names, sequence) for sequence in sequences):
        return None
    values = [unescape(text) for text in segments[3::2]]
    if any(not _QUALIFIERS[name].fullmatch(text) for name, text in zip(names, values, strict=True)):
        return None
    return key, value, dict(zip(names, values, strict=True))


def _in_order(found: tuple[str, ...], sequence: tuple[str, ...]) -> bool:
    rest = iter(sequence)
    return all(name in rest for name in found)
