"""Workbooks read into the journals: faults by cell, all or only the good rows, never half, never twice."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from core.db import db
from core.errors import BadInput
from core.record.models import AuditRow
from tests.factories import trace as grow
from tests.factories.trace import journal_row as row
from tests.factories.trace import journal_sheet as sheet
from trace.season import imports, queries, rules_import, workbook
from trace.season.models import Import

HEADING = [words[0] for words in rules_import.HEADINGS.values()]
SPRAYED = {
    "kind": "投入品", "category": "农药", "name": "戊唑醇", "registration_no": "PD20091234", "source": "示例农资店",
    "usage": "喷雾", "amount": "3000 倍液", "interval_days": 30, "done_on": date(2026, 8, 1), "summary": None,
}  # fmt: skip


@pytest.fixture
def season(session, clock):
    actor = grow.actor_of(grow.make_organisation())
    return grow.make_season(actor, grow.make_plot(actor)), actor


def test_a_workbook_is_written_as_a_whole_with_its_mark(season):
    made, actor = season
    data = sheet(row(), row(**SPRAYED), row(kind="采收", done_on="2026-10-12", mass_g=1250.5, summary=None))

    done = imports.write(grow.journal_file(data, actor), actor, mode="all")

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
        imports.write(grow.journal_file(data, actor), actor, mode="all")
    assert error.value.code == "season.import_faults"
    assert queries.journal(made.id) == []
    assert db.session.scalar(select(func.count(Import.id))) == 0


def test_only_the_good_rows_are_written_where_that_was_chosen(season):
    made, actor = season

    done = imports.write(grow.journal_file(sheet(row(), row(plot="P-9")), actor), actor, mode="good")

    assert (done.written, done.left_out, len(queries.journal(made.id))) == (1, 1, 1)


def test_the_same_workbook_again_writes_nothing_twice(season):
    made, actor = season
    file = grow.journal_file(sheet(row()), actor)
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

    assert imports.write(grow.journal_file(sheet(*rows), actor), actor, mode="all").written == 5000
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
