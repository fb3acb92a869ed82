"""Every GET endpoint, asked with the ids of the demo story as everybody: what the declarations promise, never a 500."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import AnyConverter, Rule

from core.account.access import declaration_of
from core.db import Model, db
from tests.support.applications import Client, savepoint
from tests.support.harvest import Harvest
from tests.support.people import People

ROLES = ("guest", "person", "owner", "operator", "brand_clerk", "office_clerk", "finance", "sysadmin")
SHARED = ("LotRow", "Lot", "Project", "Listing", "Organisation")
OPENED = 2  # objects of the story asked at one address
GARBAGE = (
    "page=-1",
    "page=9" * 30,
    "sort='",
    "format=xml",
    "q=%00",
    "q=%ff",
    "q=" + "长" * 3000,
    "page=१&day=2026-02-31",
)


def _ids(app: Flask, rule: Rule) -> list[uuid.UUID]:
    """Ids of the story that the view may know (one per table of its room, lots, projects)."""
    room = app.view_functions[rule.endpoint].__module__.rsplit(".", 1)[0]
    found: list[uuid.UUID] = []
    with app.app_context():
        for mapper in Model.registry.mappers:
            model: Any = mapper.class_
            if hasattr(model, "public_id") and (model.__module__.startswith(room + ".") or model.__name__ in SHARED):
                found += db.session.scalars(select(model.public_id).order_by(model.id.desc()).limit(1)).all()
    return found


@pytest.fixture(scope="module")
def addresses(story: Flask, reaped: Harvest) -> list[tuple[str, str]]:
    """Every address that is read: with an id nobody knows, and with objects that the view has opened for somebody.

    A view that opened nothing in the story is given what its room knows.
    """
    made: list[tuple[str, str]] = []
    adapter = story.url_map.bind("localhost")
    opened: dict[str, list[str]] = defaultdict(list)
    for one in reaped.opened:
        opened[one.endpoint].append(one.url)
    for rule in story.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static"):
            continue
        kinds = {name: type(c).__name__ for name, c in rule._converters.items()}
        choices = {name: min(c.items) for name, c in rule._converters.items() if isinstance(c, AnyConverter)}
        known = [] if opened[rule.endpoint] or "UUIDConverter" not in kinds.values() else _ids(story, rule)
        for given in [uuid.UUID(int=7), *known]:
            fixed = {"IntegerConverter": 1, "UUIDConverter": given}
            values = {name: fixed.get(kind, "x'%00") for name, kind in kinds.items()} | choices
            made.append((rule.endpoint, adapter.build(rule.endpoint, values)))
        made += [(rule.endpoint, url) for url in opened[rule.endpoint][:OPENED]]
    return sorted(set(made))


def _client(app: Flask, role: str) -> Client:
    if role == "guest":
        made = app.test_client()
        assert isinstance(made, Client)
        return made
    return People(app)(role)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_keeps_what_its_declaration_promises(
    story: Flask, addresses: list[tuple[str, str]], role: str
) -> None:
    """Whoever lacks the permission is refused before the object is looked for: one address of a view tells."""
    wrong, refused = [], set()
    with savepoint(story):
        client = _client(story, role)
        for endpoint, url in addresses:
            declared = declaration_of(story, endpoint)
            assert declared is not None
            needed = declared.permission
            if endpoint in refused:
                continue
            if needed and (role == "guest" or not client.actor.can(needed)):
                refused.add(endpoint)
            status = client.get(url).status_code
            if (
                (status >= 500 and status != 503)
                or (needed and role == "guest" and status not in (302, 303, 401))
                or (needed and role != "guest" and not client.actor.can(needed) and status != 403)
            ):
                wrong.append((endpoint, url, status))

    assert wrong == []


def test_no_garbage_in_the_query_breaks_a_page(story: Flask, addresses: list[tuple[str, str]]) -> None:
    """Views that need a permission refuse a guest before they read the query: they are asked in their rooms' tests."""
    client, wrong = _client(story, "guest"), []
    open_ones = [(e, u) for e, u in addresses if not getattr(declaration_of(story, e), "permission", None)]
    for endpoint, url in {e: (e, u) for e, u in open_ones}.values():
        for query in GARBAGE:
            status = client.get(f"{url}?{query}").status_code
            if status >= 500 and status != 503:
                wrong.append((endpoint, query[:20], status))

    assert wrong == []
