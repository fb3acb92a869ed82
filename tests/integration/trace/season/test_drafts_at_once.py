"""A phone that sends a draft over two connections at once, and two offices that issue a certificate at once."""

from __future__ import annotations

import threading
import uuid
from datetime import date

from sqlalchemy import func, select

from core import clock
from core.db import db, unit_of_work
from core.errors import DomainError
from tests.factories import trace as grow
from trace.inspection import certificates
from trace.inspection.models import Certificate
from trace.lot.models import Lot
from trace.season import service
from trace.season.models import Entry, Season


def _at_once(app, work, count=4):
    """``work()`` in so many threads, each in a unit of its own; what they returned or refused."""
    start, results = threading.Barrier(count), []

    def run():
        with app.app_context(), clock.frozen(clock.now()):
            start.wait()
            try:
                with unit_of_work():
                    results.append(work())
            except DomainError as error:
                results.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_draft_sent_four_times_at_once_is_one_line(cloned_db, clock):
    with cloned_db.app.app_context(), unit_of_work():
        actor = grow.actor_of(grow.make_organisation())
        number = grow.make_season(actor, grow.make_plot(actor)).id
    key = uuid.uuid4()

    def send():
        season = db.session.get(Season, number)
        line = service.plain_line(season, kind="work", done_on=date(2026, 5, 18), summary="疏果")
        return service.write_line(season, actor, line, draft_key=key).no

    assert _at_once(cloned_db.app, send) == [1, 1, 1, 1]
    with cloned_db.app.app_context():
        assert db.session.scalar(select(func.count(Entry.id))) == 1


def test_a_lot_gets_one_certificate_whoever_asks_at_once(cloned_db, clock):
    with cloned_db.app.app_context(), unit_of_work():
        grown = grow.make_packed_lot()
        lot_id, actor = grown.packed.id, grown.actor

    def issue():
        return certificates.issue_certificate(actor, lot=db.session.get(Lot, lot_id), bases=["control"]).issue

    found = _at_once(cloned_db.app, issue)

    assert found.count(1) == 1
    with cloned_db.app.app_context():
        assert db.session.scalar(select(func.count(Certificate.id))) == 1
