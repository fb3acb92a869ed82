"""What an order page shows of each line: the record slip of its lot, as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core import clock
from shop.catalogue.rules import unit_price_text
from shop.catalogue.show import slip
from shop.order.models import Order, OrderLine
from shop.stock import lots


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its slip: kind, version, day, address of the record."""

    line: OrderLine
    kind: str
    version: int | None
    on: date | None
    url: str
    note: str
    per_jin: str


def lines_of(order: Order) -> list[LineView]:
    """Every line beside the present state of its lot's record; the address is that of the record at ordering."""
    facts, today, views = lots.facts([x.lot_id for x in order.lines]), clock.today(), []
    for line in order.lines:
        record, lot = lots.record_of(line.lot_id), facts.get(line.lot_id)
        stopped = lot is not None and lot.held
        kind, version, on = slip(record, stopped=stopped, licence_until=lot.licence_until if lot else None, today=today)
        note = f"批次 {line.lot_no}"
        if kind == "corrected":
            note += "，可看更正前后"
        elif line.harvested_on is not None:
            note += f"，{line.harvested_on.month}月{line.harvested_on.day}日采收"
        current = str(record.public_id) if record is not None else line.record_id
        views.append(
            LineView(
                line, kind, version, on, lots.record_url(current), note, unit_price_text(line.price_fen, line.net_g)
            )
        )
    return views
