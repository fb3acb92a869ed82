"""The pages of registration, as a phone sends them."""

from __future__ import annotations

import io
import re
from typing import Any

from admin.enterprise import queries, service
from admin.enterprise.models import Application
from core.ui import once
from tests.factories import admin_enterprise as make
from tests.factories.brand import picture
from tests.support.people import invented_uscc


def hidden(page: str) -> dict[str, str]:
    """The version and once fields of a page's forms (the last form wins)."""
    return dict(re.findall(r'name="(version|once)"[^>]*value="([^"]*)"', page))


def test_a_person_registers_an_enterprise_on_a_phone(as_user: Any, session: Any, clock: Any) -> None:
    person = as_user("person")
    started = person.post("/join", data={"kind": "enterprise", "once": once.new_key()})
    assert started.status_code == 302
    case = started.location
    shown = person.get(case).text
    assert "还差 7 样，就能提交" in shown
    details = {
        "code": invented_uscc(601).lower(),
        "name": "临猗示例鲜果有限公司",
        "town": "示例镇",
        "contact_name": "示例联系人",
        "contact_mobile": "+86 138 0013 8000",
        "lawful_use": "y",
    }
    sent = {**hidden(shown), **details, "picture": (io.BytesIO(picture()), "执照.jpg")}
    assert person.post(case, data=sent, content_type="multipart/form-data").status_code == 302
    assert "可以提交了" in person.get(case).text
    assert person.post(f"{case}/move", data={"move": "submit"}).status_code == 302
    found = queries.own(person.actor)[0]
    assert found.state == "submitted"
    assert found.contact_mobile == "13800138000"
    head, clerk = as_user("office_head"), as_user("office_clerk")
    desk = f"/entry/cases/{found.public_id}"
    assert "还没有实地走访" in clerk.get(desk).text
    assert clerk.post(f"{desk}/move", data={"move": "screen"}).status_code == 302
    visit = {**hidden(clerk.get(desk).text), "waiver": "材料齐全，远程核对。"}
    assert clerk.post(f"{desk}/visit", data=visit).status_code == 302
    assert clerk.post(f"{desk}/move", data={"move": "approve"}).status_code == 422
    assert head.post(f"{desk}/move", data={"move": "approve"}).status_code == 302
    assert found.state == "approved"
    assert "已批准" in person.get("/messages").text


def test_a_mistyped_code_is_told_at_the_field(as_user: Any, session: Any) -> None:
    person = as_user("person")
    case = person.post("/join", data={"kind": "enterprise", "once": once.new_key()}).location
    answer = person.post(case, data={**hidden(person.get(case).text), "name": "示例", "code": "9135O100M000100Y43"})
    assert answer.status_code == 400
    assert "第 5 位是字母 O，是不是数字 0？" in answer.text


def test_a_stale_form_overwrites_nothing(as_user: Any, session: Any) -> None:
    person = as_user("person")
    case = person.post("/join", data={"kind": "enterprise", "once": once.new_key()}).location
    old = hidden(person.get(case).text)
    found = queries.own(person.actor)[0]
    service.fill_in(found, person.actor, name="先填的")
    assert person.post(case, data={**old, "name": "后填的"}).status_code == 409
    assert found.name == "先填的"


def test_another_person_finds_nothing(as_user: Any, session: Any) -> None:
    person, other, clerk = as_user("person"), as_user("person"), as_user("office_clerk")
    draft = make.make_draft(person.actor)
    assert other.get(f"/join/{draft.public_id}").status_code == 404
    assert other.post(f"/join/{draft.public_id}/move", data={"move": "submit"}).status_code == 404
    assert clerk.get(f"/entry/cases/{draft.public_id}").status_code == 404
    service.submit(draft, person.actor)
    assert clerk.get(f"/entry/cases/{draft.public_id}").status_code == 200
    assert as_user("brand_clerk").get(f"/entry/cases/{draft.public_id}").status_code == 403


def test_the_public_explanation_needs_no_login(client: Any, session: Any) -> None:
    page = client.get("/join")
    assert page.status_code == 200
    assert "先用手机号注册" in page.text
    assert client.post("/join", data={"kind": "enterprise"}).status_code in (302, 401)


def test_a_start_sent_twice_opens_one_application(as_user: Any, session: Any) -> None:
    person, data = as_user("person"), {"kind": "enterprise", "once": once.new_key()}

    assert person.post("/join", data=data).status_code == 302
    assert person.post("/join", data=data).status_code == 409
    assert session.query(Application).filter_by(applicant_id=person.actor.user_id).count() == 1


def test_a_refused_picture_loses_nothing_that_was_typed_and_keeps_no_half(as_user: Any, session: Any) -> None:
    person = as_user("person")
    case = person.post("/join", data={"kind": "enterprise", "once": once.new_key()}).location
    details = {
        "code": invented_uscc(602),
        "name": "临猗示例鲜果有限公司",
        "picture": (io.BytesIO(b"MZ\x90\x00"), "执照.jpg"),
    }

    sent = {**hidden(person.get(case).text), **details}
    answer = person.post(case, data=sent, content_type="multipart/form-data")

    assert answer.status_code in (400, 413, 415, 422)
    assert 'value="临猗示例鲜果有限公司"' in answer.text
    assert 'class="err"' in answer.text
    assert session.query(Application).filter_by(applicant_id=person.actor.user_id).one().name == ""
