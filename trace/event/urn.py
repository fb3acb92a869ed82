"""EPC URNs of the GS1 Tag Data Standard (1.13, section 6) and their Digital Link forms, both ways (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from core.gs1.check import check_digit

CANONICAL = "https://id.gs1.org"
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';=")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_NEEDS_ESCAPE = re.compile(r"[^A-Za-z0-9\-._~';=]")


def unescape(text: str) -> str:
    """``text`` with its well-formed escapes resolved."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "%" in text else text


def escape(text: str) -> str:
    """``text`` as the event hash writes it in a link: everything but plain characters percent-coded."""
    if _NEEDS_ESCAPE.search(text) is None:
        return text
    return "".join(char if char in _PLAIN else f"%{ord(char):02X}" for char in text)


_CHAR = r"(?:%[0-9A-Fa-f]{2}|[!'()*+,\-.0-9:;=A-Za-z_])"
_CPI_CHAR = r"(?:%2[3Ff]|[0-9A-Z\-])"
_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(\d{6,12})\.(.*)")
_TAILS = {
    "sgtin": re.compile(rf"(\d*)\.({_CHAR}{{1,20}})"), "upui": re.compile(rf"(\d*)\.({_CHAR}{{1,28}})"),
    "lgtin": re.compile(rf"(\d*)\.({_CHAR}{{1,20}})"), "itip": re.compile(rf"(\d*)\.(\d\d)\.(\d\d)\.({_CHAR}{{1,20}})"),
    "sscc": re.compile(r"(\d*)"), "gsrn": re.compile(r"(\d*)"), "gsrnp": re.compile(r"(\d*)"), "gsin": re.compile(r"(\d*)"),
    "pgln": re.compile(r"(\d*)"), "sgln": re.compile(rf"(\d*)\.({_CHAR}{{1,20}})"),
    "grai": re.compile(rf"(\d*)\.({_CHAR}{{1,16}})"), "gdti": re.compile(rf"(\d*)\.({_CHAR}{{1,17}})"),
    "sgcn": re.compile(r"(\d*)\.(\d{1,12})"), "giai": re.compile(rf"({_CHAR}{{1,24}})"),
    "ginc": re.compile(rf"({_CHAR}{{1,24}})"), "cpi": re.compile(rf"({_CPI_CHAR}{{1,24}})\.(\d{{1,12}})"),
}  # fmt: skip


def from_urn(uri: str) -> str | None:
    """The canonical Digital Link of an EPC, class or pattern URN; None where it is none or its lengths do not fit."""
    match = _URN.fullmatch(uri)
    if match is None:
        return None
    kind, scheme, prefix, tail = match.groups()
    if kind == "idpat":
        return _pattern(scheme, prefix, tail)
    form = _TAILS.get(scheme)
    if form is None or (scheme == "lgtin") != (kind == "class"):
        return None
    parts = form.fullmatch(tail)
    return None if parts is None else _BUILDERS[scheme](prefix, *parts.groups())


@lru_cache(maxsize=4096)
def _gtin(prefix: str, reference: str) -> str | None:
    """GTIN-14 of company prefix and item reference (indicator digit first), or None where the lengths do not fit."""
    if len(prefix) + len(reference) != 13 or not reference:
        return None
    body = reference[0] + prefix + reference[1:]
    return body + check_digit(body)


@lru_cache(maxsize=4096)
def _thirteen(prefix: str, reference: str) -> str | None:
    body = prefix + reference
    return body + check_digit(body) if len(body) == 12 else None


def _item(ai: str) -> Callable[[str, str, str], str | None]:
    def build(prefix: str, reference: str, value: str) -> str | None:
        gtin = _gtin(prefix, reference)
        return gtin and f"{CANONICAL}/01/{gtin}/{ai}/{escape(unescape(value))}"

    return build


def _sscc(prefix: str, reference: str) -> str | None:
    if len(prefix) + len(reference) != 17 or not reference:
        return None
    body = reference[0] + prefix + reference[1:]
    return f"{CANONICAL}/00/{body}{check_digit(body)}"


def _checked(ai: str, length: int) -> Callable[[str, str], str | None]:
    def build(prefix: str, reference: str) -> str | None:
        body = prefix + reference
        return f"{CANONICAL}/{ai}/{body}{check_digit(body)}" if len(body) == length else None

    return build


def _serialised(ai: str, filler: str = "") -> Callable[[str, str, str], str | None]:
    def build(prefix: str, reference: str, serial: str) -> str | None:
        key = _thirteen(prefix, reference)
        return key and f"{CANONICAL}/{ai}/{filler}{key}{escape(unescape(serial))}"

    return build


def _sgln(prefix: str, reference: str, extension: str) -> str | None:
    gln = _thirteen(prefix, reference)
    if gln is None:
        return None
    return f"{CANONICAL}/414/{gln}" + ("" if extension == "0" else f"/254/{escape(unescape(extension))}")


def _itip(prefix: str, reference: str, piece: str, total: str, serial: str) -> str | None:
    gtin = _gtin(prefix, reference)
    return gtin and f"{CANONICAL}/8006/{gtin}{piece}{total}/21/{escape(unescape(serial))}"


def _open(ai: str) -> Callable[[str, str], str | None]:
    def build(prefix: str, reference: str) -> str | None:
        value = prefix + unescape(reference)
        return f"{CANONICAL}/{ai}/{escape(value)}" if len(value) <= 30 else None

    return build


def _cpi(prefix: str, reference: str, serial: str) -> str | None:
    value = prefix + unescape(reference)
    return f"{CANONICAL}/8010/{escape(value)}/8011/{serial}" if len(value) <= 30 else None


_BUILDERS: dict[str, Callable[..., str | None]] = {
    "sgtin": _item("21"), "upui": _item("235"), "lgtin": _item("10"), "itip": _itip, "sscc": _sscc,
    "gsrn": _checked("8018", 17), "gsrnp": _checked("8017", 17), "gsin": _checked("402", 16),
    "pgln": _checked("417", 12), "sgln": _sgln, "grai": _serialised("8003", "0"), "gdti": _serialised("253"),
    "sgcn": _serialised("255"), "giai": _open("8004"), "ginc": _open("401"), "cpi": _cpi,
}  # fmt: skip


def _pattern(scheme: str, prefix: str, tail: str) -> str | None:
    """The class behind ``urn:epc:idpat:…*``: a key without its serial part."""
    body, dot, star = tail.rpartition(".")
    if not dot or star != "*":
        return None
    if scheme in ("sgtin", "upui"):
        gtin = _gtin(prefix, body) if body.isdigit() else None
        return gtin and f"{CANONICAL}/01/{gtin}"
    if scheme == "itip":
        found = re.fullmatch(r"(\d*)\.(\d\d)\.(\d\d)", body)
        gtin = _gtin(prefix, found[1]) if found else None
        return f"{CANONICAL}/8006/{gtin}{found[2]}{found[3]}" if found and gtin else None
    if scheme in ("grai", "gdti", "sgcn") and (body.isdigit() or not body):
        key = _thirteen(prefix, body)
        ai, filler = {"grai": ("8003", "0"), "gdti": ("253", ""), "sgcn": ("255", "")}[scheme]
        return key and f"{CANONICAL}/{ai}/{filler}{key}"
    if scheme == "cpi" and re.fullmatch(rf"{_CPI_CHAR}{{1,24}}", body):
        return f"{CANONICAL}/8010/{escape(prefix + unescape(body))}"
    return None


# --- Digital Link to URN ---------------------------------------------------------------------------------------------

_LINK = re.compile(r"https://id\.gs1\.org/(\d+)/([^/]+)(?:/(\d+)/([^/]+))?")
_URN_ESCAPE = re.compile(r"[\"%&/<>?#]")


def to_urn(link: str, prefix_length: int) -> str | None:
    """The URN of a canonical link whose company prefix has ``prefix_length`` digits (6 to 12); None where no URN fits.

    A link does not tell how long the company prefix is, so it must be given (GS1 knows it per member).
    """
    match = _LINK.fullmatch(link)
    if match is None or not 6 <= prefix_length <= 12:
        return None
    key, value, qualifier, extra = match.groups()
    body, tail = unescape(value), _urn_text(unescape(extra or ""))
    made = _WRITERS.get((key, qualifier or ""))
    return made(body, tail, prefix_length) if made else None


def _urn_text(text: str) -> str:
    return _URN_ESCAPE.sub(lambda match: f"%{ord(match[0]):02X}", text)


def _indicated(form: str) -> Callable[[str, str, int], str | None]:
    """Keys whose first digit stands outside the company prefix (GTIN, SSCC, ITIP)."""

    def write(body: str, tail: str, length: int) -> str | None:
        digits = body[:-1] if len(body) == 18 and "sscc" in form else body[:13]
        rest = f"{digits[1 : length + 1]}.{digits[0]}{digits[length + 1 :]}"
        pieces = f".{body[14:16]}.{body[16:18]}" if "itip" in form else ""
        return form.format(rest + pieces, tail)

    return write


def _headed(form: str, start: int, digits: int, default: str = "") -> Callable[[str, str, int], str | None]:
    """Keys that begin with the company prefix: ``digits`` without check digit from ``start``, then a serial part."""

    def write(body: str, tail: str, length: int) -> str | None:
        head = body[start : start + digits]
        serial = tail or _urn_text(body[start + digits + 1 :]) or default
        if "{1}" in form and not serial:
            return None
        return form.format(f"{head[:length]}.{head[length:]}", serial)

    return write


def _free(form: str) -> Callable[[str, str, int], str | None]:
    def write(body: str, tail: str, length: int) -> str | None:
        if not body[:length].isdigit() or len(body) <= length:
            return None
        return form.format(f"{body[:length]}.{_urn_text(body[length:])}", tail)

    return write


_WRITERS: dict[tuple[str, str], Callable[[str, str, int], str | None]] = {
    ("01", "21"): _indicated("urn:epc:id:sgtin:{0}.{1}"), ("01", "10"): _indicated("urn:epc:class:lgtin:{0}.{1}"),
    ("01", "235"): _indicated("urn:epc:id:upui:{0}.{1}"), ("01", ""): _indicated("urn:epc:idpat:sgtin:{0}.*"),
    ("00", ""): _indicated("urn:epc:id:sscc:{0}"), ("8006", "21"): _indicated("urn:epc:id:itip:{0}.{1}"),
    ("414", ""): _headed("urn:epc:id:sgln:{0}.{1}", 0, 12, "0"), ("414", "254"): _headed("urn:epc:id:sgln:{0}.{1}", 0, 12),
    ("417", ""): _headed("urn:epc:id:pgln:{0}", 0, 12), ("402", ""): _headed("urn:epc:id:gsin:{0}", 0, 16),
    ("253", ""): _headed("urn:epc:id:gdti:{0}.{1}", 0, 12), ("255", ""): _headed("urn:epc:id:sgcn:{0}.{1}", 0, 12),
    ("8003", ""): _headed("urn:epc:id:grai:{0}.{1}", 1, 12), ("8017", ""): _headed("urn:epc:id:gsrnp:{0}", 0, 17),
    ("8018", ""): _headed("urn:epc:id:gsrn:{0}", 0, 17), ("8004", ""): _free("urn:epc:id:giai:{0}"),
    ("401", ""): _free("urn:epc:id:ginc:{0}"), ("8010", "8011"): _free("urn:epc:id:cpi:{0}.{1}"),
}  # fmt: skip
