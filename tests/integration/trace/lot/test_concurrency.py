"""Two packers at the same moment: one lot of fruit is never given away twice."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select

from core.db import db, unit_of_work
from core.errors import DomainError
from tests.factories import trace as grow
from trace.lot import service
from trace.lot.models import Lot
from trace.season.models import Season


@pytest.fixture
def grown(cloned_db):
    with cloned_db.app.app_context(), unit_of_work():
        made = grow.make_packed_lot(harvested_g=1_000_000, taken_g=5_000, pieces=1)
        return {
            "organisation": made.organisation.id, "raw": made.raw.id, "box": made.box.id, "season": made.season.id,
            "loose": made.loose.id, "actor": made.actor,
        }  # fmt: skip


def at_once(app, deed, count):
    """Run ``deed(i)`` in ``count`` threads that start together; the outcomes in any order."""
    start, outcomes = threading.Barrier(count), []

    def run(i):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    deed(i)
                outcomes.append("done")
            except DomainError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_of_two_packers_who_both_want_the_last_fruit_one_gets_it(cloned_db, grown):
    def pack(_i):
        raw = db.session.get_one(Lot, grown["raw"])
        service.pack(grown["actor"], item_id=grown["box"], sources=[(raw, 600_000)], pieces=120)

    outcomes = at_once(cloned_db.app, pack, 2)

    assert sorted(outcomes) == ["done", "lot.short"]
    with cloned_db.app.app_context():
        raw = db.session.get_one(Lot, grown["raw"])
        assert raw.used_g == 605_000
        assert raw.remainder_g == 395_000


def test_eight_packers_take_what_there_is_and_numbers_stay_unique(cloned_db, grown):
    def pack(_i):
        raw = db.session.get_one(Lot, grown["raw"])
        service.pack(
            grown["actor"], item_id=grown["box"], sources=[(raw, 200_000)], pieces=40, packed_on=date(2026, 11, 1)
        )

    outcomes = at_once(cloned_db.app, pack, 8)

    assert outcomes.count("done") == 4
    assert outcomes.count("lot.short") == 4
    with cloned_db.app.app_context():
        raw = db.session.get_one(Lot, grown["raw"])
        made = db.session.scalars(select(Lot).where(Lot.made_on == date(2026, 11, 1))).all()
        assert raw.used_g == 5_000 + sum(lot.mass_g + lot.packing_loss_g for lot in made)
        assert sorted(lot.lot_no for lot in made) == ["26110101", "26110102", "26110103", "26110104"]


def test_one_harvest_day_is_received_once_however_many_press_the_button(cloned_db, grown):
    with cloned_db.app.app_context(), unit_of_work():
        from trace.season import service as seasons

        season = db.session.get_one(Season, grown["season"])
        seasons.add_harvest(season, grown["actor"], done_on=date(2026, 10, 20), mass_g=300_000)

    def receive(_i):
        season = db.session.get_one(Season, grown["season"])
        service.receive_harvest(grown["actor"], item_id=grown["loose"], sources=[(season, date(2026, 10, 20), 200_000)])

    outcomes = at_once(cloned_db.app, receive, 3)

    assert sorted(outcomes) == ["done", "lot.short", "lot.short"]
