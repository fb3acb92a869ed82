"""Refusals around links."""

from __future__ import annotations

from core.errors import NotFound, register_constraint

register_constraint(
    "uq_trace_resolver_link_live", "resolver.link_exists", "这个商品已经有同样的链接，不用再加。", "href"
)


class LinkNotFound(NotFound):
    """No such live link of this organisation."""

    def __init__(self) -> None:
        super().__init__("没有找到这条链接。", code="resolver.link_not_found", help="请从链接列表重新进入。")
