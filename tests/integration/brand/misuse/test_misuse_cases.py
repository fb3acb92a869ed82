"""A misuse case from a consumer's report to the end of its publication."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from brand.licence import queries as licences
from brand.misuse import effects, evidence, paper, rules, service
from brand.misuse.models import MisuseCase, MisuseCustody, MisuseReport
from core import clock as core_clock
from core.calendar.queries import deadline_of
from core.db import db, unit_of_work
from core.errors import BadInput, RuleBroken, TooMany
from core.organisation.queries import get_organisation
from core.ui.once import new_key
from core.workflow.engine import fire
from tests.factories import misuse as make
from tests.factories.brand import picture
from tests.factories.licence_course import told


def _decide(case: MisuseCase, decider: Any, reason: str = "冒用标志，事实清楚。") -> None:
    fire(rules.MISUSE_CASE, case, "decide", decider.actor, reason=reason)
    db.session.flush()


# --- the report -------------------------------------------------------------------------------------------------------


def test_a_consumer_reports_without_signing_in_and_follows_it_by_receipt_and_secret(client: Any, cast: Any) -> None:
    form = client.get("/misuse/report?about=/p/1234")
    assert 'value="/p/1234"' in form.text
    sent = client.post(
        "/misuse/report",
        data={
            "mark": "green", "words": "写着绿色食品，扫码没有证书。", "place": "示例超市", "link": "/p/1234",
            "contact": "", "once": new_key(), "photo": (io.BytesIO(picture()), "a.jpg"),
        },
    )  # fmt: skip
    assert sent.status_code == 200
    row = db.session.scalars(select(MisuseReport)).one()
    assert row.receipt_no in sent.text

    case = db.session.get_one(MisuseCase, row.case_id)
    assert (case.state, case.source, case.mark) == ("reported", "report", "green")
    assert [e.kind for e in case.evidence] == ["photo"]
    due = deadline_of(case, "accept")
    assert due is not None
    assert due.date.isoformat() == "2026-11-27"  # five working days after Friday the 20th
    wrong = client.post("/misuse/progress", data={"no": row.receipt_no, "secret": "00000000", "once": new_key()})
    assert wrong.status_code == 422
    assert "没有找到这件举报" in wrong.text


def test_brand_page_and_licence_page_lead_to_the_report_with_their_own_address(client: Any, cast: Any) -> None:
    for address in ("/brands/linyi-apple", f"/licence/{cast.licence.public_id}"):
        page = client.get(address)
        assert page.status_code == 200
        assert f'href="/misuse/report?about={address}"' in page.text


def test_progress_answers_who_has_the_secret_and_names_nobody(client: Any, cast: Any) -> None:
    case, receipt = make.reported()
    db.session.flush()

    page = client.post("/misuse/progress", data={"no": receipt.number, "secret": receipt.secret, "once": new_key()})

    assert page.status_code == 200
    assert "2026年11月27日" in page.text
    assert case.case_no not in page.text
    english = client.post(
        "/misuse/progress?lang=en", data={"no": receipt.number, "secret": receipt.secret, "once": new_key()}
    )
    assert "Not looked into yet." in english.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"words": " "}, "words"),
        ({"place": "", "link": ""}, "place"),
        ({"mark": "gold"}, "mark"),
        ({"words": "找 11010519491231002X"}, "words"),
    ],
)
def test_a_report_says_what_is_missing_in_it(session: Any, clock: Any, change: dict[str, str], field: str) -> None:
    given = {"mark": "brand", "words": "看到了", "place": "市场"} | change

    with pytest.raises(BadInput) as refused:
        service.report(service.Given(**given), "203.0.113.9")

    assert refused.value.field == field


def test_one_address_reports_five_times_an_hour(session: Any, clock: Any) -> None:
    given = service.Given("brand", "看到了", "市场")
    for _ in range(rules.REPORTS_AN_HOUR):
        service.report(given, "203.0.113.9")

    with pytest.raises(TooMany):
        service.report(given, "203.0.113.9")
    service.report(given, "203.0.113.10")


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_the_party_sees_the_case_from_the_notice_on_and_nobody_else_ever(cast: Any) -> None:
    case, _ = make.reported(contact="13800000000")
    address = f"/misuse/cases/{case.public_id}"
    fire(rules.MISUSE_CASE, case, "accept", cast.clerk.actor)
    facts = {"misuse": "impostor", "mark": "brand", "party": cast.code, "place": "示例市场", "link": ""}
    service.state_facts(case, cast.clerk.actor, **facts)
    db.session.flush()
    assert cast.owner.get(address).status_code == 404

    fire(rules.MISUSE_CASE, case, "notify", cast.clerk.actor, reason="没有授权。")
    db.session.flush()

    page = cast.owner.get(address)
    assert page.status_code == 200
    assert "13800000000" not in page.text
    assert "13800000000" in cast.clerk.get(address).text
    assert cast.stranger.get(address).status_code == 404
    moved = cast.stranger.post(f"{address}/move", data={"move": "answer", "reason": "x", "once": new_key()})
    assert moved.status_code == 404
    piece = case.evidence[0].public_id
    assert cast.owner.post(f"{address}/evidence/{piece}/take", data={"once": new_key()}).status_code == 404
    assert any("告知书" in title for title in told(cast.owner.actor))


# --- evidence ---------------------------------------------------------------------------------------------------------


def test_evidence_is_sealed_at_intake_never_changed_and_every_taking_is_on_the_chain(cast: Any) -> None:
    case, _ = make.reported()
    db.session.flush()
    piece = case.evidence[0]
    assert evidence.standing([piece], case.case_no)[piece.id][1] == "busy"
    for table in ("brand_misuse_evidence", "brand_misuse_custody"):
        with pytest.raises(DBAPIError, match="stay as they are"), db.session.begin_nested():
            db.session.execute(text(f"delete from {table}"))

    taken = cast.clerk.post(f"/misuse/cases/{case.public_id}/evidence/{piece.public_id}/take", data={"once": new_key()})

    assert (taken.status_code, taken.mimetype) == (200, "image/jpeg")
    chain = db.session.scalars(select(MisuseCustody).order_by(MisuseCustody.id)).all()
    assert [(c.act, c.unchanged, c.user_id) for c in chain] == [
        ("sealed", True, None),
        ("taken", True, cast.clerk.actor.user_id),
    ]
    page = cast.clerk.get(f"/misuse/cases/{case.public_id}").text
    assert "交接记录 2 条" in page
    assert f"/evidence/{piece.public_id}/take" in page


def test_evidence_that_no_longer_matches_its_digest_says_so(cast: Any) -> None:
    case, _ = make.reported()
    db.session.execute(text("alter table brand_misuse_evidence disable trigger user"))
    db.session.execute(text("update brand_misuse_evidence set title = '别的照片'"))
    db.session.expire_all()

    shown = evidence.standing(list(case.evidence), case.case_no)

    assert set(shown.values()) == {("和封存时不一致", "bad")}


# --- hearing and decision ---------------------------------------------------------------------------------------------


def test_a_decision_waits_for_the_answer_or_for_the_whole_last_day(cast: Any, clock: Any) -> None:
    case = make.noticed(cast.clerk.actor, cast.code)
    clock.set("2026-11-27 23:59:00")
    with pytest.raises(RuleBroken) as early:
        make.propose(case, cast.clerk.actor, "correct")
    assert [u.rule for u in early.value.unmet] == ["brand.misuse.hearing_open"]

    clock.set("2026-11-28 00:00:00")
    make.propose(case, cast.clerk.actor, "correct")

    assert case.state == "proposed"


def test_notice_and_decision_are_papers_for_those_who_see_the_case(cast: Any) -> None:
    case = make.noticed(cast.clerk.actor, cast.code)
    notice, decision = (f"/misuse/cases/{case.public_id}/{kind}.pdf" for kind in ("notice", "decision"))
    assert [c.get(notice).status_code for c in (cast.clerk, cast.owner, cast.stranger)] == [200, 200, 404]
    assert cast.clerk.get(decision).status_code == 404
    fire(rules.MISUSE_CASE, case, "answer", cast.owner.actor, reason="愿意改正。")
    make.propose(case, cast.clerk.actor, "correct")
    _decide(case, cast.decider)

    shown = cast.owner.get(decision)

    assert (shown.mimetype, shown.data[:5]) == ("application/pdf", b"%PDF-")
    content = paper.content(case, "decision")
    assert content["rights"][0].startswith("请在 2026-12-04 24:00 前改正")
    assert [row[2] for row in content["evidence"]] == [e.digest for e in case.evidence]
    assert "2026-11-27 24:00" in paper.content(case, "notice")["rights"][0]


def test_what_the_office_takes_down_does_not_end_the_party_s_time_and_the_party_s_own_words_do(
    cast: Any, clock: Any
) -> None:
    case, _ = make.reported()
    fire(rules.MISUSE_CASE, case, "accept", cast.clerk.actor)
    facts = {"misuse": "impostor", "mark": "brand", "party": cast.code, "place": "示例市场", "link": ""}
    service.state_facts(case, cast.clerk.actor, **facts)
    fire(rules.MISUSE_CASE, case, "notify", cast.clerk.actor, reason="没有授权。")
    clock.advance(hours=1)
    service.add_evidence(
        case, cast.clerk.actor, kind="statement", title="询问记录", upload=None, content="他说箱子是收来的。"
    )
    with pytest.raises(RuleBroken) as refused:
        make.propose(case, cast.clerk.actor, "correct")
    assert [u.rule for u in refused.value.unmet] == ["brand.misuse.hearing_open"]

    fire(rules.MISUSE_CASE, case, "answer", cast.owner.actor, reason="我们有授权，编号见附件。")
    make.propose(case, cast.clerk.actor, "correct")

    assert case.state == "proposed"


def test_words_taken_down_before_the_notice_are_no_answer_to_it(cast: Any, clock: Any) -> None:
    case, _ = make.reported()
    fire(rules.MISUSE_CASE, case, "accept", cast.clerk.actor)
    service.add_evidence(
        case, cast.clerk.actor, kind="statement", title="询问记录", upload=None, content="箱子是收来的。"
    )
    facts = {"misuse": "impostor", "mark": "brand", "party": "示例水果店", "place": "示例市场", "link": ""}
    service.state_facts(case, cast.clerk.actor, **facts)
    clock.advance(hours=1)
    fire(rules.MISUSE_CASE, case, "notify", cast.clerk.actor, reason="没有授权。")

    with pytest.raises(RuleBroken) as refused:
        make.propose(case, cast.clerk.actor, "correct")

    assert [u.rule for u in refused.value.unmet] == ["brand.misuse.hearing_open"]


def test_who_turns_out_not_to_be_meant_is_told_and_sees_the_case_no_more(cast: Any) -> None:
    case = make.proposed(cast.clerk.actor, cast.owner.actor, cast.code, "correct")
    address = f"/misuse/cases/{case.public_id}"
    fire(rules.MISUSE_CASE, case, "send_back", cast.decider.actor, reason="箱子是谁的没有查清。")
    db.session.flush()
    assert cast.owner.get(address).status_code == 200
    other = get_organisation(cast.stranger.actor.organisation_id).code

    facts = {"misuse": "impostor", "mark": "brand", "place": "示例市场", "link": ""}
    service.state_facts(case, cast.clerk.actor, party=other, **facts)
    db.session.flush()

    assert any("不再涉及你单位" in title for title in told(cast.owner.actor))
    assert [c.get(address).status_code for c in (cast.owner, cast.stranger)] == [404, 404]
    fire(rules.MISUSE_CASE, case, "notify", cast.clerk.actor, reason="没有授权。")
    db.session.flush()
    assert [c.get(address).status_code for c in (cast.owner, cast.stranger)] == [404, 200]


def test_a_hearing_is_held_by_who_did_not_investigate_and_its_minutes_are_sealed(cast: Any, as_user: Any) -> None:
    case = make.noticed(cast.clerk.actor, cast.code)
    fire(rules.MISUSE_CASE, case, "ask_hearing", cast.owner.actor, reason="要当面说明纸箱的来历。")
    due = deadline_of(case, "hold")
    assert due is not None
    assert due.date.isoformat() == "2026-12-04"
    with pytest.raises(RuleBroken):
        fire(rules.MISUSE_CASE, case, "hold_hearing", cast.clerk.actor, reason="笔录")

    fire(rules.MISUSE_CASE, case, "hold_hearing", cast.decider.actor, reason="当事人出示了购箱单据。")
    make.propose(case, cast.clerk.actor, "none")

    assert [e.title for e in case.evidence if e.kind == "statement"] == ["听证申请", "听证笔录"]
    assert case.state == "proposed"


def test_who_investigated_does_not_decide(cast: Any) -> None:
    both = cast.clerk.actor.__class__(
        **{f: getattr(cast.clerk.actor, f) for f in cast.clerk.actor.__slots__}
        | {"role": "brand_decider", "permissions": cast.clerk.actor.permissions | cast.decider.actor.permissions}
    )
    case = make.proposed(cast.clerk.actor, cast.owner.actor, cast.code, "correct")

    with pytest.raises(RuleBroken):
        fire(rules.MISUSE_CASE, case, "decide", both, reason="同意。")
    _decide(case, cast.decider)

    assert case.state == "decided"


def test_a_withdrawal_ends_the_licence_at_once_hands_evidence_over_and_tells_the_party(cast: Any) -> None:
    own = str(cast.licence.public_id)
    case = make.proposed(cast.clerk.actor, cast.owner.actor, cast.code, "withdraw", "refer", licence=own)

    _decide(case, cast.decider)

    held = licences.licences_of(cast.owner.actor.organisation_id)
    assert [(v.in_force, v.state) for v in held] == [(False, "withdrawn")]
    assert effects.AUTHORITY in case.outcome
    acts = db.session.scalars(select(MisuseCustody.act).where(MisuseCustody.receiver == effects.AUTHORITY)).all()
    assert len(acts) == len(case.evidence)
    assert any("决定书" in title for title in told(cast.owner.actor))


def test_a_licence_of_another_firm_is_not_taken_into_the_case(cast: Any) -> None:
    case, _ = make.reported()
    other = get_organisation(cast.stranger.actor.organisation_id).code

    with pytest.raises(BadInput) as refused:
        service.state_facts(
            case, cast.clerk.actor, misuse="impostor", mark="brand", party=other, place="", link="",
            licence=str(cast.licence.public_id),
        )  # fmt: skip

    assert refused.value.field == "licence"


def test_a_correction_has_a_day_and_is_confirmed_once(cast: Any) -> None:
    case = make.proposed(cast.clerk.actor, cast.owner.actor, cast.code, "correct")
    _decide(case, cast.decider)
    due = deadline_of(case, "correct")
    assert due is not None
    assert due.date.isoformat() == "2026-12-04"

    assert "应在 2026-12-04 24:00 前改正" in cast.owner.get(f"/misuse/cases/{case.public_id}").text
    fire(rules.MISUSE_CASE, case, "note_correction", cast.clerk.actor, reason="纸箱已换，现场看过。")

    assert case.corrected_at is not None
    with pytest.raises(RuleBroken):
        fire(rules.MISUSE_CASE, case, "note_correction", cast.clerk.actor, reason="再看一次。")


def test_a_decision_is_public_for_its_days_only_and_without_who_reported(cast: Any, client: Any, clock: Any) -> None:
    case = make.proposed(cast.clerk.actor, cast.owner.actor, cast.code, "correct", contact="13800000000")
    _decide(case, cast.decider)
    address = f"/misuse/decisions/{case.public_id}"
    assert client.get(address).status_code == 404

    fire(rules.MISUSE_CASE, case, "publish", cast.clerk.actor)
    db.session.flush()

    page = client.get(address)
    assert page.status_code == 200
    assert cast.owner.actor.organisation_name in page.text
    assert "13800000000" not in page.text
    assert cast.owner.actor.organisation_name in client.get("/misuse/decisions").text
    assert case.published_until is not None
    clock.set(f"{case.published_until.isoformat()} 23:59:00")
    assert client.get(address).status_code == 200
    assert service.end_publications(core_clock.now()) == 0
    clock.advance(minutes=1)
    assert client.get(address).status_code == 404
    assert service.end_publications(core_clock.now()) == 1
    assert case.state == "closed"


def test_a_case_without_misuse_is_closed_and_never_published(cast: Any) -> None:
    case = make.proposed(cast.clerk.actor, cast.owner.actor, cast.code, "none")
    _decide(case, cast.decider, "查到授权，不成立。")

    with pytest.raises(RuleBroken):
        fire(rules.MISUSE_CASE, case, "publish", cast.clerk.actor)
    fire(rules.MISUSE_CASE, case, "close", cast.clerk.actor, reason="不成立。")

    assert case.state == "closed"


def test_two_deciders_at_once_decide_once(cloned_db: Any, clock: Any) -> None:
    clerk, owner = cloned_db.as_user("brand_clerk"), cloned_db.as_user("owner")
    deciders = [cloned_db.as_user("brand_decider") for _ in range(2)]
    moment = core_clock.now()
    with cloned_db.app.app_context(), unit_of_work():
        code = get_organisation(owner.actor.organisation_id).code
        case = make.proposed(clerk.actor, owner.actor, code, "correct")
        address, case_id = f"/misuse/cases/{case.public_id}/move", case.id
    gate, answers = threading.Barrier(2), [0, 0]

    def decide(n: int) -> None:
        with core_clock.frozen(moment):
            gate.wait()
            sent = {"move": "decide", "reason": f"决定 {n}", "sure": "1", "once": new_key()}
            answers[n] = deciders[n].post(address, data=sent).status_code

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(answers) == [302, 409]
    with cloned_db.app.app_context():
        case = db.session.get_one(MisuseCase, case_id)
        assert case.decision == f"决定 {answers.index(302)}"
