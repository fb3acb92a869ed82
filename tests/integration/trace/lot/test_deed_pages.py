"""Pages of deeds: grading by a standard, measuring, splitting, merging, reversing, who seals."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories import trace as grow
from trace.lot import queries
from trace.lot.models import Deed, Lot


@pytest.fixture
def grown(session, clock):
    made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    made.version = grow.make_standard(made.actor)
    session.flush()
    return made


@pytest.fixture
def owner(grown, as_user):
    return as_user("owner", grown.organisation.id)


def once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


def send(client, page, **given):
    return client.post(page, data=given | {"once": once(client.get(page))})


def grade(owner, grown, **change):
    item = str(grown.loose.public_id)
    given = {
        "version": str(grown.version.id), "taken_g": "1000", "mass-special": "600", "item-special": item,
        "diameter-special": "83.5", "brix-special": "14.1", "mass-first": "350", "item-first": item, "waste_g": "50",
        "waste_reason": "碰压伤", "done_on": "2026-11-19",
    } | change  # fmt: skip
    return send(owner, f"/lots/{grown.raw.public_id}/grade", **given)


def test_a_lot_is_graded_and_judged_on_its_page(owner, grown, session):
    assert grade(owner, grown).status_code == 302

    special = session.scalar(select(Lot).where(Lot.grade_key == "special"))
    page = owner.get(f"/lots/{special.public_id}").text
    assert "特级" in page
    assert "果径 ≥ 80 mm" in page
    assert "达到，测得 83.5" in page
    raw = owner.get(f"/lots/{grown.raw.public_id}").text
    assert "分级剔除 50 kg" in raw
    assert f"批次 {special.lot_no}" in raw


def test_a_grading_that_does_not_add_up_says_by_how_much(owner, grown):
    answer = grade(owner, grown, waste_g="49")

    assert answer.status_code == 422
    assert "少了 1 kg" in answer.text


@pytest.mark.parametrize("change", [{"mass-special": "六百"}, {"item-special": "x"}, {"diameter-special": "-1"}])
def test_bad_input_is_told_on_the_page(owner, grown, change):
    assert grade(owner, grown, **change).status_code == 422


def test_splitting_merging_measuring_and_reversing_by_their_pages(owner, grown, session):
    here = f"/lots/{grown.raw.public_id}"
    assert send(owner, here + "/split", **{"mass-1": "100", "mass-2": "50", "done_on": "2026-11-19"}).status_code == 302
    one, two = session.scalars(
        select(Lot).join(Deed, Deed.id == Lot.deed_id).where(Deed.kind == "split").order_by(Lot.id)
    )
    takes = {f"take-{one.public_id}": "60", f"take-{two.public_id}": "50"}
    assert send(owner, f"/lots/{one.public_id}/merge", **takes, done_on="2026-11-19").status_code == 302
    assert (
        send(owner, f"/lots/{one.public_id}/measure", **{"brix-value": "13.8", "measured_on": "2026-11-19"}).status_code
        == 302
    )
    assert send(owner, f"/lots/{one.public_id}/measure", measured_on="2026-11-19").status_code == 422

    split = session.scalar(select(Deed).where(Deed.kind == "split"))
    refused = send(owner, f"/lots/deeds/{split.public_id}/reverse", reason="分错")
    assert refused.status_code == 422
    assert "先办完这些" in refused.text
    merged = session.scalar(select(Deed).where(Deed.kind == "merge"))
    assert send(owner, f"/lots/deeds/{merged.public_id}/reverse", reason="并错").status_code == 302
    assert send(owner, f"/lots/deeds/{split.public_id}/reverse", reason="分错").status_code == 302
    session.refresh(grown.raw)
    assert grown.raw.remainder_g == 1_500_000


def test_the_sealer_sees_the_lot_and_may_not_make_deeds_on_it(owner, grown, as_user, session):
    coop = grow.make_organisation(7003, "示例合作社")
    here = f"/lots/{grown.packed.public_id}"
    sealer = as_user("owner", coop.id)
    assert sealer.get(here).status_code == 404

    assert send(owner, here + "/sealer", code=coop.code).status_code == 302

    assert sealer.get(here).status_code == 200
    assert "等本单位封存" in sealer.get("/lots/").text
    assert sealer.get(f"/trace/seal/{grown.packed.public_id}").status_code == 200
    for page in ("/split", "/merge", "/measure", "/sealer"):
        assert sealer.get(here + page).status_code == 404
    assert send(owner, here + "/sealer", code="不是编号").status_code == 422


def test_another_organisation_finds_none_of_the_pages(grown, as_user, session):
    other = as_user("owner")
    deed = session.get(Deed, grown.packed.deed_id)

    pages = [f"/lots/{grown.raw.public_id}/{p}" for p in ("grade", "split", "merge", "measure", "sealer")]
    assert {other.get(p).status_code for p in [*pages, f"/lots/deeds/{deed.public_id}/reverse"]} == {404}
    assert queries.lot_by_id(grown.raw.id).remainder_g == 1_500_000


def test_a_move_of_a_page_that_is_no_longer_true_is_refused_and_changes_nothing(owner, grown, session):
    here = f"/lots/{grown.raw.public_id}"
    page = owner.get(here)
    stamp = re.search(r'name="version" value="([^"]+)"', page.text)[1]
    grown.raw.version += 1  # another person's deed
    session.flush()
    sent = {"move": "cancel", "reason": "登记错了", "sure": "1", "version": stamp, "once": once(page)}

    answer = owner.post(f"{here}/move", data=sent)

    assert answer.status_code == 409
    assert "你打开这一页以后" in answer.text
    session.refresh(grown.raw)
    assert grown.raw.state == "open"
