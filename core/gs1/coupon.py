"""North American coupon element strings, AIs 8110 and 8112: read field by field, refuse on the first wrong one (pure).

The county does not print coupons; the rule is here because the AI table is complete and a reader must not call a valid
element string wrong.
"""

from __future__ import annotations

from core.gs1.check import is_digits


class _Short(Exception):
    """A field is missing, cut off or out of range."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.rest = text

    def take(self, count: int) -> str:
        if len(self.rest) < count:
            raise _Short
        field, self.rest = self.rest[:count], self.rest[count:]
        return field

    def one_of(self, allowed: str) -> str:
        char = self.take(1)
        if char not in allowed:
            raise _Short
        return char

    def variable(self, indicators: str, base: int = 0) -> str:
        """A field whose length is ``base`` plus the indicator digit before it."""
        return self.take(base + int(self.one_of(indicators)))

    def date(self) -> None:
        from core.gs1.content import passes

        if not passes("yymmdd", self.take(6)):
            raise _Short


_REQUIREMENT_CODES = "012349"


def _purchase(reader: _Reader) -> None:
    reader.variable("12345")  # how much must be bought
    reader.one_of(_REQUIREMENT_CODES)
    reader.take(3)  # family code


def _further_purchase(reader: _Reader) -> None:
    _purchase(reader)
    indicator = reader.one_of("01234569")
    if indicator != "9":  # 9: the funder's own company prefix is meant
        reader.take(6 + int(indicator))


def _second_purchase(reader: _Reader) -> None:
    reader.one_of("0123")  # how the purchases combine
    _further_purchase(reader)


def _miscellaneous(reader: _Reader) -> None:
    reader.one_of("01256")  # save value code
    reader.one_of("012")  # which item it applies to
    reader.take(1)  # store coupon flag
    reader.one_of("01")  # may be multiplied


_OPTIONAL = {
    "1": _second_purchase,
    "2": _further_purchase,
    "3": _Reader.date,
    "4": _Reader.date,
    "5": lambda reader: reader.variable("0123456789", 6),
    "6": lambda reader: reader.variable("1234567", 6),
    "9": _miscellaneous,
}


def is_coupon_code(text: str) -> bool:
    """Whether ``text`` is a well-formed AI 8110 value; optional fields stand in ascending order, each at most once."""
    reader = _Reader(text)
    try:
        if not is_digits(text):
            raise _Short
        reader.variable("0123456", 6)  # funder
        reader.take(6)  # offer code
        reader.variable("12345")  # save value
        _purchase(reader)
        last = ""
        while reader.rest:
            indicator = reader.take(1)
            if indicator not in _OPTIONAL or indicator <= last:
                raise _Short
            last = indicator
            _OPTIONAL[indicator](reader)
    except _Short:
        return False
    return True


def is_positive_offer(text: str) -> bool:
    """Whether ``text`` is a well-formed AI 8112 value: format, funder, offer code, serial number, nothing more."""
    reader = _Reader(text)
    try:
        if not is_digits(text):
            raise _Short
        reader.one_of("01")
        reader.variable("0123456", 6)
        reader.take(6)
        reader.variable("0123456789", 6)
    except _Short:
        return False
    return not reader.rest
