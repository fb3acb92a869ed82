"""A withdrawn record stops the sale of its lot in the same transaction; releasing the lot does not lift that."""

from __future__ import annotations

from typing import Any

from admin.demo import cast
from admin.demo.stage import Stage
from admin.demo.story import tell
from core import clock, hooks
from core.db import unit_of_work
from shop.stock import queries as stock
from trace.lot import queries as lots
from trace.signing import service as signing


def free(item_id: int) -> int:
    return stock.available([item_id], None, clock.today())[item_id].pieces


def test_a_withdrawn_record_stops_the_sale_for_good(cloned_db: Any) -> None:
    app = cloned_db.app
    with app.app_context():
        notes = tell(app.config["SETTINGS"], say=lambda *_a, **_k: None)["notes"]
        owner = Stage(password="", notes=notes).actor("coop", cast.COOP, "owner")
        lot = lots.load(notes["apple_lot"], owner)
        item = lot.item_id
        before = free(item)
        with unit_of_work():
            signing.withdraw(lot.id, actor=owner, reason="检测送样弄错，撤回重检", password_confirmed=True)
        after = free(item)
        with unit_of_work():
            for react in hooks.lot_held:
                react(lot_id=lot.id, held=False, reason="", source="trace")

        assert before > 0
        assert after == 0
        assert free(item) == 0
