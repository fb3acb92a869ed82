"""A confirmed certificate reaches record, code page, label and shop for the lots it covers, and nothing else does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from brand.certificate import rules as certificate_rules
from core import hooks
from core.db import db
from core.errors import RuleBroken
from core.ui.once import new_key
from core.workflow.engine import fire
from shop.catalogue import service as catalogue
from shop.stock import service as stock
from tests.factories import certificate as make
from tests.factories import shop as make_shop
from tests.factories import trace as grow
from tests.factories.code import make_sealed_lot, seal_packed
from trace.code import design_rules, designs, register_service, rules, service
from trace.lot import marking
from trace.scan import facts
from trace.signing.queries import record_for_lot


@pytest.fixture
def clerk(as_user: Any, session: Any, clock: Any) -> Any:
    return as_user("brand_clerk").actor


def _certified(clerk: Any, **values: Any) -> Any:
    """A packed lot of a firm with a confirmed 绿色食品 certificate over its plot, sealed."""
    grown = grow.make_packed_lot()
    make.confirmed(grown.actor, clerk, plots=[grown.plot], **values)
    seal_packed(grown)
    return grown


def test_a_sealed_lot_states_its_certificate_and_the_code_page_shows_it_with_who_looked_it_up(clerk: Any) -> None:
    grown = _certified(clerk)

    record = record_for_lot(grown.packed.id)
    assert record is not None
    assert record.payload["credentialSubject"]["certificates"] == [
        {
            "kind": "green", "kindLabel": "绿色食品", "number": "LB-18-2601040001", "holder": grown.organisation.name,
            "validUntil": "2029-02-28",
        }
    ]  # fmt: skip
    page = facts.lot_page(grown.packed.id, "zh")
    assert page is not None
    assert [(m.line, m.ended, str(m.checked_on)) for m in page.certificates] == [
        ("绿色食品 GF140821260001", "", "2026-11-20")
    ]


@pytest.mark.parametrize("values", [{"variety": "gala"}, {"yearly_grams": 1000}, {"valid_from": date(2026, 11, 1)}])
def test_a_lot_the_certificate_does_not_cover_is_sealed_without_it(clerk: Any, values: dict[str, Any]) -> None:
    grown = _certified(clerk, **values)

    record = record_for_lot(grown.packed.id)
    assert record is not None
    assert record.payload["credentialSubject"]["certificates"] == []
    assert marking.marks_of(grown.packed) == []


def test_a_suspended_certificate_leaves_page_label_and_shop_at_once_and_the_record_stands(clerk: Any) -> None:
    grown = _certified(clerk)
    series = service.issue_series(grown.packed.public_id, 5, grown.actor)
    wanted = designs.wanted_for(series, design_rules.DEFAULT, grown.actor, mark=False, covered=False)
    assert wanted.facts.marks == "绿色食品 GF140821260001"
    from brand.certificate.models import MarkCertificate

    row = db.session.query(MarkCertificate).one()
    fire(certificate_rules.CERTIFICATE, row, "suspend", clerk, reason="登记处显示暂停。")

    assert designs.wanted_for(series, design_rules.DEFAULT, grown.actor, mark=False, covered=False).facts.marks == ""
    page = facts.lot_page(grown.packed.id, "zh")
    assert page is not None
    assert [bool(m.ended) for m in page.certificates] == [True]
    assert page.subject["certificates"] != []


def test_a_certificate_confirmed_after_the_sealing_counts_when_codes_are_issued(clerk: Any) -> None:
    grown = make_sealed_lot()
    assert marking.marks_of(grown.packed) == []
    make.confirmed(grown.actor, clerk, plots=[grown.plot])

    service.issue_series(grown.packed.public_id, 5, grown.actor)

    assert [m.line for m in marking.marks_of(grown.packed)] == ["绿色食品 GF140821260001"]


def test_a_design_that_claims_a_mark_needs_a_certificate_and_its_number(clerk: Any, as_user: Any) -> None:
    grown = grow.make_packed_lot()
    actor = as_user("owner", grown.organisation).actor
    claim = design_rules.Spec(tail="绿色食品，扫码可查", box_carries=True)
    with pytest.raises(RuleBroken) as refused:
        designs.save(actor, "礼盒", claim)
    assert [u.rule for u in refused.value.unmet] == ["code.design_claim"]
    make.confirmed(grown.actor, clerk, plots=[grown.plot])

    assert designs.save(actor, "礼盒", claim).version == 1
    with pytest.raises(RuleBroken) as bare:
        designs.save(actor, "礼盒", design_rules.Spec(lines=("origin",), tail="绿色食品", box_carries=True))
    assert [u.rule for u in bare.value.unmet] == ["code.design_no_code"]
    said = [one for hook in hooks.claim_texts for one in hook() if one.kind == "design"]
    assert [(one.texts["底部的字"], one.numbered) for one in said] == [("绿色食品，扫码可查", True)]


def test_a_design_that_claims_a_mark_is_not_printed_for_a_lot_without_it(clerk: Any, as_user: Any) -> None:
    grown = make_sealed_lot()
    actor = as_user("owner", grown.organisation).actor
    other = grow.make_plot(grown.actor, "P-0999")
    make.confirmed(grown.actor, clerk, plots=[other])
    design = designs.save(actor, "礼盒", design_rules.Spec(tail="绿色食品", box_carries=True))
    series = service.issue_series(grown.packed.public_id, 5, grown.actor)

    with pytest.raises(RuleBroken) as refused:
        register_service.register_print(
            series.public_id, register_service.Wish("a4", 1, 5, mark="off", design=design), actor
        )

    assert [u.rule for u in refused.value.unmet] == ["code.claim"]
    assert rules.unmet_print(rules.PrintFacts("a4", 1, 5, 1, 5)) == []


def _listing(grown: Any, as_user: Any, title: str) -> Any:
    actor = as_user("owner", grown.organisation).actor
    site = make_shop.make_site(grown.organisation.id)
    stock.receive(actor, lot_id=grown.packed.id, site_id=site.id, quantity=20)
    make_shop.make_account(grown.organisation.id, name=grown.organisation.name)
    listing = catalogue.create_listing(
        actor, title=title, origin="产自临猗县示例镇", dispatch_note="当天发出", claim_terms="按枚退款"
    )
    catalogue.add_variant(actor, listing, item_id=grown.box.id, price_fen=5980)
    return actor, listing


def test_a_listing_that_claims_a_mark_is_not_sent_in_without_a_certificate(clerk: Any, as_user: Any) -> None:
    grown = make_sealed_lot()
    actor, listing = _listing(grown, as_user, "绿色食品富士苹果")
    with pytest.raises(RuleBroken) as refused:
        catalogue.move_listing(actor, listing, "submit")
    assert "绿色食品" in refused.value.unmet[0].message
    make.confirmed(grown.actor, clerk, plots=[grown.plot])

    catalogue.move_listing(actor, listing, "submit")

    assert listing.state == "submitted"


def test_a_listing_on_sale_says_when_its_claim_is_no_longer_borne_out_and_is_taken_down(
    clerk: Any, as_user: Any, client: Any
) -> None:
    grown = _certified(clerk)
    actor, listing = _listing(grown, as_user, "绿色食品富士苹果")
    catalogue.move_listing(actor, listing, "submit")
    catalogue.move_listing(as_user("office_clerk").actor, listing, "publish")
    db.session.flush()
    page = client.get(f"/p/{listing.public_id}").text
    assert "绿色食品 GF140821260001" in page
    assert "不要当作认证来买" not in page
    assert f'href="/misuse/report?about=/p/{listing.public_id}"' in page
    from brand.certificate.models import MarkCertificate

    fire(certificate_rules.CERTIFICATE, db.session.query(MarkCertificate).one(), "revoke", clerk, reason="已注销。")
    db.session.flush()

    page = client.get(f"/p/{listing.public_id}").text
    assert "绿色食品 GF140821260001" not in page
    assert "不要当作认证来买" in page
    said = [one for hook in hooks.claim_texts for one in hook() if one.kind == "listing"]
    assert [(one.key, one.products) for one in said] == [(str(listing.public_id), (("fuji", "fresh"),))]
    gone = [hook(kind="listing", key=str(listing.public_id), reason="冒用绿色食品。") for hook in hooks.take_down]
    assert gone == [True]
    assert listing.state == "withdrawn"
    assert client.get(f"/p/{listing.public_id}").status_code == 404
    assert new_key()
