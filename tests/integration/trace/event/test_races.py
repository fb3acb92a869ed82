"""Eight writers of the same events at the same time store each once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from core.db import db, unit_of_work
from tests.conftest import ClonedDatabase
from tests.factories import event as make

WRITERS, EVENTS = 8, 60


def test_eight_writers_of_the_same_events_store_each_once(cloned_db: ClonedDatabase) -> None:
    organisation = cloned_db.as_user.organisation()
    with cloned_db.app.app_context(), unit_of_work():
        token = make.make_token(organisation)

    def send(writer: int) -> tuple[int, int]:
        numbers = list(range(EVENTS))
        random.Random(writer).shuffle(numbers)
        body = make.document(*(make.make_event(n) for n in numbers))
        client = cloned_db.client()
        sent = client.post("/epcis/capture", data=body, headers=make.bearer(token))
        job = client.get(sent.headers["Location"].partition("8000")[2], headers=make.bearer(token)).get_json()
        assert job["success"], job
        return job["stored"], job["known"]

    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(send, range(WRITERS)))
    with cloned_db.app.app_context():
        events, links = (
            db.session.scalar(text(f"select count(*) from {table}"))
            for table in ("trace_event_event", "trace_event_link")
        )

    assert sum(stored for stored, _ in results) == EVENTS
    assert all(stored + known == EVENTS for stored, known in results)
    assert (events, links) == (EVENTS, 2 * EVENTS)
