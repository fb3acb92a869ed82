"""Serials: a unit number enciphered into 13 symbols of Crockford base32, and back (pure, TRUST 5).

The covered 防伪码 is the same construction under a second key, so neither code can be derived from the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from trace.code.ff1 import SYMBOLS, FastFF1

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = SYMBOLS
_VALUES = {char: value for value, char in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}
_ASCII: NDArray[np.uint8] = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_GAPS = str.maketrans("", "", " -\u00a0\u3000\t")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

Symbols = NDArray[np.uint8]


class MalformedSerial(BadInput):
    """Not 13 readable symbols; the message says which character to look at."""

    default_code = "code.serial_malformed"
    title = "编号的写法不对"


def normalise(text: str) -> str:
    """The 13 symbols in canonical form: upper case, I and L read as 1, O as 0, gaps and full-width forms dropped."""
    plain = text.translate(_FULL_WIDTH).translate(_GAPS).upper()
    for place, char in enumerate(plain, start=1):
        if char not in _VALUES:
            hint = "是不是 V？编号里没有字母 U" if char == "U" else "编号只有数字和字母"
            raise MalformedSerial(f"第 {place} 个字符“{char}”不对，{hint}。", field="serial")
    if len(plain) != LENGTH:
        raise MalformedSerial(
            f"编号是 {LENGTH} 位，这里读到 {len(plain)} 位。", code="code.serial_length", field="serial"
        )
    return "".join(ALPHABET[_VALUES[char]] for char in plain)


def to_number(serial: str) -> int:
    """The 65-bit number of a serial in canonical form."""
    value = 0
    for char in serial:
        value = value << 5 | _VALUES[char]
    return value


def from_number(number: int) -> str:
    """The serial of a 65-bit number."""
    return "".join(ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


@dataclass(frozen=True, slots=True)
class SerialKey:
    """One version of an item's secret key; the tweak binds item and version."""

    key: bytes = field(repr=False)
    item_id: int
    version: int
    _cipher: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.key) != 32:
            raise ValueError("an item key has 32 bytes")
        tweak = self.item_id.to_bytes(8, "big") + self.version.to_bytes(2, "big")
        object.__setattr__(self, "_cipher", FastFF1(self.key, tweak))

    def serial(self, unit: int) -> str:
        """The serial of a unit number."""
        return from_number(self._cipher.encrypt(unit))

    def unit(self, serial: str) -> int:
        """The number that would have this canonical serial; only an issued range makes it a unit."""
        number: int = self._cipher.decrypt(to_number(serial))
        return number

    def symbols(self, start: int, count: int) -> Symbols:
        """The symbols (0-31) of the serials of ``count`` units from ``start``: an array of count rows and 13 columns."""
        left, right = self._cipher.encrypt_many(start, count)
        out = np.empty((count, LENGTH), dtype=np.uint8)
        for column in range(6):
            out[:, column] = (left >> np.uint64(25 - 5 * column)) & np.uint64(31)
        for column in range(7):
            out[:, 6 + column] = (right >> np.uint64(30 - 5 * column)) & np.uint64(31)
        return out


def ascii_bytes(symbols: Symbols) -> Symbols:
    """The rows of :meth:`SerialKey.symbols` as ASCII codes."""
    return _ASCII[symbols]


def texts(symbols: Symbols) -> list[str]:
    """The rows of :meth:`SerialKey.symbols` as text."""
    flat = ascii_bytes(symbols).tobytes().decode("ascii")
    return [flat[i : i + LENGTH] for i in range(0, len(flat), LENGTH)]
