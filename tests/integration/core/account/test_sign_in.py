"""Signing in, being kept out, resetting, choosing the identity: on the real database, over HTTP."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from core.account import service
from core.account.models import LoginAttempt, OneTimeCode, User
from core.account.queries import load_actor
from core.db import db, unit_of_work
from core.notice.models import Outgoing

PASSWORD = "果园里的灯还一直亮着呢"
NEW = "换一句更长更好记的话"


def make(mobile: str = "13800138000", **more: Any) -> User:
    user = service.create_user(mobile=mobile, password=PASSWORD, display_name="示例人员", **more)
    db.session.flush()
    return user


def sign_in(client: Any, name: str = "13800138000", password: str = PASSWORD) -> Any:
    return client.post("/login", data={"name": name, "password": password})


def test_a_person_registers_and_is_signed_in(session: Any, client: Any) -> None:
    answer = client.post(
        "/register", data={"display_name": "示例人员", "mobile": "１３８ 0013 8000", "password": PASSWORD}
    )

    assert answer.status_code == 302
    user = session.scalar(select(User).where(User.mobile == "13800138000"))
    assert user is not None
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"mobile": "12345", "password": PASSWORD}, "手机号"),
        ({"mobile": "13800138000", "password": "短"}, "至少 10 位"),
        ({"mobile": "13800138000", "password": "password123"}, "太常见"),
        ({"mobile": "", "password": PASSWORD}, "手机号"),
        ({"mobile": "1380013800013800138000", "password": PASSWORD}, "手机号"),
    ],
)
def test_bad_registrations_are_refused_with_a_sentence_and_store_nobody(
    session: Any, client: Any, data: dict[str, str], told: str
) -> None:
    answer = client.post("/register", data={"display_name": "示例", **data})

    assert answer.status_code in (200, 400, 422)
    assert told in answer.get_data(as_text=True)
    assert session.scalar(select(User.id).where(User.mobile == "13800138000")) is None


def test_a_mobile_number_registers_once(session: Any, client: Any) -> None:
    make()
    answer = client.post("/register", data={"display_name": "别人", "mobile": "13800138000", "password": NEW})

    assert answer.status_code == 409
    assert "已经注册过" in answer.get_data(as_text=True)


def stored(cloned_db: Any, mobile: str = "13800138000") -> int:
    """A user committed for good: what survives a refusal is written on a connection of its own."""
    with cloned_db.app.app_context(), unit_of_work():
        return make(mobile).id


def test_wrong_name_and_wrong_password_read_the_same_and_are_counted(cloned_db: Any) -> None:
    stored(cloned_db)
    client = cloned_db.client()
    wrong = sign_in(client, password="不是这个密码啊啊啊")
    nobody = sign_in(client, name="13900139000")

    assert wrong.status_code == nobody.status_code == 400
    assert "登录名或密码不对" in wrong.get_data(as_text=True)
    assert "登录名或密码不对" in nobody.get_data(as_text=True)
    with cloned_db.app.app_context():
        tries = db.session.scalars(select(LoginAttempt)).all()
        assert [t.succeeded for t in tries] == [False, False]
        assert all(len(t.name_digest) == 32 and "13800138000" not in t.name_digest for t in tries)


def test_strangers_who_guess_cannot_lock_the_owner_out(cloned_db: Any, clock: Any) -> None:
    clock.set("2026-11-20 09:00")
    stored(cloned_db)
    client, stranger = cloned_db.client(), cloned_db.client()
    client.get("/login")
    assert sign_in(client).status_code == 302  # the owner's phone is known from here on
    client.post("/logout")
    for _ in range(8):
        sign_in(stranger, password="猜一个密码试试看吧")

    assert sign_in(stranger).status_code == 429  # even the right password, from an unknown device
    assert sign_in(client).status_code == 302
    clock.advance(minutes=16)
    assert sign_in(stranger).status_code == 302


def test_signing_in_starts_a_fresh_session(session: Any, client: Any) -> None:
    make()
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    sign_in(client)
    with client.session_transaction() as after:
        assert "planted" not in after


@pytest.mark.parametrize(
    ("target", "lands"),
    [("/account", "/account"), ("//evil.example/x", None), ("https://evil.example", None), ("/\\evil.example", None)],
)
def test_next_never_leaves_the_site(session: Any, client: Any, target: str, lands: str | None) -> None:
    make()
    answer = client.post("/login", query_string={"next": target}, data={"name": "13800138000", "password": PASSWORD})

    assert answer.status_code == 302
    assert answer.location == (lands or "/home")


def test_changing_the_password_ends_other_sessions(session: Any, client: Any, app: Any) -> None:
    make()
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    assert other.get("/account").status_code == 200

    changed = client.post("/account/password", data={"old": PASSWORD, "password": NEW})

    assert changed.status_code == 302
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert sign_in(app.test_client()).status_code == 400
    assert sign_in(app.test_client(), password=NEW).status_code == 302


def test_a_reset_code_works_once_and_only_while_fresh(session: Any, client: Any, clock: Any) -> None:
    clock.set("2026-11-20 09:00")
    user = make()
    client.post("/password/forgot", data={"name": "13800138000"})
    text = session.scalars(select(Outgoing.text).order_by(Outgoing.id.desc())).first()
    code = next(part for part in text.replace("，", " ").split() if part.isdigit() and len(part) == 6)

    clock.advance(minutes=15)
    late = client.post("/password/reset", data={"name": "13800138000", "code": code, "password": NEW})
    assert late.status_code == 400
    fresh = service.issue_code(user, "reset", load_actor(user.id, None))
    clock.advance(minutes=14)
    ok = client.post("/password/reset", data={"name": "13800138000", "code": fresh, "password": NEW})
    again = client.post("/password/reset", data={"name": "13800138000", "code": fresh, "password": PASSWORD})

    assert (ok.status_code, again.status_code) == (302, 400)
    assert service.confirm_password(user.id, NEW)


def test_five_wrong_codes_end_the_code(cloned_db: Any) -> None:
    user_id = stored(cloned_db)
    client = cloned_db.client()
    with cloned_db.app.app_context(), unit_of_work():
        code = service.issue_code(db.session.get_one(User, user_id), "reset", load_actor(user_id, None))
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        client.post("/password/reset", data={"name": "13800138000", "code": wrong, "password": NEW})

    refused = client.post("/password/reset", data={"name": "13800138000", "code": code, "password": NEW})

    assert refused.status_code == 400
    with cloned_db.app.app_context():
        assert db.session.scalar(select(OneTimeCode.tries)) == 6


def test_the_answer_to_a_reset_does_not_tell_who_exists(session: Any, client: Any) -> None:
    make()
    known = client.post("/password/forgot", data={"name": "13800138000"})
    unknown = client.post("/password/forgot", data={"name": "13900139000"})

    assert known.status_code == unknown.status_code == 302
    assert known.location.replace("13800138000", "") == unknown.location.replace("13900139000", "")


def test_the_second_factor_is_asked_for_and_taken_once(session: Any, client: Any, clock: Any) -> None:
    clock.set("2026-11-20 09:00")
    user = make()
    secret = pyotp.random_base32()
    service.set_totp(user, secret, pyotp.TOTP(secret).at(clock.now()), load_actor(user.id, None))

    half = sign_in(client)
    assert half.location.startswith("/login/code")
    assert client.get("/account").status_code == 302
    clock.advance(seconds=60)
    code = pyotp.TOTP(secret).at(clock.now())
    assert client.post("/login/code", data={"code": "000000"}).status_code == 400
    assert client.post("/login/code", data={"code": code}).status_code == 302
    assert client.get("/account").status_code == 200
    client.post("/logout")
    sign_in(client)
    assert client.post("/login/code", data={"code": code}).status_code == 400


def test_a_privileged_role_without_second_factor_is_sent_to_set_it_up(session: Any, app: Any, as_user: Any) -> None:
    app.config["TOTP_REQUIRED"] = True
    try:
        client = as_user("finance")
        assert client.get("/account").status_code == 200
        refused = client.get("/account/choose")
        assert refused.status_code == 200
        assert client.actor.needs_second_factor
    finally:
        del app.config["TOTP_REQUIRED"]


def test_one_acts_only_for_ones_own_organisations(session: Any, as_user: Any) -> None:
    mine, stranger = as_user("owner"), as_user("owner")

    assert mine.post("/account/switch", data={"membership": stranger.actor.membership_id}).status_code == 404
    assert mine.post("/account/switch", data={"membership": mine.actor.membership_id}).status_code == 302
    assert mine.post("/account/switch", data={"membership": ""}).status_code == 302
    assert mine.get("/account/members").status_code == 403  # as a person alone


def test_an_owner_adds_and_removes_members_but_stays_the_last_owner(session: Any, as_user: Any) -> None:
    owner = as_user("owner")
    colleague = make("13900139001")
    unknown = owner.post("/account/members", data={"mobile": "13700000000", "role": "operator"})
    added = owner.post("/account/members", data={"mobile": "13900139001", "role": "operator"})
    crowned = owner.post("/account/members", data={"mobile": "13900139001", "role": "finance"})

    assert (unknown.status_code, added.status_code) == (422, 302)
    assert "还没有注册" in unknown.get_data(as_text=True)
    assert crowned.status_code == 200  # an office role cannot be given by an enterprise
    assert [m[2] for m in _members(owner.actor.organisation_id) if m[0] == colleague.id] == ["operator"]
    page = owner.get("/account/members").get_data(as_text=True)
    assert "示例人员" in page


def _members(organisation_id: int) -> list[tuple[int, str, str]]:
    from core.account.queries import members_of

    return members_of(organisation_id)


def test_the_last_owner_cannot_be_removed(session: Any, as_user: Any) -> None:
    from core.errors import Conflict

    owner = as_user("owner")
    with pytest.raises(Conflict, match="最后一名负责人"):
        service.end_member(owner.actor.membership_id, owner.actor)


def test_another_organisations_member_is_not_found(session: Any, as_user: Any) -> None:
    from core.account.models import Membership

    owner, other = as_user("owner"), as_user("owner")
    row = session.get(Membership, other.actor.membership_id)
    assert owner.post(f"/account/members/{row.public_id}/end").status_code == 404
    assert row.until_on is None
