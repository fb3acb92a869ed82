"""Refusals about mark files."""

from __future__ import annotations

from core.errors import NotFound, register_constraint


class MarkNotFound(NotFound):
    """No such pack or file, or not released."""

    default_code = "mark.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这份标志文件。", help="请从列表重新进入。")


register_constraint("tg_brand_mark_download_frozen", "mark.download_frozen", "下载记录不能改。")
