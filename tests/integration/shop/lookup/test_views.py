"""A guest without the link finds the order by number, digits and code; a stranger learns nothing."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.db import db
from core.notice.models import Outgoing
from core.ui import once
from shop.lookup import service
from shop.lookup.models import Request
from tests.integration.shop.conftest import open_stall

ASK = "/orders/find"


@pytest.fixture
def order(session: Any, clock: Any, as_user: Any) -> Any:
    return open_stall(as_user).buy(mobile="13800010007")


def ask(client: Any, order_no: str, tail: str) -> Any:
    return client.post(ASK, data={"order_no": order_no, "tail": tail, "once": once.new_key()})


def texts() -> list[Outgoing]:
    return db.session.query(Outgoing).filter_by(subject="查订单的验证码").order_by(Outgoing.id).all()


def code_sent() -> str:
    return re.search(r"\d{6}", texts()[-1].text)[0]  # type: ignore[index]


def test_number_digits_and_code_lead_to_the_order(client: Any, order: Any) -> None:
    page = ask(client, order.order_no.lower(), "０００７").headers["Location"]

    assert texts()[-1].address == "13800010007"
    found = client.post(page, data={"code": code_sent()})

    assert found.status_code == 302
    assert found.headers["Location"] == f"/o/{order.token}"
    assert client.post(page, data={"code": code_sent()}).status_code == 400  # a code opens once


def test_the_answers_are_the_same_whether_or_not_there_is_such_an_order(client: Any, order: Any) -> None:
    answers = [ask(client, *pair) for pair in ((order.order_no, "0007"), (order.order_no, "0008"), ("NO-SUCH", "0007"))]

    assert {a.status_code for a in answers} == {302}
    assert len(texts()) == 1
    pages = {re.sub(r'value="[^"]*"|find/[0-9a-f-]{36}', "", client.get(a.headers["Location"]).text) for a in answers}
    assert len(pages) == 1
    wrong = [client.post(a.headers["Location"], data={"code": "000000"}) for a in answers[1:]]
    assert {w.status_code for w in wrong} == {400}
    assert len({re.sub(r'value="[^"]*"|find/[0-9a-f-]{36}', "", w.text) for w in wrong}) == 1


def test_five_wrong_codes_close_the_request(client: Any, order: Any) -> None:
    page = ask(client, order.order_no, "0007").headers["Location"]
    right = code_sent()
    wrong = "000000" if right != "000000" else "111111"

    for _ in range(5):
        assert client.post(page, data={"code": wrong}).status_code == 400

    assert client.post(page, data={"code": right}).status_code == 400


def test_a_code_ends_after_fifteen_minutes(client: Any, order: Any, clock: Any) -> None:
    page = ask(client, order.order_no, "0007").headers["Location"]
    clock.advance(minutes=15)

    assert client.post(page, data={"code": code_sent()}).status_code == 400


def test_an_order_costs_its_buyer_three_messages_an_hour_at_most(client: Any, order: Any, clock: Any) -> None:
    statuses = [ask(client, order.order_no, "0007").status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert len(texts()) == 3

    clock.advance(hours=1, seconds=1)
    assert ask(client, order.order_no, "0007").status_code == 302


def test_two_requests_at_once_are_not_both_the_last_allowed(cloned_db: Any) -> None:
    def one(_: int) -> str:
        from core.db import unit_of_work
        from core.errors import TooMany

        with cloned_db.app.app_context():
            try:
                with unit_of_work():
                    service.ask("YD-1", "0000", address="192.0.2.1")
            except TooMany:
                return "refused"
            return "asked"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))

    assert sorted(answers) == ["asked"] * 3 + ["refused"] * 3
    with cloned_db.app.app_context():
        assert db.session.query(Request).count() == 3


def test_an_unknown_request_and_a_replayed_form_are_refused_in_a_sentence(client: Any, order: Any) -> None:
    assert client.get(f"{ASK}/{uuid.uuid4()}").status_code == 404
    data = {"order_no": order.order_no, "tail": "0007", "once": once.new_key()}

    assert client.post(ASK, data=data).status_code == 302
    assert client.post(ASK, data=data).status_code == 409


def test_requests_older_than_a_week_are_forgotten(client: Any, order: Any, clock: Any) -> None:
    ask(client, order.order_no, "0007")
    clock.advance(days=8)

    assert service.forget_requests() == 1


def test_the_public_header_shows_the_way_to_the_orders_and_the_pieces_in_the_cart(
    client: Any, session: Any, clock: Any, as_user: Any
) -> None:
    stall = open_stall(as_user)
    assert 'href="/orders/find"' in client.get("/shop").text

    client.post("/cart/add", data={"variant": str(stall.variant.public_id), "quantity": "2", "once": once.new_key()})

    assert ">购物车 2<" in client.get("/shop").text
    assert 'href="/my/orders"' in as_user("person").get("/shop").text
