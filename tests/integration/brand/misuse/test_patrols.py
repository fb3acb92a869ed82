"""The nightly comparison of words with certificates, and the rounds people walk."""

from __future__ import annotations

import io
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from brand.certificate import rules as certificate_rules
from brand.misuse import patrol, queries, rules
from brand.misuse.models import MisuseCase, MisuseFinding
from core.db import db
from core.errors import BadInput, Conflict
from core.hooks import ClaimText
from core.ui.once import new_key
from core.workflow.engine import fire
from tests.factories import certificate as make_certificate
from tests.factories.brand import picture
from tests.factories.misuse import propose
from tests.factories.trace import make_plot


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A firm whose one listing says what a test puts into ``said``; taking down is noted in ``taken``."""
    people = SimpleNamespace(clerk=as_user("brand_clerk"), decider=as_user("brand_decider"), owner=as_user("owner"))
    people.said, people.taken = {"标题": "绿色食品富士苹果"}, []

    def texts() -> list[ClaimText]:
        firm = people.owner.actor.organisation_id
        return [ClaimText("listing", "k1", firm, "富士苹果", dict(people.said), (("fuji", "fresh"),), link="/p/k1")]

    def down(*, kind: str, key: str, reason: str) -> bool:
        people.taken.append((kind, key))
        return True

    monkeypatch.setattr(patrol, "claim_texts", [texts])
    monkeypatch.setattr("brand.misuse.effects.take_down", [down])
    return people


def _seen() -> list[tuple[str, str]]:
    return [(f.mark, f.misuse) for f in queries.open_findings()]


def test_a_listing_that_claims_a_mark_without_a_certificate_is_found_until_the_words_are_gone(
    cast: Any, clock: Any
) -> None:
    assert patrol.sweep() == 1
    assert patrol.sweep() == 1
    assert _seen() == [("green", "impostor")]

    cast.said["标题"] = "富士苹果"
    clock.advance(days=1)
    assert patrol.sweep() == 0
    assert _seen() == []


def test_a_certificate_that_covers_it_clears_the_finding_and_its_end_brings_it_back(cast: Any, clock: Any) -> None:
    row = make_certificate.confirmed(cast.owner.actor, cast.clerk.actor, plots=[make_plot(cast.owner.actor)])
    cast.said["说明"] = f"证书 {row.company_code}"
    patrol.sweep()
    assert ("green", "impostor") not in _seen()
    fire(certificate_rules.CERTIFICATE, row, "revoke", cast.clerk.actor, reason="登记处显示已注销。")
    clock.advance(days=1)

    patrol.sweep()

    assert ("green", "impostor") in _seen()


def test_a_finding_becomes_one_case_with_the_page_sealed_and_the_listing_goes_by_decision(cast: Any) -> None:
    patrol.sweep()
    found = db.session.scalars(select(MisuseFinding)).one()
    address = f"/misuse/findings/{found.public_id}/case"
    assert cast.clerk.post(address, data={"once": new_key()}).status_code == 302
    assert cast.clerk.post(address, data={"once": new_key()}).status_code == 409
    case = db.session.scalars(select(MisuseCase)).one()
    assert (case.state, case.source, case.misuse) == ("checking", "automatic", "impostor")
    assert "绿色食品富士苹果" in case.evidence[0].content

    cast.said["标题"] = "富士苹果"
    fire(rules.MISUSE_CASE, case, "notify", cast.clerk.actor, reason="没有证书。")
    fire(rules.MISUSE_CASE, case, "answer", cast.owner.actor, reason="标题写错了。")
    propose(case, cast.clerk.actor, "take_down")
    fire(rules.MISUSE_CASE, case, "decide", cast.decider.actor, reason="冒用属实。")

    assert cast.taken == [("listing", "k1")]
    assert "绿色食品富士苹果" in case.evidence[0].content


def test_a_round_over_listings_holds_what_is_on_sale_and_ends_when_all_was_looked_at(cast: Any) -> None:
    clerk = cast.clerk.actor
    row = patrol.open_round(clerk, title="十一月网上商品", target="listings", due_on=date(2026, 11, 30))
    stall = patrol.add_item(row, clerk, title="示例市场 12 号摊")
    assert [i.title for i in row.items] == ["富士苹果", "示例市场 12 号摊"]
    patrol.note_result(row, row.items[0].id, clerk, result="clear")
    with pytest.raises(BadInput):
        patrol.close_round(row, clerk)
    for wrong, field in (({"note": "纸箱印着标志"}, "mark"), ({"mark": "brand"}, "note")):
        with pytest.raises(BadInput) as refused:
            patrol.note_result(row, stall.id, clerk, result="suspected", **wrong)
        assert refused.value.field == field
    address = f"/misuse/patrols/{row.public_id}"
    sent = cast.clerk.post(
        f"{address}/items/{stall.id}",
        data={
            "result": "suspected", "mark": "organic", "note": "纸箱印着有机苹果", "once": new_key(),
            "photo": (io.BytesIO(picture()), "摊位.jpg"),
        },
    )  # fmt: skip
    assert sent.status_code == 302

    case = db.session.scalars(select(MisuseCase)).one()
    assert (case.source, case.mark, case.state) == ("patrol", "organic", "checking")
    assert [e.kind for e in case.evidence] == ["page", "photo"]
    with pytest.raises(Conflict):
        patrol.note_result(row, stall.id, clerk, result="clear")
    assert cast.clerk.post(f"{address}/close", data={"once": new_key()}).status_code == 302
    with pytest.raises(Conflict):
        patrol.add_item(row, clerk, title="再加一处")


def test_a_suspicion_about_a_listing_the_comparison_saw_joins_its_case_under_the_right_mark(cast: Any) -> None:
    clerk = cast.clerk.actor
    patrol.sweep()
    row = patrol.open_round(clerk, title="网上商品", target="listings", due_on=date(2026, 11, 30))
    page = cast.clerk.get(f"/misuse/patrols/{row.public_id}").text
    assert "自动比对发现" in page
    assert '<option selected value="green">' in page
    first = patrol.open_from_finding(db.session.scalars(select(MisuseFinding)).one(), clerk)

    item = patrol.note_result(row, row.items[0].id, clerk, result="suspected", mark="green", note="标题写着绿色食品")

    assert item.case_id == first.id
    assert (first.mark, first.misuse) == ("green", "impostor")
    assert [e.title for e in first.evidence] == ["富士苹果的文字", "巡查记录：网上商品"]
    other = patrol.open_round(clerk, title="再看一轮", target="listings", due_on=date(2026, 11, 30))
    again = patrol.note_result(
        other, other.items[0].id, clerk, result="suspected", mark="brand", note="图上印着猗顿农品"
    )
    assert again.case_id != first.id


def test_the_facts_of_a_case_cannot_be_made_those_of_another_case_under_way(cast: Any) -> None:
    patrol.sweep()
    first = patrol.open_from_finding(db.session.scalars(select(MisuseFinding)).one(), cast.clerk.actor)
    row = patrol.open_round(cast.clerk.actor, title="网上商品", target="listings", due_on=date(2026, 11, 30))
    item = patrol.note_result(
        row, row.items[0].id, cast.clerk.actor, result="suspected", mark="brand", note="图上印着猗顿农品"
    )
    facts = {"mark": "green", "misuse": "impostor", "party": "示例当事人", "place": "", "link": "", "once": new_key()}
    address = f"/misuse/cases/{db.session.get_one(MisuseCase, item.case_id).public_id}/facts"

    refused = cast.clerk.post(address, data=facts)

    assert refused.status_code == 400
    assert first.case_no in refused.text


@pytest.mark.parametrize("role", ["owner", "brand_decider", "office_clerk", "person"])
@pytest.mark.parametrize("path", ["/misuse/findings", "/misuse/patrols"])
def test_patrols_are_the_brand_clerks(session: Any, as_user: Any, role: str, path: str) -> None:
    assert as_user(role).get(path).status_code == 403
