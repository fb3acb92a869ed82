"""Use cases of accounts: create users, sign in, second factor, memberships, password reset."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from sqlalchemy import func, or_, select, update

from core import clock
from core.account import rules
from core.account.actor import SYSTEM, Actor
from core.account.errors import NameTaken, TooManyTries, WrongCode, WrongSignIn
from core.account.models import KnownDevice, LoginAttempt, Membership, OneTimeCode, User
from core.account.permissions import ROLES
from core.db import db, lock, separate_unit
from core.errors import BadInput, Conflict, NotFound, RuleBroken
from core.identifiers import check_mobile, normalise_text
from core.organisation.models import Organisation
from core.record.service import record

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _hasher.hash("a password nobody has: keeps the time of a miss equal to that of a hit")


class SignedIn:
    """The user as Flask-Login sees it; the id carries the session epoch, so a password change ends old sessions."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.epoch = user.session_epoch
        self.display_name = user.display_name

    def get_id(self) -> str:
        return f"{self.id}:{self.epoch}"


def user_of_session(session_id: str) -> SignedIn | None:
    """The user a session cookie names, or None when the session was ended."""
    user_id, _, epoch = session_id.partition(":")
    if not (user_id.isdigit() and epoch.isdigit()):
        return None
    user = db.session.get(User, int(user_id))
    if user is None or user.disabled_at is not None or user.session_epoch != int(epoch):
        return None
    return SignedIn(user)


def digest(kind: str, value: str) -> str:
    """A keyed digest, so that names and addresses of failed sign-ins are not stored in clear."""
    key = current_app.config["SETTINGS"].secret_key.encode()
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def create_user(
    *,
    password: str,
    mobile: str | None = None,
    login_name: str | None = None,
    display_name: str = "",
    email: str = "",
    actor: Actor = SYSTEM,
) -> User:
    """A new user with a hashed password; raises ``RuleBroken`` with every password fault, ``NameTaken``."""
    mobile = check_mobile(mobile) if mobile else None
    login_name = normalise_text(login_name).casefold() if login_name else None
    if mobile is None and login_name is None:
        raise BadInput("请填写手机号。", code="account.mobile_missing", field="mobile", help="手机号就是登录名。")
    faults = rules.password_faults(password, mobile=mobile or "", login_name=login_name or "")
    if faults:
        raise RuleBroken(unmet=faults, field="password")
    same = [User.mobile == mobile] if mobile else []
    same += [User.login_name == login_name] if login_name else []
    clash = select(User.id).where(or_(*same))
    if db.session.scalar(clash) is not None:
        raise NameTaken(
            "这个手机号已经注册过。" if mobile else "这个登录名已有人用。",
            field="mobile" if mobile else "login_name",
            help="直接登录；忘了密码可以找回。",
        )
    user = User(
        mobile=mobile,
        login_name=login_name,
        display_name=normalise_text(display_name),
        email=email.strip(),
        password_hash=_hasher.hash(password),
    )
    db.session.add(user)
    db.session.flush()  # the id is needed for the audit row
    record("account.user.created", user, actor)
    return user


def authenticate(name: str, password: str, *, address: str, device: str) -> User:
    """The user of this name and password; every try is counted in a unit of its own.

    Raises ``WrongSignIn`` (same words for an unknown name) and ``TooManyTries``.  Limits count strangers' devices
    apart from devices the user signed in from before, so nobody can lock another person out.
    """
    key = _sign_in_key(name)
    user = db.session.scalar(select(User).where(or_(User.mobile == key, User.login_name == key)))
    name_digest, address_digest, device_digest = (
        digest("name", key),
        digest("address", address),
        digest("device", device),
    )
    if rules.locked_out(_failures(user, name_digest, address_digest, device_digest)):
        raise TooManyTries(
            "试错太多次，请过 15 分钟再试。",
            help="忘了密码可以现在就找回；你常用的手机不受别人试错影响。",
            retry_after=900,
        )
    ok = _password_matches(user, password)
    with separate_unit() as unit:
        unit.add(
            LoginAttempt(
                at=clock.now(),
                kind="password",
                name_digest=name_digest,
                address_digest=address_digest,
                device_digest=device_digest,
                succeeded=ok,
            )
        )
    if not ok or user is None:
        raise WrongSignIn("登录名或密码不对。", field="password", help="再核对一次；忘了密码可以找回。")
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    return user


def _sign_in_key(name: str) -> str:
    text = normalise_text(name).replace(" ", "")
    try:
        return check_mobile(text)
    except BadInput:
        return text.casefold()[:100]


def _password_matches(user: User | None, password: str) -> bool:
    stored = user.password_hash if user is not None and user.disabled_at is None and user.password_hash else _NOBODY
    try:
        _hasher.verify(stored, password[:1000])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not _NOBODY


def _failures(user: User | None, name: str, address: str, device: str) -> rules.Failures:
    since = clock.now() - rules.WINDOW
    failed = select(func.count()).select_from(LoginAttempt).where(LoginAttempt.at > since, ~LoginAttempt.succeeded)
    known = user is not None and (
        db.session.scalar(
            select(KnownDevice.id).where(KnownDevice.user_id == user.id, KnownDevice.device_digest == device)
        )
        is not None
    )
    return rules.Failures(
        name_unknown_device=db.session.scalar(failed.where(LoginAttempt.name_digest == name)) or 0,
        name_this_device=db.session.scalar(
            failed.where(LoginAttempt.name_digest == name, LoginAttempt.device_digest == device)
        )
        or 0,
        address=db.session.scalar(failed.where(LoginAttempt.address_digest == address)) or 0,
        device_known=known,
    )


def confirm_password(user_id: int, password: str) -> bool:
    """Whether this is the user's password: asked again before what cannot be undone."""
    return _password_matches(db.session.get(User, user_id), password)


def signed_in(user: User, device: str) -> None:
    """Note the sign-in and remember the device."""
    now, device_digest = clock.now(), digest("device", device)
    user.last_login_at = now
    known = db.session.scalar(
        select(KnownDevice).where(KnownDevice.user_id == user.id, KnownDevice.device_digest == device_digest)
    )
    if known is None:
        db.session.add(KnownDevice(user_id=user.id, device_digest=device_digest, last_seen_at=now))
    else:
        known.last_seen_at = now
    record("account.user.signed_in", user, Actor(user_id=user.id, role="person"))


def add_member(
    user_id: int, organisation_id: int, role: str, actor: Actor, *, from_on: date | None = None
) -> Membership:
    """The user holds ``role`` in the organisation from ``from_on`` (today); an existing live membership is returned."""
    if role not in ROLES:
        raise BadInput("没有这个岗位。", code="account.role_unknown", field="role")
    live = db.session.scalar(
        select(Membership).where(
            Membership.user_id == user_id,
            Membership.organisation_id == organisation_id,
            Membership.role == role,
            Membership.until_on.is_(None),
        )
    )
    if live is not None:
        return live
    row = Membership(user_id=user_id, organisation_id=organisation_id, role=role, from_on=from_on or clock.today())
    db.session.add(row)
    db.session.flush()  # the id is needed for the audit row
    record("account.membership.added", row, actor, role=role)
    return row


def end_member(membership_id: int, actor: Actor, *, until_on: date | None = None) -> None:
    """The membership ends now, in this transaction; the last owner of an organisation stays (two at once: one of them)."""
    row = db.session.get(Membership, membership_id)
    if row is None:
        raise NotFound("没有找到这名成员。", help="刷新名单再看。")
    db.session.execute(select(Organisation.id).where(Organisation.id == row.organisation_id).with_for_update())
    lock(row)
    if row.until_on is not None:
        raise NotFound("没有找到这名成员。", help="刷新名单再看。")
    if row.role == "owner":
        others = db.session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(
                Membership.organisation_id == row.organisation_id,
                Membership.role == "owner",
                Membership.until_on.is_(None),
                Membership.user_id != row.user_id,
            )
        )
        if not others:
            raise Conflict("这是最后一名负责人，不能移除。", code="account.last_owner", help="先添加另一名负责人。")
    row.until_on, row.ended_at = until_on or max(row.from_on, clock.today()), clock.now()
    record("account.membership.ended", row, actor)


def set_password(user: User, password: str, actor: Actor) -> None:
    """The password is changed and every session of the user ends."""
    faults = rules.password_faults(password, mobile=user.mobile or "", login_name=user.login_name or "")
    if faults:
        raise RuleBroken(unmet=faults, field="password")
    user.password_hash = _hasher.hash(password)
    user.session_epoch += 1
    record("account.user.password_changed", user, actor)


def issue_code(user: User, purpose: str, actor: Actor) -> str:
    """A six-digit one-time code, valid 15 minutes; earlier unused codes of that purpose end.  Returned once, stored hashed."""
    now = clock.now()
    db.session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.user_id == user.id, OneTimeCode.purpose == purpose, OneTimeCode.used_at.is_(None))
        .values(used_at=now)
    )
    code = f"{secrets.randbelow(10**6):06d}"
    db.session.add(
        OneTimeCode(
            user_id=user.id,
            purpose=purpose,
            code_hash=digest(f"code:{user.id}:{purpose}", code),
            made_at=now,
            expires_at=now + rules.CODE_LIFE,
            issued_by=actor.user_id,
        )
    )
    record("account.code.issued", user, actor, purpose=purpose)
    return code


def redeem_code(name: str, purpose: str, code: str) -> User:
    """The user of the name, when the code is right, fresh and unused; a wrong try is counted and survives the refusal."""
    key = _sign_in_key(name)
    user = db.session.scalar(select(User).where(or_(User.mobile == key, User.login_name == key)))
    refused = WrongCode("验证码不对，或者已经过期。", field="code", help="再核对一次；超过 15 分钟请重新获取。")
    if user is None:
        raise refused
    with separate_unit() as unit:
        row = unit.scalar(
            select(OneTimeCode)
            .where(OneTimeCode.user_id == user.id, OneTimeCode.purpose == purpose, OneTimeCode.used_at.is_(None))
            .order_by(OneTimeCode.id.desc())
            .limit(1)
            .with_for_update()
        )
        right = row is not None and _code_fits(row, user.id, purpose, code)
        if row is not None and right:
            row.used_at = clock.now()
        elif row is not None:
            row.tries += 1
    if not right:
        raise refused
    return user


def _code_fits(row: OneTimeCode, user_id: int, purpose: str, code: str) -> bool:
    fresh = row.expires_at > clock.now() and row.tries < rules.CODE_TRIES
    return fresh and hmac.compare_digest(row.code_hash, digest(f"code:{user_id}:{purpose}", code.strip()))


def request_reset(name: str) -> None:
    """A reset code is sent to the user, if there is one; the answer never tells whether there is."""
    from core.notice.service import send_private

    key = _sign_in_key(name)
    user = db.session.scalar(select(User).where(or_(User.mobile == key, User.login_name == key)))
    if user is None or user.disabled_at is not None:
        return
    code = issue_code(user, "reset", SYSTEM)
    send_private(
        to_user_id=user.id,
        title="找回密码的验证码",
        body=f"你的验证码是 {code}，15 分钟内有效。不是你本人操作，请不要理会。",
    )


def totp_secret(user: User) -> str | None:
    """The user's second-factor secret, or None where none is set."""
    from core.seal.service import unseal

    if user.totp_sealed is None:
        return None
    return unseal(user.totp_sealed, table="core_account_user", row=user.public_id, purpose="totp").decode()


def set_totp(user: User, secret: str, code: str, actor: Actor) -> None:
    """The second factor is on, once the user proved it with a first right code."""
    from core.seal.service import seal

    if not pyotp.TOTP(secret).verify(code.strip(), for_time=clock.now(), valid_window=1):
        raise WrongCode("动态口令不对。", field="code", help="看一下手机时间是否准确，等下一个口令再输。")
    user.totp_sealed = seal(secret.encode(), table="core_account_user", row=user.public_id, purpose="totp")
    user.session_epoch += 1
    record("account.user.totp_set", user, actor)


def check_totp(user: User, code: str) -> None:
    """The code is right and was not used before (one step is accepted once); raises ``WrongCode``."""
    secret = totp_secret(user)
    step = _totp_step(secret, code, clock.now()) if secret else None
    if step is None or step <= user.totp_last_step:
        raise WrongCode("动态口令不对，或者刚刚用过。", field="code", help="等下一个口令再输。")
    user.totp_last_step = step


def _totp_step(secret: str, code: str, now: datetime) -> int | None:
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // 30
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.at(step * 30), code.strip()):
            return step
    return None
