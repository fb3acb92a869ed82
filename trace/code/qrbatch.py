"""QR symbols of one series, many at a time, bit-identical to the ``qrcode`` library (pure, TRAPS 8).

With version, level, mask and length fixed, a QR symbol is linear over GF(2) in its data bits.  In alphanumeric mode two
characters share eleven bits, so each aligned pair of characters has one table of difference patterns.  The tables are
built from real encodings by the library itself; a symbol is then a few XORs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import qrcode
from numpy.typing import NDArray
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import MODE_ALPHA_NUM, QRData

from trace.code.serial import ALPHABET, LENGTH, Symbols

_QR_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_ZERO = "0"
CHUNK = 2000
LARGEST_VERSION = 6

Packed = NDArray[np.uint64]


def _library(text: str, version: int | None, level: int, mask: int | None) -> qrcode.QRCode:
    code = qrcode.QRCode(version=version, error_correction=level, mask_pattern=mask, border=0, box_size=1)
    code.add_data(QRData(text.encode("ascii"), mode=MODE_ALPHA_NUM), optimize=0)
    code.make(fit=version is None)
    return code


def library_matrix(text: str, version: int, level: int, mask: int) -> NDArray[np.bool_]:
    """The modules of one symbol as the library draws it: True is dark."""
    return np.array(_library(text, version, level, mask).modules, dtype=np.bool_)


def library_symbol(text: str, level: int = ERROR_CORRECT_Q) -> NDArray[np.bool_]:
    """The modules of one upper-case address at the smallest version and the library's best mask."""
    return np.array(_library(text, None, level, None).modules, dtype=np.bool_)


class QrBatch:
    """The symbols of ``prefix`` + 13 serial symbols, at the smallest version and the library's best mask.

    The level is Q; where that needs more modules than a label holds, M (``level`` fixes one).
    """

    def __init__(self, prefix: str, level: int | None = None) -> None:
        if any(char not in _QR_CHARS for char in prefix):
            raise ValueError("the address must be upper case: one other character forces the larger byte mode")
        zero = prefix + _ZERO * LENGTH
        first = _library(zero, None, ERROR_CORRECT_Q if level is None else level, None)
        if level is None and first.version > LARGEST_VERSION:
            first = _library(zero, None, ERROR_CORRECT_M, None)
        level = first.error_correction
        self.prefix, self.level = prefix, level
        self.version: int = first.version
        self.mask: int = first.best_mask_pattern()
        base = library_matrix(zero, self.version, level, self.mask)
        self.size: int = base.shape[0]
        self._base = self._pack(base)
        self._tables = [self._table(start, width) for start, width in self._slots()]

    def _slots(self) -> list[tuple[int, int]]:
        """Where serial symbols stand in aligned pairs: (first symbol, how many of the pair belong to the serial)."""
        slots, place = [], 0
        if len(self.prefix) % 2:
            slots, place = [(0, 1)], 1
        while place < LENGTH:
            slots.append((place, min(2, LENGTH - place)))
            place += 2
        return slots

    def _table(self, start: int, width: int) -> Packed:
        """Difference patterns for each value of one slot, from one library encoding per bit of the slot."""
        place = len(self.prefix) + start
        shared = place % 2 == 1  # the pair's first character is the last of the prefix
        at, span = (place - 1, 2) if shared else (place, width)
        origin = self._encode(at, span, 0)
        basis = [self._encode(at, span, 1 << bit) ^ origin for bit in range(11 if span == 2 else 6)]
        here = 45 * _QR_CHARS.index(self.prefix[-1]) if shared else 0
        chars = [_QR_CHARS.index(char) for char in ALPHABET]
        values = [45 * a + b for a in chars for b in chars] if width == 2 else [here + char for char in chars]
        return np.stack([self._combine(basis, value ^ here) for value in values])

    def _encode(self, at: int, span: int, value: int) -> Packed:
        text = "".join(_QR_CHARS[part] for part in divmod(value, 45)[2 - span :])
        zero = self.prefix + _ZERO * LENGTH
        changed = zero[:at] + text + zero[at + span :]
        return self._pack(library_matrix(changed, self.version, self.level, self.mask))

    def _combine(self, basis: list[Packed], value: int) -> Packed:
        pattern = np.zeros_like(self._base)
        for bit, part in enumerate(basis):
            if value >> bit & 1:
                pattern ^= part
        return pattern

    @staticmethod
    def _pack(matrix: NDArray[np.bool_]) -> Packed:
        raw = np.packbits(matrix.reshape(-1))
        return np.pad(raw, (0, -len(raw) % 8)).view(np.uint64)

    def packed(self, symbols: Symbols) -> Packed:
        """One row of 64-bit words per serial: the modules row by row, most significant bit first, zero-padded."""
        out = np.empty((len(symbols), len(self._base)), dtype=np.uint64)
        for begin in range(0, len(symbols), CHUNK):
            part = symbols[begin : begin + CHUNK]
            rows = out[begin : begin + CHUNK]
            rows[:] = self._base
            for (start, width), table in zip(self._slots(), self._tables, strict=True):
                index = part[:, start].astype(np.intp)
                if width == 2:
                    index = index * 32 + part[:, start + 1]
                rows ^= table[index]
        return out

    def rows(self, symbols: Symbols) -> NDArray[np.uint8]:
        """Each symbol as packed rows (most significant bit first, a whole number of bytes per row), as printers take them."""
        packed = self.packed(symbols)
        bits = np.unpackbits(packed.view(np.uint8), axis=1, count=self.size * self.size)
        return np.packbits(bits.reshape(len(symbols), self.size, self.size), axis=2)

    def matrices(self, symbols: Symbols) -> Iterator[NDArray[np.bool_]]:
        """The modules of each serial, True is dark, in the order given."""
        area = self.size * self.size
        for begin in range(0, len(symbols), CHUNK):
            packed = self.packed(symbols[begin : begin + CHUNK])
            bits = np.unpackbits(packed.view(np.uint8), axis=1, count=area)
            for row in bits:
                yield row.reshape(self.size, self.size).astype(np.bool_)
