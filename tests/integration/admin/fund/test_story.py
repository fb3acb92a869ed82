"""One project from the proposal to the paid retention, over the holidays; every figure from the ledger."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from admin.acceptance import service as acceptance
from admin.disclosure import queries as public
from admin.disclosure import service as disclosure
from admin.fund import queries, service
from admin.fund.models import Claim
from admin.project import service as projects
from admin.project.queries import evidence_kinds, stage
from admin.supervision import service as supervision
from core.db import db
from core.errors import Conflict, RuleBroken
from core.ledger import queries as ledger


def rules_of(error):
    return {u.rule for u in error.value.unmet}


def publicity_item(claim):
    return public.publicity_of(Claim.__tablename__, claim.id)[0]


def test_a_project_walks_from_proposal_to_the_paid_retention(town):
    row = town.building(award=1_000_001, stages=1)
    claim = town.in_publicity(row)

    assert claim.state == "in_publicity"
    town.clock.set("2026-09-30 09:00:00")
    fund_item = publicity_item(claim)
    assert public.publicity_facts(fund_item).deadline.date == date(2026, 9, 24)
    service.run_timers()
    assert claim.state == "payable"
    figures = queries.figures(row)
    assert (figures.payable_fen, figures.retained_fen) == (900_000, 100_001)

    town.clock.set("2026-10-08 09:00:00")
    town.reported(row, date(2026, 9, 1))
    number = service.advise(claim, town.actor("office_head"))
    service.pay(claim, town.actor("finance"), bank_ref="BK1")
    service.confirm_receipt(claim, town.actor("owner"), bank_ref="BK1")

    assert number == "ZFJY-2026-001"
    assert queries.figures(row).paid_fen == ledger.balance("U3010", project=str(row.id)) == 900_000
    assert public.item_of(Claim.__tablename__, claim.id, "funds").state == "draft"

    com, gov = town.actor("commerce_clerk"), town.actor("government")
    projects.complete(row, com)
    town.clock.set("2026-11-20 09:00:00")
    town.reported(row, date(2026, 10, 1))
    projects.submit_report(row, date(2026, 11, 1), 100, "已完工", "已用完", town.actor("owner"))
    final = town.evaluated(row, None)
    acceptance.pass_case(final, town.actor("acceptance_chair"), "终期验收合格")
    acceptance.gov_ok(final, gov)
    town.published(public.item_of("admin_acceptance_case", final.id, "acceptance"))
    acceptance.publicise(final, com)
    with pytest.raises(RuleBroken) as error:
        acceptance.file_case(final, com, city_filing_no="运1", province_filing_no="晋1")
    assert rules_of(error) == {"R38"}
    projects.add_evidence(row, "acceptance_report", "验收报告", com)
    projects.add_evidence(row, "audit_report", "审计报告", com)
    acceptance.file_case(final, com, city_filing_no="运1", province_filing_no="晋1")
    retention = queries.retention_of(row.id)
    assert retention.state == "retention_payable"
    service.pay_retention(retention, town.actor("finance"), bank_ref="BK2")

    figures = queries.figures(row)
    assert (row.state, figures.paid_fen, figures.retained_fen, figures.payable_fen) == ("settled", 1_000_001, 0, 0)
    for book in "GU":
        assert sum(r.debit_fen - r.credit_fen for r in ledger.trial_balance(book)) == 0
    db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-10-10 12:00:00", "in_publicity"),
        ("2026-10-13 23:59:59", "in_publicity"),
        ("2026-10-14 00:00:00", "payable"),
    ],
)
def test_five_working_days_over_the_national_day_end_at_24_00_of_13_october(town, moment, state):
    town.clock.set("2026-09-30 09:00:00")
    claim = town.in_publicity(town.building())

    town.clock.set(moment)
    service.run_timers()

    assert claim.state == state


def test_every_closed_gate_is_told_at_once_with_its_article(town):
    town.clock.set("2026-09-16 09:00:00")
    row = town.building()
    claim = town.in_publicity(row)
    town.clock.set("2026-10-09 10:00:00")
    service.run_timers()
    assert claim.state == "payable"
    finding = supervision_finding(town, row)

    with pytest.raises(RuleBroken) as error:
        service.advise(claim, town.actor("office_head"))

    unmet = {u.rule: u for u in error.value.unmet}
    assert set(unmet) == {"R17", "R51"}
    assert finding.finding_no in unmet["R17"].message
    assert unmet["R17"].article == "F§12.3"
    assert unmet["R51"].message.startswith("9月")
    gates = service.gates(claim, town.actor("office_head"))
    assert [g.open for g in gates] == sorted(g.open for g in gates)
    assert sum(not g.open for g in gates) == 2


def supervision_finding(town, row):
    inspection = town.inspected(row)
    ins = town.actor("commerce_inspector")
    supervision.raise_finding(inspection, "2 台风机无使用记录", "一般", ins)
    supervision.state_case(inspection, "已安排检修", town.actor("owner"))
    return supervision.confirm(inspection, ins)


def test_a_notice_freezes_the_claim_and_closing_the_finding_lets_it_go_on(town):
    town.clock.set("2026-09-16 09:00:00")
    row = town.building()
    claim = town.in_publicity(row)
    town.clock.set("2026-09-24 09:00:00")
    service.run_timers()
    finding = supervision_finding(town, row)

    supervision.issue_notice(finding, "临商改1号", date(2026, 10, 12), date(2026, 9, 24), town.actor("commerce_clerk"))
    assert (claim.state, queries.figures(row).frozen_fen) == (
        "frozen",
        claim.gross_fen * 9 // 10 if claim.gross_fen % 10 == 0 else queries.figures(row).frozen_fen,
    )
    supervision.submit_fix(finding, "已恢复使用并记录", town.actor("owner"))
    with pytest.raises(RuleBroken) as same:
        supervision.check_fix(finding, True, town.actor("commerce_inspector"))
    with pytest.raises(RuleBroken):
        supervision.check_fix(finding, True, town.actor("commerce_clerk"))
    supervision.check_fix(finding, True, town.actor("commerce_clerk:other"))

    assert "R59" in rules_of(same)
    assert (finding.state, claim.state) == ("closed", "payable")
    assert queries.figures(row).frozen_fen == 0


def test_payer_adviser_and_reviewer_are_three_persons(town):
    row = town.building()
    claim = town.in_publicity(row)
    town.clock.set("2026-09-30 09:00:00")
    service.run_timers()
    head = town.actor("office_head")
    service.advise(claim, head)
    both = head.__class__(
        **{f: getattr(head, f) for f in head.__slots__} | {"permissions": town.actor("finance").permissions}
    )

    with pytest.raises(RuleBroken) as error:
        service.pay(claim, both, bank_ref="BK1")

    assert rules_of(error) == {"admin.claim.pay.four_eyes"}


def test_the_chair_who_inspected_and_the_reviewer_who_inspected_are_refused(town):
    row = town.building()
    town.inspected(row)
    inspector = town.actor("commerce_inspector")
    case = acceptance.draft(row, town.actor("owner"), stage_number=1)
    acceptance.apply(case, town.actor("owner"))
    seats = town.group()
    seats[0] = acceptance.Seat(inspector.user_id, "COM", chair=True)
    acceptance.form_group(case, seats, town.actor("commerce_clerk"))

    with pytest.raises(RuleBroken) as error:
        acceptance.accept(case, town.actor("commerce_clerk"))

    assert rules_of(error) == {"R37"}


def test_an_objection_suspends_the_claim_until_it_is_answered_in_writing(town):
    claim = town.in_publicity(town.building())
    item = publicity_item(claim)

    opinion = disclosure.receive_opinion(item, "objection", "设备型号与公示不符", "", town.people("person").actor)
    assert claim.state == "objected"
    town.clock.set("2026-10-20 09:00:00")
    service.run_timers()
    assert claim.state == "objected"
    disclosure.answer(opinion, "型号更正说明见附件", town.actor("commerce_clerk"))

    assert claim.state == "in_publicity"
    service.run_timers()
    assert claim.state == "payable"


def test_a_corrected_publicity_counts_anew(town):
    claim = town.in_publicity(town.building())
    item = publicity_item(claim)
    town.clock.set("2026-09-24 09:00:00")

    disclosure.correct(
        item, town.actor("office_head:public"), title=item.title, body=item.body + "\n更正：金额", note="金额笔误"
    )

    assert item.revision == 2
    assert public.publicity_facts(item).deadline.date == date(2026, 10, 9)


def test_money_does_not_move_on_a_provisional_deadline(town):
    town.clock.set("2026-12-28 09:00:00")
    row = town.building()
    claim = town.in_publicity(row)
    assert public.publicity_facts(publicity_item(claim)).deadline.provisional

    town.clock.set("2027-01-20 09:00:00")
    service.run_timers()

    assert claim.state == "in_publicity"
    found = service.gates(claim, town.actor("office_head"))
    assert "A10" in {u.rule for g in found for u in g.unmet}


def test_the_cap_holds_before_the_final_acceptance(town):
    row = town.building(award=100_000, stages=3)
    for number in (1, 2, 3):
        claim = town.paid(row, number)
        assert claim.state == "paid"
        figures = queries.figures(row)
        assert figures.paid_fen <= figures.cap_fen

    assert queries.figures(row).paid_fen == 90_000
    assert queries.retention_of(row.id).state == "retention_held"


def test_an_invoice_is_used_once_in_the_county(town):
    row = town.building()
    first, second = town.claim(row, 1), service.draft_claim(row, 2, 100, "完成", town.actor("owner"))
    line = queries.invoices_of(first.id)[0]

    with pytest.raises(Conflict, match=first.claim_no):
        service.add_invoice(second, line.invoice_no, 100, line.line_id, town.actor("owner"))


def test_books_and_contract_filed_with_one_stage_count_for_the_next_but_its_invoices_do_not(town):
    row = town.proposed()
    for kind in ("bookkeeping", "contract", "invoices"):
        projects.add_evidence(row, kind, kind, town.actor("owner"), stage_number=1)
    second = stage(row.id, 2)

    assert evidence_kinds(row.id, second.id) == {"bookkeeping", "contract"}
    assert evidence_kinds(row.id) == {"bookkeeping", "contract", "invoices"}
