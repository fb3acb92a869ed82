"""Keys, net content and addresses of trade items (pure)."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from core.errors import BadInput
from core.identifiers import normalise_text

MAX_NET_CONTENT_G = 1_000_000
_OWN_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{0,19}")
_LOT_NO = re.compile(r"[0-9A-Z-]{1,20}")


def plain(text: str) -> str:
    """A short code as typed: NFKC, upper case, no blanks."""
    return unicodedata.normalize("NFKC", normalise_text(text)).upper().replace(" ", "")


def own_code(text: str) -> str:
    """The owner's own item code: 1 to 20 of 0-9 A-Z and hyphen; BadInput otherwise.

    It stands in an address and in a QR code, so nothing that would need escaping is let in.
    """
    code = plain(text)
    if not _OWN_CODE.fullmatch(code):
        raise BadInput(
            "自编代码用 1 到 20 位数字、大写字母和短横，不以短横开头，例如 FJ-5KG。",
            code="item.own_code",
            field="own_code",
        )
    return code


def lot_no(text: str, field: str = "lot_no") -> str:
    """A lot number that fits AI 10 and the QR alphanumeric mode: 1 to 20 of 0-9 A-Z and hyphen."""
    code = plain(text)
    if not _LOT_NO.fullmatch(code):
        raise BadInput("批号用 1 到 20 位数字、大写字母和短横，例如 26101701。", code="lot.number_shape", field=field)
    return code


def net_content_g(kilograms: str, field: str = "net_content_g") -> int:
    """Whole grams of a net content typed in kg; BadInput when malformed, zero, negative or beyond one tonne."""
    try:
        value = Decimal(unicodedata.normalize("NFKC", normalise_text(kilograms))) * 1000
    except InvalidOperation:
        raise BadInput("净含量写成数字，例如 5 或 2.5。", code="item.net_content", field=field) from None
    return check_net_content(value, field)


def check_net_content(grams: Decimal | int, field: str = "net_content_g") -> int:
    """Whole grams from 1 to one tonne, or BadInput."""
    value = Decimal(grams)
    if not value.is_finite() or value <= 0:
        raise BadInput("净含量要大于 0。", code="item.net_content", field=field)
    if value != value.to_integral_value():
        raise BadInput("净含量精确到克，请去掉多余的小数。", code="item.net_content", field=field)
    if value > MAX_NET_CONTENT_G:
        raise BadInput("净含量超过 1 吨，请核对单位是不是公斤。", code="item.net_content", field=field)
    return int(value)


def item_uri(*, identity_host: str, gtin: str | None, owner_code: str, code: str | None) -> str:
    """The canonical address of an item: GS1 Digital Link where it has a GTIN, else on the identity host (TRUST 1)."""
    if gtin:
        return f"https://id.gs1.org/01/{gtin}"
    return f"https://{identity_host}/id/uscc/{owner_code}/prod/{code}"


def lot_uri(item: str, number: str) -> str:
    """The canonical address of a lot of the item with address ``item``."""
    return f"{item}/10/{number}" if item.startswith("https://id.gs1.org/01/") else f"{item}/lot/{number}"
