"""Every address that needs no argument opens for whoever may open it, and reading never writes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.account.access import declaration_of
from core.account.permissions import registered
from core.db import WriteInGet, db
from tests.support.people import People


def _plain_addresses(app: Flask) -> list[tuple[str, str]]:
    return sorted(
        (rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.endpoint.endswith("static")
    )


def test_a_guest_gets_every_public_page_and_is_sent_to_the_login_by_the_others(app: Flask) -> None:
    client, wrong = app.test_client(), []
    for address, endpoint in _plain_addresses(app):
        declared = declaration_of(app, endpoint)
        status = client.get(address).status_code
        if status == 503 and endpoint == "health.readyz":
            continue  # no worker runs in this test
        fits = status < 500 if declared and declared.permission is None else status in (302, 401)
        if not fits:
            wrong.append(f"{address} ({endpoint}): {status}")

    assert wrong == []


def test_every_page_opens_for_a_role_that_holds_its_permission(app: Flask, as_user: People) -> None:
    clients, wrong = {}, []
    for address, endpoint in _plain_addresses(app):
        declared = declaration_of(app, endpoint)
        if declared is None or declared.permission is None:
            continue
        for role in sorted(registered()[declared.permission].roles):
            client = clients.setdefault(role, None) or as_user(role)
            clients[role] = client
            status = client.get(address).status_code
            if status >= 400 and status != 404:
                wrong.append(f"{address} ({endpoint}) as {role}: {status}")

    assert wrong == []


def test_every_page_refuses_the_roles_that_lack_its_permission(app: Flask, as_user: People) -> None:
    stranger, wrong = as_user("person"), []
    for address, endpoint in _plain_addresses(app):
        declared = declaration_of(app, endpoint)
        if declared is None or declared.permission is None or "person" in registered()[declared.permission].roles:
            continue
        status = stranger.get(address).status_code
        if status != 403:
            wrong.append(f"{address} ({endpoint}): {status}")

    assert wrong == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_request_that_only_reads_cannot_write(app: Flask, session: Session, method: str) -> None:
    statement = text("insert into core_job_heartbeat (name, beat_at) values ('x', current_timestamp)")

    with app.test_request_context("/", method=method), pytest.raises(WriteInGet):
        db.session.execute(statement)


def test_a_post_may_write(app: Flask, session: Session) -> None:
    statement = text("insert into core_job_heartbeat (name, beat_at, failure) values ('x', current_timestamp, '')")

    with app.test_request_context("/", method="POST"):
        db.session.execute(statement)
        written = db.session.scalar(text("select count(*) from core_job_heartbeat where name = 'x'"))

    assert written == 1
