"""Money is an integer number of 分; every division and every spelling of an amount is in this file (pure).

No float ever holds money: text becomes 分 by ``parse_yuan``, shares are cut by ``split`` and ``share_of``,
and the one rounding rule is ROUND_HALF_UP.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from core.errors import BadInput

MAX_FEN = 10**14 - 1
"""One 分 below 万亿元: larger amounts are typing errors in one county."""

_AMOUNT = re.compile(r"(?P<sign>[-+]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def parse_yuan(text: str, *, field: str | None = None, allow_negative: bool = False) -> int:
    """The amount written in ``text`` (元, at most two decimals, thousands commas allowed) as 分; BadInput says what to change."""
    cleaned = (
        unicodedata.normalize("NFKC", text).strip().removeprefix("¥").removesuffix("元").strip().replace("，", ",")
    )
    found = _AMOUNT.fullmatch(cleaned)
    if found is None or not cleaned.isascii():
        raise BadInput("金额写成数字，例如 1234.50。", code="money.not_a_number", field=field)
    part = found["part"] or ""
    if len(part) > 2:
        raise BadInput("金额最多到分，小数点后不超过两位。", code="money.too_many_decimals", field=field)
    fen = int(found["whole"].replace(",", "")) * 100 + int(part.ljust(2, "0"))
    if fen > MAX_FEN:
        raise BadInput("金额太大，请核对位数，单位是元。", code="money.too_large", field=field)
    if found["sign"] == "-":
        if not allow_negative and fen:
            raise BadInput("金额不能是负数。", code="money.negative", field=field)
        return -fen
    return fen


def yuan(fen: int) -> str:
    """``fen`` in 元 with two decimals and no grouping: 5980 is "59.80"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def yuan_grouped(fen: int) -> str:
    """``fen`` in 元 with thousands commas, for tables and headings: 200000000 is "2,000,000.00"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def split(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Shares of ``total_fen`` in proportion to ``weights`` that add up exactly (largest remainder, ties to the earlier)."""
    if not weights or any(w < 0 for w in weights) or sum(weights) == 0:
        raise ValueError("weights must be non-negative and not all zero")
    if total_fen < 0:
        return [-share for share in split(-total_fen, weights)]
    whole = sum(weights)
    shares = [total_fen * w // whole for w in weights]
    remainders = [total_fen * w % whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in order[: total_fen - sum(shares)]:
        shares[i] += 1
    return shares


def share_of(fen: int, numerator: int, denominator: int) -> int:
    """``fen`` × numerator ÷ denominator in 分, rounded half away from zero."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    quotient = Decimal(fen) * Decimal(numerator) / Decimal(denominator)
    return int(quotient.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def percentage(part: int, whole: int, places: int = 1) -> Decimal | None:
    """``part`` ÷ ``whole`` in percent, half up to ``places``; None where the base is zero (never 0 %, never 100 %)."""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def retention(gross_before_fen: int, gross_fen: int, retained_before_fen: int, percent: int = 10) -> int:
    """What to keep of this instalment so that ⌈percent % of all instalments⌉ is kept in sum (资金办法 art. 7)."""
    target = -(-(gross_before_fen + gross_fen) * percent // 100)
    return max(0, min(gross_fen, target - retained_before_fen))


def rmb_upper(fen: int) -> str:
    """``fen`` in the capital figures of bank vouchers, without the prefix 人民币 (《正确填写票据和结算凭证的基本规定》)."""
    if not 0 <= fen <= MAX_FEN:
        raise ValueError("rmb_upper takes amounts from 0 to below 万亿元")
    whole, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    if fen == 0:
        return "零元整"
    text = f"{_whole(whole)}元" if whole else ""
    if jiao:
        gap = "零" if whole and whole % 10 == 0 else ""
        text += f"{gap}{_DIGITS[jiao]}角"
    elif cents and whole:
        text += "零"
    return text + (f"{_DIGITS[cents]}分" if cents else "" if jiao else "整")


def _whole(number: int) -> str:
    groups: list[int] = []
    while number:
        groups.append(number % 10_000)
        number //= 10_000
    text, pending = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            pending = bool(text)
            continue
        if text and (pending or group < 1000):
            text += "零"
        text += _group(group) + _GROUPS[place]
        pending = False
    return text


def _group(number: int) -> str:
    text, pending = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            pending = bool(text)
            continue
        text += ("零" if pending else "") + _DIGITS[digit] + _UNITS[place]
        pending = False
    return text
