"""Many who seal, several who think they are the writer, one killed in the middle: one line of trees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.db import db, unit_of_work
from tests.integration.trace.log.test_writer import add
from trace.log import service, writer
from trace.log.fsck import differences
from trace.log.models import LogEntry, StoredCheckpoint


def test_sealers_and_writers_at_the_same_time_give_one_log(cloned_db) -> None:
    def seal(number: int) -> None:
        with cloned_db.app.app_context(), unit_of_work():
            add(3, number * 3)

    def write(_number: int) -> int:
        with cloned_db.app.app_context():
            return sum(writer.integrate() for _ in range(4))

    seal(0)
    with ThreadPoolExecutor(6) as pool:
        sealing = [pool.submit(seal, number) for number in range(1, 16)]
        writing = [pool.submit(write, number) for number in range(3)]
        for work in (*sealing, *writing):
            work.result()
    write(0)

    with cloned_db.app.app_context():
        places = db.session.scalars(select(LogEntry.sequence).order_by(LogEntry.sequence)).all()
        sizes = db.session.scalars(select(StoredCheckpoint.size)).all()
        assert places == list(range(48))
        assert len(sizes) == len(set(sizes))
        assert list(differences(db.session)) == []


@pytest.mark.parametrize("point", ["_keep_promise", "_store"])
def test_a_writer_killed_at_any_point_leaves_a_log_that_goes_on(cloned_db, monkeypatch, point: str) -> None:
    with cloned_db.app.app_context():
        with unit_of_work():
            add(2)
        writer.integrate()
        with unit_of_work():
            add(3, 2)
        with monkeypatch.context() as broken:
            broken.setattr(writer, point, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                writer.integrate()
        with unit_of_work():
            add(1, 5)
        while writer.integrate():
            pass

        assert service.latest_checkpoint(db.session).size == 6
        assert list(differences(db.session)) == []
