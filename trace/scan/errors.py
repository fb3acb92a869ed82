"""Refusals of the code page."""

from __future__ import annotations

from core.errors import NotFound


class NotAUnit(NotFound):
    """The address names no unit with a covered code."""

    def __init__(self) -> None:
        super().__init__("这个编号没有防伪码可查。", code="scan.no_covered_code", help="请核对标签，再扫一次二维码。")
