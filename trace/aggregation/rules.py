"""What may go into a box, come out of it, and when it may be closed, taken apart or shipped (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from trace.aggregation.errors import Refused

LARGEST_ORDER = 500
MAX_CAPACITY = 10_000


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """A carton or pallet under its row lock."""

    kind: str
    number: str
    capacity: int
    count: int
    closed: bool = False
    dissolved: bool = False
    shipped: bool = False
    lot_no: str = ""


@dataclass(frozen=True, slots=True)
class ThingFacts:
    """What was scanned: a unit or a box.  ``inside`` is the number of the box it is in now, '' where in none."""

    kind: str
    issued: bool = True
    own: bool = True
    lot_no: str = ""
    lot_state: str = "sealed"
    voided: bool = False
    inside: str = ""
    inside_this: bool = False
    closed: bool = True
    dissolved: bool = False
    shipped: bool = False
    gone: str = ""


def check_put(box: BoxFacts, thing: ThingFacts) -> None:
    """Return if the thing may go into the box now; Refused says the first reason in plain words and what to do."""
    _check_open(box)
    if not thing.own or not thing.issued:
        raise Refused(
            "这个码不是本单位发的。",
            code="aggregation.foreign",
            help="看看是不是别家的货；拿不准就放到一边，问负责人。",
        )
    if box.kind == "pallet" and thing.kind == "unit":
        raise Refused("托盘上放整箱，不放单件。", code="aggregation.unit_on_pallet", help="先装箱，再扫箱签。")
    if box.kind == "carton" and thing.kind != "unit":
        raise Refused("箱里装单件，不装箱子。", code="aggregation.box_in_carton", help="扫单件标签上的二维码。")
    if thing.inside_this:
        raise Refused("这一件已经在这个箱里。", code="aggregation.same_box", help="扫重了，接着扫下一件。")
    if thing.inside:
        raise Refused(
            f"已经装在 {thing.inside} 里。", code="aggregation.already_packed", help="要换箱，先从原来的箱里取出。"
        )
    _check_goods(box, thing)
    if box.count >= box.capacity:
        raise Refused(f"这个箱满了，定的是 {box.capacity} 件。", code="aggregation.full", help="封箱，再开下一箱。")


def _check_goods(box: BoxFacts, thing: ThingFacts) -> None:
    if thing.voided:
        raise Refused("这个编号已经作废。", code="aggregation.voided", help="把标签撕下销毁，给这件货换一张新标签。")
    if thing.gone:
        words = "销毁" if thing.gone == "destroyed" else "售出"
        raise Refused(f"这一件已登记{words}。", code="aggregation.gone", help="放到一边，问负责人。")
    if thing.lot_state == "held":
        raise Refused("这一批已召回或停售，不能装箱。", code="aggregation.recalled", help="整件放到待处理区，等通知。")
    if thing.lot_state == "cancelled":
        raise Refused("这一批已经作废。", code="aggregation.lot_cancelled", help="放到一边，问负责人。")
    if thing.kind == "unit" and box.lot_no and thing.lot_no != box.lot_no:
        raise Refused(
            f"这是批次 {thing.lot_no} 的，这个箱只装批次 {box.lot_no}。", code="aggregation.other_lot",
            help="放进对应批次的箱；要混装就新建“不限批次”的箱。",
        )  # fmt: skip
    if thing.kind != "unit" and (not thing.closed or thing.dissolved):
        raise Refused("这一箱还没有封，或已经拆开。", code="aggregation.child_open", help="先封箱，再放上托盘。")
    if thing.shipped:
        raise Refused("这一箱已经发货。", code="aggregation.child_shipped", help="看看是不是扫错了箱。")


def _check_open(box: BoxFacts) -> None:
    if box.dissolved:
        raise Refused("这个箱已经拆开，不再用了。", code="aggregation.dissolved", help="新建一箱。")
    if box.closed:
        raise Refused("这个箱已经封了。", code="aggregation.closed", help="要改就拆箱重装，或新建一箱。")


def check_take(box: BoxFacts, *, inside: bool) -> None:
    """Return if the thing may come out of the box: it is in it, and the box has not left the house."""
    if box.shipped:
        raise Refused("这个箱已经发货，不能再取。", code="aggregation.shipped", help="退回来以后按退货处理。")
    if not inside:
        raise Refused("这一件不在这个箱里。", code="aggregation.not_inside", help="看看箱号，或扫它现在在的箱。")


def check_close(box: BoxFacts) -> None:
    """Return if the box may be closed: open and not empty."""
    _check_open(box)
    if box.count == 0:
        raise Refused("箱里还没有东西。", code="aggregation.empty", help="先扫要装的件。")


def check_dissolve(box: BoxFacts, *, inside: str) -> None:
    """Return if the box may be taken apart for good: closed, not shipped, not on a pallet."""
    if box.dissolved or not box.closed:
        raise Refused("只有封好的箱才用拆。", code="aggregation.not_closed", help="没封的箱直接取出就行。")
    if box.shipped:
        raise Refused("这个箱已经发货，不能拆。", code="aggregation.shipped", help="退回来以后按退货处理。")
    if inside:
        raise Refused(f"这个箱在托盘 {inside} 上。", code="aggregation.on_pallet", help="先从托盘上取下。")


def check_ship(box: BoxFacts, *, inside: str, held: bool) -> None:
    """Return if the box may leave the house: closed, whole, not inside another, nothing recalled in it."""
    if box.dissolved or not box.closed:
        raise Refused(f"{box.number} 还没有封好。", code="aggregation.not_closed", help="先封箱，再发货。")
    if box.shipped:
        raise Refused(f"{box.number} 已经发过货。", code="aggregation.shipped", help="从列表里去掉它。")
    if inside:
        raise Refused(f"{box.number} 在托盘 {inside} 上。", code="aggregation.on_pallet", help="整托发货，选托盘。")
    if held:
        raise Refused(
            f"{box.number} 里有已召回或停售的批次。", code="aggregation.recalled", help="不能发，放到待处理区。"
        )
