"""Certificates without a mark that cover plots (pure): number and term as they are copied from the paper.

Certificates that carry a mark, with the shapes of their numbers, are ``brand.certificate``'s (ADR 0074).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from core.errors import BadInput
from core.identifiers import normalise_text

LONG_TERM = frozenset({"base", "other"})  # may be without a last day
SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a certificate stands on a day: ``key`` of ``future valid soon ended``, with words."""

    key: str
    label: str
    tone: str


def certificate_number(text: str) -> str:
    """The number in canonical form; BadInput where it is empty or too long."""
    plain = unicodedata.normalize("NFKC", normalise_text(text)).upper().replace(" ", "")
    if not plain or len(plain) > 40:
        raise BadInput("证书编号填 1 到 40 个字。", code="plot_certificate.number", field="number")
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
