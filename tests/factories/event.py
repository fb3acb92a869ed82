"""Events and bearer tokens for tests."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from core.account.actor import Actor
from core.account.permissions import permissions_of
from core.db import db
from trace.event import tokens

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
LOT = "https://id.gs1.org/01/09506000134352/10/26101701"
JSON = {"Content-Type": "application/json"}


def actor_of(organisation_id: int) -> Actor:
    return Actor(None, organisation_id, "enterprise", "owner", permissions_of("owner"))


def make_token(organisation_id: int, *scopes: str, days: int = 30) -> str:
    """The text of a new token; all scopes where none is given."""
    _, text = tokens.make_token(
        actor_of(organisation_id), name="示例系统", scopes=scopes or tuple(tokens.SCOPES), days=days
    )
    db.session.flush()
    return text


def bearer(text: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}", **JSON, **more}


def make_event(number: int = 1, **fields: Any) -> dict[str, Any]:
    """An ObjectEvent of one serial and one lot; ``number`` makes it differ."""
    moment = datetime.fromisoformat("2026-10-12T08:00:00+08:00") + timedelta(minutes=number)
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": moment.isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://id.gs1.org/01/09506000134352/21/S{number}"],
        "quantityList": [{"epcClass": LOT, "quantity": 5, "uom": "KGM"}],
        "bizStep": "storing",
        "disposition": "sellable_not_accessible",
    } | fields
    return {name: value for name, value in event.items() if value is not None}


def document(*events: dict[str, Any], **fields: Any) -> str:
    """An EPCISDocument as text."""
    return json.dumps(
        {
            "@context": fields.pop("context", CONTEXT),
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-10-12T08:00:00Z",
            "epcisBody": {"eventList": list(events)},
            **fields,
        }
    )
