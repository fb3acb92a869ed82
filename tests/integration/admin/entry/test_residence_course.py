"""Entry in full on the real database: information, leases, support, changes of identity, warning, leaving (B10, R81–R96)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from admin.change import rules as change_rules
from admin.change import service as change
from admin.disclosure import queries as disclosure
from admin.disclosure import service as disclosure_service
from admin.enterprise import residence, rules_residence
from admin.enterprise import service as entry
from admin.enterprise.rules import APPLICATION
from admin.information import service as information
from admin.lease import queries as lease_queries
from admin.lease import rules as lease_rules
from admin.lease import service as lease
from admin.support import queries as support_queries
from admin.support import rules as support_rules
from admin.support import service as support
from admin.support.errors import ClaimNotFound
from admin.support.models import Claim, Payment
from core.db import db
from core.errors import BadInput, Conflict, Denied, DomainError, RuleBroken
from core.organisation.queries import find_by_code, get_organisation
from core.ui.once import new_key
from core.workflow.engine import fire
from tests.factories import admin_enterprise as make
from tests.support.people import invented_uscc

FIGURES = {
    "stores": "抖音，示例果园旗舰店，https://example.com/shop",
    "brands": "示例红",
    "staff": 12,
    "staff_local": 10,
    "land_m2": 66_000,
    "store_m3": 0,
    "turnover_fen": 50_000_000,
    "retail_fen": 20_000_000,
    "tax_fen": 0,
}
YEAR = date(2026, 1, 1), date(2026, 12, 31)
Q3 = support_rules.quarter(2026, 3)


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    """An approved enterprise with its owner, the office, a bureau, and another enterprise."""
    person, clerk, head = as_user("person").actor, as_user("office_clerk").actor, as_user("office_head").actor
    case = make.make_submitted(person, 501)
    entry.screen(case, clerk)
    entry.note_visit(case, clerk, visited_on=date(2026, 11, 19), note="有果库一座")
    entry.approve(case, head)
    firm = as_user("owner", organisation=case.organisation_id)
    other = as_user("owner")
    return SimpleNamespace(
        case=case, clerk=clerk, head=head, commerce=as_user("commerce_clerk").actor, drafter=as_user("commerce_clerk").actor, firm=firm, owner=firm.actor,
        other=other, rival=other.actor, clock=clock, as_user=as_user,
    )  # fmt: skip


def confirmed(cast: Any) -> None:
    information.save(cast.owner, FIGURES)
    information.confirm(cast.owner, 2026)


def policy(cast: Any, kind: str = "tax", **values: Any) -> Any:
    rule = support_rules.Rule(kind, **({"percent_bp": 3000} | values))
    return support.publish(
        cast.head, rule=rule, title="示例奖励办法", document="示例文件〔2026〕1 号", from_on=YEAR[0], until_on=YEAR[1]
    )


def claimed(cast: Any, version: Any, **values: Any) -> Claim:
    given = {"period": Q3, "stated": 1_000_000, "file": (make.picture(), "完税证明.jpg")} | values
    return support.open_claim(version, cast.owner, **given)


def _published(item: Any, cast: Any) -> None:
    disclosure_service.submit(item, cast.drafter)
    disclosure_service.approve(item, cast.head, secrecy_checked=True)
    disclosure_service.run_timers()


def _written(row: Any) -> None:
    with db.session.begin_nested():
        db.session.add(row)
        db.session.flush()


# --- information ---------------------------------------------------------------------------------------------------------


def test_information_is_kept_version_by_version_and_confirmed_once_a_year(cast: Any) -> None:
    with pytest.raises(RuleBroken) as nothing:
        information.confirm(cast.owner, 2026)
    first = information.save(cast.owner, FIGURES, base=0)
    assert information.save(cast.owner, FIGURES).number == first.number
    second = information.save(cast.owner, {**FIGURES, "staff": 15}, base=1)
    with pytest.raises(Conflict, match="同事刚刚改过"):
        information.save(cast.owner, {**FIGURES, "staff": 16}, base=1)
    information.confirm(cast.owner, 2026)
    with pytest.raises(Conflict, match="已经确认过"):
        information.confirm(cast.owner, 2026)

    assert len(nothing.value.unmet) == 7
    assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"stores": "没有的平台，店"}, "XX-02"),
        ({"stores": "抖音，店，javascript:alert(1)"}, "XX-04"),
        ({"staff": -1}, "XX-06"),
        ({"staff_local": 13}, "XX-07"),
        ({"retail_fen": 50_000_001}, "R84"),
        ({"brands": "长" * 31}, "XX-08"),
    ],
)
def test_information_that_does_not_fit_together_is_refused_whole(cast: Any, values: dict[str, Any], rule: str) -> None:
    with pytest.raises(RuleBroken) as told:
        information.save(cast.owner, {**FIGURES, **values})
    assert rule in [unmet.rule for unmet in told.value.unmet]
    assert cast.firm.get("/information").status_code == 200


def test_reminders_of_the_yearly_confirmation_are_sent_once_each_and_not_to_who_confirmed(cast: Any) -> None:
    cast.clock.set("2027-03-01 09:00")
    assert (information.remind(), information.remind()) == (1, 0)
    information.save(cast.owner, FIGURES)
    information.confirm(cast.owner, 2027)
    cast.clock.set("2027-03-30 09:00")
    assert information.remind() == 0


# --- leases --------------------------------------------------------------------------------------------------------------


def let(cast: Any) -> Any:
    unit = lease.add_unit(cast.clerk, code="A-101", building="示例楼", area_m2=300, uses=["office", "studio"])
    return unit, lease.offer(
        unit, cast.clerk, code=get_organisation(cast.owner.organisation_id).code, area_m2=200, starts_on=date(2026, 7, 1),
        ends_on=date(2027, 6, 30), purpose="studio", monthly_rent_fen=100_000,
    )  # fmt: skip


def test_a_unit_is_let_once_at_a_time_for_its_uses_and_within_its_area(cast: Any) -> None:
    unit, made = let(cast)
    terms = {
        "code": get_organisation(cast.rival.organisation_id).code, "area_m2": 200, "starts_on": date(2027, 6, 30),
        "ends_on": date(2027, 12, 31), "purpose": "studio", "monthly_rent_fen": 1,
    }  # fmt: skip
    for change_, words in (
        ({}, "已出租"),
        ({"starts_on": date(2027, 7, 1), "area_m2": 301}, "租赁面积"),
        ({"starts_on": date(2027, 7, 1), "purpose": "storage"}, "用途"),
        ({"starts_on": date(2028, 7, 1)}, "早于开始日"),
    ):
        with pytest.raises(RuleBroken) as told:
            lease.offer(unit, cast.clerk, **{**terms, **change_})
        assert any(words in unmet.message for unmet in told.value.unmet)
    with pytest.raises(Denied):
        lease.add_unit(cast.owner, code="A-102", building="", area_m2=1, uses=["office"])
    assert cast.other.get(f"/leases/{made.public_id}").status_code == 404
    assert cast.firm.get(f"/leases/{made.public_id}").status_code == 200


def test_signing_starts_the_lease_and_leaving_ends_it_with_everything_else(cast: Any) -> None:
    _unit, made = let(cast)
    lease.accept(made, cast.owner)
    fire(APPLICATION, cast.case, "sign_lease", cast.clerk)
    assert (cast.case.state, made.state) == ("resident", "running")
    assert lease_queries.rent_due(cast.owner.organisation_id, *Q3) == (300_000, True)
    fire(APPLICATION, cast.case, "ask_to_leave", cast.owner, reason="不再经营")
    with pytest.raises(DomainError):
        fire(APPLICATION, cast.case, "leave", cast.owner)
    for item in residence.open_handover(cast.case, cast.clerk):
        residence.settle(cast.case, item.key, cast.clerk)
    fire(APPLICATION, cast.case, "leave", cast.owner)
    assert (cast.case.state, made.state) == ("left", "ended")
    assert not get_organisation(cast.case.organisation_id).is_active


# --- support --------------------------------------------------------------------------------------------------------------


def test_a_claim_is_computed_examined_decided_by_another_publicised_and_listed_once(cast: Any) -> None:
    confirmed(cast)
    claim = claimed(cast, policy(cast))
    assert claim.amount_fen == 300_000
    support.move(claim, "submit", cast.owner)
    support.move(claim, "review", cast.clerk)
    support.move(claim, "decide", cast.head)
    with pytest.raises(RuleBroken):
        support.move(claim, "send", cast.commerce)
    item, _ = disclosure.publicity_of(Claim.__tablename__, claim.id) or (None, None)
    assert item is not None
    assert "拟扶持金额 3,000.00 元" in item.body
    _published(item, cast)
    cast.clock.set("2026-12-10 10:00")
    support.move(claim, "send", cast.commerce)
    with pytest.raises(DomainError):
        support.move(claim, "send", cast.commerce)

    assert claim.state == "listed"
    assert db.session.query(Payment).filter_by(claim_id=claim.id).count() == 1
    assert cast.firm.get("/support/payments").text.count("BF-2026-") == 1
    assert "BF-2026-" not in cast.other.get("/support/payments").text


def test_one_kind_of_support_is_claimed_once_for_any_day(cast: Any) -> None:
    confirmed(cast)
    version = policy(cast)
    claim = claimed(cast, version)
    with pytest.raises(Conflict, match="同一期间已享受"):
        claimed(cast, version, period=YEAR)
    rival = Claim(
        claim_no="FC-X", organisation_id=cast.owner.organisation_id, version_id=version.id, kind="tax",
        period_from=date(2026, 9, 30), period_to=date(2026, 12, 31),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="ex_admin_support_claim_once"):  # the database says so too, whoever asks
        _written(rival)
    support.move(claim, "drop", cast.owner)
    assert claimed(cast, version, period=YEAR).state == "draft"


def test_rent_is_taken_from_the_leases_and_not_from_what_is_stated(cast: Any) -> None:
    confirmed(cast)
    _unit, made = let(cast)
    lease.accept(made, cast.owner)
    fire(APPLICATION, cast.case, "sign_lease", cast.clerk)
    claim = claimed(cast, policy(cast, "rent", needs_lease=True), stated=99_999_999)
    assert claim.amount_fen == 90_000


def test_what_is_unmet_stands_on_the_claim_and_stops_the_sending(cast: Any) -> None:
    claim = claimed(cast, policy(cast), file=None)
    with pytest.raises(RuleBroken) as told:
        support.move(claim, "submit", cast.owner)
    assert {unmet.rule for unmet in told.value.unmet} == {"R82", "FC-07"}
    assert "本年度的企业信息还没有确认" in cast.firm.get(f"/support/claims/{claim.public_id}").text
    assert cast.other.get(f"/support/claims/{claim.public_id}").status_code == 404
    with pytest.raises(ClaimNotFound):
        support.fill_in(claim, cast.rival, stated=1)


def test_a_policy_is_published_by_the_head_for_a_time_of_its_own(cast: Any) -> None:
    version = policy(cast)
    with pytest.raises(RuleBroken) as told:
        policy(cast)
    with pytest.raises(Denied):
        policy(SimpleNamespace(head=cast.clerk))
    assert [unmet.rule for unmet in told.value.unmet] == ["FC-09"]
    assert [v.id for v in support_queries.versions("tax")] == [version.id]
    page = cast.firm.get("/support")
    assert (page.status_code, "按 30% 计" in page.text) == (200, True)


# --- changes of identity ---------------------------------------------------------------------------------------------------


def asked(cast: Any, kind: str = "name", **values: Any) -> Any:
    given = {"new_name": "临猗示例新名合作社", "basis": "登记机关变更通知书", "file": (make.picture(), "通知书.jpg")}
    return change.ask(kind, cast.owner, **(given | values))


def test_another_name_is_asked_for_screened_and_approved_by_another_person(cast: Any) -> None:
    request = asked(cast)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        asked(cast)
    change.move(request, "submit", cast.owner)
    change.move(request, "screen", cast.clerk)
    change.move(request, "approve", cast.head)

    assert get_organisation(cast.owner.organisation_id).name == "临猗示例新名合作社"
    assert request.former_name == "临猗示例果枣专业合作社"
    assert cast.other.get(f"/changes/{request.public_id}").status_code == 404


def test_a_merger_needs_the_word_of_the_other_party(cast: Any) -> None:
    into = get_organisation(cast.rival.organisation_id)
    request = asked(cast, "merge", into_code=into.code, new_name="")
    change.move(request, "submit", cast.owner)
    change.move(request, "screen", cast.clerk)
    with pytest.raises(RuleBroken):
        change.move(request, "approve", cast.head)
    change.move(request, "agree", cast.rival)
    change.move(request, "approve", cast.head)
    assert not get_organisation(cast.case.organisation_id).is_active


def test_a_code_that_is_taken_or_wrong_is_refused(cast: Any) -> None:
    with pytest.raises(BadInput):
        asked(cast, "code", new_code="91140821MA0000000X")
    taken = get_organisation(cast.rival.organisation_id).code
    assert find_by_code(taken) is not None


def test_a_code_change_that_collides_is_told_before_it_is_sent(cast: Any) -> None:
    request = asked(cast, "code", new_code=get_organisation(cast.rival.organisation_id).code, new_name="")
    with pytest.raises(RuleBroken):
        change.move(request, "submit", cast.owner)
    change.fill_in(
        request, cast.owner, new_code=invented_uscc(90_001), basis="换发执照", file=(make.picture(), "执照.jpg")
    )
    change.move(request, "submit", cast.owner)
    assert request.state == "submitted"


# --- pages -----------------------------------------------------------------------------------------------------------------


def test_forms_of_the_pages_write_what_was_typed_and_say_what_is_wrong(cast: Any) -> None:
    clerk = cast.as_user("office_clerk")
    made = clerk.post(
        "/leases/units/new",
        data={"code": "B-1", "building": "示例楼", "area_m2": "80", "uses": ["office"], "once": new_key()},
    )
    wrong = clerk.post("/leases/units/new", data={"code": "", "building": "", "area_m2": "x", "once": new_key()})
    saved = cast.firm.post("/information", data={"staff": "8", "staff_local": "9", "version": "0", "once": new_key()})

    assert made.status_code in (302, 303)
    assert wrong.status_code == 400
    assert saved.status_code == 422
    assert "本县人数多于从业人数" in saved.text


WORKFLOWS = (lease_rules.LEASE, support_rules.SUPPORT, change_rules.CHANGE)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.key)
def test_whoever_decides_is_another_person_than_who_examined(workflow: Any) -> None:
    deciding = [move for move in workflow.moves if move.key in ("decide", "approve", "refuse")]
    assert all(move.not_same_person_as for move in deciding)
    assert rules_residence.HANDOVER


# --- what waits, on the workbench and the desk -----------------------------------------------------------------------------


def test_the_workbench_lists_what_waits_for_the_enterprise_until_it_is_done(cast: Any) -> None:
    version = policy(cast)
    _unit, made = let(cast)
    before = cast.firm.get("/workbench").text
    lease.accept(made, cast.owner)
    confirmed(cast)
    claim, request = claimed(cast, version), asked(cast)
    support.move(claim, "submit", cast.owner)
    support.move(claim, "return", cast.clerk, "完税证明看不清")
    change.move(request, "submit", cast.owner)
    change.move(request, "return", cast.clerk, "通知书缺一页")
    after = cast.firm.get("/workbench").text

    assert "请确认租赁：A-101" in before
    assert "确认 2026 年度企业信息" in before
    assert "请补正" not in before
    assert "请确认租赁" not in after
    assert "年度企业信息" not in after
    assert "扶持申领请补正" in after
    assert "变更申请请补正" in after
    assert "请补正" not in cast.other.get("/workbench").text


def test_the_desk_of_each_person_shows_the_claims_and_changes_that_wait_for_him(cast: Any) -> None:
    confirmed(cast)
    claim, request = claimed(cast, policy(cast)), asked(cast)
    clerk, head = cast.as_user("office_clerk"), cast.as_user("office_head")
    support.move(claim, "submit", cast.owner)
    change.move(request, "submit", cast.owner)
    numbers = (claim.claim_no, request.case_no)
    assert [n in clerk.get("/desk").text for n in numbers] == [True, True]
    assert [n in head.get("/desk").text for n in numbers] == [False, False]
    support.move(claim, "review", cast.clerk)
    change.move(request, "screen", cast.clerk)

    assert [n in clerk.get("/desk").text for n in numbers] == [False, False]
    assert [n in head.get("/desk").text for n in numbers] == [True, True]


def test_a_use_the_unit_is_not_for_is_named_with_what_it_is_for(cast: Any) -> None:
    unit, _made = let(cast)
    with pytest.raises(RuleBroken) as told:
        lease.offer(
            unit, cast.clerk, code=get_organisation(cast.rival.organisation_id).code, area_m2=20, starts_on=date(2028, 1, 1),
            ends_on=date(2028, 12, 31), purpose="storage", monthly_rent_fen=1,
        )  # fmt: skip
    (unmet,) = told.value.unmet
    assert unmet.message == "用途“仓储冷藏”不在这个单元允许用途内。"
    assert unmet.help == "A-101 可用于电商办公、直播场地。"
    page = cast.as_user("office_clerk").get(f"/leases/units/{unit.public_id}/offer").text
    assert '<option value="studio">' in page
    assert '<option value="storage">' not in page
