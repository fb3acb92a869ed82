"""Users, organisations and signed-in clients for tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, has_app_context

from core.account.models import Membership, User
from core.account.queries import load_actor
from core.db import db, unit_of_work
from core.identifiers import USCC_ALPHABET, compose_uscc
from core.organisation.models import Organisation
from tests.support.applications import Client

KIND_OF_ROLE = {
    "owner": "enterprise",
    "operator": "enterprise",
    "host": "host",
    "office_clerk": "office",
    "office_head": "office",
    "statistician": "office",
    "brand_clerk": "brand_office",
    "brand_decider": "brand_office",
    "sysadmin": "platform",
}
_numbers = itertools.count(1)


def invented_uscc(number: int) -> str:
    """A well-formed 统一社会信用代码 of a department (Y) and region (000000) that no real firm has."""
    body = ""
    for _ in range(8):
        number, digit = divmod(number, len(USCC_ALPHABET))
        body = USCC_ALPHABET[digit] + body
    return compose_uscc("Y1000000", body)


@dataclass
class People:
    """``as_user("brand_clerk")`` signs a new user in; see ``__call__``."""

    app: Flask

    def organisation(self, kind: str = "enterprise", name: str = "", **columns: Any) -> int:
        """The id of a new organisation of this kind."""
        number = next(_numbers)
        row = Organisation(
            kind=kind, code=columns.pop("code", invented_uscc(number)), name=name or f"示例单位{number}", **columns
        )
        return self._stored(row)

    def body(self, kind: str) -> int:
        """The id of the office, the brand office or another public body: one of each in a test."""
        with self.app.app_context():
            found = db.session.query(Organisation.id).filter_by(kind=kind).order_by(Organisation.id).first()
        return int(found[0]) if found else self.organisation(kind)

    def __call__(self, role: str = "owner", organisation: Any = None, *, name: str = "") -> Client:
        """A client signed in as a new user with ``role`` in ``organisation`` (an id or a row; made where none is given).

        ``client.actor`` is the actor; ``person`` gets no organisation.
        """
        if has_app_context():
            db.session.flush()
        number = next(_numbers)
        user_id = self._stored(User(mobile=f"1990000{number:04d}", display_name=name or f"示例人员{number}"))
        membership_id = None
        if role != "person":
            organisation_id = getattr(organisation, "id", organisation) or self._home(role)
            membership_id = self._stored(
                Membership(user_id=user_id, organisation_id=organisation_id, role=role, from_on=date(2020, 1, 1))
            )
        return self.client_of(user_id, membership_id)

    def client_of(self, user_id: int, membership_id: int | None) -> Client:
        """A client whose signed session says it is this user, acting in this membership."""
        client = self.app.test_client()
        assert isinstance(client, Client)
        with self.app.app_context():
            client.actor = load_actor(user_id, membership_id)
            epoch = db.session.get_one(User, user_id).session_epoch
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = f"{user_id}:{epoch}", True
            if membership_id is not None:
                session["membership"] = membership_id
        return client

    def _home(self, role: str) -> int:
        kind = KIND_OF_ROLE.get(role, "bureau")
        return self.organisation(kind) if kind in ("enterprise", "host") else self.body(kind)

    def _stored(self, row: Any) -> int:
        with self.app.app_context(), unit_of_work() as session:
            session.add(row)
            session.flush()
            return int(row.id)
