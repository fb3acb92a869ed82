"""Certificates that cover plots (pure): what is known of their numbers and terms, and what is only copied.

Only the shape of a number is checked (green food GF/LB, organic OP, agricultural GI): whether a certificate is genuine is
said by the register of its issuer, never by us.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from core.errors import BadInput
from core.identifiers import normalise_text

_SHAPES = {
    "green": (re.compile(r"GF\d{12}|LB-\d{2}-\d{10,12}A{0,2}"), "绿色食品写 GF 加 12 位数字，或 LB 开头的产品编号。"),
    "organic": (re.compile(r"(\d{3,4}|F\d{2})OP\d{7}(-\d+)?"), "有机证书编号像 0001OP2600001，中间有 OP。"),
    "agri_gi": (re.compile(r"AGI\d{5}"), "农产品地理标志写 AGI 加 5 位数字。"),
}
LONG_TERM = frozenset({"agri_gi", "gi_mark", "base", "other"})  # may be without a last day
WHERE_TO_CHECK = {
    "green": "请到中国绿色食品发展中心核验",
    "organic": "请到中国食品农产品认证信息系统核验",
    "agri_gi": "请向登记机关核验",
    "gi_mark": "请向国家知识产权局核验",
}
SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a certificate stands on a day: ``key`` of ``future valid soon ended``, with words."""

    key: str
    label: str
    tone: str


def certificate_number(kind: str, text: str) -> str:
    """The number in canonical form; BadInput where its kind has a known shape and it does not fit."""
    plain = unicodedata.normalize("NFKC", normalise_text(text)).upper().replace(" ", "")
    if not plain or len(plain) > 40:
        raise BadInput("证书编号填 1 到 40 个字。", code="plot_certificate.number", field="number")
    shape = _SHAPES.get(kind)
    if shape is not None and not shape[0].fullmatch(plain):
        raise BadInput(
            "证书编号和这一类证书的写法不一样。", code="plot_certificate.shape", field="number", help=shape[1]
        )
    return plain


def certificate_term(kind: str, first: date, last: date | None) -> tuple[date, date | None]:
    """First and last day in order; only kinds that may hold for a long term may be without a last day."""
    if last is None and kind not in LONG_TERM:
        raise BadInput("这一类证书有到期日，请填写。", code="plot_certificate.term", field="valid_to")
    if last is not None and last < first:
        raise BadInput("到期日早于生效日，请核对。", code="plot_certificate.term", field="valid_to")
    return first, last


def standing(first: date, last: date | None, today: date) -> Standing:
    """Where the certificate stands on ``today``; it holds on its last day too."""
    if today < first:
        return Standing("future", "还没生效", "todo")
    if last is not None and today > last:
        return Standing("ended", "已到期", "none")
    if last is not None and (last - today).days <= SOON_DAYS:
        return Standing("soon", f"还剩 {(last - today).days} 天", "todo")
    return Standing("valid", "有效期内", "ok")
