"""Two at once in misuse cases and entries: one effect, and for the second a refusal that says what happened."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from brand.misuse import patrol
from brand.misuse import rules as misuse_rules
from brand.misuse import service as misuse
from brand.misuse.models import MisuseCase, MisuseFinding, PatrolItem
from brand.nurture import service as nurture
from brand.nurture.models import NurtureEntry
from core import clock as core_clock
from core.db import db, unit_of_work
from core.hooks import ClaimText
from core.policy.models import Change
from core.ui.once import new_key
from core.workflow.models import HistoryRow
from tests.factories import misuse as make_misuse
from tests.factories import nurture as make_nurture
from tests.support.races import Arena, status_of

# --- misuse ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(place: Arena, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A listing that claims 绿色食品 without a certificate, as a finding and on a round."""
    key = f"k{cast.org}"

    def texts() -> list[ClaimText]:
        words = {"标题": "绿色食品富士苹果"}
        return [ClaimText("listing", key, cast.org, "富士苹果", words, (("fuji", "fresh"),), link=f"/p/{key}")]

    monkeypatch.setattr(patrol, "claim_texts", [texts])
    with place.app.app_context(), unit_of_work():
        patrol.sweep()
        row = patrol.open_round(cast.clerk.actor, title="网上商品", target="listings", due_on=core_clock.today())
        db.session.flush()
        found = db.session.scalars(select(MisuseFinding).where(MisuseFinding.subject_key == key)).one()
        item = next(i for i in row.items if i.subject_key == key)
        return SimpleNamespace(key=key, finding=found.public_id, round=row.public_id, item=item.id)


def test_a_finding_and_a_round_at_once_open_one_case_about_a_listing(
    place: Arena, cast: SimpleNamespace, seen: SimpleNamespace
) -> None:
    clerks = [cast.clerk, place.as_user("brand_clerk"), place.as_user("brand_clerk")]
    noted = {"result": "suspected", "mark": "green", "note": "标题写着绿色食品", "once": new_key()}
    answers = place.together(
        lambda: clerks[0].post(f"/misuse/findings/{seen.finding}/case", data={"once": new_key()}).status_code,
        lambda: clerks[1].post(f"/misuse/findings/{seen.finding}/case", data={"once": new_key()}).status_code,
        lambda: clerks[2].post(f"/misuse/patrols/{seen.round}/items/{seen.item}", data=noted).status_code,
    )

    assert answers[2] == 302
    assert sorted(answers[:2]) in ([302, 409], [409, 409])
    with place.app.app_context():
        case = db.session.scalars(select(MisuseCase).where(MisuseCase.subject_key == seen.key)).one()
        assert (case.mark, case.misuse, case.state) == ("green", "impostor", "checking")
        titles = [e.title for e in case.evidence]
        assert sorted(titles) == ["富士苹果的文字", "巡查记录：网上商品"]
        assert db.session.get_one(PatrolItem, seen.item).case_id == case.id
        found = db.session.scalars(select(MisuseFinding).where(MisuseFinding.public_id == seen.finding)).one()
        assert found.case_id == case.id


def test_the_database_refuses_a_second_undecided_case_of_one_listing_mark_and_class(
    place: Arena, cast: SimpleNamespace
) -> None:
    about = {"subject_kind": "listing", "subject_key": f"d{cast.org}", "party_id": cast.org}

    def opened(mark: str, misuse_class: str) -> MisuseCase:
        return misuse.open_case(
            cast.clerk.actor, source="office", mark=mark, misuse=misuse_class, title="示例商品", words="示例", **about
        )

    with place.app.app_context(), unit_of_work():
        first = opened("green", "impostor")
        opened("green", "expired")
        opened("organic", "impostor")
        with pytest.raises(IntegrityError), db.session.begin_nested():
            opened("green", "impostor")
        misuse.fire(misuse_rules.MISUSE_CASE, first, "dismiss", cast.clerk.actor, reason="重复。")
        again = opened("green", "impostor")
        with pytest.raises(IntegrityError, match="one_undecided"), db.session.begin_nested():
            db.session.execute(text("update brand_misuse_case set misuse = 'expired' where id = :id"), {"id": again.id})


def test_a_piece_of_evidence_is_wholly_before_the_decision_or_refused_after_it(
    place: Arena, cast: SimpleNamespace
) -> None:
    with place.app.app_context(), unit_of_work():
        case = make_misuse.noticed(cast.clerk.actor, "示例摊主")
        case_id, address = case.id, f"/misuse/cases/{case.public_id}"
        clock_now = core_clock.now() + timedelta(days=30)
    with core_clock.frozen(clock_now), place.app.app_context(), unit_of_work():  # its time to answer is over
        case = db.session.get_one(MisuseCase, case_id)
        make_misuse.propose(case, cast.clerk.actor, "refer")

    def add() -> int:
        sent = {"kind": "page", "title": "迟到的网页", "content": "网页上的文字", "once": new_key()}
        return int(cast.clerk.post(f"{address}/evidence", data=sent).status_code)

    assert add() == 302
    with place.app.app_context(), unit_of_work():
        case = db.session.get_one(MisuseCase, case_id)
        misuse.fire(misuse_rules.MISUSE_CASE, case, "decide", cast.decider.actor, reason="冒用属实。")
        db.session.flush()
        late = place.second(add)
        assert late.waits()
    assert late.answer() == 400
    with place.app.app_context():
        titles = [e.title for e in db.session.get_one(MisuseCase, case_id).evidence]
        assert titles.count("迟到的网页") == 1


# --- numbers of the office ---------------------------------------------------------------------------------------------------


def test_of_two_proposals_for_one_number_at_once_one_waits_and_the_other_is_told_so(
    place: Arena, cast: SimpleNamespace
) -> None:
    address = "/office/rule-values/misuse.shown_wd"
    form = {"valid_from": "2027-01-01", "reason": "二十天不够外地的人看到。", "document": "示例纪要〔2026〕3 号"}
    clerks = [cast.clerk, place.as_user("brand_clerk")]

    def propose(number: int) -> Any:
        sent = {**form, "value": str(30 + number), "once": new_key()}
        return clerks[number].post(address, data=sent)

    answers = place.together(lambda: propose(0), lambda: propose(1))

    assert sorted(a.status_code for a in answers) == [302, 409]
    assert "已有一份待审定的提议" in next(a.text for a in answers if a.status_code == 409)
    with place.app.app_context():
        change = db.session.scalars(select(Change).where(Change.key == "misuse.shown_wd")).one()
        assert change.state == "proposed"
        shown_at = f"/office/rule-values/changes/{change.public_id}"
    shown = place.as_user("office_head").get(shown_at).text
    assert "b-primary" not in shown.split("<h2>办理", 1)[-1]
    assert "b-danger" in shown


# --- nurture ------------------------------------------------------------------------------------------------------------------


def test_an_enterprise_enters_a_product_once_and_two_checkers_count_it_once(
    place: Arena, cast: SimpleNamespace
) -> None:
    clerk = place.as_user("operator", organisation=cast.org)

    def entered(client: Any) -> int:
        sent = {"kind": "product", "name": "示例苹果脆片", "once": new_key()}
        return int(client.post("/brand/nurture/new", data=sent).status_code)

    answers = place.together(lambda: entered(cast.owner), lambda: entered(clerk))
    assert sorted(answers) == [302, 409]
    with place.app.app_context(), unit_of_work():
        entry = db.session.scalars(select(NurtureEntry).where(NurtureEntry.organisation_id == cast.org)).one()
        author = next(c.actor for c, a in zip((cast.owner, clerk), answers, strict=True) if a == 302)
        for kind in ("photo", "page"):
            make_nurture.give(entry, author, kind)
        nurture.edit(
            entry,
            author,
            name=entry.name,
            basis="示例依据。",
            since=core_clock.today(),
            link="https://shop.example.cn/1",
        )
        nurture.move(entry, author, "submit")
        entry_id = entry.id
    checkers = [cast.clerk.actor, place.as_user("brand_clerk").actor]

    def counts(number: int, key: str) -> Any:
        def run() -> int:
            with place.app.app_context():
                row = db.session.get_one(NurtureEntry, entry_id)
                return status_of(lambda: nurture.move(row, checkers[number], key, "材料与网页一致"))

        return run

    assert sorted(place.together(counts(0, "count"), counts(1, "refuse"))) == [200, 409]
    with place.app.app_context():
        query = select(func.count(HistoryRow.id)).where(
            HistoryRow.workflow == "brand.nurture", HistoryRow.object_id == entry_id, HistoryRow.move != "submit"
        )
        assert db.session.scalar(query) == 1
