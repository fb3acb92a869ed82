"""Identities of organisations."""

from __future__ import annotations

from typing import Any

import pytest

from core.account.actor import SYSTEM
from core.errors import BadInput, Denied, NotFound, RuleBroken
from core.organisation import queries, service
from core.organisation.errors import CodeTaken
from tests.support.people import invented_uscc

CODE = invented_uscc(90001)


def test_a_code_is_stored_canonically_and_taken_once(session: Any) -> None:
    made = service.register_organisation(
        kind="enterprise", name="临猗示例果业有限公司", code=f" {CODE.lower()} ", actor=SYSTEM
    )
    assert made.code == CODE
    assert queries.get_by_code(CODE.lower()).id == made.id
    with pytest.raises(CodeTaken):
        service.register_organisation(kind="enterprise", name="临猗示例另一家公司", code=CODE, actor=SYSTEM)


def test_a_wrong_code_is_refused_with_a_hint(session: Any) -> None:
    with pytest.raises(BadInput) as refused:
        service.register_organisation(kind="enterprise", name="临猗示例果业", code="91350100M000100Y4Z", actor=SYSTEM)
    assert "是不是数字 2" in refused.value.message


def test_a_grower_gets_a_party_code_a_reason_and_no_public_name(session: Any, as_user: Any) -> None:
    owner = as_user("owner").actor
    grower = service.register_grower(name="示例农户", reason="self_grown", actor=owner, town="示例镇")
    view = queries.get_organisation(grower.id)
    assert view.code.startswith("NH")
    assert len(view.code) == 13
    assert "第十条" in view.no_uscc_reason
    assert "示例农户" not in view.public_name
    assert [g.id for g in queries.growers_of(owner.organisation_id)] == [grower.id]
    assert queries.is_producer_for(owner.organisation_id, grower.id)
    stranger = as_user("owner").actor
    assert queries.growers_of(stranger.organisation_id) == []
    assert not queries.is_producer_for(stranger.organisation_id, grower.id)


@pytest.mark.parametrize(("kind", "reason"), [("enterprise", "self_grown"), ("grower", ""), ("grower", "because")])
def test_without_a_code_a_listed_reason_is_needed(session: Any, kind: str, reason: str) -> None:
    with pytest.raises(RuleBroken):
        service.register_without_code(kind=kind, name="示例某人", reason=reason, actor=SYSTEM)


def test_the_profile_is_changed_by_its_owner_only(session: Any, as_user: Any) -> None:
    owner, operator = as_user("owner"), None
    row = queries.load(owner.actor.organisation_id)
    operator = as_user("operator", row).actor
    given = {
        "short_name": "示例果业",
        "town": "示例镇",
        "address": "",
        "public_phone": "０３５９－4030000",
        "introduction": "种苹果",
    }
    service.edit_profile(row, owner.actor, **given)
    assert row.public_phone == "0359-4030000"
    with pytest.raises(Denied):
        service.edit_profile(row, operator, **given)
    with pytest.raises(NotFound):
        service.edit_profile(row, as_user("owner").actor, **given)


def test_the_public_page_of_a_grower_shows_no_name(session: Any, as_user: Any, client: Any) -> None:
    grower = service.register_grower(name="王示例", reason="self_grown", actor=as_user("owner").actor)
    page = client.get(f"/org/{grower.code.lower()}")
    assert page.status_code == 200
    assert "王示例" not in page.text
    assert grower.code[:4] in page.text
    assert client.get("/org/NH00000000000").status_code == 404
    assert client.get("/org/%F0%9F%8D%8E").status_code == 404


def test_a_stale_profile_page_overwrites_nothing(session: Any, as_user: Any, clock: Any) -> None:
    owner = as_user("owner")
    page = owner.get("/organisation")
    assert page.status_code == 200
    import re

    fields = dict(re.findall(r'name="(version|once)"[^>]*value="([^"]*)"', page.text))
    clock.advance(minutes=5)
    row = queries.load(owner.actor.organisation_id)
    service.edit_profile(row, owner.actor, short_name="先改的", town="", address="", public_phone="", introduction="")
    stale = owner.post("/organisation", data={**fields, "short_name": "后改的"})
    assert stale.status_code == 409
    assert queries.load(owner.actor.organisation_id).short_name == "先改的"
