"""Area, firm and date: where one of them is not covered the mark is shown nowhere, and its last day is its last day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from brand.certificate import queries as certificates
from core.db import db
from tests.factories import certificate as make
from tests.factories import trace as grow
from tests.factories.code import seal_packed
from trace.code import design_rules, designs, service
from trace.lot import marking
from trace.scan import facts
from trace.signing.queries import record_for_lot


@pytest.fixture
def clerk(as_user: Any, session: Any, clock: Any) -> Any:
    return as_user("brand_clerk").actor


def _stated(grown: Any) -> list[Any]:
    record = record_for_lot(grown.packed.id)
    assert record is not None
    return list(record.payload["credentialSubject"]["certificates"])


def test_a_certificate_over_other_plots_or_of_another_firm_marks_no_lot(clerk: Any, as_user: Any) -> None:
    grown, other = grow.make_packed_lot(), as_user("owner").actor
    make.confirmed(grown.actor, clerk, plots=[grow.make_plot(grown.actor, "P-0999")])
    make.confirmed(
        other, clerk, plots=[grow.make_plot(other)], number="LB-18-2601040002", company_code="GF140821260002"
    )
    seal_packed(grown)

    series = service.issue_series(grown.packed.public_id, 5, grown.actor)

    assert _stated(grown) == []
    assert marking.marks_of(grown.packed) == []
    page = facts.lot_page(grown.packed.id, "zh")
    assert page is not None
    assert page.certificates == ()
    assert designs.wanted_for(series, design_rules.DEFAULT, grown.actor, mark=False, covered=False).facts.marks == ""


@pytest.mark.parametrize(("moment", "shown"), [("2026-12-31 23:59:59", True), ("2027-01-01 00:00:00", False)])
def test_the_last_day_of_a_certificate_is_the_last_day_of_its_mark(
    clerk: Any, clock: Any, moment: str, shown: bool
) -> None:
    grown = grow.make_packed_lot()
    make.confirmed(grown.actor, clerk, plots=[grown.plot], valid_until=date(2026, 12, 31))
    seal_packed(grown)
    series = service.issue_series(grown.packed.public_id, 5, grown.actor)
    db.session.flush()

    clock.set(moment)

    page = facts.lot_page(grown.packed.id, "zh")
    assert page is not None
    assert [not m.ended for m in page.certificates] == [shown]
    label = designs.wanted_for(series, design_rules.DEFAULT, grown.actor, mark=False, covered=False).facts.marks
    assert bool(label) is shown
    on_listing = certificates.marks_of_item(grown.organisation.id, "fuji", "fresh")
    assert bool(on_listing) is shown
    said = certificates.unsupported(grown.organisation.id, {"标题": "绿色食品富士苹果"}, [("fuji", "fresh")])
    assert [f.misuse for f in said] == ([] if shown else ["expired"])
