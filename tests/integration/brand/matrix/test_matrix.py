"""The brand matrix on the real database."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from brand.matrix import queries, rules, service
from brand.matrix.errors import NameTaken
from core.errors import Denied, NotFound, RuleBroken


@pytest.fixture
def clerk(session: Any, as_user: Any) -> Any:
    """A signed-in clerk of the brand office, with the matrix laid out."""
    client = as_user("brand_clerk")
    service.establish_matrix(client.actor)
    return client


def test_the_matrix_is_laid_out_once(clerk: Any) -> None:
    assert service.establish_matrix(clerk.actor) == []
    (root,) = queries.tree()
    assert (root.brand.name, [b.brand.name for b in root.children]) == ("猗顿农品", ["临猗苹果", "临猗冬枣"])
    assert [b.name for b in queries.line(queries.by_key("linyi-apple").id)] == ["猗顿农品", "临猗苹果"]


def test_an_enterprise_hangs_its_brand_below_a_county_brand(clerk: Any, as_user: Any) -> None:
    owner = as_user("owner").actor
    brand = service.register_brand("linyi-apple", "示例果园", owner, introduction="示例合作社的苹果")
    assert [b.name for b in queries.line(brand.id)] == ["猗顿农品", "临猗苹果", "示例果园"]
    assert [b.name for b in queries.own_brands(owner.organisation_id)] == ["示例果园"]
    with pytest.raises(NameTaken):
        service.register_brand("yidun", "示例果园", as_user("owner").actor)
    line = service.register_brand(brand.key, "示例果园礼盒", owner)
    assert (line.level, queries.line(line.id)[-2].name) == ("product", "示例果园")
    with pytest.raises(RuleBroken):
        service.register_brand(line.key, "示例再下一级", owner)
    with pytest.raises(NotFound):
        service.register_brand(brand.key, "示例别家礼盒", as_user("owner").actor)
    with pytest.raises(Denied):
        service.register_brand("yidun", "示例别家", clerk.actor)


def test_facts_are_printed_only_when_known(clerk: Any, client: Any) -> None:
    assert "商标注册号" not in client.get("/brands/linyi-apple").text
    service.edit_brand(
        queries.load_by_key("linyi-apple"),
        clerk.actor,
        rules.BrandFacts(holder="示例协会", mark_no="11525111", mark_kind="certification", mark_until=date(2030, 1, 1)),
        introduction="临猗县的苹果。",
    )
    page = client.get("/brands/linyi-apple").text
    assert "11525111" in page
    assert "地理标志编号" not in page


def test_only_the_brand_office_and_the_owner_change_a_brand(clerk: Any, as_user: Any) -> None:
    owner, stranger = as_user("owner").actor, as_user("owner").actor
    brand = service.register_brand("linyi-apple", "示例果园", owner)
    for actor, target in ((stranger, brand), (owner, queries.load_by_key("yidun"))):
        with pytest.raises(NotFound):
            service.edit_brand(target, actor, rules.BrandFacts(), introduction="x")
    service.edit_brand(brand, owner, rules.BrandFacts(), introduction="新介绍")
    assert brand.introduction == "新介绍"


def _stamp(page: str) -> dict[str, str]:
    """Version and once-key of the first form of a page."""
    return dict(reversed(re.findall(r'name="(version|once)"[^>]*value="([^"]*)"', page)))


def test_a_stale_page_of_facts_overwrites_nothing(clerk: Any, as_user: Any) -> None:
    first, second = clerk.get("/brand/matrix/linyi-apple").text, as_user("brand_decider")
    fields = _stamp(first)
    other = _stamp(second.get("/brand/matrix/linyi-apple").text)
    assert (
        second.post("/brand/matrix/linyi-apple", data={**other, "introduction": "先改的", "active": "y"}).status_code
        == 302
    )
    assert (
        clerk.post("/brand/matrix/linyi-apple", data={**fields, "introduction": "后改的", "active": "y"}).status_code
        == 409
    )
    assert queries.by_key("linyi-apple").introduction == "先改的"


def test_the_front_door_shows_the_matrix(clerk: Any, client: Any) -> None:
    assert "临猗冬枣" in client.get("/").text


def test_pages_of_the_matrix_by_role(clerk: Any, as_user: Any, client: Any) -> None:
    assert client.get("/brands").status_code == 200
    assert client.get("/brands/none").status_code == 404
    assert client.get("/brand/matrix").status_code in (302, 401)
    assert as_user("owner").get("/brand/matrix").status_code == 403
    assert as_user("owner").get("/brand/own").status_code == 200
    assert as_user("operator").get("/brand/own").status_code == 403
