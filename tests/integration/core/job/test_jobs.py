"""Jobs are deferred in the business transaction and run in a unit of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from core.db import db, unit_of_work
from core.job import service
from core.job.queries import worker_state

RAN: list[int] = []


def _note(number: int) -> None:
    RAN.append(number)


@pytest.fixture(autouse=True)
def _task() -> Iterator[None]:
    RAN.clear()
    service.TASKS["test.note"] = _note
    yield
    del service.TASKS["test.note"]


def waiting() -> int:
    return (
        db.session.scalar(
            text("select count(*) from procrastinate_jobs where status = 'todo' and task_name = 'test.note'")
        )
        or 0
    )


def _defer_and_fail() -> None:
    with unit_of_work():
        service.defer("test.note", number=1)
        raise ValueError("no")


def test_a_job_is_queued_with_its_transaction_and_gone_with_it(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        with pytest.raises(ValueError, match="no"):
            _defer_and_fail()
        assert waiting() == 0
        with unit_of_work():
            service.defer("test.note", number=2)
        assert waiting() == 1
        assert worker_state().waiting >= 1
        db.session.rollback()
        service.run_waiting()
        assert RAN == [2]
        assert waiting() == 0


def test_an_unknown_task_is_a_defect(cloned_db: Any) -> None:
    with cloned_db.app.app_context(), pytest.raises(LookupError):
        service.defer("nobody.knows")


def test_a_worker_nobody_saw_is_told_as_such(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        assert worker_state().heartbeat_age is None
