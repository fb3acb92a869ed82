"""Mail and SMS through a gateway: sent once, tried again, given up after five times."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from core.db import db
from core.job.service import LOOPS, TASKS
from core.notice import jobs, service
from core.notice.models import Outgoing


@pytest.fixture
def gateway(session: Any, app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Both gateways set, nothing really sent: what would be sent is kept."""
    settings = dataclasses.replace(
        app.config["SETTINGS"], mail_url="smtp://mail.example:25", sms_url="https://sms.example/send"
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(jobs, "_mail", lambda _url, to, subject, text: sent.append(("mail", to, subject, text)))
    monkeypatch.setattr(jobs, "_sms", lambda _url, to, text: sent.append(("sms", to, text)))
    return sent


def test_what_is_queued_is_sent_once(gateway: Any) -> None:
    service.deliver("sms", "13800138000", "验证码", "123456")
    service.deliver("mail", "someone@example.org", "验证码", "654321")
    db.session.flush()
    jobs.hand_over()
    jobs.hand_over()
    assert gateway == [("sms", "13800138000", "123456"), ("mail", "someone@example.org", "验证码", "654321")]
    assert {row.status for row in db.session.query(Outgoing)} == {"sent"}


def test_a_gateway_that_fails_is_tried_five_times(gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("unreachable")

    monkeypatch.setattr(jobs, "_sms", refuse)
    row = service.deliver("sms", "13800138000", "验证码", "123456")
    db.session.flush()
    seen = []
    for _ in range(6):
        jobs.hand_over()
        db.session.refresh(row)
        seen.append((row.status, row.tries))
    assert seen == [("queued", 1), ("queued", 2), ("queued", 3), ("queued", 4), ("failed", 5), ("failed", 5)]
    assert row.failure == "OSError"


def test_an_sms_gateway_must_be_a_web_address() -> None:
    with pytest.raises(ValueError, match="http"):
        jobs._sms("file:///etc/passwd", "1", "x")


def test_the_worker_knows_the_loop_and_the_daily_tasks(app: Any) -> None:
    assert "notice.outgoing" in LOOPS
    assert {"notice.forget", "licence.expire"} <= set(TASKS)
