"""Leases near and past their end: both sides are told once a step, the workbench says it, a followed lease ends (R96)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from admin.enterprise import service as entry
from admin.enterprise.rules import APPLICATION
from admin.lease import jobs
from admin.lease import service as lease
from admin.lease.models import Lease, Reminder
from core.db import db
from core.job.service import LOOPS
from core.notice.models import Message
from core.organisation.queries import desk_id, get_organisation
from core.policy import service as policy
from core.workflow.engine import fire
from tests.factories import admin_enterprise as make

LAST = date(2027, 6, 30)


@pytest.fixture
def let(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    """An enterprise with a running lease from July 2026 to June 2027."""
    clerk, head = as_user("office_clerk").actor, as_user("office_head").actor
    case = make.make_submitted(as_user("person").actor, 501)
    entry.screen(case, clerk)
    entry.note_visit(case, clerk, visited_on=date(2026, 11, 19), note="有果库一座")
    entry.approve(case, head)
    firm = as_user("owner", organisation=case.organisation_id)
    unit = lease.add_unit(clerk, code="A-101", building="示例楼", area_m2=300, uses=["office", "studio"])
    made = SimpleNamespace(case=case, clerk=clerk, head=head, firm=firm, unit=unit, clock=clock, as_user=as_user)
    made.lease = offered(made, date(2026, 7, 1), LAST)
    lease.accept(made.lease, firm.actor)
    fire(APPLICATION, case, "sign_lease", clerk)
    return made


def offered(let: SimpleNamespace, first: date, last: date) -> Lease:
    return lease.offer(
        let.unit, let.clerk, code=get_organisation(let.firm.actor.organisation_id).code, area_m2=200, starts_on=first,
        ends_on=last, purpose="studio", monthly_rent_fen=100_000,
    )  # fmt: skip


def followed(let: SimpleNamespace) -> Lease:
    """The next lease of the unit, confirmed and signed as a renewal."""
    after = offered(let, date(2027, 7, 1), date(2028, 6, 30))
    lease.accept(after, let.firm.actor)
    fire(APPLICATION, let.case, "renew", let.clerk)
    return after


def told(lease_row: Lease) -> list[tuple[str, int | None]]:
    """Title and inbox of every notice about the end of the lease."""
    query = select(Message).where(Message.link == f"/leases/{lease_row.public_id}", Message.title.contains("到期"))
    return [(m.title, m.organisation_id) for m in db.session.scalars(query.order_by(Message.id))]


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("2027-04-30 09:00", None),  # 61 days before
        ("2027-05-01 00:30", 60),
        ("2027-05-30 09:00", 31),  # the office was away on the day itself
        ("2027-05-31 09:00", 30),
        ("2027-06-30 23:30", 0),
        ("2027-07-01 00:30", None),  # over
    ],
)
def test_tenant_and_office_are_told_of_the_coming_end(let: SimpleNamespace, moment: str, left: int | None) -> None:
    let.clock.set(moment)

    count = lease.remind()

    when = "今天到期" if left == 0 else f"还有 {left} 天到期"
    name = get_organisation(let.firm.actor.organisation_id).name
    both = [(f"租赁{when}：A-101", let.firm.actor.organisation_id), (f"{name}租赁{when}：A-101", desk_id("office"))]
    assert (count, told(let.lease)) == ((0, []) if left is None else (1, both))


def test_each_step_is_told_once_however_often_the_timer_runs(let: SimpleNamespace) -> None:
    counts = []
    for moment in ("2027-05-01 09:00", "2027-05-01 10:00", "2027-05-20 09:00", "2027-05-31 09:00", "2027-06-15 09:00"):
        let.clock.set(moment)
        jobs.run_timers()
        counts.append(db.session.query(Reminder).filter_by(lease_id=let.lease.id).count())

    assert counts == [1, 1, 1, 2, 2]
    assert len(told(let.lease)) == 4
    assert LOOPS["admin.lease"].tick is jobs.run_timers


def test_a_lease_that_a_confirmed_one_follows_is_not_reminded_of_but_an_offer_alone_changes_nothing(
    let: SimpleNamespace,
) -> None:
    let.clock.set("2027-05-01 09:00")
    after = offered(let, date(2027, 7, 1), date(2028, 6, 30))
    assert lease.remind() == 1
    lease.accept(after, let.firm.actor)
    let.clock.set("2027-05-31 09:00")
    assert lease.remind() == 0


def test_a_lease_that_has_not_begun_or_is_shorter_than_the_step_is_not_reminded_of(let: SimpleNamespace) -> None:
    other = lease.add_unit(let.clerk, code="A-102", building="示例楼", area_m2=300, uses=["studio"])
    let.unit = other
    short = offered(let, date(2027, 6, 1), date(2027, 7, 10))  # 39 days
    lease.accept(short, let.firm.actor)
    fire(APPLICATION, let.case, "renew", let.clerk)
    for moment, titles in (
        ("2027-05-31 10:00", 0),
        ("2027-06-02 10:00", 0),
        ("2027-06-10 10:00", 2),
    ):
        let.clock.set(moment)
        lease.remind()
        assert len(told(short)) == titles, moment


def test_the_town_may_set_other_days(let: SimpleNamespace) -> None:
    change = policy.propose(
        "lease.reminder_days", "90", date(2027, 1, 1), let.clerk, reason="旺季前要早一点排单元，三十天来不及。",
        document="示例：办公会议纪要 1 号",
    )  # fmt: skip
    policy.decide(change, "approve", let.head)

    let.clock.set("2027-04-01 09:00")

    assert lease.remind() == 1
    assert "还有 90 天到期" in told(let.lease)[0][0]


def test_the_workbench_and_the_page_say_it_too(let: SimpleNamespace) -> None:
    let.clock.set("2027-05-31 09:00")

    workbench, page = let.firm.get("/workbench").text, let.firm.get(f"/leases/{let.lease.public_id}").text

    assert "A-101 的租赁还有 30 天到期" in workbench
    assert "还有 30 天到期" in page


def test_a_lease_past_its_end_ends_when_the_next_one_runs_and_else_waits_for_the_handover(let: SimpleNamespace) -> None:
    after = followed(let)
    let.clock.set("2027-06-30 23:00")
    assert lease.end_followed() == 0

    let.clock.set("2027-07-01 01:00")
    assert (lease.end_followed(), lease.end_followed()) == (1, 0)

    assert (let.lease.state, let.lease.ended_on, after.state) == ("ended", LAST, "running")
    let.clock.set("2028-07-01 09:00")
    assert lease.end_followed() == 0
    assert "租期已满，待续租或腾退" in let.firm.get(f"/leases/{after.public_id}").text
