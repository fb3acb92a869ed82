"""Official samplings, retests, units; certificates voided, printed, listed."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from decimal import Decimal

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from core.clock import SHANGHAI
from core.db import db
from core.errors import BadInput, Conflict, Denied, RuleBroken
from core.file.service import store
from core.notice.models import Message
from core.record.models import AuditRow
from tests.factories import trace as grow
from trace.inspection import certificates, queries, rules, service
from trace.lot import facts as lot_facts
from trace.season import service as seasons

SINCE = datetime(2026, 1, 1, tzinfo=SHANGHAI)


@pytest.fixture
def grown(session, clock):
    made = grow.make_packed_lot()
    session.flush()
    return made


@pytest.fixture
def clerk(session, clock):
    return grow.actor_of(grow.make_organisation(7900, "e镇办公室", kind="office"), "office_clerk", user_id=None)


def report(actor, lot, rows=(("戊唑醇", "0.034", "", ""),), **values):
    return grow.make_report(actor, lot, rows, **values)


# --- official samplings and retests ----------------------------------------------------------------------------------


def test_the_office_enters_an_official_sampling_and_the_enterprise_is_told(grown, clerk, session):
    made = report(clerk, grown.packed, laboratory_kind="official", report_no="抽检2026-1")

    assert (made.organisation_id, made.entered_by_id) == (grown.organisation.id, clerk.organisation_id)
    told = session.scalars(select(Message.title).where(Message.organisation_id == grown.organisation.id)).all()
    assert told == ["监督抽检报告 抽检2026-1 已登记"]


def test_the_office_enters_no_other_report_for_an_enterprise(grown, clerk):
    with pytest.raises(Denied):
        report(clerk, grown.packed, laboratory_kind="third_party")


def test_an_enterprise_enters_an_official_sampling_only_with_its_document(grown):
    with pytest.raises(BadInput) as error:
        report(grown.actor, grown.packed, laboratory_kind="official")
    assert error.value.code == "inspection.official_file"

    sheet = store(
        _picture(), "抽检.jpg", kind="document", owner_organisation_id=grown.organisation.id, actor=grown.actor
    )
    assert report(grown.actor, grown.packed, laboratory_kind="official", file=sheet).laboratory_kind == "official"


def _picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


def test_a_result_over_the_limit_is_told_to_the_office_and_closes_the_gates(grown, clerk, session):
    report(clerk, grown.packed, (("戊唑醇", "2.1", "", ""),), laboratory_kind="official")

    titles = session.scalars(select(Message.title).where(Message.organisation_id == clerk.organisation_id)).all()
    assert [t for t in titles if "戊唑醇超过限量" in t]
    assert "certificate.test_failed" in {u.rule for u in certificates.certificate_unmet(grown.packed, grown.actor)}
    assert [(b.substance, b.judgement) for b in queries.bad_results(recorded_since=SINCE)] == [("戊唑醇", "over")]


def test_a_retest_by_another_laboratory_replaces_the_item_everywhere(grown):
    first = report(grown.actor, grown.packed, (("戊唑醇", "2.1", "", ""), ("啶虫脒", "0.9", "", "")))
    report(
        grown.actor, grown.packed, (("戊唑醇", "1.2", "", ""),), report_no="复检1", laboratory="示例复检中心",
        retest_of=first,
    )  # fmt: skip

    shown = {
        r.report_no: {x.substance: x.superseded_by for x in r.results}
        for r in queries.reports_of(grown.organisation.id)
    }
    assert shown["示检2026-0815"] == {"戊唑醇": "复检1", "啶虫脒": ""}
    failed = [
        u.message
        for u in certificates.certificate_unmet(grown.packed, grown.actor)
        if u.rule == "certificate.test_failed"
    ]
    assert failed == ["啶虫脒超过限量，不能开合格证。"]
    assert [b.substance for b in queries.bad_results(recorded_since=SINCE)] == ["啶虫脒"]
    tests = lot_facts.lot_facts(lot_facts.load_background(grown.packed.id)).tests
    assert ("戊唑醇", "over") not in [pair for t in tests for pair in t.judgements]


def test_a_retest_of_another_lots_report_is_refused(grown):
    first = report(grown.actor, grown.raw)

    with pytest.raises(BadInput) as error:
        report(grown.actor, grown.packed, report_no="R-2", laboratory="别的中心", retest_of=first)

    assert error.value.code == "inspection.retest"


def test_a_result_in_micrograms_is_kept_as_reported_with_the_limit_in_its_unit(grown):
    made = service.add_report(
        grown.actor, lot=grown.packed, report_no="U-1", laboratory="示例检测中心", sampled_on=date(2026, 10, 13),
        reported_on=date(2026, 10, 15), readings=[rules.reading("戊唑醇", "34", "5", "", "ug/kg")],
    )  # fmt: skip

    result = queries.get_report(made.public_id, grown.actor).results[0]
    assert (result.result, result.unit, result.judgement) == ("34", "μg/kg", "not_over")
    assert Decimal(result.limit) == 2000


def test_what_was_sprayed_and_left_out_of_the_panel_is_a_fact(grown):
    seasons.add_input(
        grown.season, grown.actor, done_on=date(2026, 6, 1), category="pesticide", name="灭幼脲", source="示例农资店",
        usage="喷雾", amount="1500 倍液", registration_no="PD20091234", interval_days=21,
    )  # fmt: skip
    report(grown.actor, grown.packed)

    assert [gaps for _, gaps in queries.untested_inputs(recorded_since=SINCE)] == [["灭幼脲"]]


def test_the_office_finds_the_lot_and_enters_the_report_by_its_pages(grown, session, as_user):
    client = as_user("office_clerk")
    form = {
        "code": grown.organisation.code,
        "lot_no": grown.packed.lot_no,
        "once": _once(client.get("/inspection/office/official")),
    }

    found = client.post("/inspection/office/official", data=form)
    page = client.get(found.location)
    data = {
        "laboratory_kind": "official", "laboratory": "示例监测站", "report_no": "CJ-1", "sampled_on": "2026-10-18",
        "reported_on": "2026-10-19", "substance-0": "戊唑醇", "result-0": "0.03", "unit-0": "mg/kg", "once": _once(page),
    }  # fmt: skip
    made = client.post(found.location, data=data)

    assert made.status_code == 302
    assert "CJ-1" in client.get(made.location).text
    assert as_user("owner", grown.organisation.id).get(f"{found.location}").status_code == 403
    assert "监督抽检" in as_user("owner", grown.organisation.id).get("/inspection/").text


def _once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


# --- certificates ----------------------------------------------------------------------------------------------------


def issue(grown, **values):
    return certificates.issue_certificate(grown.actor, lot=grown.packed, bases=["control"], **values)


@pytest.mark.parametrize("grams", [0, 1_025_001])
def test_a_certificate_is_for_no_more_than_is_left_and_for_something(grown, grams):
    with pytest.raises(RuleBroken) as error:
        issue(grown, mass_g=grams)

    assert {u.rule for u in error.value.unmet} == {"certificate.quantity"}


def test_every_unmet_rule_is_told_at_once(session, clock):
    grown = grow.make_packed_lot(sprays=((date(2026, 10, 1), 30),))
    grown.organisation.public_phone = ""
    session.flush()

    unmet = certificates.certificate_unmet(grown.packed, grown.actor, form="buyer", bases=["own_test"])

    assert {u.rule for u in unmet} == {
        "certificate.form", "certificate.telephone", "season.interval", "certificate.evidence",
    }  # fmt: skip


def test_a_void_certificate_counts_no_more_and_another_may_be_issued(grown, session):
    first = issue(grown)
    certificates.void_certificate(first, grown.actor, reason="重量写错")

    assert queries.certificate_of(grown.packed.id) is None
    assert queries.evidence(grown.packed.id, [grown.packed.id]).certificate is None
    second = issue(grown, mass_g=500_000)
    assert (second.issue, second.mass_g, queries.certificate_of(grown.packed.id).id) == (2, 500_000, second.id)
    assert second.number != first.number
    assert session.scalar(select(func.count()).where(AuditRow.verb == "certificate.voided")) == 1
    with pytest.raises(Conflict):
        certificates.void_certificate(first, grown.actor, reason="再作废")


def test_a_void_needs_a_reason_and_its_own_organisation(grown):
    made = issue(grown)

    with pytest.raises(BadInput):
        certificates.void_certificate(made, grown.actor, reason=" ")
    with pytest.raises(Denied):
        certificates.void_certificate(made, grow.actor_of(grow.make_organisation(7901, "别家")), reason="x")


def test_the_first_print_is_free_and_a_reprint_says_why(grown):
    made = issue(grown)

    certificates.print_certificate(made, grown.actor, copies=2)
    with pytest.raises(BadInput):
        certificates.print_certificate(made, grown.actor, copies=1)
    certificates.print_certificate(made, grown.actor, copies=1, reason="贴坏一张")

    assert [(p.no, p.copies, p.reason) for p in queries.prints_of(made.id)] == [(1, 2, ""), (2, 1, "贴坏一张")]
    certificates.void_certificate(made, grown.actor, reason="开错")
    with pytest.raises(Conflict):
        certificates.print_certificate(made, grown.actor, copies=1, reason="再打")


@pytest.mark.parametrize("table", ["certificate_void", "certificate_print"])
def test_voids_and_prints_are_never_altered(grown, session, table):
    made = issue(grown)
    certificates.print_certificate(made, grown.actor, copies=1)
    certificates.void_certificate(made, grown.actor, reason="开错")
    session.flush()

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text(f"delete from trace_inspection_{table}"))


@pytest.mark.parametrize(
    ("form", "words"), [("producer", "未使用禁用农药"), ("buyer", "已按规定收取并保存该批次农产品承诺达标合格证")]
)
def test_the_paper_read_back_says_what_was_promised(session, clock, form, words):
    grown = grow.make_packed_lot()
    if form == "buyer":
        farmer = grow.make_organisation(7011, "李示例", kind="grower")
        db.session.execute(text("alter table trace_lot_lot disable trigger tr_trace_lot_frozen"))
        grown.packed.producer_id = farmer.id
        db.session.flush()
    made = certificates.issue_certificate(grown.actor, lot=grown.packed, bases=["control"], form=form)

    paper = _text(certificates.certificate_pdf(made))

    for expected in (
        "承诺达标合格证",
        words,
        made.number,
        "1025kg",
        grown.packed.lot_no,
        "0359-4030000",
        "质量安全控制符合要求",
    ):
        assert expected in paper
    assert "已作废" not in paper
    certificates.void_certificate(made, grown.actor, reason="开错")
    assert "已作废" in _text(certificates.certificate_pdf(made))


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        words = page.get_textpage()
        found = words.get_text_range()
        words.close()
        page.close()
        return re.sub(r"[\s,]+", "", found)
    finally:
        document.close()


def test_the_register_is_searched_and_exported(grown, session, as_user):
    first = issue(grown)
    certificates.void_certificate(first, grown.actor, reason="重量写错")
    second = issue(grown)
    session.flush()
    client = as_user("owner", grown.organisation.id)

    assert second.number in client.get("/inspection/certificates?state=live").text
    assert first.number not in client.get("/inspection/certificates?state=live").text
    assert first.number not in as_user("owner").get("/inspection/certificates").text
    book = load_workbook(io.BytesIO(client.get("/inspection/certificates?format=xlsx").data))
    rows = [[c.value for c in line] for line in book.active.iter_rows()]
    assert [r[0] for r in rows[1:]] == [second.number, first.number]
    assert "重量写错" in rows[2]
