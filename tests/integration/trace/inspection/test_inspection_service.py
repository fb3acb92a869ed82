"""Reports judged by the limits in the database, and certificates with their register and PDF."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from core.errors import BadInput, Conflict, Denied, NotFound, RuleBroken
from tests.factories import trace as grow
from trace.inspection import queries, rules, rules_certificate, service
from trace.inspection.models import Limit
from trace.lot.facts import sealing_facts
from trace.season import service as seasons


@pytest.fixture
def grown(session, clock):
    return grow.make_packed_lot()


def judged(report_actor, lot, *rows):
    grow.make_report(report_actor, lot, rows)
    return [(r.substance, r.judgement, r.limit) for r in queries.reports_for_lots([lot.id])[0].results]


def test_the_table_holds_every_row_of_the_source_marked_to_be_confirmed(session):
    rows = {(r.substance, r.product): r for r in session.scalars(select(Limit))}

    assert len(rows) == session.scalar(select(func.count()).select_from(Limit)) == 38
    assert all(r.to_be_confirmed and r.source for r in rows.values())
    assert rows["溴氰菊酯", "枣（鲜）"].value.as_tuple() == (0, (5,), -2)
    assert rows["草甘膦", "苹果"].valid_to == date(2026, 3, 1)


def test_results_are_judged_by_the_limit_in_force_on_the_harvest_day(grown):
    found = judged(
        grown.actor, grown.packed, ("戊唑醇", "2"), ("啶虫脒", "0.81"), ("吡虫啉", "未检出", "0.01"), ("联苯菊酯", "未检出", "0.6"),
        ("克百威", "0.001"), ("阿维菌素", "0.001"), ("草甘膦", "0.1"), ("高效氯氰菊酯", "0.5"),
    )  # fmt: skip

    assert found == [
        ("戊唑醇", "not_over", "2"),
        ("啶虫脒", "over", "0.8"),
        ("吡虫啉", "not_over", "0.5"),
        ("联苯菊酯", "not_judgeable", "0.5"),
        ("克百威", "banned_detected", "0.02"),
        ("阿维菌素", "no_limit", ""),
        ("草甘膦", "no_limit", ""),
        ("高效氯氰菊酯", "not_over", "2"),
    ]


def test_a_report_names_the_standards_that_judged_it_and_none_where_no_item_has_a_limit(grown, session):
    first = session.scalars(select(Limit).where(Limit.substance == "戊唑醇", Limit.product == "苹果")).one()
    given = {c.key: getattr(first, c.key) for c in Limit.__table__.columns if c.key not in ("id", "public_id")}
    session.add(Limit(**(given | {"substance": "示例新药", "aliases": [], "standard": "GB 2763.1-2029"})))
    session.flush()

    both = grow.make_report(grown.actor, grown.packed, [("示例新药", "0.1"), ("戊唑醇", "1"), ("阿维菌素", "0.1")])
    none = grow.make_report(grown.actor, grown.packed, [("阿维菌素", "0.1")], report_no="第二份")

    assert both.standard == "GB 2763.1-2029、GB 2763-2026"
    assert none.standard == ""
    stated = {t["reportNo"]: t.get("standard") for t in sealing_facts(grown.packed.id)["credentialSubject"]["tests"]}
    assert stated == {both.report_no: both.standard, "第二份": None}


def test_a_report_is_entered_once_and_frozen(grown, session):
    grow.make_report(grown.actor, grown.packed)

    with pytest.raises(Conflict):
        grow.make_report(grown.actor, grown.raw)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("update trace_inspection_result set value = 0"))


@pytest.mark.parametrize(
    "change",
    [
        {"report_no": ""}, {"report_no": "电话 13812345678"}, {"laboratory": "实\x00验室"}, {"laboratory_kind": "friend"},
        {"sampled_on": date(2026, 10, 16)}, {"reported_on": date(2026, 11, 21)}, {"laboratory_code": "123"},
        {"readings": []},
    ],
)  # fmt: skip
def test_malformed_reports_are_refused(grown, change):
    given = {
        "report_no": "R1", "laboratory": "示例检测中心", "sampled_on": date(2026, 10, 13), "reported_on": date(2026, 10, 15),
        "readings": [rules.reading("啶虫脒", "0.1")],
    } | change  # fmt: skip

    with pytest.raises(BadInput):
        service.add_report(grown.actor, lot=grown.packed, **given)


def test_one_substance_stands_once_in_a_report(grown):
    with pytest.raises(BadInput):
        grow.make_report(grown.actor, grown.packed, [("啶虫脒", "0.1"), (" 啶虫脒 ", "0.2")])


def test_a_certificate_is_numbered_frozen_and_issued_once(grown, session):
    made = service.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])

    assert made.number == "HG-2026-000001"
    assert made.statement == rules_certificate.STATEMENTS["producer"]
    assert made.place == "山西省运城市临猗县示例镇示例村"
    with pytest.raises(RuleBroken) as error:
        service.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    assert {u.rule for u in error.value.unmet} == {"certificate.already"}
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("update trace_inspection_certificate set mass_g = 1"))


def test_the_certificate_pdf_is_the_same_every_time(grown):
    made = service.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])

    first, second = service.certificate_pdf(made), service.certificate_pdf(made)

    assert first.startswith(b"%PDF-")
    assert first == second


def test_a_test_as_basis_needs_the_report_and_the_used_pesticide(grown):
    with pytest.raises(RuleBroken) as error:
        service.issue_certificate(grown.actor, lot=grown.packed, bases=["commissioned_test"])
    assert {u.rule for u in error.value.unmet} == {"certificate.evidence"}

    grow.make_report(grown.actor, grown.raw, [("啶虫脒", "0.1")])
    with pytest.raises(RuleBroken) as error:
        service.issue_certificate(grown.actor, lot=grown.packed, bases=["commissioned_test"])
    assert {u.rule for u in error.value.unmet} == {"certificate.tested_what_was_used"}

    grow.make_report(grown.actor, grown.raw, [("戊唑醇", "0.034")], report_no="第二份")
    assert service.issue_certificate(grown.actor, lot=grown.packed, bases=["commissioned_test"]).bases == [
        "commissioned_test"
    ]


def test_a_waiting_time_not_over_closes_the_certificate(session, clock):
    grown = grow.make_packed_lot(sprays=[(date(2026, 10, 1), 30)])

    assert {u.rule for u in service.certificate_unmet(grown.packed, grown.actor)} == {"season.interval"}


@pytest.mark.parametrize("bases", [[], ["magic"], ["control", "magic"]])
def test_bases_are_at_least_one_of_the_official_words(grown, bases):
    with pytest.raises((BadInput, RuleBroken)):
        service.issue_certificate(grown.actor, lot=grown.packed, bases=bases)


def test_another_organisation_neither_reads_nor_issues(grown):
    made = service.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    report = grow.make_report(grown.actor, grown.packed)
    stranger = grow.actor_of(grow.make_organisation(7002, "示例别家"))

    with pytest.raises(NotFound):
        queries.get_certificate(made.public_id, stranger)
    with pytest.raises(NotFound):
        queries.get_report(report.public_id, stranger)
    with pytest.raises(Denied):
        service.issue_certificate(stranger, lot=grown.raw, bases=["control"])
    with pytest.raises(Denied):
        grow.make_report(stranger, grown.packed, report_no="别家")


def test_a_line_struck_out_after_packing_reopens_nothing_that_was_judged(grown):
    before = judged(grown.actor, grown.packed, ("戊唑醇", "0.034"))
    seasons.add_work(grown.season, grown.actor, done_on=date(2026, 11, 1), summary="清园")

    assert [
        (r.substance, r.judgement, r.limit) for r in queries.reports_for_lots([grown.packed.id])[0].results
    ] == before
