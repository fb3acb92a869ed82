"""Walks the told story as its own people and brings home what the pages offer: addresses that open, and every POST form."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from sqlalchemy import event, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from core.account.access import declaration_of
from core.account.models import Membership, User
from core.account.queries import load_actor
from core.db import Model, db
from tests.support.applications import Client
from tests.support.people import People

PER_TABLE = 3  # the newest rows of each table: their states differ
VIEWERS = 4
OPENED_ENOUGH = 3
NOBODY = uuid.UUID(int=7)  # the id of nothing
ANYBODY = ("Project", "Organisation", "LotRow", "Lot", "Listing")


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    value: str
    options: tuple[str, ...] = ()


@dataclass
class Form:
    """A POST form as a page offers it."""

    action: str
    multipart: bool
    fields: list[Field] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects the POST forms of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: tuple[str, list[str], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), "multipart" in given.get("enctype", ""))
            if given.get("method", "get").lower() == "post":
                self.forms.append(self._form)
        elif self._form is not None:
            self._part(tag, given)

    def _part(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        if tag == "select":
            self._select = (given.get("name", ""), [], [])
        elif tag == "option" and self._select is not None:
            self._select[1].append(given.get("value", ""))
            if "selected" in given:
                self._select[2].append(given.get("value", ""))
        elif tag in ("input", "textarea", "button") and given.get("name"):
            kind = given.get("type", "text" if tag == "input" else tag).lower()
            self._form.fields.append(Field(given["name"], kind, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None and self._form is not None:
            name, options, chosen = self._select
            value = next(iter(chosen), next(filter(None, options), ""))
            self._form.fields.append(Field(name, "select", value, tuple(options)))
            self._select = None
        elif tag == "form":
            self._form = None


def forms_of(page: str, url: str) -> list[Form]:
    """The POST forms of ``page``, their actions absolute."""
    reader = _Reader()
    reader.feed(page)
    for form in reader.forms:
        form.action = urlsplit(urljoin("http://localhost" + url, form.action)).path if form.action else url
    return reader.forms


@dataclass
class Offered:
    """A form, the endpoint it posts to, the page it stood on, and who saw it."""

    endpoint: str
    page: str
    form: Form
    client: Client


@dataclass
class Opened:
    """An address of an object that a person of the story may open."""

    endpoint: str
    url: str
    client: Client


@dataclass
class Harvest:
    opened: list[Opened] = field(default_factory=list)
    forms: dict[tuple[Any, ...], Offered] = field(default_factory=dict)
    astray: list[tuple[str, str]] = field(default_factory=list)
    broken: list[tuple[str, str, int]] = field(default_factory=list)


def cast_of(app: Flask) -> list[Client]:
    """A client for every current membership of the story (one per organisation and role), and one mere person."""
    seen, made = set(), []
    people = People(app)
    with app.app_context():
        rows = db.session.execute(
            select(Membership.user_id, Membership.id, Membership.organisation_id, Membership.role).order_by(
                Membership.id
            )
        ).all()
        lone = db.session.scalar(select(User.id).where(User.id.not_in(select(Membership.user_id))).order_by(User.id))
        current = [
            (u, m) for u, m, o, r in rows if (o, r) not in seen and not seen.add((o, r)) and load_actor(u, m).user_id
        ]  # type: ignore[func-returns-value]
    made = [people.client_of(user, membership) for user, membership in current]
    return [*made, people.client_of(lone, None)] if lone else made


def ids_for(app: Flask, rule: Rule) -> dict[uuid.UUID, str]:
    """The newest ids of every table of the view's room, then those of the tables everybody points to, with their tables."""
    room = app.view_functions[rule.endpoint].__module__.rsplit(".", 1)[0]
    own: dict[uuid.UUID, str] = {}
    shared: dict[uuid.UUID, str] = {}
    with app.app_context():
        for mapper in Model.registry.mappers:
            model: Any = mapper.class_
            if hasattr(model, "public_id") and (model.__module__.startswith(room + ".") or model.__name__ in ANYBODY):
                known = db.session.scalars(select(model.public_id).order_by(model.id.desc()).limit(PER_TABLE)).all()
                (own if model.__module__.startswith(room + ".") else shared).update(
                    dict.fromkeys(known, model.__name__)
                )
    return own | {key: table for key, table in shared.items() if key not in own}


def may_call(app: Flask, client: Client, endpoint: str) -> bool:
    declared = declaration_of(app, endpoint)
    return declared is not None and (declared.permission is None or client.actor.can(declared.permission))


def reap(app: Flask) -> Harvest:
    """Every page the story's people can open, with the forms that stand on them (one of each kind)."""
    found, adapter, cast = Harvest(), app.url_map.bind("localhost"), cast_of(app)
    tables: dict[str, set[str]] = {}  # what stands at "/brand/licences/<id>" stands also at "/brand/licences/<id>/edit"
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static") or rule.rule.startswith("/epcis"):
            continue
        kinds = {name: type(c).__name__ for name, c in rule._converters.items()}
        uuids = [name for name, kind in kinds.items() if kind == "UUIDConverter"]
        if set(kinds.values()) - {"UUIDConverter"} or len(uuids) > 1:
            continue
        viewers = [c for c in cast if may_call(app, c, rule.endpoint)]
        if declaration_of(app, rule.endpoint).permission is None:  # type: ignore[union-attr]
            viewers = viewers[-1:]
        known, place = ids_for(app, rule) if uuids else {}, rule.rule.partition(">")[0]
        if uuids and place not in tables:
            tables[place] = looked_for(app, adapter.build(rule.endpoint, {uuids[0]: NOBODY}), viewers)
        right = {key: table for key, table in known.items() if table in (tables.get(place) or known.values())}
        addresses = (
            {adapter.build(rule.endpoint, {uuids[0]: key}): table for key, table in right.items()}
            if uuids
            else {adapter.build(rule.endpoint): ""}
        )
        before = len(found.opened)
        _visit(found, adapter, rule.endpoint, addresses, _unlike(viewers))
        if uuids and found.opened[before:]:
            tables.setdefault(place, set()).update(addresses[o.url] for o in found.opened[before:])
    return found


def looked_for(app: Flask, url: str, viewers: Iterable[Client]) -> set[str]:
    """The models whose rows are looked for by their public id where somebody opens ``url``; empty where it is not seen."""
    found: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.update(re.findall(r"(\w+)\.public_id (?:=|IN)", statement))

    with app.app_context():
        engine = db.engine
    names = {m.class_.__tablename__: m.class_.__name__ for m in Model.registry.mappers}
    event.listen(engine, "before_cursor_execute", note)
    try:
        for viewer in viewers:
            viewer.get(url)
            if found & names.keys():
                break
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return {names[table] for table in found if table in names}


def _unlike(viewers: list[Client]) -> list[Client]:
    """At most four viewers: first one of each role, then of each organisation."""
    roles: dict[str, Client] = {}
    for viewer in viewers:
        roles.setdefault(viewer.actor.role, viewer)
    rest = [v for v in viewers if v not in roles.values()]
    return [*roles.values(), *rest][:VIEWERS]


def _visit(found: Harvest, adapter: Any, endpoint: str, addresses: dict[str, str], viewers: list[Client]) -> None:
    """Open the addresses as the viewers; an object that opened for one is not asked by the next.

    Once one opened, only objects of its table are asked for: the view looks for no others.
    """
    opened, right = 0, ""
    for url, table in addresses.items():
        if right and table != right:
            continue
        for client in viewers:
            answer = client.get(url)
            if answer.status_code >= 500 and answer.status_code != 503:
                found.broken.append((endpoint, url, answer.status_code))
            if answer.status_code != 200:
                continue
            opened, right = opened + 1, table
            found.opened.append(Opened(endpoint, url, client))
            if answer.mimetype == "text/html":
                _keep_forms(found, adapter, endpoint, url, client, answer.get_data(as_text=True))
            if len(addresses) > 1:
                break
        if opened >= OPENED_ENOUGH:
            return


def _keep_forms(found: Harvest, adapter: Any, endpoint: str, url: str, client: Client, page: str) -> None:
    for form in forms_of(page, url):
        try:
            target, _values = adapter.match(form.action, method="POST")
        except HTTPException:
            found.astray.append((endpoint, form.action))
            continue
        move = next((f.value for f in form.fields if f.name == "move"), "")
        key = (target, move, tuple(sorted({f.name for f in form.fields})))
        found.forms.setdefault(key, Offered(target, url, form, client))
