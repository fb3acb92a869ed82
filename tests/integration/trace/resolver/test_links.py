"""The pages and the service of links: who may do what, what is kept, what is refused."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.db import db
from core.errors import BadInput
from core.record.models import AuditRow
from tests.factories import trace as grow
from trace.resolver import queries, service
from trace.resolver.models import Link

GOOD = {
    "link_type": "pip",
    "href": "https://farm.example/p",
    "title": "商品介绍",
    "media_type": "text/html",
    "language": "zh",
}


@pytest.fixture
def box(session):
    organisation = grow.make_organisation()
    actor = grow.actor_of(organisation)
    return grow.make_box(actor), actor, organisation


def once_of(answer) -> dict[str, str]:
    found = re.search(r'name="once"[^>]*value="([^"]+)"', answer.get_data(as_text=True))
    assert found is not None
    return {"once": found[1]}


def test_an_owner_adds_a_link_on_the_page_and_it_is_in_the_audit_trail(session, as_user, box):
    item, _, organisation = box
    owner = as_user("owner", organisation)
    url = f"/items/{item.public_id}/links"

    answer = owner.post(url, data=GOOD | once_of(owner.get(url)))

    assert answer.status_code == 302
    [link] = db.session.scalars(select(Link))
    assert (link.href, link.forward_query, link.lot_id) == ("https://farm.example/p", True, None)
    assert db.session.scalar(select(AuditRow.verb).order_by(AuditRow.id.desc())) == "resolver.link_added"
    assert "https://farm.example/p" in owner.get(url).get_data(as_text=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"href": "http://farm.example/"}, "地址要以 https:// 开头"),
        ({"href": "https://192.168.1.1/"}, "不能用 IP 地址"),
        ({"link_type": "smpc"}, "没有这一项"),
        ({"title": ""}, "标题"),
        ({"language": "xx"}, "没有这一项"),
    ],
)
def test_a_bad_link_is_refused_on_its_field(session, as_user, box, wrong, words):
    item, _, organisation = box
    owner = as_user("owner", organisation)
    url = f"/items/{item.public_id}/links"

    answer = owner.post(url, data=GOOD | wrong | once_of(owner.get(url)))

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert db.session.scalar(select(Link)) is None


def test_another_organisation_s_links_are_not_found(session, as_user, box):
    item, actor, _ = box
    link = service.add_link(item, actor, **GOOD)
    db.session.flush()
    stranger = as_user("owner")

    assert stranger.get(f"/items/{item.public_id}/links").status_code == 404
    assert stranger.post(f"/items/{item.public_id}/links", data=GOOD).status_code == 404
    assert stranger.get(f"/links/{link.public_id}/end").status_code == 404
    assert stranger.post(f"/links/{link.public_id}/end", data={"reason": "不用了"}).status_code == 404
    assert stranger.get("/office/links").status_code == 403


def test_the_office_sees_every_link_and_takes_one_down_with_a_reason(session, as_user, box):
    item, actor, _ = box
    link = service.add_link(item, actor, **GOOD)
    db.session.flush()
    clerk = as_user("office_clerk")

    assert "https://farm.example/p" in clerk.get("/office/links").get_data(as_text=True)
    url = f"/office/links/{link.public_id}/end"
    assert clerk.post(url, data={"reason": ""} | once_of(clerk.get(url))).status_code == 422
    assert clerk.post(url, data={"reason": "网页冒充官方"} | once_of(clerk.get(url))).status_code == 302

    db.session.refresh(link)
    assert link.end_reason == "网页冒充官方"
    assert queries.links_for(item.id, None) == ([], [])
    assert clerk.get(f"/items/{item.public_id}/links").status_code == 403


def test_the_same_live_link_twice_is_refused_and_may_come_back_once_ended(session, box):
    item, actor, _ = box
    first = service.add_link(item, actor, **GOOD)
    db.session.flush()

    def again() -> None:
        with db.session.begin_nested():
            service.add_link(item, actor, **GOOD)

    with pytest.raises(DBAPIError, match="uq_trace_resolver_link_live"):
        again()
    owner = grow.actor_of(box[2], user_id=_user(session))
    service.end_link(first, owner, reason="网页停用")
    service.add_link(item, actor, **GOOD)
    db.session.flush()


def _user(session) -> int:
    from core.account.models import User

    user = User(mobile="19911112222", display_name="示例人员")
    session.add(user)
    session.flush()
    return user.id


def test_a_stored_link_cannot_be_changed_in_the_database(session, box):
    item, actor, _ = box
    service.add_link(item, actor, **GOOD)
    db.session.flush()

    for statement in (
        "update trace_resolver_link set href = 'https://evil.example/'",
        "delete from trace_resolver_link",
    ):
        with pytest.raises(DBAPIError, match="ended, never changed"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_a_link_of_a_lot_speaks_of_that_sealed_lot_only(session, box):
    item, actor, _ = box

    with pytest.raises(BadInput) as refused:
        service.add_link(item, actor, **GOOD, lot_id=999)

    assert refused.value.field == "lot_id"
