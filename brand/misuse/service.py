"""Reports come in, cases are opened, parties told and heard, decisions act.  Never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update

from brand.certificate.rules import MISUSE
from brand.licence import queries as licences
from brand.licence.models import Licence
from brand.misuse import evidence, queries, rules
from brand.misuse.errors import CaseNotFound
from brand.misuse.models import MisuseCase, MisuseEvidence, MisuseReport
from core import clock, numbers
from core.account.actor import GUEST, SYSTEM, Actor
from core.calendar.queries import deadline_of
from core.calendar.service import set_deadline
from core.db import db, lock
from core.errors import BadInput, DomainError, NotFound, TooLarge, TooMany
from core.file.service import store
from core.identifiers import looks_like_resident_id, normalise_code, normalise_text
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.record.service import record
from core.seal import receipts
from core.seal import service as seal
from core.workflow.engine import fire
from core.workflow.table import Move

RECEIPT = "misuse-report"
MAX_PHOTO = 10 * 1024 * 1024
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody reports: which mark, what they saw, where, a link, how to reach them, a photo."""

    mark: str
    words: str
    place: str = ""
    link: str = ""
    contact: str = ""
    photo: bytes = b""


# --- what the public sends in -----------------------------------------------------------------------------------------


def report(given: Given, address: str, actor: Actor = GUEST) -> receipts.Receipt:
    """A case with the report and its photo lies with the brand office; TooMany above five an hour from one address."""
    if given.mark not in rules.MARKS:
        raise BadInput("请选是哪一种标志。", code="misuse.mark", field="mark")
    words = _said(given.words, "words", 1000, multiline=True)
    if not words:
        raise BadInput("还没有写看到了什么。", code="misuse.words", field="words")
    if not (given.place.strip() or given.link.strip()):
        raise BadInput("写明在哪里看到的，或者贴上网址。", code="misuse.where", field="place")
    now = clock.now()
    sender = seal.device_hash(address, "misuse", clock.local(now).date())[:16]
    _refuse_flood(sender, now)
    case = open_case(
        actor, source="report", mark=given.mark, title=f"{rules.MARKS[given.mark]}：消费者举报", words=words,
        place=_said(given.place, "place", 100), link=_said(given.link, "link", 300),
    )  # fmt: skip
    year = clock.local(now).year
    number = rules.receipt_no(year, numbers.gap_free("misuse-report", year))
    receipt, kept = receipts.issue(RECEIPT, number)
    db.session.add(
        MisuseReport(
            receipt_no=number, secret_hash=kept, case_id=case.id, sender=sender, reported_at=now,
            contact=_said(given.contact, "contact", 60),
        )
    )  # fmt: skip
    if given.photo:
        _photo(case, given.photo, actor)
    return receipt


def _said(value: str, field: str, limit: int, *, multiline: bool = False) -> str:
    found = normalise_text(value, multiline=multiline)
    if len(found) > limit:
        raise BadInput(f"最多 {limit} 个字，现在 {len(found)} 个。", code="input.too_long", field=field)
    if looks_like_resident_id(found):
        raise BadInput("这里像是有身份证号，平台不收集，请删去。", code="input.resident_id", field=field)
    return found


def _refuse_flood(sender: bytes, now: datetime) -> None:
    """Counted under one lock a sender, so that two at once cannot both be the last allowed one."""
    db.session.execute(
        text("select pg_advisory_xact_lock(:key)"), {"key": int.from_bytes(sender[:8], "big", signed=True)}
    )
    sent = db.session.scalar(
        select(func.count(MisuseReport.id)).where(
            MisuseReport.sender == sender, MisuseReport.reported_at > now - WINDOW
        )
    )
    if (sent or 0) >= rules.REPORTS_AN_HOUR:
        raise TooMany(
            "一小时内举报得太多了，请过一会儿再来。",
            code="misuse.too_many",
            retry_after=3600,
            help="着急的话请拨打 12315。",
        )


def _photo(case: MisuseCase, data: bytes, actor: Actor) -> None:
    if len(data) > MAX_PHOTO:
        raise TooLarge("照片超过 10 MB。", code="misuse.photo", field="photo", help="用手机相册的“大”尺寸再传。")
    try:
        file = store(
            data, "举报照片", kind="picture", owner_organisation_id=organisations.desk_id("brand_office"), actor=actor
        )
    except DomainError as wrong:
        raise BadInput(wrong.message, code=wrong.code, field="photo", help=wrong.help) from wrong
    evidence.seal_stored(case, actor, kind="photo", title="举报人拍的照片", file=file)


def progress(receipt: str, secret: str) -> MisuseCase:
    """The case of a report, for whoever holds its secret; NotFound otherwise."""
    number = receipts.printed(receipt)
    row = db.session.scalar(select(MisuseReport).where(MisuseReport.receipt_no == number))
    if not receipts.opens(RECEIPT, number, secret, row.secret_hash if row else None) or row is None:
        raise NotFound("没有找到这件举报。", code="misuse.receipt", help="核对回执号和查询码，一个字符也不能错。")
    return db.session.get_one(MisuseCase, row.case_id)


# --- what the brand office does ---------------------------------------------------------------------------------------


def open_case(
    actor: Actor,
    *,
    source: str,
    mark: str,
    title: str,
    words: str,
    party_id: int | None = None,
    **columns: Any,
) -> MisuseCase:
    """A case with its number and the day by which it is accepted or not; the brand office is told."""
    now = clock.now()
    year = clock.local(now).year
    case = MisuseCase(
        case_no=rules.case_no(year, numbers.gap_free("misuse-case", year)), source=source, mark=mark, title=title[:120],
        words=words, opened_at=now, party_id=party_id, **columns,
    )  # fmt: skip
    if party_id is not None:
        case.party_name = organisations.get_organisation(party_id).name
    db.session.add(case)
    db.session.flush()  # deadline and evidence name it
    set_deadline(case, "accept", clock.local(now).date(), queries.working_days("accept", clock.local(now).date()))
    record("misuse.opened", case, actor, case_no=case.case_no, source=source)
    send_to_desk("brand_office", title=f"{case.case_no}：{case.title}", link=f"/misuse/cases/{case.public_id}")
    return case


def state_facts(
    case: MisuseCase, actor: Actor, *, misuse: str, mark: str, party: str, place: str, link: str, licence: str = ""
) -> None:
    """The case says which class, whose, where; ``party`` is a code on the platform or a name outside it."""
    if not actor.can(rules.HANDLE):
        raise CaseNotFound()
    lock(case)
    if case.state not in ("reported", "checking"):
        raise BadInput("已经告知当事人，事实不能再改。", code="misuse.stated", help="需要再查的，由审定人退回。")
    if (misuse and misuse not in MISUSE) or mark not in rules.MARKS:
        raise BadInput("请从列表里选。", code="misuse.class", field="misuse")
    other = queries.undecided(case.subject_kind, case.subject_key, mark, misuse, but=case.id)
    if other is not None and other.misuse == misuse:
        raise BadInput(
            f"这个商品的同一种标志、同一类已有 {other.case_no} 在办。", code="misuse.case_open", field="misuse",
            help="到那件案子里接着办，这一件不予立案。",
        )  # fmt: skip
    named = normalise_text(party)[:80]
    found = organisations.find_by_code(normalise_code(named)) if named else None
    if found is None and named:
        found = next((o for o in organisations.of_kind("enterprise") if o.name == named), None)
    case.misuse, case.mark = misuse, mark
    name = found.name if found is not None else named
    if case.noticed_at is not None and name != case.party_name:
        _release_party(case)
    case.party_id, case.party_name = found.id if found is not None else None, name
    case.place, case.link = _said(place, "place", 100), _said(link, "link", 300)
    case.licence_id = _licence(licence, case.party_id)
    case.version += 1
    record("misuse.facts_stated", case, actor, misuse=misuse, party=case.party_name)


def _release_party(case: MisuseCase) -> None:
    """Who was told before and is no longer meant: told so, and the case is out of its sight."""
    if case.party_id is not None:
        send(
            title=f"{case.case_no}：不再涉及你单位", body="进一步核查后，当事人不是你单位，告知书作废。", link="/misuse/cases",
            to_organisation_id=case.party_id,
        )  # fmt: skip
    case.noticed_at = None


def _licence(chosen: str, party_id: int | None) -> int | None:
    if not chosen:
        return None
    known = {str(v.public_id): v.id for v in licences.licences_of(party_id)} if party_id is not None else {}
    if chosen not in known:
        raise BadInput(
            "这份授权不是当事人的。", code="misuse.licence", field="licence", help="先填当事人，保存后再选授权。"
        )
    return known[chosen]


def add_evidence(case: MisuseCase, actor: Actor, *, kind: str, title: str, upload: Any, content: str) -> MisuseEvidence:
    """One more frozen piece, from a file or from words."""
    if not actor.can(rules.HANDLE):
        raise CaseNotFound()
    lock(case)  # a piece never arrives beside the decision
    if case.state in ("decided", "published", "closed", "dismissed"):
        raise BadInput(
            "案子已经作出决定或办结，不再加证据。",
            code="misuse.evidence_late",
            help="发现新的情况，从举报、自动比对或巡查另立一件。",
        )
    if upload is not None:
        return evidence.seal_file(
            case, actor, kind=kind, title=title, stream=upload.stream, filename=upload.filename or "证据"
        )
    return evidence.seal_text(
        case, actor, kind=kind if kind in ("page", "statement") else "page", title=title, content=content
    )


# --- the workflow -----------------------------------------------------------------------------------------------------


def load_facts(
    case: MisuseCase, _move: Move, _actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> rules.MisuseFacts:
    """What the guards decide on, read under the row lock."""
    hearing = deadline_of(case, "hearing")
    licence = db.session.get(Licence, case.licence_id) if case.licence_id is not None else None
    return rules.MisuseFacts(
        today=clock.local(now).date(),
        misuse=case.misuse,
        mark=case.mark,
        party=case.party_name,
        party_on_platform=case.party_id is not None,
        evidence=sum(1 for e in case.evidence if e.kind != "statement"),
        answered=queries.answered(case),
        hearing_until=hearing.date if hearing else None,
        hearing_provisional=bool(hearing and hearing.provisional),
        measures=tuple(payload["measures"]) if "measures" in payload else tuple(case.measures),
        licence_state=licence.state if licence is not None else "",
        listing=case.subject_kind == "listing",
        corrected=case.corrected_at is not None,
    )


def end_publications(now: datetime) -> int:
    """Every publication whose last day is over is ended; returns how many."""
    today = clock.local(now).date()
    due = select(MisuseCase).where(MisuseCase.state == "published", MisuseCase.published_until < today)
    rows = db.session.scalars(due.order_by(MisuseCase.id).with_for_update(skip_locked=True)).all()
    for case in rows:
        fire(rules.MISUSE_CASE, case, "end_publication", SYSTEM, now=now)
    return len(rows)


def remind(today: date) -> int:
    """The brand office hears of every step whose last day is today or was yesterday; returns how many."""
    told = 0
    for case in db.session.scalars(select(MisuseCase).where(MisuseCase.state.in_(rules.RUNS)).order_by(MisuseCase.id)):
        purpose = rules.RUNS[case.state]
        due = deadline_of(case, purpose)
        if purpose == "hearing" or due is None or due.provisional or not 0 <= (today - due.date).days <= 1:
            continue  # the party's own time is not the office's to keep
        word = "今天到期" if due.date == today else "已经逾期"
        send_to_desk(
            "brand_office",
            title=f"{case.case_no}：{rules.DEADLINES[purpose]}{word}",
            link=f"/misuse/cases/{case.public_id}",
        )
        told += 1
    return told


def forget_contacts(now: datetime) -> int:
    """Contacts of ended cases are gone when the time promised on the day of the report is over; returns how many."""
    kept = select(MisuseReport.id, MisuseReport.reported_at, MisuseCase.updated_at).join(
        MisuseCase, MisuseCase.id == MisuseReport.case_id
    )
    kept = kept.where(MisuseCase.state.in_(("closed", "dismissed")), MisuseReport.contact != "")
    over = [
        row.id
        for row in db.session.execute(kept)
        if row.updated_at < now - timedelta(days=queries.contact_kept(clock.local(row.reported_at).date()))
    ]
    gone = update(MisuseReport).where(MisuseReport.id.in_(over)).values(contact="")
    return len(db.session.scalars(gone.returning(MisuseReport.id)).all())


def case_for(public_id: Any, actor: Actor) -> MisuseCase:
    """A case the actor may see; CaseNotFound otherwise."""
    return queries.for_actor(public_id, actor)
