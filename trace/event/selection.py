"""Turn a query into SQL for one scope: the organisation's own events, or the public part of others'.

What an outsider is not shown cannot be asked for either: a private condition finds nothing among others' events.
Identifiers are looked up first (an array of event ids), so that a rare one never makes the database walk the store.
"""

# ruff: noqa: S608 - every value is bound; what is put together are column names of this room
from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from core.db import db
from trace.event.facets import canonical, class_of, key_of
from trace.event.parameters import Condition, Query

_SQL_OP = {"eq": "=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_PATH_OP = {"eq": "==", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_ANY_ITEM = re.compile(r"^urn:epc:idpat:(?:sgtin|lgtin):(\d+)\.\*\.\*$")


@dataclass(slots=True)
class Where:
    """Conditions and their bound values; ``prefix`` keeps the names of two branches apart."""

    prefix: str
    parts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def sql(self) -> str:
        return " and ".join(self.parts)


def own(query: Query, organisation_id: int) -> Where:
    """Conditions for the organisation's own events."""
    where = Where("o")
    where.parts.append(f"e.organisation_id = {where.bind(organisation_id)}")
    for condition in query.conditions:
        _add(where, condition, organisation_id, public=False)
    return where


def others(query: Query, organisation_id: int | None) -> Where | None:
    """Conditions for the public part of everybody else's events; None where nothing of it may be asked for."""
    if any(condition.private for condition in query.conditions):
        return None
    where = Where("p")
    where.parts.append("e.is_public")
    if organisation_id is not None:
        where.parts.append(f"e.organisation_id <> {where.bind(organisation_id)}")
    for condition in query.conditions:
        _add(where, condition, organisation_id, public=True)
    return where


def _add(where: Where, condition: Condition, organisation_id: int | None, *, public: bool) -> None:
    kind = condition.kind
    if kind == "match":
        _match(where, condition, public=public)
    elif kind == "within":
        wanted = _descendants(list(condition.values), organisation_id)
        where.parts.append(f"e.{condition.name} = any({where.bind(wanted)})")
    else:
        _PLAIN[kind](where, condition)


def _column(where: Where, condition: Condition) -> None:
    where.parts.append(f"e.{condition.name} = any({where.bind(list(condition.values))})")


def _time(where: Where, condition: Condition) -> None:
    where.parts.append(f"e.{condition.name} {_SQL_OP[condition.op]} {where.bind(condition.values[0])}")


def _exists(where: Where, condition: Condition) -> None:
    where.parts.append(f"e.{condition.name} is not null")


def _list(where: Where, condition: Condition) -> None:
    wanted = [json.dumps({condition.name: [value]}) for value in condition.values]
    where.parts.append(f"e.fields @> any(cast({where.bind(wanted)} as jsonb[]))")


def _found_by_fields(where: Where, wanted: list[str]) -> None:
    where.parts.append(
        "e.id = any(array(select f.id from trace_event_event f "
        f"where f.fields @> any(cast({where.bind(wanted)} as jsonb[]))))"
    )


def _party(where: Where, condition: Condition) -> None:
    scope, values = condition.values
    _found_by_fields(where, [json.dumps({scope: {condition.name: [value]}}) for value in values])


def _extension(where: Where, condition: Condition) -> None:
    scope = condition.values[0]
    if condition.op == "exists":
        where.parts.append(
            f"jsonb_exists(e.fields -> cast({where.bind(scope)} as text), cast({where.bind(condition.name)} as text))"
        )
    elif condition.op == "eq":
        _found_by_fields(where, [json.dumps({scope: {condition.name: [value]}}) for value in condition.values[1]])
    else:
        (wanted,) = condition.values[1]
        times = ' && @ starts with "t:"' if isinstance(wanted, str) else ""
        path = f"$[*] ? (@ {_PATH_OP[condition.op]} $v{times})"
        where.parts.append(
            f"jsonb_path_exists(e.fields -> cast({where.bind(scope)} as text) -> cast({where.bind(condition.name)} as text), "
            f"cast({where.bind(path)} as jsonpath), cast({where.bind(json.dumps({'v': wanted}))} as jsonb))"
        )


def _sensor(where: Where, condition: Condition) -> None:
    operator = _PATH_OP[condition.op]
    tests = " || ".join(f"@.{condition.name} {operator} $v{n}" for n in range(len(condition.values)))
    given: dict[str, Any] = {f"v{n}": _json(value) for n, value in enumerate(condition.values)}
    if condition.uom is not None:
        tests, given["u"] = f"({tests}) && @.uom == $u", condition.uom
    path = f"$[*] ? ({tests})"
    where.parts.append(
        f"e.sensors is not null and jsonb_path_exists(e.sensors, cast({where.bind(path)} as jsonpath), "
        f"cast({where.bind(json.dumps(given))} as jsonb))"
    )


def _json(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _quantity(where: Where, condition: Condition) -> None:
    operator = _SQL_OP[condition.op]
    wanted = where.bind(list(condition.values)) if operator == "=" else where.bind(condition.values[0])
    test = f"= any({wanted})" if operator == "=" else f"{operator} {wanted}"
    where.parts.append(f"exists (select 1 from trace_event_link q where q.event_id = e.id and q.quantity {test})")


_PLAIN = {
    "column": _column,
    "time": _time,
    "exists": _exists,
    "list": _list,
    "party": _party,
    "extension": _extension,
    "sensor": _sensor,
    "quantity": _quantity,
}


def _match(where: Where, condition: Condition, *, public: bool) -> None:
    """One of the identifiers, or one that fits a pattern, in one of the roles."""
    roles, uris = condition.values
    keys, classes, tests = [], [], []
    for uri in uris:
        if item := _ANY_ITEM.match(uri):
            like = where.bind(f"https://id.gs1.org/01/_{item[1]}%")
            tests.append(f"l.key in (select k.key from trace_event_key k where k.uri like {like})")
        elif uri.startswith("urn:epc:idpat:") and uri.endswith(".*"):
            known = canonical(uri.replace(":idpat:lgtin:", ":idpat:sgtin:"))
            keys.append(key_of(known))
            classes.append(key_of(class_of(known) or known))
        else:
            keys.append(key_of(canonical(uri)))
    if keys:
        tests.append(f"l.key = any({where.bind(keys)})")
    if classes:
        tests.append(f"l.key in (select k.key from trace_event_key k where k.class_key = any({where.bind(classes)}))")
    only = " and l.key in (select key from trace_event_public)" if public else ""
    where.parts.append(
        f"e.id = any(array(select l.event_id from trace_event_link l where ({' or '.join(tests)}) "
        f"and l.role = any({where.bind(list(roles))}){only}))"
    )


_BELOW = text(
    "with recursive below(uri) as (select unnest(cast(:uris as text[])) union "
    "select unnest(m.children) from trace_event_master m join below b on m.uri = b.uri "
    "where m.organisation_id = :organisation) select uri from below"
)


def _descendants(uris: list[str], organisation_id: int | None) -> list[str]:
    """The places and everything below them, by the organisation's own master data."""
    if organisation_id is None:
        return uris
    return list(db.session.scalars(_BELOW, {"uris": uris, "organisation": organisation_id}))
