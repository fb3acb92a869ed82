"""The pages: events of the own organisation, one event in words, tokens shown once, subscriptions."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.ui.once import new_key
from tests.factories import event as make
from tests.support.applications import Client
from tests.support.people import People
from trace.event.models import Event, Token


@pytest.fixture
def owner(as_user: People, organisation: int) -> Client:
    return as_user("owner", organisation)


def test_the_list_shows_own_events_and_filters_them(owner: Client, session: Session, headers: dict[str, str]) -> None:
    whole = owner.get("/events/").get_data(as_text=True)
    packing = owner.get("/events/?step=packing").get_data(as_text=True)
    named = owner.get(f"/events/?named={make.LOT}&type=TransformationEvent").get_data(as_text=True)

    assert "发货" in whole
    assert "加工事件" in named
    assert packing.count("接口送入") == 1 + 1  # the row, and the choice in the filter
    assert owner.get("/events/?format=csv").status_code == 200


def test_an_event_is_told_in_words_with_its_json(owner: Client, session: Session, headers: dict[str, str]) -> None:
    row = session.scalars(select(Event).where(Event.biz_step == "shipping")).one()
    page = owner.get(f"/events/{row.id}").get_data(as_text=True)

    assert "发货，之后的状态是“在途”。" in page
    assert "GLN 0614141007776" in page
    assert row.event_id in page
    assert "urn:epc:id:sgln:0614141.00777.0" in page


def test_another_organisations_event_is_not_found(as_user: People, session: Session, headers: dict[str, str]) -> None:
    row = session.scalars(select(Event).limit(1)).one()
    stranger = as_user("owner")

    assert stranger.get(f"/events/{row.id}").status_code == 404
    assert "发货" not in stranger.get("/events/").get_data(as_text=True).split("</form>")[-1]
    assert stranger.get("/events/99999999999999999999").status_code == 404


def test_the_bureau_reads_all_events_and_nobody_else_does(
    as_user: People, session: Session, headers: dict[str, str]
) -> None:
    row = session.scalars(select(Event).limit(1)).one()
    bureau = as_user("commerce_inspector")

    assert bureau.get("/events/county").status_code == 200
    assert bureau.get(f"/events/county/{row.id}").status_code == 200
    assert as_user("owner").get("/events/county").status_code == 403
    assert bureau.get("/events/tokens").status_code == 403


def _make(owner: Client, **more: Any) -> Any:
    given = {"name": "超市收货系统", "scopes": ["query", "capture"], "days": "90", "once": str(uuid.uuid4())}
    return owner.post("/events/tokens", data=given | more)


def test_a_token_is_shown_once_works_and_is_revoked(
    owner: Client, client: Client, session: Session, organisation: int
) -> None:
    made = _make(owner).get_data(as_text=True)
    (text,) = set(re.findall(r"ydt_[\w-]{40,}", made))
    later = owner.get("/events/tokens").get_data(as_text=True)
    token = session.scalars(select(Token)).one()

    assert text not in later
    assert token.hint in later
    assert client.get("/epcis/events", headers=make.bearer(text)).status_code == 200
    assert owner.post(f"/events/tokens/{token.public_id}/revoke").status_code == 302
    assert client.get("/epcis/events", headers=make.bearer(text)).status_code == 401


@pytest.mark.parametrize("more", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"days": "9999"}])
def test_a_token_without_name_scope_or_end_is_not_made(owner: Client, session: Session, more: dict[str, Any]) -> None:
    assert "ydt_" not in re.sub(r"ydt_\w{0,4}…", "", _make(owner, **more).get_data(as_text=True))
    assert session.scalars(select(Token)).all() == []


def test_another_organisations_token_is_not_found_and_an_operator_makes_none(
    owner: Client, as_user: People, session: Session, organisation: int
) -> None:
    make.make_token(organisation)
    token = session.scalars(select(Token)).one()

    assert as_user("owner").post(f"/events/tokens/{token.public_id}/revoke").status_code == 404
    assert as_user("operator", organisation).get("/events/tokens").status_code == 403
    assert as_user("operator", organisation).get("/events/").status_code == 200


def test_subscriptions_are_listed_and_ended_on_the_page(
    owner: Client, client: Client, as_user: People, session: Session, headers: dict[str, str]
) -> None:
    client.post("/epcis/queries", json={"name": "all", "query": {}}, headers=headers)
    body = {"dest": "https://partner.example.com/hook", "signatureToken": "a-secret-of-16-or-more", "stream": True}
    made = client.post("/epcis/queries/all/subscriptions", json=body, headers=headers).get_json()
    place = f"/events/subscriptions/{made['subscriptionID']}/end"
    pause, resume = place.replace("/end", "/pause"), place.replace("/end", "/resume")

    assert [as_user("owner").post(pause).status_code, as_user("owner").get(resume).status_code] == [404, 404]
    assert [owner.post(pause).status_code, owner.post(pause).status_code] == [302, 400]
    assert "本单位暂停" in owner.get("/events/subscriptions").get_data(as_text=True)
    assert "没有送到的" in owner.get(resume).get_data(as_text=True)
    future = {"since": "2099-01-01", "once": new_key()}
    assert owner.post(resume, data=future).status_code == 400
    assert owner.post(resume, data={"once": new_key()}).status_code == 303
    assert "partner.example.com" in owner.get("/events/subscriptions").get_data(as_text=True)
    assert as_user("owner").post(place).status_code == 404
    assert owner.post(place).status_code == 302
    assert "在页面上停止" in owner.get("/events/subscriptions").get_data(as_text=True)
    assert owner.post(place).status_code == 400
    assert owner.post(resume, data={"once": new_key()}).status_code == 409


def test_the_interface_is_described(client: Client) -> None:
    document = client.get("/api/openapi.json").get_json()
    described = {path for path in document["paths"] if path.startswith("/epcis/")}

    assert len(described) == 29
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert set(document["paths"]["/epcis/capture"]) == {"get", "post"}
