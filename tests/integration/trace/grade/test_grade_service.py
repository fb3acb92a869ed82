"""Standards: drafts are edited, published versions are frozen, others' drafts are not there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.errors import BadInput, Conflict, NotFound, RuleBroken
from tests.factories import trace as grow
from trace.grade import queries, service
from trace.grade.models import Standard, StandardVersion


def once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


@pytest.fixture
def actor(session, clock):
    return grow.actor_of(grow.make_organisation())


def reference(session):
    return session.scalar(
        select(StandardVersion)
        .join(Standard)
        .where(Standard.organisation_id.is_(None), Standard.code == "NY/T 1793-2009")
    )


def test_reference_figures_are_marked_and_can_be_copied_but_not_used(actor, session):
    row = reference(session)
    view = queries.version_of(row.public_id, actor)

    assert [g.label for g in view.grades] == ["特级", "一级", "二级"]
    assert view.unconfirmed == 3
    with pytest.raises(BadInput):
        queries.usable_version(view.id, actor.organisation_id)
    copied = service.copy_version(view, actor, code="yd-1", name="着色分级")
    with pytest.raises(RuleBroken) as error:
        service.move(copied, "publish", actor)
    assert {u.rule for u in error.value.unmet} == {"grade.unconfirmed", "grade.dated"}

    mine = queries.version_of(copied.public_id, actor)
    confirmed = [replace(g, criteria=tuple(replace(c, to_be_confirmed=False) for c in g.criteria)) for g in mine.grades]
    service.edit(copied, actor, confirmed, valid_from=date(2026, 11, 1), source="NY/T 1793-2009 原文")
    service.move(copied, "publish", actor)

    assert queries.usable_version(copied.id, actor.organisation_id).state == "published"


def test_a_published_version_is_frozen_in_service_and_database(actor, session):
    version = grow.make_standard(actor)

    with pytest.raises(Conflict) as error:
        service.edit(version, actor, [], valid_from=date(2026, 9, 1))
    assert error.value.code == "grade.frozen"
    session.flush()
    for statement in (
        "update trace_grade_criterion set low = 1 where low = 80",
        "delete from trace_grade_criterion where low = 80",
        "update trace_grade_grade set label = '最好' where label = '特级' and version_id = :v",
        f"insert into trace_grade_grade (version_id, key, label, rank) values ({version.id}, 'more', '多', 9)",
        "update trace_grade_version set valid_from = '2020-01-01' where id = :v",
        "delete from trace_grade_version where id = :v",
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement), {"v": version.id} if ":v" in statement else {})


def test_the_next_version_starts_from_the_last_and_leaves_it_in_force(actor):
    first = grow.make_standard(actor)
    standard = queries.standard_of(queries.version_of(first.public_id, actor).standard_public_id, actor)
    second = service.next_version(standard, actor)

    assert second.number == 2
    assert [g.key for g in queries.version_of(second.public_id, actor).grades] == ["special", "first", "rest"]
    with pytest.raises(Conflict):
        service.next_version(standard, actor)
    assert queries.usable_version(first.id, actor.organisation_id).number == 1


def test_another_organisations_draft_and_published_version_are_not_there(actor):
    stranger = grow.actor_of(grow.make_organisation(7002, "示例别家"))
    version = grow.make_standard(actor)

    with pytest.raises(NotFound):
        queries.version_of(version.public_id, stranger)
    with pytest.raises(BadInput):
        queries.usable_version(version.id, stranger.organisation_id)
    with pytest.raises(NotFound):
        service.edit(version, stranger, [], valid_from=None)


def test_what_the_brand_office_publishes_everybody_may_use_and_nobody_may_edit(session, clock, as_user):
    decider = as_user("brand_decider", as_user.body("brand_office")).actor
    farm = grow.actor_of(grow.make_organisation())
    version = grow.make_standard(decider, "LYX-PG-2026")

    assert queries.usable_version(version.id, farm.organisation_id).code == "LYX-PG-2026"
    with pytest.raises(NotFound):
        service.edit(version, farm, [], valid_from=None)


def test_a_clerk_drafts_but_only_the_decider_publishes(session, clock, as_user):
    clerk = as_user("brand_clerk", as_user.body("brand_office")).actor
    version = service.add_standard(clerk, code="LYX-1", name="示例", species="apple")

    with pytest.raises(RuleBroken) as error:
        service.move(version, "publish", clerk)

    assert "trace.grade.version.publish.permission" in {u.rule for u in error.value.unmet}


def test_pages_of_a_standard_from_draft_to_published(as_user, session, clock):
    owner = as_user("owner")

    def post(page, address="", **given):
        return owner.post(address or page, data=given | {"once": once(owner.get(page))})

    page = post("/grades/new", code="YD-9", name="红富士分级", species="apple")
    assert page.status_code == 302
    here = page.headers["Location"]
    assert post(here, here + "/grade", label="特级").status_code == 302
    assert post(here, here + "/criterion", grade="g1", measure="diameter", low="80").status_code == 302
    bad = post(here, here + "/criterion", grade="g1", measure="diameter", low="八十")
    assert bad.status_code == 422
    assert "果径要写成数字" in bad.text
    assert post(here, here + "/head", valid_from="2026-11-01").status_code == 302

    shown = owner.get(here).text
    assert "果径 ≥ 80 mm" in shown
    assert owner.get(here + "/export?format=xlsx").status_code == 200
    assert as_user("owner").get(here).status_code == 404
