"""NIST FF1 (SP 800-38G): the general cipher, and a fast path for 13 symbols of radix 32 (pure).

FF3 and FF3-1 must not be used (withdrawn).  The fast path is the same cipher: with radix 2^5, length 13 and a tweak of at
most 10 bytes the halves are 30 and 35 bits and each of the ten rounds costs one AES block, so that numpy can run a
million numbers at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

Words = NDArray[np.uint64]

ROUNDS = 10
SYMBOLS = 13
_LEFT_BITS, _RIGHT_BITS = 30, 35
_LEFT_MASK, _RIGHT_MASK = (1 << _LEFT_BITS) - 1, (1 << _RIGHT_BITS) - 1
MAX_TWEAK = 10


def _number(symbols: Sequence[int], radix: int) -> int:
    value = 0
    for symbol in symbols:
        value = value * radix + symbol
    return value


def _symbols(value: int, radix: int, count: int) -> list[int]:
    out = []
    for _ in range(count):
        value, symbol = divmod(value, radix)
        out.append(symbol)
    return out[::-1]


class FF1:
    """FF1 with AES for any radix from 2 to 2^16 and any length the standard allows."""

    def __init__(self, key: bytes, radix: int) -> None:
        if not 2 <= radix <= 1 << 16:
            raise ValueError("the radix must be between 2 and 65536")
        self._radix = radix
        self._block = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update  # noqa: S305 - the building block of FF1

    def _prf(self, data: bytes) -> bytes:
        state = bytes(16)
        for start in range(0, len(data), 16):
            state = self._block(bytes(a ^ b for a, b in zip(state, data[start : start + 16], strict=True)))
        return state

    def _round(self, head: bytes, tweak: bytes, index: int, half: int, width: int) -> int:
        pad = bytes((-len(tweak) - width - 1) % 16)
        state = self._prf(head + tweak + pad + bytes([index]) + half.to_bytes(width, "big"))
        need = 4 * -(-width // 4) + 4
        stream = state
        counter = 1
        while len(stream) < need:
            stream += self._block((int.from_bytes(state, "big") ^ counter).to_bytes(16, "big"))
            counter += 1
        return int.from_bytes(stream[:need], "big")

    def _run(self, symbols: Sequence[int], tweak: bytes, *, forward: bool) -> list[int]:
        count, radix = len(symbols), self._radix
        if count < 2 or radix**count < 1_000_000 or any(not 0 <= symbol < radix for symbol in symbols):
            raise ValueError("too short a number, or a symbol outside the radix")
        left = count // 2
        right = count - left
        width = -(-(radix**right - 1).bit_length() // 8)
        head = (
            bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, left % 256])
            + count.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
        )  # fmt: skip
        a, b = _number(symbols[:left], radix), _number(symbols[left:], radix)
        for index in range(ROUNDS) if forward else reversed(range(ROUNDS)):
            modulus = radix ** (left if index % 2 == 0 else right)
            if forward:
                a, b = b, (a + self._round(head, tweak, index, b, width)) % modulus
            else:
                a, b = (b - self._round(head, tweak, index, a, width)) % modulus, a
        return _symbols(a, radix, left) + _symbols(b, radix, right)

    def encrypt(self, symbols: Sequence[int], tweak: bytes = b"") -> list[int]:
        """The enciphered symbols, as many as were given."""
        return self._run(symbols, tweak, forward=True)

    def decrypt(self, symbols: Sequence[int], tweak: bytes = b"") -> list[int]:
        """The symbols that :meth:`encrypt` turned into these."""
        return self._run(symbols, tweak, forward=False)


class FastFF1:
    """FF1, AES, radix 32, 13 symbols, one fixed tweak: numbers of 65 bits in, numbers of 65 bits out."""

    def __init__(self, key: bytes, tweak: bytes) -> None:
        if len(tweak) > MAX_TWEAK:
            raise ValueError("the fast path takes a tweak of at most 10 bytes")
        self._block = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update  # noqa: S305 - the building block of FF1
        left = SYMBOLS // 2
        head = (
            bytes([1, 2, 1]) + (32).to_bytes(3, "big") + bytes([10, left])
            + SYMBOLS.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
        )  # fmt: skip
        first = self._block(head)
        self._start = int.from_bytes(first, "big") ^ int.from_bytes(tweak.ljust(16, b"\0"), "big")
        self._rounds = self._pads()
        self._back = self._rounds[::-1]
        self._start_bytes = np.frombuffer(self._start.to_bytes(16, "big"), dtype=np.uint8)

    def _pads(self) -> tuple[tuple[int, int], ...]:
        """Per round: the block before the half is put in, and the mask of the half that changes."""
        return tuple((self._start ^ (i << 40), _RIGHT_MASK if i % 2 else _LEFT_MASK) for i in range(ROUNDS))

    def encrypt(self, number: int) -> int:
        """The enciphered form of one number below 2^65."""
        if not 0 <= number < 1 << 65:
            raise ValueError("a number of at most 65 bits is needed")
        a, b = number >> _RIGHT_BITS, number & _RIGHT_MASK
        block = self._block
        for start, mask in self._rounds:  # bytes 4 to 12 of the block hold every bit that the masks leave
            a, b = b, (a + int.from_bytes(block((start ^ b).to_bytes(16, "big"))[4:12], "big")) & mask
        return a << _RIGHT_BITS | b

    def decrypt(self, number: int) -> int:
        """The number that :meth:`encrypt` turned into this one."""
        if not 0 <= number < 1 << 65:
            raise ValueError("a number of at most 65 bits is needed")
        a, b = number >> _RIGHT_BITS, number & _RIGHT_MASK
        block = self._block
        for start, mask in self._back:
            a, b = (b - int.from_bytes(block((start ^ a).to_bytes(16, "big"))[4:12], "big")) & mask, a
        return a << _RIGHT_BITS | b

    def encrypt_many(self, start: int, count: int) -> tuple[Words, Words]:
        """The halves (30 and 35 bits) of the enciphered numbers start .. start+count-1, as arrays."""
        if start < 0 or count < 0 or start + count > 1 << 63:
            raise ValueError("unit numbers run from 0 to 2^63 - 1")
        numbers = np.arange(start, start + count, dtype=np.uint64)
        a, b = numbers >> np.uint64(_RIGHT_BITS), numbers & np.uint64(_RIGHT_MASK)
        blocks = np.empty((count, 16), dtype=np.uint8)
        for index in range(ROUNDS):
            mask = np.uint64(_RIGHT_MASK if index % 2 else _LEFT_MASK)
            blocks[:] = self._start_bytes
            blocks[:, 10] ^= np.uint8(index)
            blocks[:, 11:] ^= b.astype(">u8").view(np.uint8).reshape(count, 8)[:, 3:]
            stream = np.frombuffer(self._block(blocks.tobytes()), dtype=np.uint8).reshape(count, 16)
            pad = np.ascontiguousarray(stream[:, 4:12]).view(">u8").reshape(count).astype(np.uint64)
            a, b = b, (a + pad) & mask
        return a, b
