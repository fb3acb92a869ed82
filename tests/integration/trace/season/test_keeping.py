"""Journals kept for others, from phones, from workbooks; reminders; retention."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date, datetime, timedelta

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.clock import SHANGHAI
from core.db import db
from core.errors import BadInput, Conflict, Denied, NotFound, RuleBroken
from core.file.service import store
from core.notice.models import Message
from core.organisation import mandates
from core.record.models import AuditRow
from tests.factories import trace as grow
from trace.season import imports, queries, reminders, retention, rules_import, service, workbook
from trace.season.models import Entry, Import, Season

HEADING = [words[0] for words in rules_import.HEADINGS.values()]


def row(**values):
    given = {"plot": "P-0317", "year": 2026, "kind": "农事", "done_on": date(2026, 5, 18), "summary": "疏果"} | values
    return [given.get(key) for key in rules_import.HEADINGS]


def sheet(*rows) -> bytes:
    book = Workbook()
    book.active.title = workbook.SHEET
    for line in (HEADING, *rows):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SPRAYED = {
    "kind": "投入品", "category": "农药", "name": "戊唑醇", "registration_no": "PD20091234", "source": "示例农资店",
    "usage": "喷雾", "amount": "3000 倍液", "interval_days": 30, "done_on": date(2026, 8, 1), "summary": None,
}  # fmt: skip


@pytest.fixture
def season(session, clock):
    actor = grow.actor_of(grow.make_organisation())
    return grow.make_season(actor, grow.make_plot(actor)), actor


def kept(data, actor):
    return store(data, "表.xlsx", kind="table", owner_organisation_id=actor.organisation_id, actor=actor)


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


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_is_written_as_a_whole_with_its_mark(season):
    made, actor = season
    data = sheet(row(), row(**SPRAYED), row(kind="采收", done_on="2026-10-12", mass_g=1250.5, summary=None))

    done = imports.write(kept(data, actor), actor, mode="all")

    lines = queries.journal(made.id)
    assert (done.written, done.left_out) == (3, 0)
    assert [(e.no, e.kind, e.imported) for e in lines] == [(1, "work", True), (2, "input", True), (3, "harvest", True)]
    assert lines[2].mass_g == 1_250_500
    assert db.session.scalar(select(func.count()).where(AuditRow.verb == "season.imported")) == 1


def test_faults_are_told_by_cell_and_nothing_is_half_written(season):
    made, actor = season
    data = sheet(
        row(), row(plot="P-9"), row(**SPRAYED | {"name": "克百威"}), row(**SPRAYED | {"interval_days": None}),
        row(done_on=date(2036, 1, 1)), row(),
    )  # fmt: skip

    checked = imports.check(data, actor)

    assert [(f.row, f.cell) for f in checked.faults] == [(3, "A3"), (4, "G4"), (5, "L5"), (6, "D6"), (7, "A7")]
    assert "禁用物质" in checked.faults[1].message
    assert "第 2 行" in checked.faults[4].message
    with pytest.raises(BadInput) as error:
        imports.write(kept(data, actor), actor, mode="all")
    assert error.value.code == "season.import_faults"
    assert queries.journal(made.id) == []
    assert db.session.scalar(select(func.count(Import.id))) == 0


def test_only_the_good_rows_are_written_where_that_was_chosen(season):
    made, actor = season

    done = imports.write(kept(sheet(row(), row(plot="P-9")), actor), actor, mode="good")

    assert (done.written, done.left_out, len(queries.journal(made.id))) == (1, 1, 1)


def test_the_same_workbook_again_writes_nothing_twice(season):
    made, actor = season
    file = kept(sheet(row()), actor)
    imports.write(file, actor, mode="all")

    assert "已记的第 1 条" in imports.check(sheet(row()), actor).faults[0].message
    with pytest.raises(BadInput):
        imports.write(file, actor, mode="good")
    assert len(queries.journal(made.id)) == 1


def test_another_organisations_plot_is_not_known_to_the_import(season):
    stranger = grow.actor_of(grow.make_organisation(7002, "临猗示例别家合作社"))

    assert "没有开" in imports.check(sheet(row()), stranger).faults[0].message


def test_five_thousand_rows_are_written_and_one_more_is_refused(season):
    made, actor = season
    rows = [row(summary=f"第 {n} 次巡园") for n in range(5000)]

    assert imports.write(kept(sheet(*rows), actor), actor, mode="all").written == 5000
    assert made.last_no == 5000
    with pytest.raises(BadInput) as error:
        workbook.rows_of(sheet(*rows, row()))
    assert "5000" in error.value.message


@pytest.mark.parametrize("data", [b"PK\x03\x04 nothing", b"plot,year\n", b""])
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises(BadInput):
        workbook.rows_of(data)


def test_a_formula_gives_its_stored_result_or_is_told(season):
    _, actor = season
    data = sheet(row(summary='="疏"&"果"'))

    assert [(f.cell, "公式" in f.message) for f in imports.check(data, actor).faults] == [("N2", True)]


def test_the_template_read_back_has_the_headings_and_the_plots(season, session, as_user):
    _, actor = season
    session.flush()
    client = as_user("owner", actor.organisation_id)

    book = load_workbook(io.BytesIO(client.get("/seasons/import/template.xlsx").data))

    assert [c.value for c in book[workbook.SHEET][1]] == HEADING
    assert ("P-0317", "示例镇示例村", 2026) in [tuple(c.value for c in line[:3]) for line in book["怎么填"].iter_rows()]


def _once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text).group(1)


def test_the_pages_check_first_and_write_when_told(season, session, as_user):
    made, actor = season
    session.flush()
    client = as_user("owner", actor.organisation_id)
    upload = {
        "file": (io.BytesIO(sheet(row(), row(plot="P-9"))), "记录.xlsx"),
        "once": _once(client.get("/seasons/import")),
    }

    report = client.post("/seasons/import", data=upload, content_type="multipart/form-data")
    assert report.status_code == 200
    assert "A3" in report.text
    assert queries.journal(made.id) == []

    confirm = re.search(r'action="(/seasons/import/[0-9a-f-]+)"', report.text).group(1)
    assert as_user("owner").post(confirm, data={"mode": "good", "once": str(uuid.uuid4())}).status_code == 404
    assert client.post(confirm, data={"mode": "all", "once": str(uuid.uuid4())}).status_code == 422
    assert client.post(confirm, data={"mode": "good", "once": str(uuid.uuid4())}).status_code == 302
    assert len(queries.journal(made.id)) == 1


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
    assert imports.check(sheet(row(summary="别的")), coop).faults[0].cell == "A2"


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
