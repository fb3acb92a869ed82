"""Hand queued mail and SMS to the gateways; blank old texts."""

from __future__ import annotations

import json
import smtplib
import urllib.request
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from core import clock
from core.db import db, unit_of_work
from core.job.service import loop, task
from core.notice import service
from core.notice.models import Outgoing

MAX_TRIES = 5


@loop("notice.outgoing", 5, own_unit=True)
def hand_over(limit: int = 20) -> int:
    """Sends what is queued, one by one, outside any unit of work; a failure is kept and tried again, five times."""
    with unit_of_work():
        waiting = db.session.scalars(
            select(Outgoing).where(Outgoing.status == "queued").order_by(Outgoing.id).limit(limit)
        )
        letters = [(row.id, row.channel, row.address, row.subject, row.text) for row in waiting]
    for row_id, channel, address, subject, text in letters:
        failure = _try(channel, address, subject, text)
        with unit_of_work():
            row = db.session.get(Outgoing, row_id, with_for_update=True)
            assert row is not None
            row.tries += 1
            row.failure = failure
            if not failure:
                row.status, row.sent_at = "sent", clock.now()
            elif row.tries >= MAX_TRIES:
                row.status = "failed"
    return 0


def _try(channel: str, address: str, subject: str, text: str) -> str:
    settings: Any = current_app.config["SETTINGS"]
    try:
        if channel == "mail":
            _mail(settings.mail_url, address, subject, text)
        else:
            _sms(settings.sms_url, address, text)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return type(error).__name__
    return ""


def _mail(url: str, address: str, subject: str, text: str) -> None:
    parts = urlsplit(url)  # smtp://user:password@host:port?from=name@domain, or smtps://
    letter = EmailMessage()
    letter["From"] = parse_qs(parts.query).get("from", [f"noreply@{parts.hostname}"])[0]
    letter["To"], letter["Subject"] = address, subject
    letter.set_content(text)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "", parts.port or 0, timeout=10) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)


def _sms(url: str, address: str, text: str) -> None:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("an SMS gateway is an http address")
    body = json.dumps({"to": address, "text": text}).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 - scheme checked
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - scheme checked
        pass


@task("notice.forget", cron="17 19 * * *")
def forget(**_: Any) -> None:
    """Blank the texts of outgoing mail older than a day."""
    service.forget_outgoing(clock.now())
