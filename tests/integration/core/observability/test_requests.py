"""Every answer carries an id that is in the log too; a stranger cannot choose it."""

from __future__ import annotations

import logging
import re

import pytest
from flask.testing import FlaskClient


def test_every_answer_has_an_id_of_its_own(client: FlaskClient) -> None:
    ids = [client.get("/healthz").headers["X-Request-ID"] for _ in range(3)]

    assert all(re.fullmatch(r"[0-9A-F]{16}", one) for one in ids)
    assert len(set(ids)) == 3


def test_an_id_given_by_a_stranger_is_not_taken_over(client: FlaskClient) -> None:
    given = "0123456789ABCDEF"

    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


def test_a_refusal_carries_the_id_in_the_page_and_in_the_problem(client: FlaskClient) -> None:
    page = client.get("/no/such/page")
    problem = client.get("/no/such/page", headers={"Accept": "application/problem+json"})

    assert page.status_code == problem.status_code == 404
    request_id = page.headers["X-Request-ID"]
    assert request_id in re.sub(r"<[^>]*>|\s", "", page.text)
    assert problem.get_json()["request_id"] == problem.headers["X-Request-ID"]


def test_a_write_is_logged_without_its_query(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "yidun.request")

    client.post("/no/such/page?phone=13800000000")

    assert [r.getMessage().split(" ")[:3] for r in caplog.records if r.name == "yidun.request"] == [
        ["POST", "/no/such/page", "404"]
    ]
    assert "13800000000" not in caplog.text
