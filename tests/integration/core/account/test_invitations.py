"""Invitations by link, leaving at once, and the last owner, also when two leave at the same time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from core.account import invitations, service
from core.account.models import Invitation, Membership, User
from core.account.queries import members_of, memberships_of
from core.db import db, unit_of_work
from core.errors import BadInput, Conflict, Denied, NotFound
from core.ui.once import new_key


@pytest.fixture
def owner(session: Any, as_user: Any, clock: Any) -> Any:
    return as_user("owner")


def invited(owner: Any, address: str = "13900139055", role: str = "operator") -> str:
    return invitations.invite(owner.actor.organisation_id, address, role, owner.actor)[1]


def test_a_stranger_opens_the_link_makes_an_account_and_is_a_member_once(owner: Any, client: Any) -> None:
    path = invited(owner)
    assert "139****9055" in client.get(path).text
    data = {"display_name": "新同事", "password": "gu-shu-xia-de-xie", "once": new_key()}
    assert client.post(path, data=data).status_code == 302
    made = db.session.query(User).filter_by(mobile="13900139055").one()
    assert [(u, r) for u, _, r in members_of(owner.actor.organisation_id)][-1] == (made.id, "operator")
    assert client.get(path).status_code == 404
    assert client.post(path, data=data | {"once": new_key()}).status_code == 404


def test_an_account_that_exists_is_attached_and_only_the_one_invited(owner: Any, as_user: Any, client: Any) -> None:
    person, other = as_user("person"), as_user("owner")
    mobile = db.session.get(User, person.actor.user_id).mobile
    path = invited(owner, mobile)
    assert "已经有账号" in client.get(path).text
    assert other.post(path, data={"once": new_key()}).status_code == 403
    assert person.post(path, data={"once": new_key()}).status_code == 302
    assert [m.organisation_id for m in memberships_of(person.actor.user_id)] == [owner.actor.organisation_id]
    with pytest.raises(Conflict):
        invited(owner, mobile)


def test_a_link_by_mail_takes_whoever_reads_it_and_a_mobile_of_their_own(owner: Any, client: Any) -> None:
    path = invited(owner, "Clerk@Example.cn", "owner")
    data = {"display_name": "会计", "password": "gu-shu-xia-de-xie", "mobile": "13900139077", "once": new_key()}
    assert client.post(path, data=data | {"mobile": "123"}).status_code == 400
    assert client.post(path, data=data).status_code == 302
    assert db.session.query(User).filter_by(mobile="13900139077").one().email == "clerk@example.cn"


def test_an_expired_or_revoked_link_says_the_same_as_one_that_never_was(owner: Any, client: Any, clock: Any) -> None:
    path, second = invited(owner), invited(owner, "13900139066")
    row = db.session.query(Invitation).filter_by(address="13900139066").one()
    assert owner.post(f"/account/invitations/{row.public_id}/revoke", data={}).status_code == 302
    clock.advance(days=7)
    answers = [client.get(p) for p in (path, second, "/invite/nobody-made-this-one")]
    assert {a.status_code for a in answers} == {404}
    assert all("请邀请你的人重新发一份" in a.text for a in answers)


def test_a_second_invitation_to_the_same_address_ends_the_first(owner: Any) -> None:
    first, second = invited(owner), invited(owner)
    with pytest.raises(NotFound):
        invitations.find_offer(first.rsplit("/", 1)[1])
    assert invitations.find_offer(second.rsplit("/", 1)[1]).role == "operator"


def test_the_invitation_page_shows_the_link_once_and_refuses_bad_addresses(owner: Any) -> None:
    good = {"address": "13900139088", "role": "operator", "once": new_key()}
    assert "/invite/" in owner.post("/account/invite", data=good).text
    assert "/invite/" not in owner.get("/account/invite").text
    for wrong in ({"address": "139001"}, {"address": "a@b"}, {"role": "finance"}):
        assert owner.post("/account/invite", data={**good, "once": new_key(), **wrong}).status_code == 400
    assert "139****9088" in owner.get("/account/invite").text


def test_another_organisations_invitation_is_not_found(owner: Any, as_user: Any) -> None:
    invited(owner)
    row = db.session.query(Invitation).one()
    assert as_user("owner").post(f"/account/invitations/{row.public_id}/revoke").status_code == 404
    assert as_user("operator", owner.actor.organisation_id).get("/account/invite").status_code == 403
    with pytest.raises(BadInput):
        invitations.check_address("x" * 130 + "@example.cn")
    with pytest.raises(Denied):
        invitations.accept(invited(owner, "13900139044").rsplit("/", 1)[1], as_user("person").actor)


def test_who_leaves_loses_the_rights_with_the_next_request(owner: Any, as_user: Any) -> None:
    clerk = as_user("operator", owner.actor.organisation_id)
    row = db.session.get(Membership, clerk.actor.membership_id)
    assert clerk.get("/organisation").status_code == 200
    assert clerk.post(f"/account/memberships/{row.public_id}/leave").status_code == 302
    assert clerk.get("/organisation").status_code == 403
    last = db.session.get(Membership, owner.actor.membership_id)
    assert owner.post(f"/account/memberships/{last.public_id}/leave").status_code == 409
    assert as_user("owner").post(f"/account/memberships/{last.public_id}/leave").status_code == 404


def test_of_two_owners_who_leave_at_the_same_time_one_stays(cloned_db: Any) -> None:
    first = cloned_db.as_user("owner")
    second = cloned_db.as_user("owner", first.actor.organisation_id)
    start, refused = threading.Barrier(2), []

    def leave(actor: Any) -> None:
        with cloned_db.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    service.end_member(actor.membership_id, actor)
            except Conflict as error:
                refused.append(error.code)

    threads = [threading.Thread(target=leave, args=(c.actor,)) for c in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with cloned_db.app.app_context():
        assert refused == ["account.last_owner"]
        assert [r for _, _, r in members_of(first.actor.organisation_id)] == ["owner"]


def test_of_two_readers_of_one_link_one_becomes_a_member(cloned_db: Any) -> None:
    boss = cloned_db.as_user("owner")
    with cloned_db.app.app_context(), unit_of_work():
        token = invitations.invite(boss.actor.organisation_id, "x@example.cn", "operator", boss.actor)[1].rsplit(
            "/", 1
        )[1]
    people, start, failed = [cloned_db.as_user("person") for _ in range(2)], threading.Barrier(2), []

    def accept(actor: Any) -> None:
        with cloned_db.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    invitations.accept(token, actor)
            except NotFound:
                failed.append(1)

    threads = [threading.Thread(target=accept, args=(p.actor,)) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with cloned_db.app.app_context():
        assert (failed, len(members_of(boss.actor.organisation_id))) == ([1], 2)
