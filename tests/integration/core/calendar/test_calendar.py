"""The stored calendar: seeded years, a pasted year confirmed by a second person, provisional deadlines recomputed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.account.actor import SYSTEM
from core.calendar import queries, service
from core.calendar.rules import Count, Deadline
from core.errors import Conflict, RuleBroken
from core.organisation.models import Organisation
from core.record.models import AuditRow

NOTICE = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。二、春节：2月5日（周五）至11日（周四）放假，共7天。1月30日（周六）上班。"


@pytest.fixture
def subject(session, as_user):
    return session.get_one(Organisation, as_user.organisation())


def test_the_published_years_stand_in_the_table_and_are_confirmed(session):
    assert service.add_working_days(date(2026, 9, 30), 5) == Deadline(date(2026, 10, 13))
    assert service.add_working_days(date(2022, 9, 26), 15) == Deadline(date(2022, 10, 20))
    assert service.working_days_between(date(2026, 9, 30), date(2026, 10, 13)) == Count(5)
    assert {y.year for y in queries.years()} >= set(range(2018, 2027))
    assert service.load_announced(last=2026) == []


def test_the_table_agrees_with_the_package_for_every_seeded_day(session):
    known = queries.known_days(date(2018, 1, 1), date(2026, 12, 31))
    package = {d: f for y in range(2018, 2027) for d, f in service.announced_days(y).items()}

    assert known == package


def test_a_provisional_deadline_is_recomputed_with_an_audit_row_when_the_year_is_confirmed(session, as_user, subject):
    first, second = as_user("office_clerk").actor, as_user("office_head").actor
    row = service.set_deadline(subject, "publicity", date(2026, 12, 28), 5)
    assert (row.due_on, row.provisional) == (date(2027, 1, 5), True)

    service.load_year(
        2027,
        NOTICE.replace("1月30日（周六）", "1月2日（周六）").replace("至3日（周日）放假，共3天", "放假，共1天"),
        first,
    )
    assert queries.deadline_of(subject, "publicity").provisional
    changed = service.confirm_year(2027, second)

    assert changed == [row]
    assert queries.deadline_of(subject, "publicity") == Deadline(date(2027, 1, 4))
    audit = session.scalars(select(AuditRow).where(AuditRow.verb == "calendar.deadline_recomputed")).one()
    assert audit.details["before"] == "2027-01-05"
    assert audit.details["after"] == "2027-01-04"


def test_the_one_who_entered_a_year_cannot_confirm_it(session, as_user):
    clerk = as_user("office_clerk").actor
    service.load_year(2027, NOTICE, clerk)

    with pytest.raises(RuleBroken) as error:
        service.confirm_year(2027, clerk)

    assert [u.rule for u in error.value.unmet] == ["calendar.four_eyes"]


def test_a_confirmed_year_is_not_overwritten(session, as_user):
    with pytest.raises(Conflict):
        service.load_year(2026, NOTICE, as_user("office_clerk").actor)


def test_a_faulty_notice_is_refused_with_all_its_faults(session, as_user):
    with pytest.raises(RuleBroken) as error:
        service.load_year(2027, "元旦：1月1日（周四）至3日放假，共4天。1月4日上班。", as_user("office_clerk").actor)

    assert len(error.value.unmet) == 3


def test_setting_a_deadline_again_replaces_it(session, subject):
    service.set_deadline(subject, "publicity", date(2026, 9, 30), 5)
    service.set_deadline(subject, "publicity", date(2026, 10, 8), 5)

    assert queries.deadline_of(subject, "publicity") == Deadline(date(2026, 10, 14))
    assert service.recompute(SYSTEM) == []
