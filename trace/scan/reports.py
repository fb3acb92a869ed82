"""Reports from the code page become cases of the office; the sender asks on with a receipt number and a secret.  Never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from core import clock
from core.account.actor import GUEST, Actor
from core.calendar.queries import deadline_of
from core.db import db
from core.errors import BadInput, DomainError, NotFound, TooLarge
from core.file.service import store
from core.identifiers import normalise_text
from core.notice import rules as notice_rules
from core.notice.queries import find_case
from core.notice.service import open_case
from core.organisation.queries import desk_id
from core.seal import receipts
from trace.lot.models import Lot
from trace.scan import addresses, resolve
from trace.scan.models import Report
from trace.scan.resolve import Target

KINDS = {
    "fake": "怀疑是冒牌货",
    "code": "编号查不到，或怀疑标签被冒用",
    "complaint": "货不对板、变质或有异物",
    "record": "记录内容不属实",
}
_CASE_KIND = {"fake": "code", "code": "code"}
MAX_PHOTO = 10 * 1024 * 1024
RECEIPT = "scan-report"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody reports: about which address, what kind, their words, and what they may add."""

    path: str
    kind: str
    words: str
    contact: str = ""
    bought_at: str = ""
    photo: bytes = b""


def report(given: Given, actor: Actor = GUEST) -> receipts.Receipt:
    """Afterwards a case about this code lies in the office's inbox, with the photo without its place and camera data."""
    if given.kind not in KINDS:
        raise BadInput("请选一种情况。", code="scan.report_kind", field="kind")
    target = target_of(given.path)
    lot = db.session.get(Lot, target.lot_id) if target is not None and target.lot_id is not None else None
    about = f"批次 {lot.lot_no}" if lot is not None else given.path[:60] or "没有编号"
    bought = normalise_text(given.bought_at)[:100]
    photo = _photo(given.photo, actor) if given.photo else None
    number = open_case(
        _CASE_KIND.get(given.kind, "complaint"),
        f"{KINDS[given.kind]}（{about}）"[:80],
        given.words + (f"\n购买地点：{bought}" if bought else ""),
        given.contact,
        photo,
        link="/scan" + given.path if addresses.is_code_path(given.path) else "",
        organisation_id=lot.organisation_id if lot is not None else None,
        actor=actor,
    )
    receipt, kept = receipts.issue(RECEIPT, number)
    db.session.add(
        Report(
            receipt_no=number, secret_hash=kept, kind=given.kind, bought_at=bought,
            item_id=target.item_id if target else None, lot_id=lot.id if lot else None,
            unit=target.unit if target else None, reported_at=clock.now(),
        )
    )  # fmt: skip
    return receipt


def target_of(path: str) -> Target | None:
    """What a code address names, or None where it is none."""
    if not addresses.is_code_path(path):
        return None
    try:
        return resolve.resolve(addresses.parse(path))
    except BadInput:
        return None


def _photo(data: bytes, actor: Actor) -> int:
    if len(data) > MAX_PHOTO:
        raise TooLarge(
            "照片超过 10 MB。", code="scan.photo_too_large", field="photo", help="用手机相册的“大”尺寸再传。"
        )
    try:
        return store(data, "照片", kind="picture", owner_organisation_id=desk_id("office"), actor=actor).id
    except DomainError as wrong:  # the form says it beside the field, whatever the file room's status is
        raise BadInput(wrong.message, code=wrong.code, field="photo", help=wrong.help) from wrong


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a report is, for the person who sent it."""

    receipt_no: str
    subject: str
    state: str
    state_label: str
    tone: str
    opened_at: datetime
    due_on: date | None
    answer: str


def progress(receipt_no: str, secret: str) -> Progress:
    """How far the report is; NotFound unless the secret is the one given out with this number."""
    number = receipts.printed(receipt_no)
    row = db.session.scalar(select(Report).where(Report.receipt_no == number))
    case = find_case(number) if receipts.opens(RECEIPT, number, secret, row.secret_hash if row else None) else None
    if case is None:
        raise NotFound("没有找到这件事。", code="scan.report_not_found", help="核对回执号和查询码，一个字符也不能错。")
    deadline, state = deadline_of(case, notice_rules.DEADLINE), notice_rules.CASE.state(case.state)
    return Progress(
        case.receipt_no, case.subject, case.state, state.label, state.tone, case.opened_at,
        deadline.date if deadline else None, case.answer,
    )  # fmt: skip
