"""What runs by itself on misuse cases: last days are told, contacts are forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from brand.misuse import rules, service
from brand.misuse.models import MisuseReport
from core import clock as core_clock
from core.db import db
from core.workflow.engine import fire
from tests.factories import misuse as make


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
