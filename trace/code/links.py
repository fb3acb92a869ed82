"""The address a code carries: upper case, so that a QR needs its small alphanumeric mode (pure)."""

from __future__ import annotations

from core.gs1.check import check_gtin
from core.gs1.own_path import check_part


def unit_prefix(origin: str, *, gtin: str | None, owner_code: str, own_code: str | None, lot_no: str) -> str:
    """Everything of a unit's address before the serial, in upper case."""
    lot = check_part(lot_no, "lot")
    if gtin is not None:
        path = f"/01/{check_gtin(gtin)}/10/{lot}/21/"
    else:
        path = f"/ID/USCC/{owner_code}/PROD/{check_part(own_code or '', 'prod')}/LOT/{lot}/SER/"
    return (origin.rstrip("/") + path).upper()
