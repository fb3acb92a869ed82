"""What belongs to one organisation does not exist for another: every address and form with an object's id, asked by all owners.

The objects are those the story's people can open (``tests.support.harvest``).  Of the owners of different enterprises who
hold the permission, at most one may be answered anything but 404.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from core.account.access import declaration_of
from core.ui.once import new_key
from tests.support.applications import Client, savepoint
from tests.support.harvest import Harvest, ids_for, may_call

pytestmark = pytest.mark.slow

# Why more than one enterprise is answered.
OPEN = {
    "file.private": "the pictures of public pages; private files: tests/integration/core/file",
    "grade.copy": "a standard in force may be copied by everybody",
    "grade.export": "a standard in force is public",
    "grade.show": "a standard in force is public",
    "licence.move_share": "the licensee and the one it lets pack",
    "licence.share": "the licensee and the one it lets pack",
    "movement.show": "the sender and the receiver",
    "promotion_join.add_result": "every enterprise that has a place at the event",
    "promotion_join.download": "materials given to all enterprises",
    "promotion_join.show": "an event is announced to everybody",
}
FILLED = {"IntegerConverter": 1, "UnicodeConverter": "x"}
ENOUGH = 6  # ids tried at an address that no page of the story opens


def _uuids(rule: Rule) -> list[str]:
    return [name for name, made in rule._converters.items() if type(made).__name__ == "UUIDConverter"]


class Neighbours:
    """The owners of the story's enterprises, asked the same; ``proven`` are the endpoints of which one had the object."""

    def __init__(self, app: Flask, found: Harvest) -> None:
        clients = {o.client.actor.organisation_id: o.client for o in found.opened if o.client.actor.role == "owner"}
        self.app, self.owners = app, list(clients.values())
        self.proven: set[str] = set()
        self.adapter = app.url_map.bind("localhost")

    def wanted(self) -> Iterator[Rule]:
        """The rules with an object's id that at least two owners may call."""
        for rule in self.app.url_map.iter_rules():
            declared = declaration_of(self.app, rule.endpoint)
            if _uuids(rule) and declared and declared.permission and len(self.asking(rule.endpoint)) > 1:
                yield rule

    def asking(self, endpoint: str) -> list[Client]:
        return [owner for owner in self.owners if may_call(self.app, owner, endpoint)]

    def names_an_object(self, url: str, method: str) -> bool:
        try:
            _endpoint, values = self.adapter.match(url, method=method)
        except HTTPException:
            return False
        return any(isinstance(value, uuid.UUID) for value in values.values())

    def ask(self, method: str, endpoint: str, url: str, data: dict[str, Any] | None = None) -> list[str]:
        """What is wrong with the answers the owners get."""
        answers = []
        for owner in self.asking(endpoint):
            with savepoint(self.app):
                sent = None if data is None else data | {"once": new_key()}
                answers.append(owner.open(url, method=method, data=sent).status_code)
        met = [status for status in answers if status != 404]
        if len(met) == 1:
            self.proven.add(endpoint)
        broken = any(status >= 500 and status != 503 for status in answers)
        many = len(met) > 1 and len(answers) > 1 and endpoint not in OPEN
        return [f"{method} {url} ({endpoint}): {answers}"] if many or broken else []


@pytest.fixture(scope="module")
def neighbours(story: Flask, reaped: Harvest) -> Neighbours:
    made = Neighbours(story, reaped)
    assert len(made.owners) > 2
    return made


def test_a_page_of_another_organisation_is_not_found(neighbours: Neighbours, reaped: Harvest) -> None:
    wrong: list[str] = []
    wanted = {rule.endpoint for rule in neighbours.wanted()}
    for one in reaped.opened:
        if one.endpoint in wanted - neighbours.proven and neighbours.names_an_object(one.url, "GET"):
            wrong += neighbours.ask("GET", one.endpoint, one.url)

    assert wrong == []


def test_a_form_of_another_organisation_is_not_found(neighbours: Neighbours, reaped: Harvest) -> None:
    wrong: list[str] = []
    wanted = {rule.endpoint for rule in neighbours.wanted()}
    for offer in reaped.forms.values():
        if offer.endpoint in wanted and neighbours.names_an_object(offer.form.action, "POST"):
            data: dict[str, Any] = {}
            for field in offer.form.fields:
                if field.kind != "file":
                    data.setdefault(field.name, []).append(field.value)
            wrong += neighbours.ask("POST", offer.endpoint, offer.form.action, data)

    assert wrong == []


def _ids(reaped: Harvest) -> dict[str, list[uuid.UUID]]:
    """The ids met in the addresses of the story, by what stands before them."""
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    for one in reaped.opened:
        for part in one.url.split("/"):
            try:
                found[one.url.partition(part)[0]].append(uuid.UUID(part))
            except ValueError:
                continue
    return found


def test_what_no_page_offers_is_not_found_either_and_never_breaks(
    story: Flask, neighbours: Neighbours, reaped: Harvest
) -> None:
    wrong: list[str] = []
    met = _ids(reaped)
    for rule in neighbours.wanted():
        if rule.endpoint in neighbours.proven:
            continue
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        first, *more = _uuids(rule)
        for known in list(dict.fromkeys([*met[rule.rule.partition("<")[0]], *ids_for(story, rule)]))[:ENOUGH]:
            values: dict[str, Any] = {first: known, **dict.fromkeys(more, uuid.uuid4())}
            for name, made in rule._converters.items():
                choices = sorted(getattr(made, "items", ()))
                values.setdefault(name, choices[0] if choices else FILLED.get(type(made).__name__, "x"))
            url = neighbours.adapter.build(rule.endpoint, values, method=method)
            wrong += neighbours.ask(method, rule.endpoint, url, {} if method == "POST" else None)
            if rule.endpoint in neighbours.proven:
                break

    assert wrong == []


def test_most_rules_were_asked_for_an_object_that_one_of_them_has(neighbours: Neighbours) -> None:
    wanted = {rule.endpoint for rule in neighbours.wanted()} - OPEN.keys()
    assert len(wanted - neighbours.proven) < len(wanted) / 5, sorted(wanted - neighbours.proven)
