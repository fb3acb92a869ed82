"""Journals kept for others and from phones; reminders; retention; facts for the rules that watch."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.clock import SHANGHAI
from core.errors import BadInput, Conflict, Denied, NotFound, RuleBroken
from core.notice.models import Message
from core.organisation import mandates
from core.record.models import AuditRow
from tests.factories import trace as grow
from trace.season import imports, queries, reminders, retention, service
from trace.season.models import Entry, Season


@pytest.fixture
def season(session, clock):
    actor = grow.actor_of(grow.make_organisation())
    return grow.make_season(actor, grow.make_plot(actor)), actor


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_sent_twice_is_one_line(season):
    made, actor = season
    line = service.plain_line(made, kind="work", done_on=date(2026, 5, 18), summary="疏果")
    key = uuid.uuid4()

    first = service.write_line(made, actor, line, draft_key=key)
    again = service.write_line(made, actor, line, draft_key=key)

    assert again.id == first.id
    assert [e.no for e in queries.journal(made.id)] == [1]


def test_the_draft_address_stores_once_and_tells_what_is_wrong(season, session, as_user):
    made, actor = season
    client = as_user("owner", actor.organisation_id)
    session.flush()
    path, key = f"/seasons/{made.public_id}/drafts/work", str(uuid.uuid4())
    good = {"done_on": "2026-05-18", "summary": "疏果", "once": key}

    answers = [client.post(path, data=good) for _ in range(2)]
    wrong = client.post(path, data={"done_on": "2036-05-18", "summary": "疏果", "once": str(uuid.uuid4())})

    assert [(a.status_code, a.json["no"]) for a in answers] == [(201, 1), (200, 1)]
    assert wrong.status_code == 422
    assert "日期还没到" in wrong.json["faults"][0]
    assert len(queries.journal(made.id)) == 1


def test_another_organisation_cannot_send_a_draft_into_the_season(season, session, as_user):
    made, _ = season
    session.flush()
    data = {"done_on": "2026-05-18", "summary": "疏果", "once": str(uuid.uuid4())}

    assert as_user("owner").post(f"/seasons/{made.public_id}/drafts/work", data=data).status_code == 404


# --- growers and who keeps their journals ----------------------------------------------------------------------------


@pytest.fixture
def farm(session, clock):
    """A co-op keeping the journal of a grower from 2026-03-01 to the end of November."""
    coop = grow.actor_of(grow.make_organisation())
    grower = grow.make_organisation(7010, "张示例", kind="grower")
    mandate = mandates.give(
        keeper_id=coop.organisation_id, grower_id=grower.id, valid_from=date(2026, 3, 1), valid_to=date(2026, 11, 30),
        given_by="keeper", actor=coop,
    )  # fmt: skip
    made = grow.make_season(coop, grow.make_plot(coop, farmer_code=grower.code))
    service.add_work(made, coop, done_on=date(2026, 5, 18), summary="疏果")
    session.flush()
    return coop, grower, made, mandate


def test_the_line_says_which_organisation_wrote_it(farm):
    coop, _, made, _ = farm

    assert [e.writer_id for e in queries.journal(made.id)] == [coop.organisation_id]


def test_after_the_mandate_the_co_op_reads_but_writes_no_more(farm, clock):
    coop, _, made, _ = farm
    clock.set("2026-12-01 00:00:00")

    with pytest.raises(RuleBroken) as error:
        service.add_work(made, coop, done_on=date(2026, 11, 20), summary="清园")

    assert {u.rule for u in error.value.unmet} == {"season.mandate"}
    assert queries.get_season(made.public_id, coop).id == made.id
    assert imports.check(grow.journal_sheet(grow.journal_row(summary="别的")), coop).faults[0].cell == "A2"


def test_on_the_last_day_of_the_mandate_the_co_op_still_writes(farm, clock):
    coop, _, made, _ = farm
    clock.set("2026-11-30 23:59:59")

    assert service.add_work(made, coop, done_on=date(2026, 11, 20), summary="清园").no == 2


def test_a_grower_sees_his_own_journal_and_cannot_write_into_it(farm, as_user):
    _, grower, made, _ = farm
    client = as_user("owner", grower.id)

    page = client.get(f"/seasons/{made.public_id}")
    assert page.status_code == 200
    assert "疏果" in page.text
    assert made.code in client.get("/seasons/").text
    assert client.get(f"/seasons/{made.public_id}/add/work").status_code == 404
    with pytest.raises(NotFound):
        queries.kept_season(made.public_id, grow.actor_of(grower))


def test_another_co_op_is_told_that_there_is_nothing(farm, as_user):
    _, _, made, mandate = farm
    stranger = as_user("owner")

    for path in (f"/seasons/{made.public_id}", f"/seasons/{made.public_id}/plan", f"/mandates/{mandate.public_id}/end"):
        assert stranger.get(path).status_code == 404
    with pytest.raises(NotFound):
        mandates.end(mandate.public_id, grow.actor_of(grow.make_organisation(7003, "别家")), reason="x")


def test_the_grower_ends_the_mandate_today_and_gives_it_to_another(farm, clock):
    coop, grower, _, mandate = farm
    other = grow.make_organisation(7004, "临猗示例新合作社")
    actor = grow.actor_of(grower)

    mandates.end(mandate.public_id, actor, reason="换一家")
    with pytest.raises(Conflict):
        mandates.end(mandate.public_id, actor, reason="再来")
    given = mandates.give_to(actor, keeper_code=other.code, valid_from=date(2026, 11, 21), valid_to=None)

    assert mandate.valid_to == date(2026, 11, 20)
    assert mandates.keeps_for(coop.organisation_id, grower.id)
    clock.set("2026-11-21 00:00:00")
    assert not mandates.keeps_for(coop.organisation_id, grower.id)
    assert mandates.keeps_for(other.id, grower.id)
    assert given.given_by == "grower"


def test_mandates_of_a_pair_never_overlap_not_even_in_the_database(farm, session):
    coop, grower, _, mandate = farm

    with pytest.raises(Conflict):
        mandates.give(
            keeper_id=coop.organisation_id, grower_id=grower.id, valid_from=date(2026, 11, 30), valid_to=None,
            given_by="keeper", actor=coop,
        )  # fmt: skip
    with pytest.raises(IntegrityError) as error, session.begin_nested():
        session.execute(
            text(
                "insert into core_organisation_mandate (keeper_id, grower_id, valid_from, given_by, end_reason, public_id, "
                "created_at, updated_at) select keeper_id, grower_id, valid_to, 'keeper', '', gen_random_uuid(), created_at, "
                "updated_at from core_organisation_mandate where id = :id"
            ),
            {"id": mandate.id},
        )
    assert error.value.orig.diag.constraint_name == "ex_core_organisation_mandate_one_at_a_time"


def test_an_enterprise_cannot_make_itself_the_keeper_of_a_stranger(farm):
    _, grower, _, _ = farm
    stranger = grow.actor_of(grow.make_organisation(7005, "临猗示例外来公司"))

    with pytest.raises(BadInput):
        mandates.renew(stranger, grower_code=grower.code, valid_from=date(2026, 11, 20), valid_to=None)
    with pytest.raises(Denied):
        mandates.give_to(stranger, keeper_code=grower.code, valid_from=date(2026, 11, 20), valid_to=None)


# --- reminders and retention -----------------------------------------------------------------------------------------


def test_a_reminder_lies_in_the_inbox_once(season, session, clock):
    made, actor = season
    grow.spray(made, actor, date(2026, 10, 15), interval_days=30)
    service.plan_harvest(made, actor, date(2026, 12, 20))

    sent = [reminders.send_due(date(2026, 11, 20)) for _ in range(2)]

    titles = session.scalars(select(Message.title).where(Message.organisation_id == actor.organisation_id)).all()
    assert sent == [2, 0]
    assert sorted(titles) == ["P-0317/2026：戊唑醇到停用日", "P-0317/2026：戊唑醇的安全间隔期满了"]


def test_archiving_waits_three_years_from_the_last_line_and_is_audited(season, session):
    made, actor = season
    service.add_work(made, actor, done_on=date(2026, 11, 1), summary="清园")

    assert retention.archive_due(date(2029, 11, 1)) == 0
    assert retention.archive_due(date(2029, 11, 2)) == 1
    assert made.journal_sha256 == retention.journal_digest(made.id)
    assert session.scalar(select(func.count()).where(AuditRow.verb == "season.archived")) == 1
    with pytest.raises(Conflict):
        service.add_work(made, actor, done_on=date(2026, 11, 2), summary="补记")


def test_a_journal_is_deleted_by_its_owner_only_after_it_was_archived(season, session, clock):
    made, actor = season
    service.add_work(made, actor, done_on=date(2026, 11, 1), summary="清园")
    with pytest.raises(RuleBroken) as error:
        retention.forget(made, actor, reason="用不着了")
    assert {u.rule for u in error.value.unmet} == {"season.retention"}

    clock.set("2029-11-02 08:00:00")
    retention.archive_due(date(2029, 11, 2))
    digest, number = made.journal_sha256, made.id
    with pytest.raises(Denied):
        retention.forget(made, grow.actor_of(grow.make_organisation(7006, "别家")), reason="x")
    retention.forget(made, actor, reason="保存期已满")

    assert session.scalar(select(func.count(Season.id)).where(Season.id == number)) == 0
    kept_row = session.scalar(select(AuditRow).where(AuditRow.verb == "season.forgotten"))
    assert kept_row.details["sha256"] == digest


def test_a_journal_behind_a_lot_is_never_deleted(session, clock):
    grown = grow.make_packed_lot()
    clock.set("2030-01-01 08:00:00")
    assert retention.archive_due(date(2030, 1, 1)) == 1

    with pytest.raises(RuleBroken) as error:
        retention.forget(grown.season, grown.actor, reason="x")

    assert {u.rule for u in error.value.unmet} == {"season.used"}


@pytest.mark.parametrize("stated", ["", "2028-11-01"])
def test_the_database_keeps_a_line_for_two_years_whoever_asks(season, session, stated):
    made, actor = season
    service.add_work(made, actor, done_on=date(2026, 11, 1), summary="清园")

    session.execute(text("select set_config('yidun.retention_day', :day, true)"), {"day": stated})
    with pytest.raises(DBAPIError, match="kept for two years"), session.begin_nested():
        session.execute(text("delete from trace_season_entry"))
    assert session.scalar(select(func.count(Entry.id))) == 1


# --- facts for the rules that watch ----------------------------------------------------------------------------------


def test_a_harvest_inside_a_waiting_time_is_a_fact_and_a_struck_out_spray_is_not(season):
    made, actor = season
    early = grow.spray(made, actor, date(2026, 9, 20), interval_days=30)
    struck = grow.spray(made, actor, date(2026, 9, 21), name="啶虫脒", interval_days=30)
    service.strike_out(struck, made, actor, reason="没有打")
    service.add_harvest(made, actor, done_on=date(2026, 10, 12), mass_g=1000)

    found = queries.early_harvests(used_since=date(2026, 1, 1))

    assert [(s.entry_id, s.harvest_not_before, day) for s, day in found] == [
        (early.id, date(2026, 10, 20), date(2026, 10, 12))
    ]
    assert queries.harvests([made.id]) == {made.id: {date(2026, 10, 12): 1000}}


def test_an_input_banned_after_it_was_written_is_a_fact(season, session):
    made, actor = season
    grow.spray(made, actor, date(2026, 8, 1), name="示例新禁药")
    session.execute(
        text(
            "insert into trace_season_banned (name, scope, valid_from, rule, source, to_be_confirmed, public_id, version) "
            "values ('示例新禁药', 'all', '2026-06-01', '示例', '示例', true, gen_random_uuid(), 1)"
        )
    )

    found = queries.banned_inputs(recorded_since=datetime(2026, 1, 1, tzinfo=SHANGHAI))

    assert [(e.input_name, s.id, bans[0].name) for e, s, bans in found] == [("示例新禁药", made.id, "示例新禁药")]


def test_silent_seasons_are_those_without_a_line_since_the_day(season):
    made, actor = season
    assert queries.silent_seasons(last_before=date(2026, 5, 18), year=2026) == [(made, None)]

    service.add_work(made, actor, done_on=date(2026, 5, 18), summary="疏果")

    assert queries.silent_seasons(last_before=date(2026, 5, 18), year=2026) == []
    assert queries.silent_seasons(last_before=date(2026, 5, 18) + timedelta(days=1), year=2026) == [
        (made, date(2026, 5, 18))
    ]
