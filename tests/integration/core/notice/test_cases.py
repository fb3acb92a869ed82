"""Messages, outgoing mail and cases."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core import clock as core_clock
from core.calendar.queries import deadline_of
from core.db import db
from core.errors import BadInput, InvalidMove, NotFound, RuleBroken
from core.notice import queries, rules, service
from core.notice.models import Message, Outgoing
from tests.factories.policy import changed

ANSWER = "已到场核对，标签与批次一致，经营者已更换破损的果箱。"


def opened(**values: Any) -> Any:
    given = {
        "kind": "complaint",
        "subject": "箱子里有烂果",
        "text": "打开就有三个烂的。",
        "contact": "13812348888",
    } | values
    return queries.find_case(service.open_case(**given))


def test_receipts_run_without_a_gap_and_the_desk_is_told(session: Any, as_user: Any, clock: Any) -> None:
    clerk = as_user("office_clerk").actor
    first, second = opened(), opened()
    assert (first.receipt_no, second.receipt_no) == ("LJ-2026-00001", "LJ-2026-00002")
    assert queries.unread_count(clerk) == 2
    assert deadline_of(first, rules.DEADLINE).date.isoformat() == "2026-12-11"
    with pytest.raises(BadInput), db.session.begin_nested():
        service.open_case("complaint", "", "x")
    assert opened().receipt_no == "LJ-2026-00003"


def test_a_case_is_accepted_answered_and_closed(session: Any, as_user: Any, clock: Any) -> None:
    clerk = as_user("office_clerk").actor
    case = opened()
    with pytest.raises(InvalidMove):
        service.move_case(case.public_id, "close", clerk)
    service.move_case(case.public_id, "accept", clerk)
    with pytest.raises(RuleBroken) as short:
        service.move_case(case.public_id, "answer", clerk, reason="好")
    assert [u.rule for u in short.value.unmet] == ["core.case.answer"]
    service.move_case(case.public_id, "answer", clerk, reason=ANSWER)
    assert (case.state, case.answer) == ("answered", ANSWER)
    sent = db.session.scalar(select(Outgoing).order_by(Outgoing.id.desc()))
    assert sent is not None
    assert (sent.channel, sent.address, sent.text, sent.status) == ("sms", "13812348888", ANSWER, "shown")
    service.move_case(case.public_id, "close", clerk)
    assert case.state == "closed"


def test_a_case_is_seen_by_its_own_desk_only(session: Any, as_user: Any, clock: Any) -> None:
    office, brand, owner = as_user("office_clerk").actor, as_user("brand_clerk").actor, as_user("owner").actor
    misuse = opened(kind="misuse")
    assert queries.case_for(misuse.public_id, brand) is misuse
    for other in (office, owner):
        with pytest.raises(NotFound):
            queries.case_for(misuse.public_id, other)
    assert queries.waiting_count(office) == 0
    assert queries.waiting_count(brand) == 1


@pytest.mark.parametrize(
    ("no", "tail", "found"),
    [
        ("lj-2026-00001", "8888", True),
        ("LJ 2026 00001", "８８８８", True),
        ("LJ-2026-00001", "8887", False),
        ("LJ-2026-00001", "", False),
        ("LJ-2026-00009", "8888", False),
        ("' or 1=1", "8888", False),
    ],
)
def test_the_sender_asks_by_receipt_and_tail_of_the_contact(
    session: Any, clock: Any, no: str, tail: str, found: bool
) -> None:
    case = opened()
    if found:
        assert service.find_by_receipt(no, tail) is case
    else:
        with pytest.raises(NotFound):
            service.find_by_receipt(no, tail)


def test_without_a_contact_nobody_can_ask(session: Any, clock: Any) -> None:
    opened(contact="")
    with pytest.raises(NotFound):
        service.find_by_receipt("LJ-2026-00001", "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "praise"}, "kind"),
        ({"subject": " "}, "subject"),
        ({"text": "长" * 2001}, "text"),
        ({"contact": "身份证 11010519491231002X"}, "contact"),
        ({"subject": "坏\u202e果"}, None),
    ],
)
def test_bad_input_opens_nothing(session: Any, clock: Any, values: dict[str, Any], field: str | None) -> None:
    with pytest.raises(BadInput) as refused:
        opened(**values)
    assert refused.value.field == field
    assert queries.find_case("LJ-2026-00001") is None


def test_messages_are_read_by_their_own_inbox(session: Any, as_user: Any) -> None:
    owner, stranger = as_user("owner"), as_user("owner")
    message = service.send(
        title="授权已批准", body="", link="/messages", to_organisation_id=owner.actor.organisation_id
    )
    db.session.flush()
    assert stranger.post(f"/messages/{message.public_id}").status_code == 404
    answer = owner.post(f"/messages/{message.public_id}")
    assert (answer.status_code, answer.location) == (302, "/messages")
    assert queries.unread_count(owner.actor) == 0
    assert db.session.get(Message, message.id).read_by_id == owner.actor.user_id


def test_a_message_has_one_addressee_and_links_inside_only(session: Any) -> None:
    with pytest.raises(ValueError, match="addressee"):
        service.send(title="x")
    with pytest.raises(ValueError, match="inside"):
        service.send(title="x", to_user_id=1, link="https://elsewhere.example")


def test_a_reset_code_is_shown_to_the_administrator_only_and_forgotten_after_a_day(
    session: Any, as_user: Any, clock: Any
) -> None:
    person = as_user("person").actor
    service.send_private(to_user_id=person.user_id, title="找回密码的验证码", body="你的验证码是 123456")
    db.session.flush()
    admin, clerk = as_user("sysadmin"), as_user("office_clerk")
    assert "123456" in admin.get("/system/outgoing").text
    assert clerk.get("/system/outgoing").status_code == 403
    clock.advance(days=1, seconds=1)
    assert service.forget_outgoing(core_clock.now()) == 1
    assert "123456" not in admin.get("/system/outgoing").text


def test_anybody_complains_on_a_phone_and_gets_a_receipt(session: Any, client: Any, clock: Any) -> None:
    page = client.get("/feedback?about=/brands&kind=misuse")
    assert page.status_code == 200
    once = page.text.split('name="once"')[1].split('value="')[1].split('"')[0]
    form = {
        "kind": "misuse",
        "subject": "冒用品牌",
        "text": "摊位上印着猗顿农品，没有授权编号。",
        "once": once,
        "link": "/brands",
    }
    sent = client.post("/feedback", data=form)
    assert sent.status_code == 302
    assert "LJ-2026-00001" in client.get(sent.location).text
    assert client.post("/feedback", data=form).status_code == 409
    assert queries.find_case("LJ-2026-00001").link == "/brands"


def test_a_renamed_program_is_no_photo(session: Any, client: Any, clock: Any) -> None:
    once = client.get("/feedback").text.split('name="once"')[1].split('value="')[1].split('"')[0]
    form = {
        "kind": "complaint",
        "subject": "坏果",
        "text": "坏了",
        "once": once,
        "photo": (io.BytesIO(b"MZ\x90 program"), "a.jpg"),
    }
    refused = client.post("/feedback", data=form, content_type="multipart/form-data")
    assert 400 <= refused.status_code < 500
    assert queries.find_case("LJ-2026-00001") is None


def test_the_feedback_form_needs_its_fields(session: Any, client: Any) -> None:
    page = client.post("/feedback", data={"kind": "nothing"})
    assert page.status_code == 400
    assert "请填写" in page.text


def test_a_case_is_answered_in_the_time_of_the_day_it_came_in(session: Any, as_user: Any, clock: Any) -> None:
    clock.set("2026-11-20 09:00:00")
    changed(as_user, "notice.answer_wd", "5", date(2026, 11, 23))
    before = opened()
    clock.set("2026-11-23 09:00:00")

    assert [deadline_of(case, rules.DEADLINE).date for case in (before, opened())] == [
        date(2026, 12, 11),
        date(2026, 11, 30),
    ]
