"""Errors of the room."""

from __future__ import annotations

from core.errors import NotFound, RuleBroken


class RecallNotFound(NotFound):
    """No such recall, or it is another organisation's."""

    default_code = "recall.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这次召回。", help="请从召回列表重新进入。")


class ScopeFixed(RuleBroken):
    """The scope of a decided recall is only ever widened, by the office."""

    default_code = "recall.scope_fixed"
