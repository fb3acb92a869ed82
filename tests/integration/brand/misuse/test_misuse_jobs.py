"""What runs by itself on misuse cases: last days are told, contacts are forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from brand.misuse import rules, screens, service
from brand.misuse.models import MisuseReport
from core import clock as core_clock
from core.calendar.queries import deadline_of
from core.db import db
from core.workflow.engine import fire
from tests.factories import misuse as make
from tests.factories.policy import changed


@pytest.mark.parametrize(("day", "told"), [("2026-11-26", 0), ("2026-11-27", 1), ("2026-11-28", 1), ("2026-11-29", 0)])
def test_the_office_hears_of_a_last_day_on_it_and_on_the_day_after(
    session: Any, as_user: Any, clock: Any, day: str, told: int
) -> None:
    as_user("brand_clerk")
    make.reported()
    clock.set(f"{day} 08:20:00")

    assert service.remind(core_clock.today()) == told


@pytest.mark.parametrize(("days", "left"), [(365, "13800000000"), (366, "")])
def test_a_reporters_contact_is_gone_a_year_after_the_end(
    session: Any, as_user: Any, clock: Any, days: int, left: str
) -> None:
    case, _ = make.reported(contact="13800000000")
    fire(rules.MISUSE_CASE, case, "dismiss", as_user("brand_clerk").actor, reason="看错了。")
    db.session.flush()
    clock.advance(days=days)

    service.forget_contacts(core_clock.now())

    assert db.session.scalar(select(MisuseReport.contact)) == left


def test_an_open_case_keeps_the_contact(session: Any, as_user: Any, clock: Any) -> None:
    as_user("brand_clerk")
    make.reported(contact="13800000000")
    db.session.flush()
    clock.advance(days=800)

    assert service.forget_contacts(core_clock.now()) == 0


def test_a_changed_number_of_days_acts_from_its_day_and_leaves_what_runs(
    session: Any, as_user: Any, clock: Any
) -> None:
    changed(as_user, "misuse.accept_wd", "7", date(2026, 11, 24))
    before, _ = make.reported()
    clock.set("2026-11-24 09:00:00")
    after, _ = make.reported()

    assert deadline_of(before, "accept").date == date(2026, 11, 27)
    assert deadline_of(after, "accept").date == date(2026, 12, 3)
    assert [screens.clock_of(case)["total"] for case in (before, after)] == [5, 7]


def test_a_contact_is_kept_as_long_as_was_promised_when_it_was_given(session: Any, as_user: Any, clock: Any) -> None:
    changed(as_user, "misuse.keep_contact_days", "60", date(2026, 11, 24))
    made = [make.reported(contact="13800000001")[0]]
    clock.set("2026-11-24 09:00:00")
    made.append(make.reported(contact="13800000002")[0])
    clerk = as_user("brand_clerk").actor
    for case in made:
        fire(rules.MISUSE_CASE, case, "dismiss", clerk, reason="看错了。")
    db.session.flush()
    clock.advance(days=61)

    assert service.forget_contacts(core_clock.now()) == 1
    assert db.session.scalars(select(MisuseReport.contact).order_by(MisuseReport.id)).all() == ["13800000001", ""]
