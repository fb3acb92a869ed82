"""What a scanner or a camera read, as one of three things: a printed unit, a box, or nothing of ours (pure).

Understands addresses of both kinds in any case, SSCC as bare digits, element string or with a symbology prefix (]C1, ]Q3),
and a serial typed by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from core.errors import DomainError
from core.gs1 import digital_link, own_path
from trace.aggregation import numbers
from trace.aggregation.errors import Unreadable
from trace.code import serial as serials

LONGEST = 300
_BOX = re.compile(r"/ID/USCC/([0-9A-Z]{13}|[0-9A-Z]{18})/BOX/([CP][0-9]{10})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UnitCode:
    """A unit: by GTIN, by owner and own code, or (typed by hand) by its serial alone."""

    serial: str
    gtin: str = ""
    owner_code: str = ""
    own_code: str = ""
    lot_no: str = ""


@dataclass(frozen=True, slots=True)
class BoxCode:
    """A carton or pallet: an SSCC, or an own number with its owner's code where the address says it."""

    code: str
    owner_code: str = ""


def read(text: str) -> UnitCode | BoxCode:
    """What the scanned text names; Unreadable says in plain words why it names nothing."""
    plain = text.strip().strip("\x1d")
    plain = re.sub(r"^\][A-Za-z][0-9A-Za-z]", "", plain)
    if not plain or len(plain) > LONGEST:
        raise Unreadable("没有读到码。", help="对准二维码再扫一次，或手输 13 位编号。")
    if "://" in plain:
        return _address(plain)
    return _bare(re.sub(r"[\s()\x1d]", "", plain).upper())


def _bare(text: str) -> UnitCode | BoxCode:
    if len(text) == 20 and text.startswith("00"):
        text = text[2:]
    if numbers.is_sscc(text) or numbers.is_own_number(text):
        return BoxCode(text)
    if len(text) == numbers.SSCC_DIGITS and text.isdigit():
        raise Unreadable("箱号最后一位核对不上，可能有一位抄错。", help="对照箱签再输一次。")
    try:
        return UnitCode(serials.normalise(text))
    except DomainError as error:
        raise Unreadable(error.message, help="单品输 13 位编号，箱子输箱签上的号码。") from None


def _address(text: str) -> UnitCode | BoxCode:
    path = _path(text)
    if (box := _BOX.fullmatch(path.rstrip("/"))) is not None:
        code = box[2].upper()
        if not numbers.is_own_number(code):
            raise Unreadable("箱号最后一位核对不上。", help="对照箱签再扫一次。")
        return BoxCode(code, box[1].upper())
    try:
        return _own(path) if path[:9].lower() == "/id/uscc/" else _gs1(text)
    except Unreadable:
        raise
    except DomainError:
        raise Unreadable("这不是本平台的追溯码。", help="扫标签上的二维码，不要扫快递单或付款码。") from None


def _path(text: str) -> str:
    try:
        return unquote(urlsplit(text).path)
    except ValueError:  # a bracket out of place in the host
        return ""


def _own(path: str) -> UnitCode:
    own = own_path.parse(path)
    if own.serial is None:
        raise Unreadable("这是整批的码，不是单件的码。", help="扫每件标签上的二维码。")
    return UnitCode(serials.normalise(own.serial), owner_code=own.code, own_code=own.item, lot_no=own.lot or "")


def _gs1(text: str) -> UnitCode | BoxCode:
    link = digital_link.parse(text.replace("HTTP://", "http://").replace("HTTPS://", "https://"))
    if (sscc := link.get("00")) is not None:
        return BoxCode(sscc)
    gtin, serial = link.get("01"), link.get("21")
    if gtin is None or serial is None:
        raise Unreadable("这个码里没有单件编号。", help="扫每件标签上的二维码。")
    return UnitCode(serials.normalise(serial), gtin=gtin, lot_no=link.get("10") or "")
