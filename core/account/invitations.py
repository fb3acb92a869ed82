"""Invitations: a link to one phone or mail box that makes its reader a member, once, before it ends or is taken back."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import Select, select

from core import clock
from core.account import rules, service
from core.account.actor import Actor
from core.account.models import Invitation, Membership, User
from core.account.permissions import ROLES
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, NotFound
from core.identifiers import check_mobile, mask_mobile
from core.organisation.models import Organisation
from core.record.service import record

_MAIL = re.compile(r"[^@\s<>()\[\],;:\"\\]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,24}")


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as its reader sees it; ``address`` is masked."""

    id: int
    organisation_id: int
    organisation_name: str
    role: str
    channel: str
    address: str
    expires_at: datetime

    @property
    def role_label(self) -> str:
        return ROLES[self.role]


def check_address(typed: str) -> tuple[str, str]:
    """(channel, address) of a mobile number or a mail address; BadInput otherwise."""
    text = typed.strip()
    if "@" not in text:
        return "sms", check_mobile(text, "address")
    if len(text) > 120 or not _MAIL.fullmatch(text):
        raise BadInput("邮箱写得不完整。", code="input.mail", field="address", help="例如 name@example.cn。")
    return "mail", text.lower()


def invite(organisation_id: int, address: str, role: str, actor: Actor) -> tuple[Invitation, str]:
    """An open invitation and its address under ``/invite/`` (told once, kept as a digest); an older one to the same ends."""
    channel, where = check_address(address)
    if role not in ROLES:
        raise BadInput("没有这个岗位。", code="account.role_unknown", field="role")
    organisation = db.session.get(Organisation, organisation_id, with_for_update=True)  # two invitations: one stays
    if organisation is None or organisation.state != "active":
        raise NotFound("没有找到这个单位。", help="请从列表重新进入。")
    if channel == "sms" and _holds(where, organisation_id, role):
        raise Conflict("这个手机号已经是这个岗位的成员。", code="account.member_already", field="address")
    now = clock.now()
    for older in db.session.scalars(_open(organisation_id).where(Invitation.address == where, Invitation.role == role)):
        older.revoked_at = now
    db.session.flush()  # one open invitation to an address
    token = secrets.token_urlsafe(24)
    row = Invitation(
        organisation_id=organisation_id, role=role, channel=channel, address=where, token_digest=_digest(token),
        made_at=now, made_by_id=actor.user_id, expires_at=now + rules.INVITATION_LIFE,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("account.invitation.made", row, actor, role=role, channel=channel)
    path = f"/invite/{token}"
    _send(row, organisation.name, path)
    return row, path


def _send(row: Invitation, name: str, path: str) -> None:
    from core.notice.service import deliver

    link = current_app.config["SETTINGS"].link_origin + path
    days = rules.INVITATION_LIFE.days
    text = f"{name}邀请你作为{ROLES[row.role]}加入。{days} 天内打开 {link} 接受。不认识这个单位，请不要理会。"
    deliver(row.channel, row.address, f"{name}的邀请", text)


def revoke(public_id: uuid.UUID, actor: Actor) -> None:
    """The link works no longer; an invitation of another organisation is NotFound."""
    row = db.session.scalar(
        select(Invitation).where(Invitation.public_id == public_id, Invitation.organisation_id == actor.organisation_id)
    )
    if row is None:
        raise NotFound("没有找到这份邀请。", help="刷新页面再看。")
    lock(row)
    if row.accepted_at is not None:
        raise Conflict("这份邀请已经被接受。", code="account.invitation_accepted", help="要对方离开，请在名单里移除。")
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        record("account.invitation.revoked", row, actor)


def find_offer(token: str) -> Offer:
    """The open invitation behind a link; NotFound in the same words whether it was never there, used, ended or taken back."""
    return _offer(*_find(token))


def _find(token: str, *, locked: bool = False) -> tuple[Invitation, Organisation]:
    row = db.session.scalar(select(Invitation).where(Invitation.token_digest == _digest(token)))
    if row is not None and locked:
        lock(row)
    fits = row is not None and row.accepted_at is None and row.revoked_at is None and row.expires_at > clock.now()
    organisation = db.session.get(Organisation, row.organisation_id) if row is not None and fits else None
    if row is None or organisation is None or organisation.state != "active":
        raise NotFound("这份邀请不能用了：可能已经用过、过期或被收回。", help="请邀请你的人重新发一份。")
    return row, organisation


def accept(token: str, actor: Actor) -> Membership:
    """The signed-in person is a member; a link sent to a mobile number is for the account of that number only."""
    row, _ = _find(token, locked=True)
    user = db.session.get(User, actor.user_id) if actor.user_id is not None else None
    if user is None:
        raise Denied("先登录再接受邀请。")
    if row.channel == "sms" and user.mobile != row.address:
        raise Denied(
            f"这份邀请发给 {mask_mobile(row.address)}，你登录的是另一个号码。", code="account.invitation_other",
            help="退出后用收到邀请的号码登录；换了号码的，请对方重新邀请。",
        )  # fmt: skip
    return _take(row, user, actor)


def accept_as_new(token: str, *, display_name: str, password: str, mobile: str = "") -> tuple[User, Membership]:
    """An account is made and is a member: under the invited number, or under the one given where the link came by mail."""
    row, _ = _find(token, locked=True)
    number = row.address if row.channel == "sms" else mobile
    email = row.address if row.channel == "mail" else ""
    user = service.create_user(mobile=number, password=password, display_name=display_name, email=email)
    return user, _take(row, user, Actor(user_id=user.id, role="person"))


def _take(row: Invitation, user: User, actor: Actor) -> Membership:
    row.accepted_at, row.accepted_by_id = clock.now(), user.id
    if row.channel == "mail" and not user.email:
        user.email = row.address
    member = service.add_member(user.id, row.organisation_id, row.role, actor)
    record("account.invitation.accepted", row, actor, role=row.role)
    db.session.flush()
    return member


def has_account(token: str) -> bool:
    """Whether the invited mobile number has an account already (then its owner signs in instead of making one)."""
    row, _ = _find(token)
    query = select(User.id).where(User.mobile == row.address, User.disabled_at.is_(None))
    return row.channel == "sms" and db.session.scalar(query) is not None


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An open invitation in the inviter's list."""

    public_id: uuid.UUID
    role_label: str
    address: str
    expires_at: datetime
    expired: bool


def open_of(organisation_id: int) -> list[OpenInvitation]:
    """What the organisation sent and nobody has used yet, latest first."""
    now = clock.now()
    rows = db.session.scalars(_open(organisation_id).order_by(Invitation.id.desc()))
    return [
        OpenInvitation(r.public_id, ROLES[r.role], r.address if r.channel == "mail" else mask_mobile(r.address), r.expires_at, r.expires_at <= now)
        for r in rows
    ]  # fmt: skip


def _open(organisation_id: int) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.organisation_id == organisation_id, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)
    )


def _holds(mobile: str, organisation_id: int, role: str) -> bool:
    query = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.mobile == mobile,
            Membership.organisation_id == organisation_id,
            Membership.role == role,
            Membership.until_on.is_(None),
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def _offer(row: Invitation, organisation: Organisation) -> Offer:
    shown = mask_mobile(row.address) if row.channel == "sms" else row.address
    return Offer(row.id, organisation.id, organisation.name, row.role, row.channel, shown, row.expires_at)


def _digest(token: str) -> str:
    return service.digest("invitation", token[:100])
