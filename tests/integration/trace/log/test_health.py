"""The log is part of being ready."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from trace.log import health


@pytest.mark.parametrize(("lag", "ok"), [(14.9, True), (15.0, True), (15.1, False)])
def test_it_is_ready_while_the_log_keeps_up(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, lag: float, ok: bool
) -> None:
    monkeypatch.setattr(health, "lag_seconds", lambda: lag)

    checks = {c["name"]: c for c in client.get("/readyz").get_json()["checks"]}

    assert (checks["log"]["ok"], checks["log"]["value"]) == (ok, lag)


def test_an_empty_log_keeps_up(client: FlaskClient) -> None:
    checks = {c["name"]: c for c in client.get("/readyz").get_json()["checks"]}

    assert checks["log"]["ok"] is True
