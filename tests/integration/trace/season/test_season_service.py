"""Seasons by their services: bans block, corrections append, pictures stay with the line."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.errors import BadInput, Conflict, Denied, NotFound, RuleBroken
from core.record.models import AuditRow
from tests.factories import trace as grow
from trace.season import queries, service
from trace.season.models import Entry


@pytest.fixture
def season(session, clock):
    actor = grow.actor_of(grow.make_organisation())
    made = grow.make_season(actor, grow.make_plot(actor))
    return made, actor


def an_input(season, actor, **change):
    given = {
        "done_on": date(2026, 8, 1), "category": "pesticide", "name": "戊唑醇", "source": "示例农资店", "usage": "喷雾",
        "amount": "3000 倍液", "registration_no": "PD20091234", "interval_days": 30,
    } | change  # fmt: skip
    return service.add_input(season, actor, **given)


def test_one_season_per_plot_and_year(season):
    made, actor = season
    place = queries.seasons_by_id([made.id])[made.id][1]

    with pytest.raises(Conflict) as error:
        service.open_season(actor, place=place, year=2026, variety="fuji")

    assert error.value.code == "season.taken"
    assert made.code == "P-0317/2026"


@pytest.mark.parametrize("year", [2020, 2028, -1])
def test_a_season_lies_in_a_believable_year(season, year):
    made, actor = season
    place = queries.seasons_by_id([made.id])[made.id][1]

    with pytest.raises(BadInput):
        service.open_season(actor, place=place, year=year, variety="fuji")


@pytest.mark.parametrize("name", ["克百威", "3% 克百威颗粒剂", "灭多威", "六六六"])
def test_a_banned_input_cannot_be_written(season, session, name):
    made, actor = season

    with pytest.raises(RuleBroken) as error:
        an_input(made, actor, name=name)

    assert {u.rule for u in error.value.unmet} == {"season.banned_input"}
    assert queries.journal(made.id) == []


@pytest.mark.parametrize(("on", "blocked"), [(date(2026, 5, 31), False), (date(2026, 6, 1), True)])
def test_a_ban_counts_from_the_day_it_holds(season, on, blocked):
    made, actor = season

    if blocked:
        with pytest.raises(RuleBroken):
            an_input(made, actor, name="氧乐果", done_on=on)
    else:
        assert an_input(made, actor, name="氧乐果", done_on=on).no == 1


@pytest.mark.parametrize(
    "change",
    [
        {"registration_no": ""}, {"interval_days": None}, {"interval_days": -1}, {"name": ""}, {"source": ""},
        {"amount": ""}, {"usage": ""}, {"name": "甲\x00乙"}, {"name": "字" * 61}, {"category": "poison"},
        {"done_on": date(2027, 1, 1)}, {"until": date(2026, 7, 31)}, {"source": "张三 13812345678"},
    ],
)  # fmt: skip
def test_an_incomplete_or_malformed_line_is_refused(season, change):
    made, actor = season

    with pytest.raises(BadInput):
        an_input(made, actor, **change)


def test_a_correction_is_a_new_line_and_the_old_one_stays(season, session):
    made, actor = season
    first = an_input(made, actor)
    line = service.input_line(
        made, done_on=date(2026, 8, 2), category="pesticide", name="戊唑醇", source="示例农资店", usage="喷雾",
        amount="3000 倍液", registration_no="PD20091234", interval_days=30,
    )  # fmt: skip

    second = service.correct(first, made, actor, line, reason="日期抄错")

    assert [e.no for e in queries.journal(made.id)] == [1, 2]
    assert [e.no for e in queries.effective_journal(made.id)] == [2]
    assert second.corrects_id == first.id
    assert "season.corrected" in session.scalars(select(AuditRow.verb)).all()
    with pytest.raises(Conflict):
        service.correct(first, made, actor, line, reason="再改一次")
    service.strike_out(second, made, actor, reason="那天没有打药")
    assert queries.effective_journal(made.id) == []
    assert session.scalar(select(Entry).where(Entry.voids)).no == 3


def test_a_correction_needs_a_reason_without_personal_data(season):
    made, actor = season
    first = an_input(made, actor)

    for reason in ("", "问 13812345678"):
        with pytest.raises(BadInput):
            service.strike_out(first, made, actor, reason=reason)


def test_another_organisation_neither_reads_nor_writes(season):
    made, actor = season
    entry = an_input(made, actor)
    stranger = grow.actor_of(grow.make_organisation(7002, "示例别家"))

    with pytest.raises(NotFound):
        queries.get_season(made.public_id, stranger)
    with pytest.raises(NotFound):
        queries.get_entry(entry.public_id, stranger)
    with pytest.raises(Denied):
        an_input(made, stranger)
    with pytest.raises(Denied):
        service.add_work(
            made,
            grow.actor_of(grow.make_organisation(7003, "示例主播", "host"), "host"),
            done_on=date(2026, 5, 1),
            summary="疏果",
        )


def test_a_harvest_inside_the_waiting_time_is_recorded_and_told(season):
    made, actor = season
    an_input(made, actor, done_on=date(2026, 10, 1))

    service.add_harvest(made, actor, done_on=date(2026, 10, 12), mass_g=1000)

    assert [(i.required, i.actual) for i in service.due_intervals(made, date(2026, 10, 12))] == [(30, 11)]
    assert queries.progress(actor.organisation_id) == {"seasons": 1, "entries": 2}
