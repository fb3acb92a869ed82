"""Content rules of element string components, by the names the GS1 Barcode Syntax Dictionary gives them (pure).

``passes(rule, text)`` is the one question.  The rules ``gcppos1`` and ``gcppos2`` check shape only: no table of company
prefix lengths is loaded (docs/conformance.md).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable

from core.gs1 import coupon
from core.gs1.check import CSET39, CSET64, CSET82, has_check_digit, has_check_pair, is_digits
from core.gs1.code_lists import COUNTRY_ALPHA, COUNTRY_NUMERIC, CURRENCIES, MEDIA_TYPES, PACKAGE_TYPES

_PREFIX_LENGTH = 4
_IBAN_LENGTHS = range(5, 35)


def _only(alphabet: str) -> Callable[[str], bool]:
    return frozenset(alphabet).issuperset


def _base64url(text: str) -> bool:
    body = text.rstrip("=")
    pads = len(text) - len(body)
    # GS1 fills up to a multiple of three characters, not of four as RFC 4648 does.
    return frozenset(CSET64).issuperset(body) and (pads == 0 or (pads < 3 and len(text) % 3 == 0 and bool(body)))


def _date(year_digits: int, *, day_zero: bool) -> Callable[[str], bool]:
    def rule(text: str) -> bool:
        if len(text) != year_digits + 4 or not is_digits(text):
            return False
        year, month, day = int(text[:year_digits]), int(text[year_digits:-2]), int(text[-2:])
        if not 1 <= month <= 12:
            return False
        # Two-digit years fall in 1951-2050, where every fourth year is a leap year.
        leap = year % 4 == 0 if year_digits == 2 else calendar.isleap(year)
        longest = 29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
        return (0 if day_zero else 1) <= day <= longest

    return rule


def _two_digits_below(limit: int) -> Callable[[str], bool]:
    return lambda text: len(text) == 2 and is_digits(text) and int(text) < limit


def _hour_minute(text: str) -> bool:
    return len(text) == 4 and is_digits(text) and int(text[:2]) < 24 and int(text[2:]) < 60


def _degrees(limit: int) -> Callable[[str], bool]:
    return lambda text: len(text) == 10 and is_digits(text) and int(text) <= limit


def _iban(text: str) -> bool:
    if len(text) not in _IBAN_LENGTHS or not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", text):
        return False
    if text[:2] not in COUNTRY_ALPHA and text[:2] != "XK":
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _piece_of_total(text: str) -> bool:
    if not text or len(text) % 2 or not is_digits(text):
        return False
    half = len(text) // 2
    return 0 < int(text[:half]) <= int(text[half:])


def _position_in_sequence(text: str) -> bool:
    match = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
    return match is not None and int(match[1]) <= int(match[2])


def _prefix_at(start: int) -> Callable[[str], bool]:
    return lambda text: len(text) >= start + _PREFIX_LENGTH and is_digits(text[start : start + _PREFIX_LENGTH])


RULES: dict[str, Callable[[str], bool]] = {
    "couponcode": coupon.is_coupon_code,
    "couponposoffer": coupon.is_positive_offer,
    "cset39": _only(CSET39),
    "cset64": _base64url,
    "cset82": _only(CSET82),
    "csetnumeric": _only("0123456789"),
    "csum": has_check_digit,
    "csumalpha": has_check_pair,
    "gcppos1": _prefix_at(0),
    "gcppos2": _prefix_at(1),
    "hasnondigit": lambda text: bool(text) and not is_digits(text),
    "hh": _two_digits_below(24),
    "hhmi": _hour_minute,
    "hyphen": lambda text: bool(text) and set(text) == {"-"},
    "iban": _iban,
    "importeridx": lambda text: len(text) == 1 and text in CSET64,
    "iso3166": COUNTRY_NUMERIC.__contains__,
    "iso3166999": lambda text: text == "999" or text in COUNTRY_NUMERIC,
    "iso3166alpha2": COUNTRY_ALPHA.__contains__,
    "iso4217": CURRENCIES.__contains__,
    "iso5218": lambda text: len(text) == 1 and text in "0129",
    "latitude": _degrees(1_800_000_000),
    "longitude": _degrees(3_600_000_000),
    "mediatype": MEDIA_TYPES.__contains__,
    "mi": _two_digits_below(60),
    "nonzero": lambda text: is_digits(text) and set(text) != {"0"},
    "nozeroprefix": lambda text: not text or (is_digits(text) and text[0] != "0"),
    "packagetype": PACKAGE_TYPES.__contains__,
    "pcenc": lambda text: "%" not in re.sub(r"%[0-9A-Fa-f]{2}", "", text),
    "pieceoftotal": _piece_of_total,
    "posinseqslash": _position_in_sequence,
    "ss": _two_digits_below(60),
    "winding": lambda text: len(text) == 1 and text in "019",
    "yesno": lambda text: len(text) == 1 and text in "01",
    "yymmd0": _date(2, day_zero=True),
    "yymmdd": _date(2, day_zero=False),
    "yyyymmd0": _date(4, day_zero=True),
    "yyyymmdd": _date(4, day_zero=False),
    "zero": lambda text: not text.strip("0"),
}


def passes(rule: str, text: str) -> bool:
    """Whether ``text`` satisfies the named content rule; an unknown rule name is a KeyError."""
    return RULES[rule](text)
