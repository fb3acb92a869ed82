"""What can go wrong around code series."""

from __future__ import annotations

from core.errors import NotFound, RuleBroken, register_constraint

register_constraint(
    "ex_trace_code_series_units", "code.range_taken", "有人正在给同一商品赋码，这一段编号已经用掉，请再试一次。"
)
register_constraint("ex_trace_code_void_units", "code.already_void", "这一段里有编号刚刚被作废，请刷新再试。")
for _kind in ("sold", "destroyed"):
    register_constraint(
        f"ex_trace_code_departure_{_kind}", "code.gone", "这一段里有编号刚刚登记过售出或销毁，请刷新再试。"
    )


class SeriesNotFound(NotFound):
    """No such series of this organisation."""

    def __init__(self) -> None:
        super().__init__("没有找到这个赋码批。", code="code.series_not_found", help="请从赋码批列表重新进入。")


class CannotIssue(RuleBroken):
    """The lot may not get codes now; ``unmet`` lists everything."""

    default_code = "code.cannot_issue"
