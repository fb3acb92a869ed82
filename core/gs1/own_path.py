"""Addresses of goods without a GTIN: ``/id/uscc/{code}/prod/{item}[/lot/{lot}[/ser/{serial}]]`` (pure, TRUST 1).

Read in any case, since a QR holds upper case; written in lower case with upper-case values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.gs1.errors import Malformed

LOT_CHARACTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
_NAMES = ("prod", "lot", "ser")
_LABELS = {"prod": "商品编号", "lot": "批次号", "ser": "编号"}


@dataclass(frozen=True, slots=True)
class OwnPath:
    """Organisation code, item code, and where given lot and serial; all in upper case."""

    code: str
    item: str
    lot: str | None = None
    serial: str | None = None

    def path(self) -> str:
        """The address in the written form."""
        pairs = zip(_NAMES, (self.item, self.lot, self.serial), strict=True)
        return f"/id/uscc/{self.code}" + "".join(f"/{name}/{value}" for name, value in pairs if value)


def check_part(text: str, name: str) -> str:
    """``text`` in upper case if it is 1 to 20 digits, letters and hyphens; else Malformed naming the character."""
    value = text.upper()
    if not 1 <= len(value) <= 20:
        raise Malformed(f"{_LABELS[name]}是 1 到 20 位，这里是 {len(value)} 位。", code="own_path.length", field=name)
    for place, char in enumerate(value, start=1):
        if char not in LOT_CHARACTERS:
            raise Malformed(
                f"{_LABELS[name]}的第 {place} 位“{text[place - 1]}”不是数字、字母或连字符。",
                code="own_path.character",
                field=name,
            )
    return value


def parse(path: str) -> OwnPath:
    """The parts of an address path, or Malformed saying which part is wrong."""
    segments = path.strip("/").split("/")
    if len(segments) not in (5, 7, 9) or [s.lower() for s in segments[:2]] != ["id", "uscc"]:
        raise Malformed("地址不完整，请对照标签重新扫一次。", code="own_path.shape")
    if tuple(s.lower() for s in segments[3::2]) != _NAMES[: (len(segments) - 3) // 2]:
        raise Malformed("地址的顺序不对，请对照标签重新扫一次。", code="own_path.shape")
    code = segments[2].upper()
    if not re.fullmatch(r"[0-9A-Z]{13}|[0-9A-Z]{18}", code):
        raise Malformed(f"生产者代码是 18 位或 13 位，这里是 {len(code)} 位。", code="own_path.code", field="code")
    values = [check_part(value, name) for name, value in zip(_NAMES, segments[4::2], strict=False)]
    return OwnPath(code, *values)
