"""Exit after two notices, replay of the history, concurrent payment, other organisations, and every page."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select

from admin.acceptance.rules import CASE
from admin.disclosure import queries as public
from admin.disclosure import service as disclosure
from admin.disclosure.rules import ITEM
from admin.fund import queries, service
from admin.fund.models import Claim
from admin.fund.rules import CLAIM
from admin.project import queries as projects
from admin.project import service as project_service
from admin.project.rules import PROJECT
from admin.statistics.queries import values as statistics_values
from admin.supervision import service as supervision
from admin.supervision.rules import FINDING
from admin.target import service as targets
from admin.target.queries import readings
from core import clock as core_clock
from core.account.actor import SYSTEM
from core.db import db, unit_of_work
from core.errors import Conflict, InvalidMove, NotFound, RuleBroken
from core.ledger import queries as ledger
from core.workflow.engine import history
from core.workflow.models import HistoryRow
from tests.factories.town import Town


def finding_of(town, row):
    inspector = town.actor("commerce_inspector")
    inspection = town.inspected(row)
    supervision.raise_finding(inspection, "设备闲置", "较重", inspector)
    supervision.state_case(inspection, "说明", town.actor("owner"))
    return supervision.confirm(inspection, inspector)


def test_exit_takes_two_notices_whose_terms_ended_and_gives_the_unpaid_money_back(town):
    row = town.building(award=1_000_000, stages=2)
    town.paid(row, 1)
    com, gov, fin = (town.actor(p) for p in ("commerce_clerk", "government", "finance"))
    finding = finding_of(town, row)
    today = core_clock.today()
    with pytest.raises(InvalidMove):
        supervision.request_termination(finding, com, "不整改")

    for number, due in ((1, date(2026, 10, 30)), (2, date(2026, 11, 2))):
        supervision.issue_notice(finding, f"临商改{number}号", due, today, com)
        with pytest.raises(InvalidMove):
            supervision.request_termination(finding, com, "不整改")
        town.clock.set(f"{due} 23:59:59")
        supervision.run_timers()
        assert finding.state == f"notice{number}_issued"
        town.clock.advance(seconds=1)
        supervision.run_timers()
        assert finding.state == f"notice{number}_failed"
    supervision.request_termination(finding, com, "两次通知后仍未整改")
    supervision.decide_termination(finding, True, gov, "同意终止")
    contract = projects.contract_of(row.id)
    project_service.settle_contract(contract, fin, "清算")

    assert (finding.state, contract.state, row.state) == ("terminated", "closed", "terminated")
    dims = {"project": str(row.id)}
    assert [ledger.balance(a, **dims) for a in ("G2110", "G2120", "G2130", "G3020")] == [0, 0, 0, 0]
    assert ledger.balance("G3010") == 1_000_000 - 450_000 == ledger.balance("G1010")


def test_the_government_may_refuse_and_set_a_new_term(town):
    row = town.building()
    finding = finding_of(town, row)
    com = town.actor("commerce_clerk")
    supervision.issue_notice(finding, "文1", date(2026, 9, 20), core_clock.today(), com)
    town.clock.set("2026-09-21 09:00:00")
    supervision.run_timers()
    supervision.issue_notice(finding, "文2", date(2026, 9, 25), core_clock.today(), com)
    town.clock.set("2026-09-26 09:00:00")
    supervision.run_timers()
    supervision.request_termination(finding, com, "未整改")

    supervision.decide_termination(
        finding, False, town.actor("government"), "再给一次机会", new_due_on=date(2026, 10, 20)
    )

    assert (finding.state, projects.contract_of(row.id).state, row.state) == ("notice2_issued", "active", "building")
    assert finding.due2_on == date(2026, 10, 20)


def test_replaying_the_history_rebuilds_every_state(town):
    row = town.building(award=1_000_000, stages=2)
    claim = town.paid(row, 1)
    finding_of(town, row)
    rows = db.session.scalars(select(HistoryRow).order_by(HistoryRow.id)).all()

    replayed: dict[tuple[str, int], str] = {}
    starts = {w.key: w.initial for w in (PROJECT, CLAIM, CASE, FINDING, ITEM)}
    for step in rows:
        key = (step.workflow, step.object_id)
        assert replayed.get(key, starts.get(step.workflow, step.from_state)) == step.from_state
        replayed[key] = step.to_state

    assert replayed["admin.project", row.id] == row.state
    assert replayed["admin.claim", claim.id] == claim.state == "paid"
    assert [h.move for h in history(CLAIM, claim.id)] == [
        "submit", "commerce_ok", "acceptance_passed", "publicise", "publicity_done", "advise", "pay",
    ]  # fmt: skip


def test_two_people_paying_at_once_pay_once(cloned_db):
    with core_clock.frozen(core_clock.day_start(date(2026, 9, 18))):
        town = Town(cloned_db.as_user, FrozenByTest())
        town.hire()
        with cloned_db.app.app_context(), unit_of_work():
            row = town.building()
            claim = town.in_publicity(row)
            number = claim.id
    with core_clock.frozen(core_clock.day_start(date(2026, 9, 28))), cloned_db.app.app_context(), unit_of_work():
        service.run_timers()
        service.advise(db.session.get_one(Claim, number), town.actor("office_head"))
    barrier, outcomes = threading.Barrier(2), []

    def pay(post):
        with core_clock.frozen(core_clock.day_start(date(2026, 9, 28))), cloned_db.app.app_context():
            try:
                with unit_of_work():
                    mine = db.session.get_one(Claim, number)
                    barrier.wait(10)
                    service.pay(mine, town.actor(post), bank_ref=post)
                outcomes.append("paid")
            except (InvalidMove, Conflict):
                outcomes.append("refused")

    threads = [threading.Thread(target=pay, args=(p,)) for p in ("finance", "finance:two")]
    [t.start() for t in threads]
    [t.join(30) for t in threads]

    assert sorted(outcomes) == ["paid", "refused"]
    with cloned_db.app.app_context():
        assert len([e for e in ledger.entries("G") if e.kind == "E4"]) == 1


class FrozenByTest:
    """A clock the factory may ask; the test itself freezes."""

    def now(self):
        return core_clock.now()


def test_another_enterprise_does_not_find_the_project_or_anything_in_it(town):
    row = town.building()
    claim = town.in_publicity(row)
    finding = finding_of(town, row)
    other = town.people("owner")
    case = f"/fund/acceptance/{project_case(row).public_id}"
    addresses = [
        f"/fund/projects/{row.public_id}",
        f"/fund/claims/{claim.public_id}",
        f"/fund/supervision/findings/{finding.public_id}",
        case,
    ]

    for address in addresses:
        assert other.get(address).status_code == 404, address
        assert town.client("owner").get(address).status_code == 200, address
        assert town.people("person").get(address).status_code == 403, address
        assert town.people.app.test_client().get(address).status_code in (302, 401), address
    assert row.name not in other.get("/fund/").text
    for address in (f"/fund/projects/{row.public_id}/claim", f"/fund/projects/{row.public_id}/report"):
        assert other.post(address, data={}).status_code == 404
    with pytest.raises(NotFound):
        service.draft_claim(row, 2, 100, "x", other.actor)


def project_case(row):
    from admin.acceptance.queries import cases_of

    return cases_of(row.id)[0]


@pytest.mark.parametrize(
    "post",
    ["commerce_clerk", "finance", "office_head", "auditor", "owner", "leading_group", "government", "acceptance_chair"],
)
def test_every_page_opens_for_those_who_may_see_it(town, post):
    row = town.building()
    claim = town.in_publicity(row)
    finding, item = finding_of(town, row), public.publicity_of(Claim.__tablename__, claim.id)[0]
    client = town.client(post)
    pages = [
        "/fund/", f"/fund/projects/{row.public_id}", f"/fund/projects/{row.public_id}?format=csv", f"/fund/claims/{claim.public_id}",
        "/fund/supervision/", f"/fund/supervision/findings/{finding.public_id}", "/fund/acceptance/", f"/fund/acceptance/{project_case(row).public_id}",
        f"/fund/projects/{row.public_id}/manage", f"/fund/projects/{row.public_id}/contract/manage", "/fund/policies/list",
        "/disclosure/", f"/disclosure/{item.public_id}",
    ]  # fmt: skip
    for page in pages:
        assert client.get(page).status_code == 200, page
    assert client.get("/fund/ledger/").status_code == (
        200 if post in ("commerce_clerk", "finance", "office_head", "auditor") else 403
    )
    if post in ("commerce_clerk", "finance"):
        assert client.get("/office/statistics/").status_code == 200
        assert client.get("/office/statistics/?format=xlsx").data[:2] == b"PK"


def test_the_page_shows_the_gates_and_the_export_the_entries(town):
    row = town.building()
    claim = town.paid(row, 1)
    page = town.client("finance").get(f"/fund/projects/{row.public_id}").text
    figures = queries.figures(row)

    assert f"{figures.paid_fen // 100:,}" in page
    export = town.client("finance").get(f"/fund/projects/{row.public_id}?format=csv").text
    assert claim.claim_no in export
    assert "E4" in export


def test_a_guest_objects_on_the_public_page_and_reads_the_answer_by_receipt(town):
    claim = town.in_publicity(town.building())
    item = public.publicity_of(Claim.__tablename__, claim.id)[0]
    guest = town.people.app.test_client()

    answer = guest.post(
        f"/disclosure/{item.public_id}/opinion",
        data={"kind": "objection", "text": "金额不对", "contact": "", "once": "a" * 32},
    )
    assert answer.status_code == 302
    assert claim.state == "objected"
    receipt = guest.get(answer.headers["Location"])
    assert "待答复" in receipt.text
    disclosure.answer(public.opinions_of(item.id)[0], "已核对，金额无误", town.actor("commerce_clerk"))

    assert "已核对，金额无误" in guest.get(answer.headers["Location"]).text
    assert claim.state == "in_publicity"


@pytest.mark.parametrize(("moment", "status"), [("2026-09-24 23:59:59", 302), ("2026-09-25 00:00:00", 409)])
def test_the_window_closes_by_every_address_at_24_00_of_the_last_day(town, moment, status):
    claim = town.in_publicity(town.building())
    item = public.publicity_of(Claim.__tablename__, claim.id)[0]
    town.clock.set(moment)

    answer = town.people.app.test_client().post(
        f"/disclosure/{item.public_id}/opinion",
        data={"kind": "opinion", "text": "建议", "contact": "", "once": "b" * 32},
    )

    assert answer.status_code == status


def test_drafts_are_not_public_and_withdrawn_items_leave_a_stub(town):
    item = disclosure.draft("progress", "九月建设进度", "库体完成八成", town.actor("commerce_clerk"))
    guest = town.people.app.test_client()
    assert guest.get(f"/disclosure/{item.public_id}").status_code == 404
    disclosure.submit(item, town.actor("commerce_clerk"))
    with pytest.raises(RuleBroken):
        disclosure.approve(item, town.actor("commerce_clerk"), secrecy_checked=True)
    disclosure.approve(item, town.actor("office_head"), secrecy_checked=True)
    disclosure.withdraw(item, town.actor("office_head"), "数据有误")

    page = guest.get(f"/disclosure/{item.public_id}").text
    assert "数据有误" in page
    assert "库体完成八成" not in page


def test_a_rule_broken_by_a_form_shows_every_unmet_rule(town):
    row = town.proposed()
    answer = town.client("leading_group").post(
        f"/fund/projects/{row.public_id}/move", data={"move": "approve", "once": "c" * 32}
    )

    assert answer.status_code == 422
    for rule in ("R01", "R02", "R04", "R07"):
        assert rule in answer.text, rule


def test_a_resolution_settles_a_conflict_on_the_office_page(town):
    before = {r.target.key: r.verdict for r in readings(statistics_values())}
    targets.resolve("K10/b", "领导小组决议1号", date(2026, 9, 1), town.actor("leading_group"))
    after = {r.target.key: r.verdict for r in readings(statistics_values())}

    assert before["K10/a"] == before["K10/b"] == "basis_pending"
    assert after["K10/b"] == "unmet"
    assert "领导小组决议1号" in town.client("statistician").get("/office/statistics/").text


def test_timers_are_idempotent(town):
    town.in_publicity(town.building())
    town.clock.set("2026-09-30 09:00:00")

    assert (service.run_timers(), service.run_timers()) == (1, 0)
    assert SYSTEM.is_system


def test_a_claim_the_finance_bureau_refused_is_reversed_and_its_invoices_may_be_used_again(town):
    row = town.building()
    claim = town.in_publicity(row)
    town.clock.set("2026-09-25 09:00:00")
    service.run_timers()
    service.advise(claim, town.actor("office_head"))
    invoice = queries.invoices_of(claim.id)[0]

    service.refuse(claim, town.actor("finance"), "发票抬头有误")

    assert claim.state == "returned"
    figures = queries.figures(row)
    assert (figures.payable_fen, figures.retained_fen, figures.recognised_fen) == (0, 0, 0)
    again = service.draft_claim(row, 1, claim.gross_fen, "已完成", town.actor("owner"))
    service.add_invoice(again, invoice.invoice_no, invoice.amount_fen, invoice.line_id, town.actor("owner"))
    assert queries.invoices_fen(again.id) == again.gross_fen


def test_the_search_box_finds_a_project_by_number_but_not_for_another_enterprise(town):
    row = town.building()

    assert row.project_no in town.client("finance").get(f"/search?q={row.project_no}", follow_redirects=True).text
    assert row.name not in town.people("owner").get(f"/search?q={row.project_no}", follow_redirects=True).text


def test_loading_the_calendar_again_changes_nothing(cloned_db):
    answer = cloned_db.app.test_cli_runner().invoke(args=["calendar", "load"])

    assert answer.exit_code == 0, answer.output
    assert "没有新公布" in answer.output
