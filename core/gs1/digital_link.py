"""GS1 Digital Link URIs (1.6): parse, build, canonical form (pure).

The path is read from the right: the rightmost pair whose first segment is a primary key wins, so a stem may look like
an identifier.  Qualifiers must stand in the order of the table; a wrong order is refused, never repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.gs1.elements import Element, check_element, repeats_agree
from core.gs1.errors import Malformed
from core.gs1.percent import escape, unescape
from core.gs1.table import Identifier, identifiers

CANONICAL_STEM = "https://id.gs1.org"
_SHAPE = re.compile(r"(https?|HTTPS?)://([A-Za-z0-9.\-]+(?::[0-9]+)?)(/[^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_URI_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_GTIN_LENGTHS = (8, 12, 13)
_GTIN_KEYS = ("01", "02")
# Short names of Digital Link 1.0-1.2: read on demand, never written.
_SHORT_NAMES = {
    "gtin": "01", "itip": "8006", "gmn": "8013", "cpid": "8010", "gln": "414", "party": "417", "payto": "415",
    "gsrnp": "8017", "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402",
    "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21", "cpsn": "8011", "glnx": "254",
    "refno": "8020", "srin": "8019", "upui": "235",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """Switches of the reader; the defaults are the strict standard."""

    zero_suppressed_gtin: bool = False
    short_names: bool = False
    unknown_identifiers: bool = False
    unknown_as_attribute: bool = False
    check_values: bool = True


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """What a URI says: its stem, the elements of the path (key first), and the attributes of the query."""

    stem: str
    path: tuple[Element, ...]
    attributes: tuple[Element, ...] = ()

    @property
    def elements(self) -> list[Element]:
        return [*self.path, *self.attributes]

    def get(self, ai: str) -> str | None:
        """The value of an identifier, or None."""
        return next((element.value for element in self.elements if element.ai == ai), None)


STRICT = Options()


def parse(uri: str, options: Options = STRICT) -> DigitalLink:
    """The elements of a Digital Link URI, or Malformed with the reason code."""
    if not _URI_CHARACTERS.fullmatch(uri):
        raise Malformed("地址里有不允许的字符。", code="gs1.characters")
    shape = _SHAPE.fullmatch(uri)
    if shape is None:
        raise Malformed("地址要写成 http(s)://域名/… 的形式，协议大小写不能混用。", code="gs1.shape")
    scheme, host, path, query = shape.groups()
    segments = path.split("/")[1:]
    start = _key_position(segments, options)
    stem = "/".join([f"{scheme}://{host}", *segments[:start]])
    elements = [_element(segments[i], unescape(segments[i + 1]), options) for i in range(start, len(segments), 2)]
    key = identifiers()[elements[0].ai]
    if not key.allows_path(tuple(element.ai for element in elements[1:])):
        raise Malformed("标识符的顺序不对，或这个主键后面不能跟它。", code="gs1.sequence")
    attributes = _attributes(query or "", options)
    names = [element.ai for element in [*elements, *attributes]]
    if len(names) != len(set(names)):
        raise Malformed("同一个标识符出现了两次。", code="gs1.repeat")
    return DigitalLink(stem, tuple(elements), tuple(attributes))


def _key_position(segments: list[str], options: Options) -> int:
    for start in range(len(segments) - 2, -1, -2):
        known = _known(segments[start], options)
        if known is not None and known.primary:
            return start
    raise Malformed("地址里没有 GS1 主键。", code="gs1.no_key")


def _known(segment: str, options: Options) -> Identifier | None:
    if options.short_names:
        segment = _SHORT_NAMES.get(segment, segment)
    return identifiers().get(segment)


def _element(name: str, value: str, options: Options) -> Element:
    if options.short_names:
        name = _SHORT_NAMES.get(name, name)
    if not re.fullmatch(r"\d{2,4}", name):
        raise Malformed(f"“{name}”不是应用标识符。", code="gs1.unknown_ai")
    if name in _GTIN_KEYS and options.zero_suppressed_gtin and len(value) in _GTIN_LENGTHS:
        value = value.zfill(14)
    if "\x00" in value:
        raise Malformed("内容里不能有空字符。", code="gs1.null")
    element = Element(name, value)
    check_element(element, unknown=options.unknown_identifiers, check=options.check_values)
    return element


def _attributes(query: str, options: Options) -> list[Element]:
    found = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        name = unescape(name, query=True)
        if not equals or not re.fullmatch(r"\d+", name):
            continue
        element = _element(name, unescape(value, query=True), options)
        known = identifiers().get(element.ai)
        if known is not None and not known.attribute:
            raise Malformed(f"标识符 {name} 不能作为附加信息。", code="gs1.attribute")
        if known is None and not options.unknown_as_attribute:
            raise Malformed(f"不认识应用标识符 {name}。", code="gs1.unknown_ai")
        found.append(element)
    return found


def build(elements: list[Element], stem: str | None = None, options: Options = STRICT) -> str:
    """The URI of these elements under ``stem`` (None: the canonical host): first key in the path, the rest as query."""
    if not repeats_agree(elements):
        raise Malformed("同一个标识符出现了两个不同的值。", code="gs1.repeat")
    unique = list(dict.fromkeys(elements))
    for element in unique:
        check_element(element, unknown=options.unknown_identifiers, check=options.check_values)
    key = next((e for e in unique if e.ai in identifiers() and identifiers()[e.ai].primary), None)
    if key is None:
        raise Malformed("没有可以作主键的标识符。", code="gs1.no_key")
    known = identifiers()[key.ai]
    qualifiers = _ordered(known, [element for element in unique if element.ai in known.qualifiers])
    rest = [element for element in unique if element is not key and element not in qualifiers]
    for element in rest:
        attribute = identifiers().get(element.ai)
        if not (attribute.attribute if attribute else options.unknown_as_attribute):
            raise Malformed(f"标识符 {element.ai} 不能作为附加信息。", code="gs1.attribute")
    rest.sort(key=lambda element: not element.fixed)
    path = "".join(f"/{element.ai}/{escape(element.value)}" for element in [key, *qualifiers])
    query = "&".join(f"{element.ai}={escape(element.value, query=True)}" for element in rest)
    return (stem or CANONICAL_STEM).rstrip("/") + path + ("?" + query if query else "")


def _ordered(key: Identifier, qualifiers: list[Element]) -> list[Element]:
    for sequence in key.sequences:
        if all(element.ai in sequence for element in qualifiers):
            return sorted(qualifiers, key=lambda element: sequence.index(element.ai))
    if qualifiers:
        raise Malformed("这些限定标识符不能放在一起。", code="gs1.sequence")
    return []


def product_uri(stem: str, gtin: str, lot: str | None = None, serial: str | None = None) -> str:
    """``{stem}/01/{gtin}[/10/{lot}][/21/{serial}]``, each value checked."""
    parts = [Element("01", gtin)]
    parts += [Element("10", lot)] if lot else []
    parts += [Element("21", serial)] if serial else []
    return build(parts, stem)


def canonical(link: DigitalLink) -> str:
    """The form for comparison and hashing: canonical host, most specific allowed set, no query; 21 wins over 10."""
    values = {element.ai: element.value for element in link.elements}
    key = link.path[0].ai
    keep = {"01": ("235", "21", "10"), "414": ("254",), "8006": ("21", "10"), "8010": ("8011",)}.get(key, ())
    best = next((ai for ai in keep if ai in values), None)
    path = f"/{key}/{escape(values[key])}" + (f"/{best}/{escape(values[best])}" if best else "")
    return CANONICAL_STEM + path
