"""Entries on the real database: shown by evidence, checked by another person, counted from a day to a day."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from brand.matrix.queries import facts_of, load, texts_of
from brand.matrix.service import edit_brand, establish_matrix
from brand.nurture import queries, service
from brand.nurture.errors import EnteredTwice, EntryNotFound
from brand.nurture.models import NurtureEntry
from core.db import db
from core.errors import BadInput, Conflict, Denied, RuleBroken
from core.organisation.queries import get_organisation
from core.ui.once import new_key
from tests.factories import nurture as make
from tests.factories.brand import picture
from tests.support.people import invented_uscc


@pytest.fixture
def office(session: Any, as_user: Any, clock: Any) -> Any:
    """Two clerks of the brand office with the matrix laid out, on 2026-11-20."""
    first, second = as_user("brand_clerk"), as_user("brand_clerk")
    establish_matrix(first.actor)
    return first, second


def test_a_brand_counts_from_the_day_another_person_checked_it_until_it_is_taken_out(
    office: Any, as_user: Any, clock: Any
) -> None:
    owner, checker = as_user("owner").actor, office[0].actor
    entry = make.make_entry(owner, kind="brand", brand_id=make.own_brand(owner, "示例小枣"), name="暂名")
    assert entry.name == "示例小枣"
    service.move(entry, owner, "submit")
    assert queries.counted()["brand"] == 0
    assert queries.waiting() == 1

    clock.set("2026-11-21 09:00:00")
    service.move(entry, checker, "count", "注册证与官网一致")
    clock.set("2026-11-25 09:00:00")
    service.move(entry, checker, "remove", "商标已转让")

    days = {day: queries.counted(date(2026, 11, day))["brand"] for day in (20, 21, 24, 25)}
    assert days == {20: 0, 21: 1, 24: 1, 25: 0}
    assert queries.counted() == {"brand": 0, "product": 0}
    thing = queries.counted_things("brand", date(2026, 11, 24))[0]
    assert (thing.name, thing.counted_on, thing.doubts) == ("示例小枣", date(2026, 11, 21), ())


def test_everything_missing_is_told_at_once(office: Any, as_user: Any) -> None:
    owner = as_user("owner").actor
    entry = service.enter(owner, kind="product", name="示例脆片")
    with pytest.raises(RuleBroken) as refused:
        service.move(entry, owner, "submit")

    assert [u.rule for u in refused.value.unmet] == ["PY-05", "PY-06", "PY-11", "PY-09", "PY-10"]


def test_neither_the_sender_nor_who_added_evidence_checks(office: Any, as_user: Any) -> None:
    first, second = (each.actor for each in office)
    holder = as_user("owner").actor
    entry = make.make_entry(first, organisation_id=holder.organisation_id)
    make.give(entry, second, "sales")
    service.move(entry, first, "submit")

    for checker, rule in ((first, "brand.nurture.count.four_eyes"), (second, "PY-12")):
        with pytest.raises(RuleBroken) as refused:
            service.move(entry, checker, "count", "材料齐全")
        assert rule in [u.rule for u in refused.value.unmet]
    service.move(entry, as_user("brand_decider").actor, "count", "材料齐全")
    assert queries.counted()["product"] == 1
    assert queries.visible(entry, holder)


def test_a_check_says_what_was_looked_at(office: Any, as_user: Any) -> None:
    owner = as_user("owner").actor
    entry = make.make_entry(owner)
    service.move(entry, owner, "submit")

    with pytest.raises(RuleBroken):
        service.move(entry, office[0].actor, "count", " ")


def test_a_brand_or_product_is_entered_once_and_again_after_a_refusal(office: Any, as_user: Any) -> None:
    owner, checker = as_user("owner").actor, office[0].actor
    brand_id = make.own_brand(owner)
    entry = make.make_entry(owner, kind="brand", brand_id=brand_id)
    second = service.enter(owner, kind="brand", name="又一条")
    with pytest.raises(EnteredTwice):
        service.edit(second, owner, name="又一条", brand_id=brand_id)
    make.make_entry(owner, name="示例脆片")
    with pytest.raises(EnteredTwice) as twice:
        service.enter(owner, kind="product", name=" 示例脆片 ")
    assert twice.value.field == "name"
    make.make_entry(as_user("owner").actor, name="示例脆片")

    service.move(entry, owner, "submit")
    service.move(entry, checker, "refuse", "商标在别人名下")
    again = make.make_entry(owner, kind="brand", brand_id=brand_id)
    assert again.entry_no != entry.entry_no


def test_the_database_itself_refuses_a_second_live_entry(office: Any, as_user: Any) -> None:
    entry = make.make_entry(as_user("owner").actor, evidence=False)
    row = db.session.execute(select(NurtureEntry.__table__).where(NurtureEntry.id == entry.id)).mappings().one()
    copy = {k: v for k, v in row.items() if k not in ("id", "public_id", "entry_no")}
    nested = db.session.begin_nested()

    with pytest.raises(IntegrityError, match="uq_brand_nurture_entry_one_product"):
        db.session.execute(insert(NurtureEntry).values(**copy, entry_no="PY-2026-999"))
    nested.rollback()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "脆"}, "name"),
        ({"name": "长" * 41}, "name"),
        ({"basis": "长" * 601}, "basis"),
        ({"link": "http://shop.example.cn/1"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field(office: Any, as_user: Any, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        make.make_entry(as_user("owner").actor, evidence=False, **change)

    assert refused.value.field == field


def test_another_enterprises_brand_or_entry_does_not_exist(office: Any, as_user: Any) -> None:
    owner, stranger = as_user("owner"), as_user("owner")
    entry = make.make_entry(owner.actor)
    with pytest.raises(BadInput):
        make.make_entry(stranger.actor, kind="brand", brand_id=make.own_brand(owner.actor), evidence=False)
    with pytest.raises(EntryNotFound):
        make.give(entry, stranger.actor, "sales")
    with pytest.raises(Denied):
        service.enter(as_user("person").actor, kind="product", name="示例脆片")
    with pytest.raises(BadInput):
        service.enter(office[0].actor, kind="product", name="示例脆片", organisation_id=office[0].actor.organisation_id)

    address = f"/brand/nurture/{entry.public_id}"
    assert stranger.get(address).status_code == 404
    assert office[0].get(address).status_code == 404
    service.move(entry, owner.actor, "submit")
    assert office[0].get(address).status_code == 200
    for part in ("edit", "evidence", "move"):
        sent = {"move": "abandon", "kind": "photo", "once": new_key(), "file": (io.BytesIO(picture()), "a.jpg")}
        assert stranger.post(f"{address}/{part}", data=sent).status_code == 404
    assert entry.entry_no not in stranger.get("/brand/nurture").text


def test_what_was_sent_is_closed_until_it_comes_back(office: Any, as_user: Any) -> None:
    owner = as_user("owner").actor
    entry = make.make_entry(owner)
    service.move(entry, owner, "submit")
    with pytest.raises(Conflict):
        service.edit(entry, owner, name="换个名字")
    service.move(entry, office[0].actor, "return", "商品页打不开")
    service.edit(entry, owner, name="换个名字")
    service.remove_evidence(entry, owner, queries.evidence(entry.id)[0].id)
    assert [e.kind for e in queries.evidence(entry.id)] == ["photo", "page"]


def test_a_counted_brand_that_was_retired_is_named_for_another_look(office: Any, as_user: Any) -> None:
    owner, checker = as_user("owner").actor, office[0].actor
    brand_id = make.own_brand(owner)
    make.counted(owner, checker, kind="brand", brand_id=brand_id)
    brand = load(brand_id)
    edit_brand(brand, checker, facts_of(brand), introduction="", active=False, texts=texts_of(brand))

    assert queries.counted_things("brand")[0].doubts == ("品牌已停用",)
    assert queries.counted()["brand"] == 1


def test_the_pages_lead_from_a_new_entry_to_the_count(office: Any, as_user: Any) -> None:
    owner, checker = as_user("owner"), office[0]
    assert owner.post("/brand/nurture/new", data={"kind": "product", "once": new_key()}).status_code == 400
    made = owner.post("/brand/nurture/new", data={"kind": "product", "name": "示例冻干枣", "once": new_key()})
    address = made.headers["Location"]
    assert "还缺" in owner.get(address).text
    values = {
        "name": "示例冻干枣", "since": "2026-05-01", "link": "https://shop.example.cn/2", "basis": "示例依据", "version": "1",
    }  # fmt: skip
    assert owner.post(f"{address}/edit", data=values | {"once": new_key()}).status_code == 302
    assert owner.post(f"{address}/edit", data=values | {"once": new_key()}).status_code == 409
    for kind in ("photo", "page"):
        sent = {"kind": kind, "once": new_key(), "file": (io.BytesIO(picture()), "a.jpg")}
        assert owner.post(f"{address}/evidence", data=sent).status_code == 302
    assert owner.post(f"{address}/move", data={"move": "submit", "once": new_key()}).status_code == 302
    assert "待核对" in checker.get("/brand/nurture").text
    counting = {"move": "count", "reason": "商品页能打开", "once": new_key()}
    assert owner.post(f"{address}/move", data=counting).status_code == 422
    assert checker.post(f"{address}/move", data=counting | {"once": new_key()}).status_code == 302
    page = checker.get("/brand/nurture?state=counted").text
    assert "示例冻干枣" in page
    assert "2026-11-20" in page
    assert "还差 9 款" in page


def test_the_brand_office_enters_for_an_enterprise_by_its_code(office: Any, as_user: Any) -> None:
    holder, clerk = as_user("owner"), office[0]
    brand_id = make.own_brand(holder.actor)
    sent = {"kind": "brand", "name": "示例小枣", "organisation_code": invented_uscc(999_999)}
    unknown = clerk.post("/brand/nurture/new", data=sent | {"once": new_key()})
    assert (unknown.status_code, "请填是哪家企业的" in unknown.text) == (400, True)
    sent["organisation_code"] = get_organisation(holder.actor.organisation_id).code
    address = clerk.post("/brand/nurture/new", data=sent | {"once": new_key()}).headers["Location"]
    chosen = {"brand_id": str(brand_id), "since": "2026-05-01", "basis": "示例依据", "version": "1", "once": new_key()}
    assert clerk.post(f"{address}/edit", data=chosen).status_code == 302
    assert db.session.scalar(select(NurtureEntry.brand_id)) == brand_id
    assert holder.get(address).status_code == 200
