"""What load balancers and monitors are told."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from core import clock as core_clock
from core.db import db
from core.health import checks
from core.health.checks import HEARTBEAT_SECONDS, Reading


def _beat(session: Session, age: float) -> None:
    at = core_clock.now() - datetime.timedelta(seconds=age)
    session.execute(text("delete from core_job_heartbeat"))
    session.execute(
        text("insert into core_job_heartbeat (name, beat_at, failure) values ('worker', :at, '')"), {"at": at}
    )


def _check(client: FlaskClient, name: str) -> dict[str, object]:
    return next(c for c in client.get("/readyz").get_json()["checks"] if c["name"] == name)


@pytest.fixture
def only_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks of the core alone: what upper rooms add is their own tests' matter."""
    kept = {name: checks._CHECKS[name] for name in ("database", "worker", "queue")}
    monkeypatch.setattr(checks, "_CHECKS", kept)


def test_healthz_answers_without_asking_the_database(app: Flask, client: FlaskClient) -> None:
    asked: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    answer = client.get("/healthz")
    event.remove(engine, "before_cursor_execute", note)

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert asked == []


@pytest.mark.usefixtures("only_core", "clock")
@pytest.mark.parametrize(
    ("age", "status"), [(HEARTBEAT_SECONDS - 1, 200), (HEARTBEAT_SECONDS, 200), (HEARTBEAT_SECONDS + 1, 503)]
)
def test_it_is_ready_while_the_worker_reports(client: FlaskClient, session: Session, age: float, status: int) -> None:
    _beat(session, age)

    answer = client.get("/readyz")

    assert answer.status_code == status
    assert answer.get_json()["ready"] == (status == 200)
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.usefixtures("only_core")
def test_a_worker_that_never_reported_is_named(client: FlaskClient, session: Session) -> None:
    session.execute(text("delete from core_job_heartbeat"))

    worker = _check(client, "worker")

    assert worker["ok"] is False
    assert "还没有报到" in str(worker["detail"])


@pytest.mark.usefixtures("only_core", "clock")
def test_a_loop_that_fails_is_named(client: FlaskClient, session: Session) -> None:
    _beat(session, 1)
    session.execute(
        text("insert into core_job_heartbeat (name, beat_at, failed_at, failure) values ('log', :at, :at, 'boom')"),
        {"at": core_clock.now()},
    )

    assert "log" in str(_check(client, "worker")["detail"])


@pytest.mark.usefixtures("only_core")
def test_one_failing_check_does_not_hide_the_others(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checks._CHECKS, "broken", _broken)
    monkeypatch.setitem(checks._CHECKS, "fine", lambda: Reading(True, "好", 1.5))

    found = {c["name"]: c for c in client.get("/readyz").get_json()["checks"]}

    assert found["broken"]["ok"] is False
    assert found["fine"] == {"name": "fine", "ok": True, "detail": "好", "value": 1.5}


def _broken() -> Reading:
    raise ValueError("boom")


def test_metrics_are_told_to_this_machine_and_to_nobody_else(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = client.get("/metrics")
    far = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    monkeypatch.setenv("YIDUN_METRICS_TOKEN", "a-long-token")
    known = client.get(
        "/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}, headers={"Authorization": "Bearer a-long-token"}
    )
    wrong = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}, headers={"Authorization": "Bearer a"})

    assert [near.status_code, far.status_code, known.status_code, wrong.status_code] == [200, 404, 200, 404]
    assert "yidun_check_ok_database 1.0" in near.text
    assert "yidun_http_requests_total" in known.text
