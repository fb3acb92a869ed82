"""The dated tables of limits and bans, kept by the office: added, confirmed by another, closed, never rewritten."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.account.models import User
from core.errors import Conflict, Denied, RuleBroken
from tests.factories import trace as grow
from trace.inspection import queries, upkeep
from trace.inspection.models import Limit


@pytest.fixture
def grown(session, clock):
    made = grow.make_packed_lot()
    session.flush()
    return made


def _once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


NEW = {
    "substance": "示例新药", "product": "苹果", "value": Decimal("0.5"), "standard": "GB 2763-2026",
    "valid_from": date(2026, 3, 1), "source": "示例条文",
}  # fmt: skip


def _member(organisation, number, session):
    user = User(mobile=f"1990001{number:04d}", display_name=f"示例{number}")
    session.add(user)
    session.flush()
    return grow.actor_of(organisation, "office_clerk", user_id=user.id)


@pytest.fixture
def office(session, clock):
    body = grow.make_organisation(7900, "e镇办公室", kind="office")
    return _member(body, 1, session), _member(body, 2, session)


def test_a_limit_is_confirmed_by_another_than_who_entered_it(office):
    one, two = office
    row = upkeep.add_limit(one, **NEW)
    assert row.to_be_confirmed

    with pytest.raises(Denied):
        upkeep.confirm(row, one, source="原文第 5 页")
    upkeep.confirm(row, two, source="原文第 5 页")

    assert (row.to_be_confirmed, row.confirmed_by, row.source) == (False, two.user_id, "原文第 5 页")
    with pytest.raises(Conflict):
        upkeep.confirm(row, two, source="再来")


@pytest.mark.parametrize(
    ("first", "ok"), [(date(2027, 1, 1), True), (date(2026, 12, 31), False), (date(2026, 3, 1), False)]
)
def test_a_new_limit_begins_when_the_old_one_ends(office, first, ok):
    one, _ = office
    row = upkeep.add_limit(one, **NEW)
    upkeep.close(row, one, valid_to=date(2027, 1, 1), source="新标准")

    if ok:
        assert upkeep.add_limit(one, **NEW | {"valid_from": first, "standard": "示例新标准"}).valid_from == first
        return
    with pytest.raises(Conflict):
        upkeep.add_limit(one, **NEW | {"valid_from": first, "standard": "示例新标准"})


def test_closing_a_limit_leaves_what_was_judged(grown, office, session):
    made = grow.make_report(grown.actor, grown.packed)
    row = session.scalar(select(Limit).where(Limit.substance == "戊唑醇", Limit.product == "苹果"))

    upkeep.close(row, office[0], valid_to=date(2026, 11, 1), source="示例公告")

    assert queries.get_report(made.public_id, grown.actor).results[0].judgement == "not_over"
    with pytest.raises(Conflict):
        upkeep.close(row, office[0], valid_to=date(2026, 12, 1), source="示例公告")


def test_a_new_ban_binds_at_once(grown, office):
    upkeep.add_ban(
        office[0], name="示例禁药", scope="fruit", rule="示例公告", source="示例", valid_from=date(2026, 6, 1)
    )

    with pytest.raises(RuleBroken):
        grow.spray(grown.season, grown.actor, date(2026, 6, 1), name="10% 示例禁药乳油")
    grow.spray(grown.season, grown.actor, date(2026, 5, 31), name="10% 示例禁药乳油")


def test_an_enterprise_keeps_no_limits(grown, as_user):
    with pytest.raises(Denied):
        upkeep.add_limit(grown.actor, **NEW)
    client = as_user("owner", grown.organisation.id)
    for path in ("limits", "limits/new", "bans", "bans/new", "official"):
        assert client.get(f"/inspection/office/{path}").status_code == 403


def test_the_office_adds_confirms_and_closes_by_its_pages(session, as_user, clock):
    one, two = as_user("office_clerk"), as_user("office_head")
    page = one.get("/inspection/office/limits/new")
    data = {
        "substance": "示例药", "product": "苹果", "value": "0.5", "standard": "GB 2763-2026", "valid_from": "2026-03-01",
        "source": "示例", "once": _once(page),
    }  # fmt: skip
    path = one.post("/inspection/office/limits/new", data=data).location

    confirm = re.search(r'name="confirm-once"[^>]*value="([^"]+)"', two.get(path).text)[1]
    assert two.post(path, data={"confirm-source": "原文", "confirm-once": confirm}).status_code == 302
    close = re.search(r'name="close-once"[^>]*value="([^"]+)"', one.get(path).text)[1]
    assert (
        one.post(path, data={"close-valid_to": "2027-01-01", "close-source": "新标准", "close-once": close}).status_code
        == 302
    )

    assert "已核对，有失效日" in one.get(path).text
