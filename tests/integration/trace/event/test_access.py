"""Who may send and ask: tokens, scopes, other organisations, callers without a token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core import clock as core_clock
from tests.factories import event as make
from tests.support.applications import Client
from tests.support.people import People
from trace.event import service, tokens

READS = ("/events", "/epcs", "/queries", "/capture", "/queries/none/events")


def _events(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.get_json()
    return list(answer.get_json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"])


@pytest.mark.parametrize("header", ["Bearer ydt_unknown", "Bearer", "Basic eDp5", "ydt_x", "Bearer ydt_" + "x" * 5000])
def test_an_unknown_token_is_refused_everywhere(client: Client, header: str) -> None:
    for path in READS:
        answer = client.get(f"/epcis{path}", headers={"Authorization": header})

        assert (answer.status_code, answer.get_json()["type"]) == (401, "epcisException:SecurityException")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_and_an_expired_token_open_nothing(
    client: Client, session: Session, organisation: int, clock: Any
) -> None:
    text = make.make_token(organisation, days=1)
    assert client.get("/epcis/events", headers=make.bearer(text)).status_code == 200

    clock.advance(days=1, seconds=1)
    assert client.get("/epcis/events", headers=make.bearer(text)).status_code == 401

    other = make.make_token(organisation, days=1)
    (row, *_) = tokens.tokens_of(organisation)
    tokens.revoke(row, make.actor_of(organisation))
    session.flush()
    assert client.get("/epcis/events", headers=make.bearer(other)).status_code == 401


@pytest.mark.parametrize(
    ("scope", "method", "path", "allowed"),
    [
        ("query", "post", "/capture", False),
        ("query", "post", "/events", False),
        ("query", "get", "/capture", False),
        ("query", "get", "/events", True),
        ("query", "post", "/queries", False),
        ("capture", "get", "/events", False),
        ("capture", "get", "/epcs", False),
        ("capture", "get", "/capture", True),
        ("capture", "post", "/capture", True),
        ("admin", "get", "/events", False),
        ("admin", "post", "/queries", True),
        ("admin", "delete", "/queries/none", True),
        ("query", "delete", "/queries/none", False),
        ("query", "post", "/queries/none/subscriptions", False),
    ],
)
def test_a_token_does_what_its_scopes_say(
    client: Client, session: Session, organisation: int, scope: str, method: str, path: str, allowed: bool
) -> None:
    text = make.make_token(organisation, scope)
    answer = getattr(client, method)(
        f"/epcis{path}", headers=make.bearer(text), **({} if method == "get" else {"data": "{}"})
    )

    assert (answer.status_code != 403) == allowed


@pytest.mark.parametrize(
    "path", ["/capture", "/queries", "/queries/x", "/queries/x/events", "/queries/x/subscriptions"]
)
def test_without_a_token_nothing_of_an_organisation_is_told(client: Client, path: str) -> None:
    assert client.get(f"/epcis{path}").status_code == 401


def test_without_a_token_nothing_can_be_sent(client: Client) -> None:
    assert client.post("/epcis/capture", data=make.document(make.make_event()), headers=make.JSON).status_code == 401
    assert client.post("/epcis/events", data="{}", headers=make.JSON).status_code == 401


def test_another_organisations_event_job_and_query_are_not_found(
    client: Client, session: Session, as_user: People, token: str
) -> None:
    body = json.dumps({"@context": make.CONTEXT, **make.make_event(1)})
    event = client.post("/epcis/events", data=body, headers=make.bearer(token)).headers["Location"].partition("8000")[2]
    sent = client.post("/epcis/capture", data=make.document(make.make_event(2)), headers=make.bearer(token))
    job = sent.headers["Location"].partition("8000")[2]
    client.post("/epcis/queries", data=json.dumps({"name": "mine", "query": {}}), headers=make.bearer(token))
    other = make.make_token(as_user.organisation())

    for path in (event, job, "/epcis/queries/mine", "/epcis/queries/mine/events", "/epcis/queries/mine/subscriptions"):
        assert client.get(path, headers=make.bearer(token)).status_code == 200
        assert client.get(path, headers=make.bearer(other)).status_code == 404, path
    assert _events(client.get("/epcis/events", headers=make.bearer(other))) == []
    assert client.get("/epcis/epcs", headers=make.bearer(other)).get_json()["member"] == []
    assert client.get("/epcis/bizSteps", headers=make.bearer(other)).get_json()["member"] == []
    assert client.delete("/epcis/queries/mine", headers=make.bearer(other)).status_code == 404


def test_two_organisations_may_hold_the_same_event(
    client: Client, session: Session, as_user: People, token: str
) -> None:
    body = make.document(make.make_event(1, eventID="urn:uuid:shared"))
    other = make.make_token(as_user.organisation())
    for text in (token, other):
        client.post("/epcis/capture", data=body, headers=make.bearer(text))

        assert len(_events(client.get("/epcis/events/urn:uuid:shared", headers=make.bearer(text)))) == 1


PRIVATE = make.make_event(
    1,
    action="ADD",
    epcList=["https://id.gs1.org/01/09506000134352/21/SECRET"],
    quantityList=[{"epcClass": make.LOT, "quantity": 5, "uom": "KGM"}, {"epcClass": make.LOT + "X", "quantity": 7}],
    bizStep="shipping", disposition="in_transit",
    readPoint={"id": "geo:35.14,110.77"}, bizLocation={"id": "https://id.gs1.org/414/9521321000018"},
    bizTransactionList=[{"type": "po", "bizTransaction": "https://po.example.com/BUYER"}],
    destinationList=[{"type": "owning_party", "destination": "https://id.gs1.org/417/9521321000018"}],
    sensorElementList=[{"sensorReport": [{"type": "Temperature", "value": 3.5, "uom": "CEL"}]}],
    ilmd={"cbvmda:lotNumber": "26101701", "ex:family": "PERSON"}, **{"ex:note": "PERSON"},
)  # fmt: skip


@pytest.fixture
def published(client: Client, session: Session, organisation: int, token: str) -> None:
    """An event full of what is nobody's business, about a lot whose record is sealed."""
    body = make.document(PRIVATE, make.make_event(2, quantityList=None), context=make.EXAMPLE)
    assert client.post("/epcis/capture", data=body, headers=make.bearer(token)).status_code == 202
    service.publish_lot(make.LOT, organisation)
    session.flush()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("who", ["nobody", "another organisation"])
def test_outsiders_see_the_public_fields_of_public_lots_only(
    client: Client, session: Session, as_user: People, who: str
) -> None:
    headers = make.bearer(make.make_token(as_user.organisation())) if who != "nobody" else {}
    answer = client.get("/epcis/events", headers=headers)
    (event,) = _events(answer)

    assert set(event) == {
        "type", "eventID", "recordTime", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "disposition", "quantityList", "ilmd",
    }  # fmt: skip
    assert event["quantityList"] == [{"epcClass": make.LOT}]
    assert event["ilmd"] == {"cbvmda:lotNumber": "26101701"}
    told = json.dumps({k: v for k, v in event.items() if k not in ("eventID", "recordTime", "eventTime")})
    for secret in ("SECRET", "BUYER", "PERSON", "geo:", "414", "417", "3.5", "1701X"):
        assert secret not in told


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "query",
    [
        "EQ_bizLocation=https://id.gs1.org/414/9521321000018", "EQ_readPoint=geo:35.14,110.77", "EQ_bizTransaction_po=https://po.example.com/BUYER",
        "EQ_destination_owning_party=https://id.gs1.org/417/9521321000018", "GE_value_CEL=1", "EQ_ex:note=PERSON", "GE_quantity=1",
        "EXISTS_sensorElementList=true", "MATCH_epc=https://id.gs1.org/01/09506000134352/21/SECRET", f"MATCH_epcClass={make.LOT}X",
        "EQ_ILMD_ex:family=PERSON", "MATCH_epc=urn:epc:idpat:sgtin:9506000.013435.*",
    ],
)  # fmt: skip
def test_outsiders_cannot_ask_for_what_they_are_not_shown(client: Client, query: str) -> None:
    assert _events(client.get(f"/epcis/events?{query}")) == []


@pytest.mark.usefixtures("published")
def test_outsiders_may_ask_by_public_lot_step_and_time(client: Client) -> None:
    for query in (
        f"MATCH_epcClass={make.LOT}",
        "EQ_bizStep=shipping",
        "GE_eventTime=2026-10-12T00:00:00Z",
        "eventType=ObjectEvent",
    ):
        assert len(_events(client.get(f"/epcis/events?{query}"))) == 1, query
    assert client.get("/epcis/bizSteps").get_json()["member"] == ["shipping"]
    assert client.get("/epcis/epcs").get_json()["member"] == []
    assert client.get("/epcis/bizLocations").get_json()["member"] == []


@pytest.mark.usefixtures("published")
def test_events_sent_after_the_lot_became_public_are_public_too(client: Client, token: str) -> None:
    client.post("/epcis/capture", data=make.document(make.make_event(9)), headers=make.bearer(token))

    assert len(_events(client.get("/epcis/events"))) == 2


@pytest.mark.usefixtures("published")
def test_nobody_makes_anothers_lot_speak(client: Client, session: Session, as_user: People) -> None:
    other = make.make_token(as_user.organisation())
    client.post(
        "/epcis/capture", data=make.document(make.make_event(9, bizStep="destroying")), headers=make.bearer(other)
    )

    assert [e["bizStep"] for e in _events(client.get("/epcis/events"))] == ["shipping"]


def test_the_last_use_of_a_token_is_noted_at_most_once_an_hour(
    client: Client, session: Session, organisation: int, clock: Any
) -> None:
    text = make.make_token(organisation)
    uses = []
    for minutes in (0, 30, 40):
        clock.advance(minutes=minutes)
        client.get("/epcis/events", headers=make.bearer(text))
        session.expire_all()
        uses.append(tokens.tokens_of(organisation)[0].last_used_at)

    assert uses[0] == uses[1]
    assert uses[2] == core_clock.now()


def test_a_token_is_kept_as_a_hash_only(session: Session, organisation: int) -> None:
    text = make.make_token(organisation)
    (row,) = tokens.tokens_of(organisation)

    assert text not in repr({c.name: getattr(row, c.name) for c in row.__table__.columns})
    assert row.digest == tokens.digest_of(text)
