"""FF1 against the samples NIST published for SP 800-38G (FF1samples.pdf)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trace.code.ff1 import FF1, FastFF1

K128 = "2B7E151628AED2A6ABF7158809CF4F3C"
K192 = K128 + "EF4359D8D580AA4F"
K256 = K128 + "EF4359D8D580AA4F7F036D6F04FC6A94"
DIGITS = "0123456789"
LETTERS = "0123456789abcdefghi"
T10, T11 = "39383736353433323130", "3737373770717273373737"
LONG = "0123456789abcdefghi"


@pytest.mark.parametrize(
    ("key", "radix", "tweak", "plain", "cipher"),
    [
        (K128, 10, "", DIGITS, "2433477484"),
        (K128, 10, T10, DIGITS, "6124200773"),
        (K128, 36, T11, LONG, "a9tv40mll9kdu509eum"),
        (K192, 10, "", DIGITS, "2830668132"),
        (K192, 10, T10, DIGITS, "2496655549"),
        (K192, 36, T11, LONG, "xbj3kv35jrawxv32ysr"),
        (K256, 10, "", DIGITS, "6657667009"),
        (K256, 10, T10, DIGITS, "1001623463"),
        (K256, 36, T11, LONG, "xs8a0azh2avyalyzuwd"),
    ],
)
def test_the_published_samples_come_out(key, radix, tweak, plain, cipher):
    ff1 = FF1(bytes.fromhex(key), radix)
    symbols = [int(char, 36) for char in plain]

    out = ff1.encrypt(symbols, bytes.fromhex(tweak))

    assert out == [int(char, 36) for char in cipher]
    assert ff1.decrypt(out, bytes.fromhex(tweak)) == symbols


def to_symbols(number: int) -> list[int]:
    return [number >> shift & 31 for shift in range(60, -1, -5)]


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=10), st.integers(0, (1 << 65) - 1))
def test_the_fast_path_is_the_general_cipher(key, tweak, number):
    fast = FastFF1(key, tweak)

    out = fast.encrypt(number)

    assert to_symbols(out) == FF1(key, 32).encrypt(to_symbols(number), tweak)
    assert fast.decrypt(out) == number


@given(st.binary(min_size=32, max_size=32), st.integers(0, (1 << 63) - 300), st.integers(0, 300))
def test_many_at_once_are_the_same_numbers(key, start, count):
    fast = FastFF1(key, b"item-key-1")

    left, right = fast.encrypt_many(start, count)

    whole = [int(a) << 35 | int(b) for a, b in zip(left, right, strict=True)]
    assert whole == [fast.encrypt(n) for n in range(start, start + count)]
    assert left.dtype == right.dtype == np.uint64


def test_a_long_tweak_and_a_number_too_large_are_refused():
    with pytest.raises(ValueError, match="tweak"):
        FastFF1(bytes(32), bytes(11))
    with pytest.raises(ValueError, match="65 bits"):
        FastFF1(bytes(32), b"").encrypt(1 << 65)
    with pytest.raises(ValueError, match="too short"):
        FF1(bytes(16), 10).encrypt([1, 2, 3, 4, 5])
