"""What single values of an event must look like: URIs, times, numbers, terms, GS1 keys (pure).

Each judgement is a rule id with a sentence, or None; the slow sentences are only made for what is wrong.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.gs1.check import has_check_digit
from trace.event.eventhash import instant as instant
from trace.event.identifiers import CANONICAL, LONGEST_KEPT, canonical
from trace.event.vocabulary import Terms

LONGEST_URI = 2000
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)")
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)")
_UOM = re.compile(r"[A-Z0-9]{2,3}")
_HEX = re.compile(r"[A-Fa-f0-9]+")
_OLD_TERM = re.compile(r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/")
_GS1_TERM = re.compile(r"https?://(www\.)?gs1\.org/voc/")
_FOREIGN_EPC = re.compile(r"urn:epc:id:(?:adi|bic|gid|imovn|usdod):\S+")
# A path that names a GS1 key and a value which could be one, wherever it stands.
_LIKE_LINK = re.compile(
    r"/(?:00/\d{18}|(?:01|gtin)/(?:\d{8}|\d{12,14})|41[47]/\d{13}|253/\d{13}|255/\d{13}|402/\d{17}|8003/\d{14}|8006/\d{18}"
    r"|801[78]/\d{18})(?=[/?#]|$)"
)
# Keys whose check digit is judged, with its place.  Assets, documents and coupons of others (8003, 253, 255) are judged by
# shape only: published examples carry wrong digits there, and none of them names goods of ours.
_CHECKED = {"00": 18, "01": 14, "402": 17, "414": 13, "417": 13, "8006": 14, "8017": 18, "8018": 18}

# One trade item or place occurs in very many identifiers; its digit is judged once.
_has_check_digit = lru_cache(maxsize=4096)(has_check_digit)

Judgement = tuple[str, str] | None


@lru_cache(maxsize=16384)
def is_uri(text: str) -> bool:
    """Whether ``text`` is an absolute URI of RFC 3986 and at most 2,000 characters."""
    return len(text) <= LONGEST_URI and _URI.fullmatch(text) is not None and (
        "%" not in text or _BROKEN_ESCAPE.search(text) is None
    )  # fmt: skip


def uri(value: Any) -> Judgement:
    if isinstance(value, str) and is_uri(value):
        return None
    if isinstance(value, str) and len(value) > LONGEST_URI:
        return "uri", f"地址太长，最多 {LONGEST_URI} 个字符。"
    return "uri", f"这里要写完整的地址（如 https://… 或 urn:…），现在是“{_short(value)}”。"


def identifier(value: Any) -> Judgement:
    """A URI that is also right as a GS1 key where it claims to be one."""
    if isinstance(value, str) and len(value) <= LONGEST_KEPT:
        return _identifier(value)
    return uri(value) or _key(value)


@lru_cache(maxsize=16384)
def _identifier(text: str) -> Judgement:
    return uri(text) or _key(text)


def _key(text: str) -> Judgement:
    form = canonical(text)
    if form.startswith(CANONICAL):
        _, key, value, *_ = form.removeprefix(CANONICAL).split("/")
        length = _CHECKED.get(key)
        if length and not _has_check_digit(value[:length]):
            return "epc.check_digit", f"编码“{_short(text)}”的校验位不对，可能抄错了一位。"
        return None
    if form.startswith(("urn:epc:id", "urn:epc:class:")):
        if _FOREIGN_EPC.fullmatch(form):
            return None
        return "epc.urn", f"“{_short(text)}”不是合格的 EPC 编码，位数或字符不对。"
    if form[:4].lower() == "http" and _LIKE_LINK.search(form):
        return "epc.link", f"“{_short(text)}”像 GS1 数字链接，但标识符的顺序或内容不对。"
    return None


def is_time(text: str) -> bool:
    """Whether ``text`` is an RFC 3339 time with zone that exists in the calendar."""
    if len(text) > 64 or _TIME.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def time(value: Any) -> Judgement:
    if isinstance(value, str) and is_time(value):
        return None
    return "time", f"时间要写成 2026-10-08T09:30:00+08:00 的样子（带时区），现在是“{_short(value)}”。"


def offset(value: Any) -> Judgement:
    if isinstance(value, str) and _OFFSET.fullmatch(value):
        return None
    return "time.offset", f"时差要写成 +08:00 的样子，现在是“{_short(value)}”。"


def decimal(value: Any) -> Judgement:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return None
    return "number", f"这里要写数字，现在是“{_short(value)}”。"


def quantity(value: Any) -> Judgement:
    return decimal(value) or (("quantity.negative", f"数量不能是负数，现在是 {value}。") if value < 0 else None)


def uom(value: Any) -> Judgement:
    if isinstance(value, str) and _UOM.fullmatch(value):
        return None
    return "uom", f"计量单位写 2 到 3 位大写代码，如 KGM（千克），现在是“{_short(value)}”。"


def text(value: Any) -> Judgement:
    return None if isinstance(value, str) else ("text", f"这里要写文字，现在是“{_short(value)}”。")


def boolean(value: Any) -> Judgement:
    return None if isinstance(value, bool) else ("boolean", f"这里只能写 true 或 false，现在是“{_short(value)}”。")


def hexadecimal(value: Any) -> Judgement:
    if isinstance(value, str) and _HEX.fullmatch(value):
        return None
    return "hex", f"这里要写十六进制数，现在是“{_short(value)}”。"


def action(value: Any) -> Judgement:
    if isinstance(value, str) and value in ("ADD", "OBSERVE", "DELETE"):
        return None
    return "action", f"action 只能是 ADD、OBSERVE 或 DELETE，现在是“{_short(value)}”。"


def term(value: Any, terms: Terms) -> Judgement:
    """A word of the list, or a URI outside the reserved stems (which JSON spells as bare words)."""
    if isinstance(value, str):
        if value in terms.words:
            return None
        if is_uri(value):
            word = terms.to_word(value)
            reserved = _GS1_TERM if terms.urn == "" and terms.curie == "gs1:" else _OLD_TERM
            if reserved.match(value) is None:
                return None
            return (
                "term.spelling",
                f"这里直接写词，例如“{word if word != value else min(terms.words)}”，不写“{_short(value)}”。",
            )
    return "term.unknown", f"“{_short(value)}”不在 {terms.name} 的标准词表里；自定义的词要写成完整地址。"


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"
