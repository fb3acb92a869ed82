"""The public page of a brand: known facts, counted figures with their day, lines that other rooms tell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from brand.matrix import queries, rules, service
from brand.matrix.models import BrandFigure
from core import clock, hooks
from core.db import db
from core.errors import BadInput, NotFound, RuleBroken
from core.ui.once import new_key
from tests.factories.brand import make_licence, picture


@pytest.fixture
def office(session: Any, as_user: Any, clock: Any) -> Any:
    """A clerk and a decider, with the matrix laid out."""
    clerk, decider = as_user("brand_clerk"), as_user("brand_decider")
    service.establish_matrix(clerk.actor)
    return clerk, decider


def test_figures_are_counted_from_rows_and_carry_their_day(office: Any, as_user: Any, client: Any, clock: Any) -> None:
    clerk, decider = (each.actor for each in office)
    assert "还没有统计过" in client.get("/brands/yidun").text
    owner = as_user("owner")
    make_licence(owner.actor, clerk, decider)

    service.count_figures(clock.now())

    above, apple, jujube = (
        queries.counted(queries.by_key(k).id) for k in ("yidun", "linyi-apple", "linyi-winter-jujube")
    )
    assert above is not None
    assert apple is not None
    assert jujube is not None
    assert dict(above.values)["licences"] == dict(apple.values)["licences"] == 1
    assert dict(jujube.values)["licences"] == 0
    assert [key for key, _ in above.values] == list(rules.FIGURES)
    page = client.get("/brands/linyi-apple").text
    assert "截至 2026-11-20" in page
    assert "至 2027-11-19" in page
    clock.set("2026-11-21 00:20:00")
    service.count_figures(clock.now())
    service.count_figures(clock.now())
    assert db.session.scalar(select(func.count(BrandFigure.counted_on.distinct()))) == 2
    assert getattr(queries.counted(queries.by_key("yidun").id), "on", None) == date(2026, 11, 21)


def test_lines_of_upper_floors_stand_on_the_page_in_the_readers_language(office: Any, client: Any) -> None:
    def tell(*, brand_ids: Any, limit: int, lang: str) -> list[hooks.BrandLine]:
        return [hooks.BrandLine("lot", f"Lot of {len(brand_ids)} brands" if lang == "en" else "示例批次", "", "/x")]

    with hooks.brand_lines.only(tell):
        assert "示例批次" in client.get("/brands/linyi-apple").text
        assert "Lot of 3 brands" in client.get("/brands/yidun?lang=en").text


def test_an_english_page_uses_english_words_and_falls_back_to_chinese_ones(office: Any, client: Any) -> None:
    clerk = office[0].actor
    brand = queries.load_by_key("linyi-apple")
    told = rules.Texts(introduction="介绍", name_en="Linyi Apples", introduction_en="Apples of Linyi county.")
    facts = rules.BrandFacts(
        mark_no="11525111", mark_kind="certification", mark_classes=(31,), mark_from=date(2020, 1, 1)
    )
    service.edit_brand(brand, clerk, facts, introduction="介绍", texts=told)

    page = client.get("/brands/linyi-apple?lang=en").text

    assert "Linyi Apples" in page
    assert "Apples of Linyi county." in page
    assert "Certification mark" in page
    assert "第 31 类" in page
    assert "County brand" in page
    assert "猗顿农品" in client.get("/brands/yidun?lang=en").text


def test_the_tree_is_a_picture_with_the_same_brands_in_a_list(office: Any, as_user: Any, client: Any) -> None:
    owner = as_user("owner").actor
    service.register_brand("linyi-apple", "示例果园", owner)

    page = client.get("/brands").text

    assert page.count("m-box") == 4
    assert page.count("示例果园") == 2
    assert "品牌矩阵图" in page


def test_an_owner_keeps_the_page_of_an_own_brand_and_nobody_elses(office: Any, as_user: Any, client: Any) -> None:
    owner, stranger = as_user("owner"), as_user("owner")
    brand = service.register_brand("linyi-apple", "示例果园", owner.actor)
    db.session.flush()
    address = f"/brand/own/{brand.key}"
    data = {"caption": "示例果园的苹果树", "credit": "示例果园自拍", "once": new_key()}
    assert owner.get(address).status_code == 200
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/pictures", data=data | {"file": (_bytes(), "a.jpg")}).status_code == 404
    assert owner.post(f"{address}/pictures", data=data | {"credit": ""}).status_code == 400
    sent = owner.post(f"{address}/pictures", data=data | {"once": new_key(), "file": (_bytes(), "a.jpg")})
    assert sent.status_code == 302
    (shown,) = queries.pictures(brand.id)
    page = client.get(f"/brands/{brand.key}").text
    assert shown.url in page
    assert "示例果园自拍" in page
    assert client.get(shown.url).status_code == 200
    with pytest.raises(NotFound):
        service.remove_picture(brand, stranger.actor, shown.id)
    assert owner.post(f"{address}/pictures/{shown.id}/remove", data={"once": new_key()}).status_code == 302
    assert queries.pictures(brand.id) == []


def _bytes() -> Any:
    import io

    return io.BytesIO(picture())


@pytest.mark.parametrize("key", ["Linyi", "1pear", "a", "梨", "a" * 41, "linyi pear"])
def test_a_county_brand_needs_an_address_of_its_own_kind(office: Any, key: str) -> None:
    with pytest.raises(BadInput):
        service.add_county_brand("yidun", key, "临猗示例梨", office[0].actor)


def test_the_office_registers_a_county_brand_on_its_page(office: Any, client: Any) -> None:
    clerk = office[0]
    words = {"parent_key": "yidun", "name": "临猗示例梨", "key": "linyi-pear", "species": "", "introduction": ""}
    assert clerk.post("/brand/matrix", data=words | {"once": new_key()}).status_code == 302
    assert clerk.post("/brand/matrix", data=words | {"once": new_key()}).status_code == 409
    assert clerk.post("/brand/matrix", data=words | {"parent_key": "linyi-apple", "once": new_key()}).status_code == 400
    assert "临猗示例梨" in client.get("/brands").text
    with pytest.raises(RuleBroken):
        service.add_county_brand("linyi-apple", "linyi-x", "临猗示例下级", clerk.actor)


def test_classes_and_dates_of_a_mark_are_read_strictly(office: Any) -> None:
    clerk = office[0]
    good = {"version": "1", "once": new_key(), "active": "y", "introduction": "介绍", "mark_no": "11525111"}
    address = "/brand/matrix/linyi-apple"
    for bad in ({"mark_classes": "0"}, {"mark_classes": "46"}, {"mark_classes": "水果"}, {"mark_from": "去年"}):
        assert clerk.post(address, data=good | bad).status_code == 400
    sent = clerk.post(
        address, data=good | {"mark_classes": "３１、29,29", "mark_from": "2020年1月1日", "mark_until": "2030-01-01"}
    )
    assert sent.status_code == 302
    assert "第 29、31 类" in dict(queries.by_key("linyi-apple").facts).values()
    assert clock.today() == date(2026, 11, 20)
