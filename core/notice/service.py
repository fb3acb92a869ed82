"""Messages are sent, mail and SMS queued, cases opened and answered; everything in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select, update

from core import clock, identifiers, numbers
from core.account.actor import GUEST, Actor
from core.account.models import User
from core.calendar.service import set_deadline
from core.db import db
from core.errors import BadInput, NotFound, RuleBroken
from core.notice import queries, rules
from core.notice.models import Case, Message, Outgoing
from core.organisation.queries import desk_id
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move


def tell_of_value(*, title: str, body: str, link: str, to_user_id: int | None) -> None:
    """Afterwards the person, or the office where nobody is named, finds in the inbox what became of a proposed value."""
    if to_user_id is None:
        send_to_desk("office", title=title, body=body, link=link)
    else:
        send(title=title, body=body, link=link, to_user_id=to_user_id)


def send(
    *,
    title: str,
    body: str = "",
    link: str = "",
    to_organisation_id: int | None = None,
    to_user_id: int | None = None,
) -> Message:
    """Afterwards the message stands unread in the inbox of the organisation or of the user (exactly one of them)."""
    if (to_organisation_id is None) == (to_user_id is None):
        raise ValueError("a message has one addressee: an organisation or a user")
    if link and not link.startswith("/"):
        raise ValueError("a message links inside the platform only")
    message = Message(organisation_id=to_organisation_id, user_id=to_user_id, title=title, body=body, link=link)
    db.session.add(message)
    return message


def send_to_desk(kind: str, *, title: str, body: str = "", link: str = "") -> Message | None:
    """Afterwards the town's office, brand office or platform has the message; None where there is no such body yet."""
    organisation_id = desk_id(kind)
    return send(title=title, body=body, link=link, to_organisation_id=organisation_id) if organisation_id else None


def send_private(*, to_user_id: int, title: str, body: str) -> Outgoing:
    """Afterwards the text is on its way to the person's own phone or mail box, never into a shared inbox."""
    user = db.session.get(User, to_user_id)
    if user is None:
        raise LookupError(f"no user {to_user_id}")
    if user.mobile and (not user.email or current_app.config["SETTINGS"].sms_url):
        return deliver("sms", user.mobile, title, body)
    return deliver("mail", user.email or user.login_name or "", title, body)


def deliver(channel: str, address: str, subject: str, text: str) -> Outgoing:
    """Afterwards the text is queued for the gateway, or shown to the administrator where none is set."""
    settings = current_app.config["SETTINGS"]
    gateway = settings.sms_url if channel == "sms" else settings.mail_url
    row = Outgoing(
        channel=channel, address=address, subject=subject, text=text, status="queued" if gateway else "shown"
    )
    db.session.add(row)
    return row


def forget_outgoing(now: datetime) -> int:
    """Texts older than a day are blanked (they may hold one-time codes); returns how many."""
    old = update(Outgoing).where(Outgoing.created_at < now - timedelta(days=1), Outgoing.text != "").values(text="")
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]


def mark_read(public_id: UUID, actor: Actor) -> Message:
    """Afterwards the message is read, by whom and when is kept; another inbox's message is NotFound."""
    message = queries.message_for(public_id, actor)
    if message.read_at is None:
        message.read_at, message.read_by_id = clock.now(), actor.user_id
    return message


def mark_all_read(actor: Actor) -> int:
    """Afterwards nothing in the actor's inbox is unread; returns how many were."""
    unread = list(db.session.scalars(queries.inbox(actor).where(Message.read_at.is_(None))))
    for message in unread:
        message.read_at, message.read_by_id = clock.now(), actor.user_id
    return len(unread)


def open_case(
    kind: str,
    subject: str,
    text: str,
    contact: str = "",
    photo_file_id: int | None = None,
    *,
    link: str = "",
    organisation_id: int | None = None,
    actor: Actor = GUEST,
) -> str:
    """Afterwards the case lies on its desk with a gap-free receipt number (returned) and a deadline in working days.

    ``link`` is the page it is about, ``organisation_id`` the organisation it is about; neither is told to it.
    """
    if kind not in rules.CASE_KINDS:
        raise BadInput("请选一种类别。", code="case.kind", field="kind")
    values = _case_texts(subject, text, contact)
    now = clock.now()
    year = clock.local(now).year
    case = Case(
        receipt_no=f"LJ-{year}-{numbers.gap_free('case', year):05d}",
        kind=kind,
        desk=rules.desk_of(kind),
        photo_file_id=photo_file_id,
        link=link if link.startswith("/") else "",
        organisation_id=organisation_id,
        opened_at=now,
        **values,
    )
    db.session.add(case)
    db.session.flush()  # the receipt number goes out with the answer
    today = clock.local(now).date()
    set_deadline(case, rules.DEADLINE, today, queries.answer_days(today))
    record("case.opened", case, actor, kind=kind, receipt_no=case.receipt_no)
    send_to_desk(
        case.desk,
        title=f"新来件 {case.receipt_no}：{case.subject}",
        body=case.text[:120],
        link=f"/cases/{case.public_id}",
    )
    return case.receipt_no


def _case_texts(subject: str, text: str, contact: str) -> dict[str, str]:
    found = {
        "subject": (identifiers.normalise_text(subject), rules.SUBJECT_LIMIT, "标题"),
        "text": (identifiers.normalise_text(text, multiline=True), rules.TEXT_LIMIT, "内容"),
        "contact": (identifiers.normalise_text(contact), rules.CONTACT_LIMIT, "联系方式"),
    }
    for field, (value, limit, label) in found.items():
        if len(value) > limit:
            raise BadInput(f"{label}最多 {limit} 字，现在是 {len(value)} 字。", code="input.too_long", field=field)
        if field != "contact" and not value:
            raise BadInput(f"还没有填{label}。", code="input.missing", field=field)
        if identifiers.looks_like_resident_id(value):
            raise BadInput("这里像是有身份证号，平台不收集，请删去。", code="input.resident_id", field=field)
    return {field: value for field, (value, _, _) in found.items()}


def case_facts(case: Case, _move: Move, actor: Actor, _now: datetime, _payload: Mapping[str, Any]) -> rules.CaseFacts:
    """What the guards of a case decide on."""
    return rules.CaseFacts(at_desk=rules.handles(actor, case.desk), desk=case.desk)


def move_case(public_id: UUID, move: str, actor: Actor, *, reason: str = "") -> Case:
    """Fire a move of a case; an answer of the wrong length is refused before."""
    case = queries.case_for(public_id, actor)
    if move == "answer":
        reason = identifiers.normalise_text(reason, multiline=True)
        if unmet := rules.answer_faults(reason):
            raise RuleBroken(unmet=unmet, field="reason")
    fire(rules.CASE, case, move, actor, reason=reason)
    return case


def on_answered(case: Case, ctx: MoveContext) -> None:
    """Effect of ``answer``: the answer stands on the case and is sent where the contact is a phone number."""
    case.answer, case.answered_at = ctx.reason.strip(), ctx.now
    try:
        mobile = identifiers.check_mobile(case.contact)
    except BadInput:
        return
    deliver("sms", mobile, f"来件 {case.receipt_no} 已答复", case.answer)


def find_by_receipt(receipt_no: str, contact_tail: str) -> Case:
    """The case of a receipt number for the person who sent it: the last four characters of the contact must fit."""
    number = identifiers.normalise_code(receipt_no)
    wanted = next(
        (c for c in db.session.scalars(select(Case).where(Case.receipt_no == _dashed(number)))),
        None,
    )
    tail = identifiers.normalise_code(contact_tail)
    kept = identifiers.normalise_code(wanted.contact) if wanted is not None else ""
    if wanted is None or len(tail) != 4 or not kept.endswith(tail):
        raise NotFound(
            "没有找到这件事。",
            help="核对回执号，以及当时留下的联系方式的后四位；没有留联系方式的，请带回执号到e镇办公室查询。",
        )
    return wanted


def _dashed(number: str) -> str:
    return f"{number[:2]}-{number[2:6]}-{number[6:]}"
