"""A value is proposed, approved by another person, and read by the day; screens and the public page."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from core.account.actor import Actor
from core.account.permissions import permissions_of
from core.db import db
from core.errors import BadInput, Conflict, Denied, RuleBroken
from core.notice.models import Message
from core.policy import queries, service
from core.policy.errors import KeyNotFound
from core.policy.models import DatedValue
from core.policy.rules import CHANGE
from core.record.models import AuditRow
from core.ui.once import new_key
from core.workflow.engine import history

KEY = "supervision.statement_wd"
NOV = date(2026, 11, 1)
GROUNDS = {"reason": "三个工作日不够企业找齐凭证。", "document": "示例会议纪要〔2026〕9 号"}


@pytest.fixture
def town(as_user, clock, session):
    clock.set("2026-10-12 09:00")
    return {role: as_user(role).actor for role in ("office_clerk", "office_head", "commerce_clerk")}


def changed(town, value="5", valid_from=NOV, key=KEY):
    change = service.propose(key, value, valid_from, town["office_clerk"], **GROUNDS)
    service.decide(change, "approve", town["office_head"])
    return change


def test_another_person_approves_and_the_value_holds_from_its_day_on(town, session):
    change = changed(town)

    assert (change.state, change.case_no) == ("approved", "QZ-2026-001")
    assert [queries.value(KEY, on=d) for d in (date(2026, 10, 31), NOV, date(2030, 1, 1))] == [3, 5, 5]
    row = session.query(DatedValue).one()
    assert (row.proposed_by_id, row.approved_by_id) == (town["office_clerk"].user_id, town["office_head"].user_id)
    assert (row.reason, row.document, row.approved_on) == (*GROUNDS.values(), date(2026, 10, 12))
    verbs = session.query(AuditRow.verb).filter(AuditRow.subject_key == str(change.public_id)).all()
    assert {v for (v,) in verbs} >= {"core.policy.propose", "core.policy.approve", "policy.value_set"}
    assert [h.move for h in history(CHANGE, change.id)] == ["propose", "approve"]


def test_who_proposed_does_not_decide_even_in_another_role(town):
    change = service.propose(KEY, "5", NOV, town["office_clerk"], **GROUNDS)
    same = town["office_clerk"]
    as_head = Actor(
        user_id=same.user_id, organisation_id=same.organisation_id, organisation_kind="office", role="office_head",
        permissions=permissions_of("office_head"), membership_id=None,
    )  # fmt: skip

    for move in ("approve", "refuse"):
        with pytest.raises(RuleBroken) as refused:
            service.decide(change, move, as_head, reason="不行")
        assert [u.rule for u in refused.value.unmet] == [f"core.policy.{move}.four_eyes"]
    assert queries.value(KEY, on=NOV) == 3


def test_a_refusal_gives_a_reason_and_changes_nothing(town, session):
    change = service.propose(KEY, "5", NOV, town["office_clerk"], **GROUNDS)
    with pytest.raises(RuleBroken):
        service.decide(change, "refuse", town["office_head"])

    service.decide(change, "refuse", town["office_head"], reason="缩短了企业来不及陈述")

    assert change.state == "refused"
    assert session.query(DatedValue).count() == 0
    assert queries.value(KEY, on=NOV) == 3


def test_a_day_that_has_begun_is_not_changed_by_the_service_nor_by_the_database(town, session, clock):
    with pytest.raises(RuleBroken, match="最早是 2026年10月13日"):
        service.propose(KEY, "5", date(2026, 10, 12), town["office_clerk"], **GROUNDS)
    change = service.propose(KEY, "5", NOV, town["office_clerk"], **GROUNDS)
    clock.set("2026-11-01 00:00")
    with pytest.raises(RuleBroken, match="最早是 2026年11月2日"):
        service.decide(change, "approve", town["office_head"])
    service.decide(change, "drop", town["office_clerk"], reason="过了生效日，另提")
    clock.set("2026-11-02 09:00")
    changed(town, "4", date(2026, 11, 3))

    backdated = (
        "insert into core_policy_value (key, value, valid_from, change_id, approved_on, approved_at, reason, document) "
        f"values ('{KEY}', '9', '2026-11-02', {change.id}, '2026-11-02', '2026-11-02', '', '')"
    )
    for attack in (
        backdated,
        "update core_policy_value set value = '9'",
        "delete from core_policy_value",
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(attack))


def test_one_proposal_a_key_is_open_at_a_time(town):
    service.propose(KEY, "5", NOV, town["office_clerk"], **GROUNDS)

    with pytest.raises(Conflict, match="已有一份待审定"):
        service.propose(KEY, "4", NOV, town["commerce_clerk"], **GROUNDS)


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("no.such_key", "5", KeyNotFound),
        (KEY, "abc", BadInput),
        (KEY, "\x00", BadInput),
        (KEY, "99", RuleBroken),
        (KEY, "3", RuleBroken),
    ],
)
def test_what_cannot_be_a_value_is_refused(town, key, value, error):
    with pytest.raises(error):
        service.propose(key, value, NOV, town["office_clerk"], **GROUNDS)


def test_who_may_not_propose_is_refused(as_user, town):
    with pytest.raises(Denied):
        service.propose(KEY, "5", NOV, as_user("owner").actor, **GROUNDS)


def test_all_values_cost_one_statement_a_transaction(town, session):
    changed(town)
    session.commit()
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", note := lambda *a: seen.append(a[2]))
    try:
        for _ in range(3):
            queries.value(KEY, on=NOV)
            queries.value("project.report_day", on=NOV)
        first = len([s for s in seen if "core_policy_value" in s])
        session.commit()
        queries.value(KEY, on=NOV)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert (first, len([s for s in seen if "core_policy_value" in s])) == (1, 2)


def test_a_rolled_back_approval_leaves_nothing_in_mind(town, session):
    nested = session.begin_nested()
    changed(town)
    assert queries.value(KEY, on=NOV) == 5
    nested.rollback()

    assert queries.value(KEY, on=NOV) == 3


def test_the_office_proposes_and_decides_on_its_pages_and_everybody_reads_the_result(as_user, clock, client):
    clock.set("2026-10-12 09:00")
    clerk, head = as_user("office_clerk"), as_user("office_head")
    page = f"/office/rule-values/{KEY}"
    form = {"value": "５", "valid_from": "2026-11-01", **GROUNDS}

    assert clerk.get(page).status_code == 200
    assert "要在1 个工作日到 15 个工作日之间" in clerk.post(page, data={**form, "value": "99", "once": new_key()}).text
    sent = clerk.post(page, data={**form, "once": new_key()})
    listed = head.get("/office/rule-values").text
    address = listed.split("/office/rule-values/changes/")[1].split('"')[0]
    change = f"/office/rule-values/changes/{address}"
    shown = head.get(change).text
    version = shown.split('name="version" value="')[1].split('"')[0]
    asked = head.post(f"{change}/move", data={"move": "approve", "version": version, "once": new_key()})
    done = head.post(f"{change}/move", data={"move": "approve", "version": version, "sure": "1", "once": new_key()})
    public = client.get("/rule-values").text

    assert sent.status_code == 302
    assert "不往回" in asked.text or "以前开始计时" in asked.text
    assert done.status_code == 302
    assert "2026年11月1日起 5 个工作日" in public
    assert "未规定，系统默认" in public
    assert client.get(page).status_code in (302, 401)


def test_a_stale_or_unknown_page_is_refused(as_user, clock):
    clock.set("2026-10-12 09:00")
    clerk = as_user("office_clerk")

    assert clerk.get("/office/rule-values/no.such_key").status_code == 404
    assert clerk.post("/office/rule-values/no.such_key", data={"once": new_key()}).status_code == 404
    assert clerk.get("/office/rule-values/changes/00000000-0000-0000-0000-000000000007").status_code == 404


def test_a_second_proposal_is_told_that_one_is_open(as_user, clock):
    clock.set("2026-10-12 09:00")
    clerk, other = as_user("office_clerk"), as_user("commerce_clerk")
    page, form = f"/office/rule-values/{KEY}", {"value": "5", "valid_from": "2026-11-01", **GROUNDS}
    clerk.post(page, data={**form, "once": new_key()})

    refused = other.post(page, data={**form, "once": new_key()})

    assert refused.status_code == Conflict.status
    assert "已有一份待审定的提议" in refused.text


def test_the_office_hears_of_a_proposal_and_the_proposer_of_the_decision(town, session):
    change = changed(town)

    told = {m.title: m for m in session.query(Message).filter(Message.link.endswith(str(change.public_id)))}
    waiting, decided = (
        told[f"{word}：检查发现问题后，承办企业陈述的时间改为 5 个工作日（QZ-2026-001）"]
        for word in ("待审定", "已批准")
    )
    assert (waiting.user_id, decided.user_id) == (None, town["office_clerk"].user_id)
