"""After the decision: renewal, change, reports of use, yearly reviews, reminders.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from brand.licence import facts, queries, rules
from brand.licence.errors import CaseOpen, LicenceNotFound
from brand.licence.models import EvidenceFile, Licence, Plot, Reminder, Review, Scope, UseReport
from brand.licence.rules_policy import LicenceTerms
from core import clock, hooks, identifiers, numbers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Denied, RuleBroken, Unmet
from core.notice.service import send, send_to_desk
from core.policy.queries import terms
from core.record.service import record


def reopen(licence: Licence, kind: str, actor: Actor) -> Licence:
    """Afterwards a draft renewal or change of a licence exists, filled with its scope, samples, plots and lasting evidence.

    CaseOpen where one is under way; what may be asked for now is told before sending, as for every application.
    """
    if licence.organisation_id != actor.organisation_id or not actor.can(rules.APPLY):
        raise LicenceNotFound()
    lock(licence)
    if licence.licence_no is None or kind not in ("renewal", "change"):
        raise BadInput("这一件还没有授权，不能续期或变更。", code="licence.kind", help="按新申请办理。")
    if queries.open_case(licence, kind) is not None:
        raise CaseOpen(rules.KINDS[kind])
    year = clock.today().year
    case = Licence(
        case_no=f"SQ-{year}-{numbers.gap_free('licence_case', year):04d}",
        kind=kind,
        predecessor_id=licence.id,
        brand_id=licence.brand_id,
        organisation_id=licence.organisation_id,
    )
    db.session.add(case)
    db.session.flush()  # rows and files need the id
    _copy(licence, case)
    record("licence.opened", case, actor, case_no=case.case_no, kind=kind, of=licence.licence_no)
    return case


def _copy(before: Licence, case: Licence) -> None:
    """Granted rows, and what the archive holds and is still valid (R92: nothing is asked for twice)."""
    today = clock.today()
    for row in before.scope:
        if row.status in ("granted", "ended"):
            db.session.add(
                Scope(
                    licence_id=case.id,
                    organisation_id=case.organisation_id,
                    brand_id=case.brand_id,
                    variety=row.variety,
                    form=row.form,
                    specification=row.specification,
                    yearly_grams=row.yearly_grams,
                    area_m2=row.area_m2,
                    status="asked",
                )
            )
    oldest = rules.add_months(today, -terms(LicenceTerms, on=today).test_report_months)
    for item in before.evidence:
        stale = item.kind == "test_report" and (item.issued_on is None or item.issued_on < oldest)
        if not stale and (item.valid_until is None or item.valid_until >= today):
            db.session.add(
                EvidenceFile(
                    licence_id=case.id,
                    kind=item.kind,
                    file_id=item.file_id,
                    issuer=item.issuer,
                    issued_on=item.issued_on,
                    valid_until=item.valid_until,
                    specification=item.specification,
                    added_at=clock.now(),
                )
            )
    for place_id in db.session.scalars(select(Plot.place_id).where(Plot.licence_id == before.id)).all():
        db.session.add(Plot(licence_id=case.id, place_id=place_id))
    db.session.flush()
    db.session.refresh(case)


# --- reports of use ------------------------------------------------------------------------------------------------------


def report_use(
    licence: Licence, actor: Actor, quarter: str, used: Mapping[int, int], *, note: str = ""
) -> list[UseReport]:
    """Afterwards the grams used of each granted row (by row id) in an ended quarter stand; a later report replaces them."""
    if licence.organisation_id != actor.organisation_id:
        raise LicenceNotFound()
    if not actor.can(rules.APPLY):
        raise Denied("用标情况由企业负责人或经办员报告。", help="请换一个身份办理。")
    last = licence.ended_on or licence.valid_until
    if licence.valid_from is None or last is None:
        raise LicenceNotFound()
    if quarter not in rules.quarters_due(licence.valid_from, last, clock.today()):
        raise BadInput(
            "这个季度还没有结束，或者不在授权期内，请从列表里选季度。", code="licence.quarter", field="quarter"
        )
    rows = {row.id: row for row in licence.scope if row.status in ("granted", "ended")}
    faults = [
        Unmet("LR-01", "用标数量不能是负数，也不能大于全年数量。", help="填这个季度实际用标的公斤数。")
        for row_id, grams in used.items()
        if row_id in rows and not 0 <= grams <= rows[row_id].yearly_grams
    ]
    if set(used) != set(rows):
        faults.append(Unmet("LR-02", "每一行授权范围都要填，没有用标填 0。", help="补上没有填的行。"))
    if faults:
        raise RuleBroken(unmet=faults)
    note = identifiers.normalise_text(note, multiline=True)
    made = []
    for row_id, grams in sorted(used.items()):
        found = db.session.scalar(
            select(UseReport).where(UseReport.scope_id == row_id, UseReport.quarter == quarter).with_for_update()
        )
        report = found or UseReport(licence_id=licence.id, scope_id=row_id, quarter=quarter)
        report.used_grams, report.note = grams, note
        report.reported_at, report.reported_by_id = clock.now(), actor.user_id
        db.session.add(report)
        made.append(report)
    db.session.flush()
    record("licence.use_reported", licence, actor, quarter=quarter, used={str(k): v for k, v in used.items()})
    return made


def review(licence: Licence, actor: Actor, *, result: str, words: str) -> Review:
    """Afterwards the licence year that runs has its review; once a year."""
    if not actor.can(rules.SCREEN):
        raise Denied("年度审核由品牌办经办办理。", help="请换一个身份办理。")
    lock(licence)
    if licence.state not in ("licensed", "suspended") or licence.anchor_on is None:
        raise BadInput("授权不在有效期内，不用年度审核，等恢复或续期以后再办。", code="licence.review")
    if result not in ("in_order", "to_mend") or not words.strip():
        raise BadInput("请选审核结果，并写明看了什么。", code="licence.review_words", field="words")
    year_no = rules.licence_year(licence.anchor_on, clock.today())
    row = Review(
        licence_id=licence.id, year_no=year_no, result=result,
        words=identifiers.normalise_text(words, multiline=True), reviewed_at=clock.now(), reviewed_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # a second review of the year is told here
    record("licence.reviewed", licence, actor, year_no=year_no, result=result)
    told = "年度审核：符合要求" if result == "in_order" else "年度审核：请改正"
    send(
        title=f"{told}，{licence.licence_no}", body=row.words, link=f"/licence/{licence.public_id}",
        to_organisation_id=licence.organisation_id,
    )  # fmt: skip
    return row


# --- once a day -----------------------------------------------------------------------------------------------------------


def remind_due(now: datetime) -> int:
    """Each reminder that is due was sent once: renewal window, report of a quarter, yearly review; returns how many."""
    today, sent = clock.local(now).date(), 0
    held = select(Licence).where(Licence.state.in_(("licensed", "suspended"))).order_by(Licence.id)
    for licence in db.session.scalars(held).all():
        for key, title, body, desk in _due(licence, today):
            sent += _remind(licence, key, title, body, now, desk=desk)
    return sent


def _due(licence: Licence, today: date) -> list[tuple[str, str, str, bool]]:
    assert licence.valid_from is not None
    assert licence.valid_until is not None
    assert licence.anchor_on is not None
    due: list[tuple[str, str, str, bool]] = []
    until, no = licence.valid_until, licence.licence_no
    window = facts.procedure_of(licence).renewal_days
    if today <= until and (until - today).days <= window and queries.open_case(licence, "renewal") is None:
        body = f"{until.isoformat()} 到期。需要继续使用的，现在可以办续期，新的有效期与原来首尾相接。"
        due.append(("renewal", f"可以办续期了：{no}", body, False))
    for quarter in rules.quarters_due(licence.valid_from, until, today)[-1:]:
        if not _reported(licence, quarter):
            body = f"请在 {use_report_due(quarter).isoformat()} 前报告{rules.quarter_label(quarter)}的用标数量。"
            due.append((f"report-{quarter}", f"报告用标情况：{no}", body, False))
    if licence.valid_from <= today <= until:
        number = rules.licence_year(licence.anchor_on, today)
        end = min(rules.year_span(licence.anchor_on, number)[1], until)
        if (end - today).days <= terms(LicenceTerms, on=today).review_notice_days and not _reviewed(licence, number):
            body = f"本授权年度到 {end.isoformat()}，请在此前办完年度审核。"
            due.append((f"review-{number}", f"年度审核：{no}", body, True))
    return due


def use_report_due(quarter: str) -> date:
    """The last day to report a quarter, by the number of the quarter's own last day."""
    return rules.report_due(quarter, terms(LicenceTerms, on=rules.quarter_span(quarter)[1]).use_report_days)


def _reported(licence: Licence, quarter: str) -> bool:
    query = select(UseReport.id).where(UseReport.licence_id == licence.id, UseReport.quarter == quarter)
    return db.session.scalar(query.limit(1)) is not None


def _reviewed(licence: Licence, year_no: int) -> bool:
    query = select(Review.id).where(Review.licence_id == licence.id, Review.year_no == year_no)
    return db.session.scalar(query) is not None


def _remind(licence: Licence, key: str, title: str, body: str, now: datetime, *, desk: bool) -> int:
    put = insert(Reminder).values(licence_id=licence.id, key=key, sent_at=now).on_conflict_do_nothing()
    if db.session.execute(put.returning(Reminder.id)).scalar() is None:
        return 0
    link = f"/brand/cases/{licence.public_id}"
    send(title=title, body=body, link=link, to_organisation_id=licence.organisation_id)
    if desk:
        send_to_desk("brand_office", title=title, body=body, link=link)
    return 1


def begin_due(now: datetime) -> int:
    """Upper floors were told of every licence begun this week that was decided before its first day: copies are fresh.

    What ends needs no task; what begins after a gap is shown from this task on, on its first day (or after an outage).
    """
    today = clock.local(now).date()
    begun = select(Licence).where(
        Licence.state == "licensed",
        Licence.valid_from.between(today - timedelta(days=7), today),
        Licence.decided_at < clock.day_start(today),
    )
    found = db.session.scalars(begun.order_by(Licence.id)).all()
    for licence in found:
        for organisation_id in (licence.organisation_id, *queries.partners_of(licence)):
            for listener in hooks.licence_changed:
                listener(licence_id=licence.id, organisation_id=organisation_id, state="in_force", reason="")
    return len(found)


def overdue_reports(licence: Licence, today: date) -> list[str]:
    """Ended quarters of a licence that are not reported though their day has passed."""
    last = licence.ended_on or licence.valid_until
    if licence.valid_from is None or last is None:
        return []
    due = rules.quarters_due(licence.valid_from, last, today)
    return [q for q in due if use_report_due(q) < today and not _reported(licence, q)]


def reports(licence: Licence) -> Sequence[UseReport]:
    """Every report of use of a licence, latest quarter first."""
    query = select(UseReport).where(UseReport.licence_id == licence.id)
    return db.session.scalars(query.order_by(UseReport.quarter.desc(), UseReport.scope_id)).all()


def reviews(licence: Licence) -> Sequence[Review]:
    """Every yearly review of a licence, latest first."""
    return db.session.scalars(
        select(Review).where(Review.licence_id == licence.id).order_by(Review.year_no.desc())
    ).all()
