"""Another name, another code, a merger, leaving: identity, history, keys, licences and public page follow."""

from __future__ import annotations

from typing import Any

import pytest

from brand.licence import queries as licences
from core import hooks
from core.account.queries import memberships_of
from core.db import db
from core.errors import BadInput, Conflict, DomainError, RuleBroken
from core.identifiers import compose_uscc
from core.notice.models import Message
from core.organisation import changes, mandates, queries
from core.organisation.models import Organisation
from tests.factories import brand as make
from tests.support.people import invented_uscc
from trace.signing import identity
from trace.signing import queries as signing

pytestmark = pytest.mark.usefixtures("session", "clock")


@pytest.fixture
def firm(as_user: Any) -> Any:
    """A firm with a key and a licence."""
    owner = as_user("owner")
    clerk, decider = as_user("brand_clerk").actor, as_user("brand_decider").actor
    make.make_matrix(clerk)
    owner.licence = make.make_licence(owner.actor, clerk, decider)
    identity.create_key(owner.actor.organisation_id, owner.actor)
    owner.row = db.session.get(Organisation, owner.actor.organisation_id)
    return owner


def test_a_new_name_keeps_did_and_licence_and_the_public_page_shows_the_old_one(firm: Any, client: Any) -> None:
    old, did = firm.row.name, identity.find_did(firm.row.id).did
    changes.rename(firm.row.id, "临猗示例新名果业有限公司", basis="示例变更通知书1号", actor=firm.actor)

    assert (identity.find_did(firm.row.id).did, signing.has_key(firm.row.id)) == (did, True)
    assert firm.licence.state == "licensed"
    page = client.get(f"/org/{firm.row.code}").text
    assert f"原名称：{old}" in page
    assert "2026年11月20日变更" in page
    assert [o.id for o in queries.search(old)] == [firm.row.id]
    assert [o.id for o in queries.search("xinmingguoye")] == [firm.row.id]
    told = db.session.query(Message).filter(Message.title.contains("使用人更名")).one()
    assert firm.licence.licence_no in told.body


def test_a_new_code_ends_keys_and_licences_and_both_codes_are_found(firm: Any, client: Any) -> None:
    old, did = firm.row.code, identity.find_did(firm.row.id).did
    changes.recode(firm.row.id, invented_uscc(990_001), basis="示例变更通知书2号", actor=firm.actor)

    assert identity.find_did(firm.row.id) is None
    closed = queries.find_by_code(old)
    assert closed is not None
    assert (closed.is_active, closed.successor_id) == (False, firm.row.id)
    assert (firm.licence.state, firm.licence.ended_on is not None) == ("withdrawn", True)
    assert "revoked" in client.get(f"/org/{old}/did.json").text
    page = client.get(f"/org/{old}").text
    assert firm.row.code in page.replace("</span><span>", "")
    identity.create_key(firm.row.id, firm.actor)
    assert identity.find_did(firm.row.id).did == did.replace(old, firm.row.code)


def test_a_merged_organisation_leaves_and_its_growers_follow(firm: Any, as_user: Any) -> None:
    other = as_user("owner")
    grower = as_user("owner", as_user.organisation("grower", introduced_by_id=firm.row.id)).actor.organisation_id
    mandates.give(
        keeper_id=firm.row.id, grower_id=grower, valid_from=firm.licence.valid_from, valid_to=None,
        given_by="keeper", actor=firm.actor,
    )  # fmt: skip
    changes.merge(firm.row.id, other.actor.organisation_id, basis="示例合并协议", actor=firm.actor)

    assert not signing.has_key(firm.row.id)
    assert licences.licences_of(firm.row.id)[0].state_label != "有效"
    assert [g.id for g in queries.growers_of(other.actor.organisation_id)] == [grower]
    assert not mandates.keeps_for(firm.row.id, grower, on=firm.row.left_on.replace(year=2027))
    assert memberships_of(firm.actor.user_id) == []
    assert [(f.kind, f.name) for f in queries.former_of(other.actor.organisation_id)] == [("merged", firm.row.name)]


def test_who_left_acts_no_more_at_the_next_request(firm: Any) -> None:
    assert firm.get("/organisation").status_code == 200
    changes.leave(firm.row.id, reason="停止经营", actor=firm.actor)
    assert firm.get("/organisation").status_code == 403
    with pytest.raises(Conflict):
        changes.rename(firm.row.id, "再改一次名", basis="示例", actor=firm.actor)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda i, a: changes.rename(i, "果", basis="依据", actor=a), RuleBroken),
        (lambda i, a: changes.rename(i, "临猗示例好名", basis="", actor=a), BadInput),
        (lambda i, a: changes.recode(i, "91350100M000100Y4Z", basis="依据", actor=a), BadInput),
        (lambda i, a: changes.merge(i, i, basis="依据", actor=a), BadInput),
        (lambda i, a: changes.leave(i, reason=" ", actor=a), RuleBroken),
    ],
)
def test_a_change_without_sense_is_refused_and_nobody_is_told(firm: Any, call: Any, error: type[DomainError]) -> None:
    told: list[Any] = []
    with hooks.organisation_changed.only(told.append), pytest.raises(error):
        call(firm.row.id, firm.actor)
    assert told == []


def test_the_code_of_another_organisation_is_refused(firm: Any, as_user: Any) -> None:
    taken = db.session.get(Organisation, as_user("owner").actor.organisation_id).code
    with pytest.raises(Conflict):
        changes.recode(firm.row.id, taken, basis="依据", actor=firm.actor)
    with pytest.raises(BadInput):
        changes.recode(firm.row.id, firm.row.code, basis="依据", actor=firm.actor)


def test_the_licence_picture_and_link_stand_on_the_public_page(firm: Any, client: Any) -> None:
    page = firm.get("/organisation").text
    stamp = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    good = {"version": stamp, "licence_url": "https://licence.example.cn/yyzz?id=1"}
    bad = firm.post("/organisation", data=good | {"licence_url": "javascript:alert(1)"})
    assert bad.status_code == 400
    assert firm.post("/organisation", data=good).status_code == 302
    shown = client.get(f"/org/{firm.row.code}").text
    assert "https://licence.example.cn/yyzz?id=1" in shown
    assert compose_uscc("Y1000000", "DEM00001") not in shown
