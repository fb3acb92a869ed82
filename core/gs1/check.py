"""Check digits of GS1 keys and the check pair of the Global Model Number (pure)."""

from __future__ import annotations

from core.errors import BadInput

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
CSET39 = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CSET64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PAIR_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = frozenset("0123456789")

# The first 97 primes, largest last: weights of the GMN check pair counted from the right (GS1 General Specifications 7.9.5).
_PRIMES = tuple(n for n in range(2, 510) if all(n % d for d in range(2, int(n**0.5) + 1)))[:97]
_GTIN_LENGTHS = (8, 12, 13, 14)


def is_digits(text: str) -> bool:
    """Whether ``text`` is one or more ASCII digits."""
    return bool(text) and DIGITS.issuperset(text)


def check_digit(body: str) -> str:
    """The mod-10 check digit that belongs after ``body`` (weights 3, 1, 3 ... from the right)."""
    if not is_digits(body):
        raise ValueError("a check digit is defined for digits only")
    total = sum(int(char) * (1 if place % 2 else 3) for place, char in enumerate(reversed(body)))
    return str(-total % 10)


def has_check_digit(key: str) -> bool:
    """Whether the last digit of a GTIN, GLN, SSCC or other numeric key is its check digit."""
    return len(key) > 1 and is_digits(key) and check_digit(key[:-1]) == key[-1]


def check_pair(body: str) -> str:
    """The two check characters that belong after the body of a Global Model Number (mod 1021)."""
    if len(body) > len(_PRIMES) or any(char not in CSET82 for char in body):
        raise ValueError("a check pair is defined for up to 97 characters of set 82")
    weights = reversed(_PRIMES[: len(body)])
    total = sum(CSET82.index(char) * weight for char, weight in zip(body, weights, strict=True)) % 1021
    return PAIR_ALPHABET[total >> 5] + PAIR_ALPHABET[total & 31]


def has_check_pair(model_number: str) -> bool:
    """Whether the last two characters of a Global Model Number are its check pair."""
    if not 2 <= len(model_number) <= len(_PRIMES) + 2:
        return False
    if any(char not in CSET82 for char in model_number[:-2]):
        return False
    return check_pair(model_number[:-2]) == model_number[-2:]


def check_gtin(text: str, field: str = "gtin") -> str:
    """The GTIN as 14 digits, or BadInput saying what is wrong; in-store prefixes 20 to 29 are refused."""
    digits = text.strip().replace(" ", "").replace("-", "")
    if not is_digits(digits):
        raise BadInput("商品条码只有数字，请去掉字母和符号。", code="gtin.digits", field=field)
    if len(digits) not in _GTIN_LENGTHS:
        raise BadInput(f"商品条码是 8、12、13 或 14 位，现在是 {len(digits)} 位。", code="gtin.length", field=field)
    if not has_check_digit(digits):
        raise BadInput("商品条码最后一位核对不上，可能有一位抄错。", code="gtin.check", field=field)
    gtin = digits.zfill(14)
    if len(digits) > 8 and gtin[1] == "2":
        raise BadInput(
            "20 到 29 开头的是店内码，只在一家店里有效，不能用在追溯码上。", code="gtin.in_store", field=field
        )
    return gtin
