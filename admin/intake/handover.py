"""A prepared application is offered to its contact person by a link, and taken over by the account of that number, once (B10)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from admin.enterprise import service as entry
from admin.enterprise.models import Application
from admin.intake.errors import OfferGone
from admin.intake.models import PreparedRow
from admin.intake.rules import IMPORT
from core import clock, identifiers
from core.account.actor import Actor
from core.account.queries import user_by_name
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied
from core.identifiers import mask_mobile
from core.notice.service import deliver
from core.record.service import record
from core.seal.service import keyed_hash

LIFE = timedelta(days=30)


def _digest(token: str) -> str:
    return keyed_hash("intake", token[:100].encode()).hex()


def offer(row: PreparedRow, actor: Actor) -> str:
    """A new link (kept as a digest) is on its way to the contact's number; an older one ends.  Returns its path, told once."""
    _waiting(row)
    token = secrets.token_urlsafe(24)
    row.token_digest, row.offered_until = _digest(token), clock.now() + LIFE
    path = f"/entry/take/{token}"
    link = current_app.config["SETTINGS"].link_origin + path
    deliver(
        "sms", row.contact_mobile, "入驻申请已预填",
        f"e镇办公室为{row.name}预填了入驻申请，{LIFE.days} 天内打开 {link} 接手办理。不是这家单位的，请不要理会。",
    )  # fmt: skip
    record("intake.offered", row, actor)
    db.session.flush()
    return path


def offer_again(row: PreparedRow, actor: Actor) -> str:
    """As ``offer``, by a clerk, under the row's lock."""
    if not actor.can(IMPORT):
        raise Denied("链接由e镇办经办人发出。", help="请换一个身份办理。")
    lock(row)
    return offer(row, actor)


def close(row: PreparedRow, reason: str, actor: Actor) -> None:
    """Afterwards the prepared application is given up; its code may be imported or applied for again."""
    if not actor.can(IMPORT):
        raise Denied("预填的申请由e镇办经办人收回。", help="请换一个身份办理。")
    lock(row)
    _waiting(row)
    why = identifiers.normalise_text(reason)
    if not why or len(why) > 120:
        raise BadInput("写明收回的原因，最多 120 字。", code="intake.close_reason", field="reason")
    row.closed_at, row.closed_why, row.token_digest = clock.now(), why, ""
    record("intake.closed", row, actor, reason=why)


def _waiting(row: PreparedRow) -> None:
    if row.kind != "enterprise" or row.application_id is not None or row.closed_at is not None:
        raise Conflict("这份预填的申请已经被接手或收回。", code="intake.not_waiting", help="刷新页面再看。")


def find(token: str, *, locked: bool = False) -> PreparedRow:
    """The prepared application behind a link that still holds; OfferGone otherwise."""
    row = db.session.scalar(select(PreparedRow).where(PreparedRow.token_digest == _digest(token)))
    if row is not None and locked:
        lock(row)
    if row is None or row.application_id is not None or row.closed_at is not None:
        raise OfferGone()
    if row.offered_until is None or row.offered_until <= clock.now():
        raise OfferGone()
    return row


def take(token: str, actor: Actor) -> Application:
    """Afterwards a draft application of the signed-in person holds what the office had typed; the link works no longer.

    For the account of the contact's mobile number only.  Picture, conditions and sending are the applicant's; screening and
    decision stay as they are (B10).
    """
    row = find(token, locked=True)
    user = user_by_name(row.contact_mobile)
    if user is None or actor.user_id is None or user.id != actor.user_id:
        raise Denied(
            f"这份申请发给 {mask_mobile(row.contact_mobile)}，你登录的是另一个号码。", code="intake.other_number",
            help="退出后用收到链接的号码登录；换了号码的，请e镇办公室改了再发。",
        )  # fmt: skip
    application = entry.open_application("enterprise", actor)
    entry.fill_in(
        application, actor, name=row.name, code=row.code, town=row.town, address=row.address, business=row.business,
        contact_name=row.contact_name, contact_mobile=row.contact_mobile, licence_until=row.licence_until,
    )  # fmt: skip
    row.application_id, row.taken_at, row.token_digest = application.id, clock.now(), ""
    record("intake.taken", row, actor, case_no=application.case_no)
    return application
