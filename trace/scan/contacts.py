"""Visitors who want to be told of a recall: one purpose, sealed, deleted on its day, taken back at any time.  Never commits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from core.errors import BadInput, NotFound
from core.identifiers import check_mobile
from core.notice.service import deliver
from core.seal import service as seal
from trace.lot.models import Lot
from trace.scan.models import CONTACT_SEALED, Contact

RECALL = "recall"
WORDS_VERSION = 1  # of the consent text on the page; count up when the words change
AFTER_BEST_BEFORE, WITHOUT_DATE = timedelta(days=60), timedelta(days=365)


def leave(lot_id: int, mobile: str, *, agreed: bool) -> Contact:
    """Afterwards the number is kept sealed for one purpose: telling of a recall of this lot.  Twice is once."""
    if not agreed:
        raise BadInput("请先勾选同意，才能留号码。", code="scan.no_consent", field="agreed")
    number = check_mobile(mobile)
    lot, today = db.session.get(Lot, lot_id), clock.today()
    if lot is None:
        raise NotFound("没有找到这一批。", code="scan.contact_lot", help="请从扫码页重新进入。")
    kept_until = lot.best_before + AFTER_BEST_BEFORE if lot.best_before else lot.made_on + WITHOUT_DATE
    public_id = uuid.uuid4()
    sealed = seal.seal(number.encode(), table=CONTACT_SEALED.table, row=public_id, purpose=CONTACT_SEALED.purpose)
    fingerprint = seal.keyed_hash("scan-contact", f"{lot_id}/{number}".encode())
    db.session.execute(
        insert(Contact)
        .values(
            public_id=public_id, lot_id=lot_id, purpose=RECALL, sealed_contact=sealed, contact_hash=fingerprint,
            consented_at=clock.now(), words_version=WORDS_VERSION, delete_on=max(kept_until, today + timedelta(days=30)),
        )
        .on_conflict_do_nothing(index_elements=["lot_id", "purpose", "contact_hash"])
    )  # fmt: skip
    return db.session.scalars(
        select(Contact).where(Contact.lot_id == lot_id, Contact.purpose == RECALL, Contact.contact_hash == fingerprint)
    ).one()


def take_back(public_id: uuid.UUID) -> None:
    """Afterwards the number is gone; a second time changes nothing."""
    db.session.execute(delete(Contact).where(Contact.public_id == public_id))


def left_for(lot_ids: Sequence[int]) -> int:
    """How many visitors of these lots wait to be told."""
    return int(
        db.session.scalar(
            select(func.count(Contact.id)).where(Contact.lot_id.in_(list(lot_ids)), Contact.told_at.is_(None))
        )
        or 0
    )


def tell_of_recall(lot_ids: Sequence[int], subject: str, text: str) -> int:
    """Afterwards a message to every visitor of these lots is queued, each once; returns how many (for the recall room)."""
    rows = db.session.scalars(
        select(Contact)
        .where(Contact.lot_id.in_(list(lot_ids)), Contact.purpose == RECALL, Contact.told_at.is_(None))
        .order_by(Contact.id)
        .with_for_update()
    ).all()
    told: set[str] = set()
    for row in rows:
        number = seal.unseal(
            row.sealed_contact, table=CONTACT_SEALED.table, row=row.public_id, purpose=CONTACT_SEALED.purpose
        ).decode()
        if number not in told:
            deliver("sms", number, subject, text)
            told.add(number)
        row.told_at = clock.now()
    return len(told)


def forget(today: date) -> int:
    """Numbers whose day has come are deleted; returns how many."""
    gone = db.session.execute(delete(Contact).where(Contact.delete_on < today))
    return int(gone.rowcount)  # type: ignore[attr-defined]
