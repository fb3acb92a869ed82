"""Numbers and addresses of cartons and pallets (pure).

SSCC (GS1 General Specifications 2.2.1, AI 00): extension digit, company prefix, serial reference, check digit, 18 in all.
A firm without a GS1 prefix gets a letter, nine digits and their check digit, named below its own code on our host.
"""

from __future__ import annotations

from core.errors import Conflict
from core.gs1.check import check_digit, has_check_digit, is_digits

SSCC_DIGITS = 18
OWN_DIGITS = 9
LETTERS = {"carton": "C", "pallet": "P"}


def capacity(prefix: str) -> int:
    """How many SSCCs a company prefix gives: ten extension digits times what the prefix leaves of sixteen digits."""
    return int(10 ** (17 - len(prefix)))


def sscc(prefix: str, reference: int) -> str:
    """The SSCC of a reference counted from 0; Conflict where the prefix is used up."""
    if not (is_digits(prefix) and 4 <= len(prefix) <= 12):
        raise ValueError("a GS1 company prefix has 4 to 12 digits")
    if not 0 <= reference < capacity(prefix):
        raise Conflict(
            "这个厂商识别代码的箱号已经用完。", code="aggregation.sscc_used_up", help="向编码中心再申请一个代码。"
        )
    room = 16 - len(prefix)
    extension, serial = divmod(reference, 10**room)
    body = f"{extension}{prefix}{serial:0{room}d}"
    return body + check_digit(body)


def own_number(kind: str, reference: int) -> str:
    """The own number of a reference: C or P, nine digits, check digit."""
    if not 0 <= reference < 10**OWN_DIGITS:
        raise Conflict("本单位的箱号已经用完。", code="aggregation.numbers_used_up", help="请联系平台管理员。")
    body = f"{reference:0{OWN_DIGITS}d}"
    return LETTERS[kind] + body + check_digit(body)


def is_sscc(text: str) -> bool:
    """Whether the text is 18 digits with the right check digit."""
    return len(text) == SSCC_DIGITS and has_check_digit(text)


def is_own_number(text: str) -> bool:
    """Whether the text is one of our own numbers with the right check digit."""
    return len(text) == OWN_DIGITS + 2 and text[0] in LETTERS.values() and has_check_digit(text[1:])


def uri(code: str, *, identity_host: str, owner_code: str) -> str:
    """The canonical name of a logistic unit: GS1's for an SSCC, else an address below our identity host."""
    if is_sscc(code):
        return f"https://id.gs1.org/00/{code}"
    return f"https://{identity_host}/id/uscc/{owner_code}/box/{code}"


def link(code: str, *, origin: str, owner_code: str) -> str:
    """What the QR on the box carries, in upper case so that it stays small."""
    path = f"/00/{code}" if is_sscc(code) else f"/ID/USCC/{owner_code}/BOX/{code}"
    return (origin.rstrip("/") + path).upper()


def spaced(code: str) -> str:
    """The number as it is read aloud: an SSCC as prefix-free groups of four, an own number in threes."""
    if is_sscc(code):
        return " ".join([code[:2], *(code[at : at + 4] for at in range(2, 18, 4))])
    return f"{code[0]} {code[1:4]} {code[4:7]} {code[7:]}"
