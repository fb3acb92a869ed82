"""What can go wrong at the packing station, in words for the person holding the scanner."""

from __future__ import annotations

from core.errors import BadInput, Conflict, NotFound, register_constraint

register_constraint(
    "ex_trace_aggregation_content_unit",
    "aggregation.already_packed",
    "这一件刚刚被别人装进另一个箱，请看一看是不是扫重了。",
)
register_constraint(
    "uq_trace_aggregation_content_open_unit",
    "aggregation.already_packed",
    "这一件刚刚被别人装进另一个箱，请看一看是不是扫重了。",
)
register_constraint(
    "ex_trace_aggregation_content_child",
    "aggregation.already_packed",
    "这一箱刚刚被别人放上另一个托盘，请看一看是不是扫重了。",
)
register_constraint(
    "uq_trace_aggregation_content_open_child",
    "aggregation.already_packed",
    "这一箱刚刚被别人放上另一个托盘，请看一看是不是扫重了。",
)
register_constraint("uq_trace_aggregation_unit_sscc", "aggregation.sscc_taken", "这个箱号已经用过，请再新建一次。")


class Unreadable(BadInput):
    """The scanned text is no code of ours."""

    default_code = "aggregation.unreadable"
    title = "没有读到可用的码"


class Refused(Conflict):
    """The thing cannot go into (or out of) this box now; the code says why."""

    default_code = "aggregation.refused"
    title = "不能装"


class BoxNotFound(NotFound):
    """No such carton or pallet of this organisation."""

    def __init__(self) -> None:
        super().__init__(
            "没有找到这个箱。", code="aggregation.box_not_found", help="从“装箱”列表重新进入，或先新建一箱。"
        )
