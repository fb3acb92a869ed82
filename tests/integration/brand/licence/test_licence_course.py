"""What happens around and after a decision: visits, publicity, appeal, suspension, renewal and change."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from brand.licence import facts, photos, queries, quota, review_service, rules, service, term_service
from brand.licence.errors import CaseOpen, NoLicence, NotExamined, QuotaShort, VisitNotOpen
from brand.licence.models import Licence
from core import clock as core_clock
from core import hooks, notary
from core.db import db
from core.errors import BadInput, Denied, InvalidMove, RuleBroken
from core.notice.models import Message
from core.workflow.engine import fire
from tests.factories import brand as make
from tests.factories.licence_course import draw, told

KEY = ("fuji", "fresh", "apple-80")


def refused(cast: Any) -> Licence:
    licence = make.submitted(cast.owner)
    service.advise_against(licence, cast.clerk, "基地证明与实地不符。")
    service.refuse(licence, cast.decider, "到现场核查，申请写明的地块种的是玉米。", grounds=["origin"])
    return licence


# --- examination ---------------------------------------------------------------------------------------------------------


def test_a_case_is_handled_as_the_procedure_of_its_first_sending_asks(cast: Any) -> None:
    early = make.submitted(cast.owner)
    review_service.set_procedure(
        cast.decider, valid_from=core_clock.today(), publicity_days=5, visit_required=True, expert_required=True
    )
    late = make.submitted(cast.rival)
    service.screen(early, cast.clerk)
    with pytest.raises(RuleBroken) as broken:
        service.screen(late, cast.clerk)
    assert [u.rule for u in broken.value.unmet] == ["PP-26", "PP-28"]
    assert facts.procedure_of(early) == rules.Procedure()
    with pytest.raises(Denied):
        review_service.set_procedure(cast.clerk, valid_from=core_clock.today())
    with pytest.raises(BadInput):
        review_service.set_procedure(cast.decider, valid_from=core_clock.today() - timedelta(days=1))


def test_a_visit_keeps_point_time_photos_and_findings_and_the_visitor_does_not_decide(cast: Any, as_user: Any) -> None:
    licence = make.submitted(cast.owner)
    service.accept(licence, cast.clerk)
    assert "授权申请已受理" in told(cast.owner)[-1]
    visit = review_service.appoint(licence, cast.clerk, at=core_clock.now() + timedelta(days=2), place="示例村 3 号地")
    with pytest.raises(RuleBroken) as broken:
        service.screen(licence, cast.clerk)
    assert [u.rule for u in broken.value.unmet] == ["PP-27"]
    cast.clock.advance(days=2)
    found = {
        "fits": True,
        "findings": "富士 12 亩，已套袋。",
        "latitude": Decimal("35.1"),
        "longitude": Decimal("110.7"),
    }
    with pytest.raises(BadInput):
        review_service.record_visit(licence, cast.clerk, visit.public_id, **found)
    review_service.record_visit(
        licence, cast.clerk, visit.public_id, **found, pictures=[(make.picture(), "a.jpg")], accuracy_m=8
    )
    assert (visit.outcome, visit.visited_at) == ("fits", core_clock.now())
    with pytest.raises(VisitNotOpen):
        review_service.cancel_visit(licence, cast.clerk, visit.public_id)
    both = as_user("brand_clerk").actor
    service.screen(licence, both)
    from dataclasses import replace

    visitor = replace(cast.decider, user_id=cast.clerk.user_id)
    with pytest.raises(RuleBroken) as eyes:
        service.approve(licence, visitor)
    assert "PP-33" in [u.rule for u in eyes.value.unmet]
    service.approve(licence, cast.decider)


def test_the_camera_s_own_place_and_time_are_read_and_nonsense_is_nothing() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 8.0, 31.2), 3: "E", 4: (110.0, 46.0, 30.0)})
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 09:30:00"
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    taken = photos.taken(out.getvalue())
    assert (taken.latitude, taken.longitude) == (Decimal("35.142000"), Decimal("110.775000"))
    assert taken.at is not None
    assert core_clock.local(taken.at).hour == 9
    assert photos.taken(b"no picture") == photos.Taken() == photos.taken(make.picture())


def test_an_opinion_names_a_post_and_comes_while_the_case_is_examined(cast: Any) -> None:
    licence = make.submitted(cast.owner)
    words = {
        "post": "果树高级农艺师",
        "conclusion": "conditional",
        "words": "建议限于套袋果。",
        "given_on": core_clock.today(),
    }
    review_service.add_opinion(licence, cast.clerk, **words)
    with pytest.raises(BadInput):
        review_service.add_opinion(licence, cast.clerk, **(words | {"conclusion": "maybe"}))
    with pytest.raises(Denied):
        review_service.add_opinion(licence, cast.decider, **words)
    service.screen(licence, cast.clerk)
    with pytest.raises(NotExamined):
        review_service.add_opinion(licence, cast.clerk, **words)
    assert [o.conclusion for o in review_service.opinions(licence)] == ["conditional"]


def test_a_case_that_must_be_published_is_approved_only_after_its_last_day(cast: Any) -> None:
    review_service.set_procedure(cast.decider, valid_from=core_clock.today(), publicity_days=5)
    licence = make.screened(cast.owner, cast.clerk)
    with pytest.raises(RuleBroken) as early:
        service.approve(licence, cast.decider)
    assert [u.rule for u in early.value.unmet] == ["PP-30"]
    service.publicise(licence, cast.decider)
    cast.clock.set("2026-11-27 23:59:00")  # the fifth working day after Friday 20 November
    with pytest.raises(RuleBroken) as still:
        service.approve(licence, cast.decider)
    assert [u.rule for u in still.value.unmet] == ["PP-32"]
    cast.clock.set("2026-11-28 00:00:00")
    service.approve(licence, cast.decider)
    assert licence.state == "licensed"


# --- refusal and appeal -----------------------------------------------------------------------------------------------------


def test_a_refusal_without_a_cited_condition_does_not_happen(cast: Any) -> None:
    licence = make.screened(cast.owner, cast.clerk)
    for grounds in ([], ["taste"]):
        with pytest.raises(RuleBroken):
            service.refuse(licence, cast.decider, "没有理由但是写得很长很长。", grounds=grounds)
    with pytest.raises(RuleBroken), db.session.begin_nested():
        fire(rules.LICENCE, licence, "refuse", cast.decider, reason="绕过服务直接办理，没有写依据。")
    db.session.refresh(licence)
    assert licence.state == "screened"


def test_a_refused_applicant_reads_the_condition_and_may_appeal_once_to_another_decider(cast: Any) -> None:
    licence = refused(cast)
    last = db.session.scalar(select(Message.body).order_by(Message.id.desc()).limit(1))
    assert last is not None
    assert "使用条件第二条" in last
    assert "申诉一次" in last
    service.appeal(licence, cast.owner, "玉米是去年的，今年已全部改种富士，附照片。")
    with pytest.raises(RuleBroken) as same:
        service.approve(licence, cast.decider)
    assert [u.rule for u in same.value.unmet] == ["brand.licence.approve.four_eyes"]
    service.refuse(licence, cast.second, "复核到现场，地块仍是玉米，与申请不符。", grounds=["origin"])
    assert licence.state == "upheld"
    with pytest.raises(InvalidMove):
        service.appeal(licence, cast.owner, "再申诉一次。")
    make.submitted(cast.owner)  # a new application is always open


def test_an_appeal_can_end_in_a_licence(cast: Any) -> None:
    licence = refused(cast)
    service.appeal(licence, cast.owner, "基地证明写错了组别，已更正。")
    service.approve(licence, cast.second, conditions="只限 3 号地")
    assert licence.state == "licensed"
    assert licence.grounds == ""
    assert queries.view(licence).conditions == "只限 3 号地"


def test_an_appeal_after_its_deadline_is_told_what_to_do_instead(cast: Any) -> None:
    licence = refused(cast)
    cast.clock.set("2026-12-12 00:00:00")  # 15 working days after 20 November end on 11 December
    with pytest.raises(RuleBroken) as late:
        service.appeal(licence, cast.owner, "来晚了。")
    assert [u.rule for u in late.value.unmet] == ["PP-36"]
    assert "重新申请" in late.value.unmet[0].help


# --- suspension, renewal, change ----------------------------------------------------------------------------------------------


def test_a_suspension_takes_the_mark_off_at_once_and_lifting_gives_it_back(cast: Any) -> None:
    heard: list[str] = []

    def listen(*, licence_id: int, organisation_id: int, state: str, reason: str) -> None:
        heard.append(state)

    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    org = cast.owner.organisation_id
    with hooks.licence_changed.only(listen):
        service.suspend(licence, cast.decider, "抽查发现超范围使用，待查。")
        assert queries.licence_for(org, *KEY) is None
        assert queries.covered_until(org, *KEY) is None
        last = queries.last_licence_for(org, *KEY)
        assert last is not None
        assert last.stop_words == "授权已于 2026-11-20 暂停"
        with pytest.raises(NoLicence):
            draw(cast.owner, 1, "series:1")
        cast.clock.advance(days=5)
        service.lift(licence, cast.decider, "已整改，复查合格。")
    assert heard == ["suspended", "in_force"]
    assert queries.licence_for(org, *KEY) is not None
    assert queries.licence_for(org, *KEY, date(2026, 11, 22)) is None
    asked = [r.kind for r in db.session.scalars(select(notary.NotaryRequest).order_by(notary.NotaryRequest.id))]
    assert asked[-3:] == ["licence-suspension", "licence-resumption", "licence"]


def test_a_suspended_licence_runs_out_like_any_other_and_cannot_be_lifted_then(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    service.suspend(licence, cast.decider, "抽查发现问题，待查。")
    cast.clock.set("2027-11-20 00:00:00")
    assert queries.view(licence).state == "expired"
    with pytest.raises(RuleBroken):
        service.lift(licence, cast.decider, "已整改。")
    assert service.expire_due(core_clock.now()) == 1
    assert licence.state == "expired"


def test_a_renewal_joins_on_day_by_day_keeps_the_history_and_needs_no_job_at_midnight(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    org = cast.owner.organisation_id
    cast.clock.set("2027-10-20 09:00:00")
    case = term_service.reopen(licence, "renewal", cast.owner)
    assert [(r.variety, r.specification) for r in case.scope] == [("fuji", "apple-80")]
    assert sorted(e.kind for e in case.evidence) == ["base", "packaging"]  # the test report is too old by now
    with pytest.raises(CaseOpen):
        term_service.reopen(licence, "renewal", cast.owner)
    make.add_evidence(case, cast.owner, "test_report", issued_on=core_clock.today())
    service.accept_rules(case, cast.owner)
    service.submit(case, cast.owner)
    service.screen(case, cast.clerk)
    with pytest.raises(RuleBroken):
        service.approve(case, cast.decider, valid_from=date(2027, 11, 25), valid_until=date(2028, 11, 24))
    service.approve(case, cast.decider)
    assert (case.valid_from, case.valid_until) == (date(2027, 11, 20), date(2028, 11, 19))
    assert queries.covered_until(org, *KEY) == date(2028, 11, 19)
    assert [row.id for row in queries.chain(case)] == [licence.id, case.id]
    cast.clock.set("2027-11-20 00:00:00")
    now = queries.licence_for(org, *KEY)
    assert now is not None
    assert now.id == case.id
    assert term_service.begin_due(core_clock.now()) == 1


def test_a_renewal_of_a_withdrawn_licence_is_refused_before_sending(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    cast.clock.set("2027-10-20 09:00:00")
    case = term_service.reopen(licence, "renewal", cast.owner)
    service.withdraw(licence, cast.decider, "超范围使用，经核查属实。")
    assert "PP-20" in [u.rule for u in service.missing(case, cast.owner)]


def change(cast: Any, licence: Licence, grams: int) -> Licence:
    case = term_service.reopen(licence, "change", cast.owner)
    service.remove_row(case, cast.owner, case.scope[0].id)
    service.add_row(case, cast.owner, variety="fuji", form="fresh", specification="apple-80", yearly_grams=grams)
    service.accept_rules(case, cast.owner)
    return case


def test_a_change_replaces_the_licence_goes_on_counting_and_takes_back_voids(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider, yearly_grams=100_000)
    draw(cast.owner, 18, "series:1")
    with pytest.raises(QuotaShort) as short:
        draw(cast.owner, 3, "series:2")
    assert "还能印 2 张" in short.value.unmet[0].message
    less = change(cast, licence, 80_000)
    assert "PP-23" in [u.rule for u in service.missing(less, cast.owner)]
    service.abandon(less, cast.owner)
    case = change(cast, licence, 200_000)
    service.submit(case, cast.owner)
    service.screen(case, cast.clerk)
    cast.clock.advance(days=10)
    service.approve(case, cast.decider)
    assert (licence.state, licence.ended_on, case.valid_until) == ("replaced", core_clock.today(), licence.valid_until)
    assert [(q.granted_grams, q.used_grams) for q in quota.lines(case)] == [(200_000, 90_000)]
    draw(cast.owner, 22, "series:3")
    assert quota.give_back("series:1", pieces=8, returned_by="void:1", actor=cast.owner) == 40_000
    assert quota.give_back("series:1", pieces=8, returned_by="void:1", actor=cast.owner) == 0
    assert [q.used_grams for q in quota.lines(case)] == [160_000]
    assert quota.differences() == []
    last = queries.last_licence_for(cast.owner.organisation_id, *KEY)
    assert last is not None
    assert last.id == case.id


def test_voided_labels_come_back_only_within_their_licence_year_and_while_the_licence_stands(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider, valid_until=date(2028, 11, 19))
    draw(cast.owner, 10, "series:1")
    cast.clock.set("2027-11-20 00:00:00")
    assert quota.give_back("series:1", pieces=1, returned_by="void:1", actor=cast.owner) == 0
    draw(cast.owner, 10, "series:2")
    assert [q.used_grams for q in quota.lines(licence)] == [50_000, 50_000]
    service.withdraw(licence, cast.decider, "超范围使用，经核查属实。")
    assert quota.give_back("series:2", pieces=1, returned_by="void:2", actor=cast.owner) == 0
    assert quota.give_back("series:none", pieces=1, returned_by="void:3", actor=cast.owner) == 0


def test_a_source_draws_once_however_often_it_asks(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    assert draw(cast.owner, 4, "series:1") == draw(cast.owner, 4, "series:1")
    assert [q.used_grams for q in quota.lines(licence)] == [20_000]
    assert quota.has_drawn("series:1") == licence.licence_no


def test_a_holder_may_hand_its_licence_back_and_an_ended_organisation_holds_none(cast: Any) -> None:
    mine = make.make_licence(cast.owner, cast.clerk, cast.decider)
    fire(rules.LICENCE, mine, "hand_back", cast.owner, reason="今年不再使用。")
    assert mine.state == "withdrawn"
    other = make.make_licence(cast.rival, cast.clerk, cast.decider)
    assert service.end_all(cast.rival.organisation_id, "企业注销。") == 1
    assert other.state == "withdrawn"
