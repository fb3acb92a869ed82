"""Eight enterprises press at once: nobody is promised a seat twice, and the database would refuse it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from brand.matrix.service import establish_matrix
from brand.promotion.models import Enrolment
from core import clock as core_clock
from core.db import db, unit_of_work
from core.ui.once import new_key
from tests.factories import promotion as make


def test_two_users_at_once_never_get_one_seat_and_leaving_at_once_fills_every_seat(cloned_db: Any, clock: Any) -> None:
    clerk = cloned_db.as_user("brand_clerk")
    with cloned_db.app.app_context(), unit_of_work():
        establish_matrix(clerk.actor)
        event = make.make_event(clerk.actor, capacity=3)
        address, event_id = f"/enterprise/promotion/{event.public_id}", event.id
    owners = [cloned_db.as_user("owner") for _ in range(8)]
    moment = core_clock.now()

    def together(deeds: list[Any]) -> list[int]:
        gate, answers = threading.Barrier(len(deeds)), [0] * len(deeds)

        def run(n: int) -> None:
            with core_clock.frozen(moment):
                gate.wait()
                answers[n] = deeds[n]().status_code

        threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return answers

    sent = together(
        [lambda o=o: o.post(address, data={"goods": "示例苹果", "people": "1", "once": new_key()}) for o in owners]
    )

    assert sent == [302] * 8
    seated, waiting = _places(cloned_db, event_id)
    assert sorted(seat for _, seat in seated) == [1, 2, 3]
    assert len(waiting) == 5
    clients = {o.actor.organisation_id: o for o in owners}
    leaving = [clients[org] for org, _ in seated[:2]] + [clients[waiting[0]]]

    def leave(client: Any) -> Any:
        with cloned_db.app.app_context():
            place = db.session.scalar(
                select(Enrolment.public_id).where(Enrolment.organisation_id == client.actor.organisation_id)
            )
        url = f"/enterprise/promotion/places/{place}/withdraw"
        return client.post(url, data={"move": "withdraw", "sure": "1", "once": new_key()})

    assert together([lambda c=c: leave(c) for c in leaving]) == [302] * 3
    seated, waiting = _places(cloned_db, event_id)
    assert sorted(seat for _, seat in seated) == [1, 2, 3]
    assert len(waiting) == 2
    with cloned_db.app.app_context():
        for wrong in (
            "update brand_promotion_enrolment set seat_no = 4 where seat_no = 3",
            "update brand_promotion_enrolment set seat_no = 1 where seat_no = 3",
            "update brand_promotion_event set capacity = 2",
            "update brand_promotion_event set capacity = null",
        ):
            with pytest.raises(IntegrityError), db.session.begin_nested():
                db.session.execute(text(wrong))
        db.session.rollback()


def _places(cloned_db: Any, event_id: int) -> tuple[list[tuple[int, int]], list[int]]:
    with cloned_db.app.app_context():
        rows = db.session.execute(
            select(Enrolment.organisation_id, Enrolment.seat_no, Enrolment.state)
            .where(Enrolment.event_id == event_id, Enrolment.state.in_(("confirmed", "waiting")))
            .order_by(Enrolment.enrolled_at, Enrolment.id)
        ).all()
    return [(r[0], r[1]) for r in rows if r[2] == "confirmed"], [r[0] for r in rows if r[2] == "waiting"]
