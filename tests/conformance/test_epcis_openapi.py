"""The REST binding GS1 publishes (openapi.json): every path, method and query parameter of it is served here."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask

from tests.conformance import vectors
from trace.event import parameters, rest
from trace.event.problems import QueryParameterProblem

vectors.folder("epcis-gs1")
DESCRIPTION = json.loads(vectors.reference("epcis-gs1", "**/REST_Bindings/openapi.json").read_text("utf-8"))
METHODS = ("get", "post", "put", "delete", "options")
OPERATIONS = [(path, name) for path, verbs in DESCRIPTION["paths"].items() for name in METHODS if name in verbs]
# Of a page of results and of a subscription: not part of the question (trace.event.rest_events, trace.event.subscriptions).
ELSEWHERE = {
    "perPage", "nextPageToken", "stream", "second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek",
    "initialRecordTime", "reportIfEmpty",
}  # fmt: skip
VALUES = {
    "eventType": "ObjectEvent", "orderBy": "eventTime", "orderDirection": "ASC", "eventCountLimit": "5", "maxEventCount": "5",
    "EQ_action": "ADD", "EQ_bizStep": "shipping", "EQ_disposition": "in_transit", "EQ_errorReason": "incorrect_data",
    "EQ_booleanValue": "true", "EQ_hexBinaryValue": "0aff", "EXISTS_errorDeclaration": "true", "EQ_type": "Temperature",
    "EQ_persistentDisposition_set": "recalled", "EQ_persistentDisposition_unset": "recalled",
}  # fmt: skip


@pytest.fixture(scope="module")
def routes() -> Any:
    from trace.event import register  # noqa: F401 - completes the blueprint

    app = Flask(__name__)
    app.register_blueprint(rest.bp)
    return app.url_map.bind("id.example.cn")


@pytest.mark.parametrize(("path", "verb"), OPERATIONS, ids=[f"{verb} {path}" for path, verb in OPERATIONS])
def test_every_operation_is_served_on_its_path(routes: Any, path: str, verb: str) -> None:
    address = "/epcis" + re.sub(r"\{\w+\}", "x", path)

    endpoint, values = routes.match(address, method=verb.upper())

    assert endpoint.startswith("epcis.")
    assert len(values) == path.count("{")


def asked(value: Any) -> set[str]:
    """The names of the query parameters anywhere in the description."""
    if isinstance(value, list):
        return set().union(*map(asked, value))
    if not isinstance(value, dict):
        return set()
    here = {value["name"]} if value.get("in") == "query" else set()
    return here.union(*map(asked, value.values()))


NAMES = sorted(asked(DESCRIPTION) - ELSEWHERE)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_of_a_query_is_read(name: str) -> None:
    value = VALUES.get(name) or (
        "2026-10-08T09:30:00+08:00" if name.endswith("Time") else "5" if name.endswith("quantity") else "urn:example:1"
    )

    assert parameters.read([(name, value)]) != parameters.read([])


def test_the_parameters_are_those_of_the_whole_description() -> None:
    assert len(NAMES) > 40
    with pytest.raises(QueryParameterProblem):
        parameters.read([("EQ_nonsense", "x")])
