"""What a code's address says: product, lot, serial, in either form and either case (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from core.gs1 import digital_link, own_path
from core.gs1.errors import Malformed
from core.gs1.table import identifiers
from trace.code import serial as serials

PREFIXES = ("/01/", "/id/uscc/")
# What our labels carry, in the canonical form: read by one match, everything else goes the long way.
_OWN_SHORTCUT = re.compile(
    r"/ID/USCC/([0-9A-Z]{13}|[0-9A-Z]{18})/PROD/([0-9A-Z-]{1,20})/LOT/([0-9A-Z-]{1,20})/SER/([0-9A-HJKMNP-TV-Z]{13})"
)
_GTIN_SHORTCUT = re.compile(r"/01/([0-9]{14})(?:/10/([0-9A-Z-]{1,20}))?(?:/21/([0-9A-HJKMNP-TV-Z]{13}))?/?")


@dataclass(frozen=True, slots=True)
class Address:
    """The product's key (a GTIN, or organisation code and own code), and where given lot and serial."""

    gtin: str = ""
    code: str = ""
    own_code: str = ""
    lot: str | None = None
    serial: str | None = None

    @property
    def product_path(self) -> str:
        return f"/01/{self.gtin}" if self.gtin else f"/id/uscc/{self.code}/prod/{self.own_code}"

    def path(self, *, lot: str | None = None, serial: str | None = None) -> str:
        """The written form of this product with the given lot and serial."""
        lot_name, serial_name = ("/10/", "/21/") if self.gtin else ("/lot/", "/ser/")
        path = self.product_path
        if lot:
            path += lot_name + lot
        return path + serial_name + serial if serial else path


def is_code_path(path: str) -> bool:
    """Whether an address belongs to the code page."""
    return path.startswith("/01/") or path[:9].lower() == "/id/uscc/"


def parse(path: str) -> Address:
    """The parts of ``path`` (still percent-coded), or BadInput saying which character to look at."""
    own = _OWN_SHORTCUT.fullmatch(path)
    if own is not None:
        return Address("", *own.groups())
    match = _GTIN_SHORTCUT.fullmatch(path)
    if match is not None and identifiers()["01"].accepts(match[1]):
        return Address(gtin=match[1], lot=match[2], serial=match[3])
    if path[:4] == "/01/":
        return _digital_link(path.rstrip("/"))
    found = own_path.parse(unquote(path))
    serial = serials.normalise(found.serial) if found.serial else None
    return Address(code=found.code, own_code=found.item, lot=found.lot, serial=serial)


def _digital_link(path: str) -> Address:
    gtin = path.split("/")[2]
    if not (gtin.isdigit() and gtin.isascii()) or len(gtin) != 14:
        raise Malformed(f"商品条码在地址里是 14 位数字，这里是“{gtin[:20]}”。", code="gs1.value", field="gtin")
    if not identifiers()["01"].accepts(gtin):
        raise Malformed("商品条码最后一位核对不上，可能有一位抄错。", code="gs1.value", field="gtin")
    link = digital_link.parse("https://id.gs1.org" + path)
    lot, serial = link.get("10"), link.get("21")
    # A lot number of other characters is good Digital Link, only none of ours: it walks up to the product.
    return Address(gtin=gtin, lot=lot.upper() if lot else None, serial=serials.normalise(serial) if serial else None)
