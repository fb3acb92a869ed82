"""The patrol that compares words with certificates by itself, and the rounds people walk.  Never commits."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import case, select, text, update
from sqlalchemy.dialects.postgresql import insert

from brand.certificate import queries as certificates
from brand.certificate import rules_claims
from brand.misuse import evidence, queries, rules, service
from brand.misuse.errors import CaseNotFound
from brand.misuse.models import MisuseCase, MisuseFinding, PatrolItem, PatrolRound
from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, DomainError
from core.file.queries import files_by_id
from core.file.service import store
from core.hooks import ClaimText, claim_texts
from core.identifiers import normalise_text
from core.organisation.queries import desk_id
from core.record.service import record
from core.workflow.engine import fire

_ABOUT = text("select pg_advisory_xact_lock(hashtextextended(:about, 0))")


def faults(one: ClaimText) -> Iterator[tuple[rules_claims.Claim, str, str]]:
    """Claims in the words of one thing that are not borne out, or whose number is missing beside the mark."""
    said = rules_claims.claims(one.texts)
    if not said:
        return
    refused = {f.claim: f for f in certificates.unsupported(one.organisation_id, one.texts, one.products)}
    for claim in said:
        finding = refused.get(claim)
        if finding is not None:
            yield claim, finding.misuse, finding.reasons[0].message
        elif not one.numbered:
            yield claim, "no_code", f"写了“{claim.words}”，没有印证书编号。"


def sweep() -> int:
    """Every claim before the public was compared once; new findings stand, gone ones are cleared; returns how many stand."""
    now = clock.now()
    standing = 0
    for hook in claim_texts:
        for one in hook():
            for claim, misuse, reason in faults(one):
                _found(one, claim, misuse, reason, now)
                standing += 1
    db.session.execute(
        update(MisuseFinding)
        .where(MisuseFinding.seen_at < now, MisuseFinding.cleared_at.is_(None))
        .values(cleared_at=now)
    )
    db.session.expire_all()
    return standing


def _found(one: ClaimText, claim: rules_claims.Claim, misuse: str, reason: str, now: Any) -> None:
    values = {
        "organisation_id": one.organisation_id, "title": one.title[:120], "link": one.link, "misuse": misuse,
        "words": claim.words, "context": f"{claim.field}：“{claim.context}”", "reason": reason,
        "texts": dict(one.texts), "seen_at": now, "cleared_at": None,
    }  # fmt: skip
    mark = claim.kinds[0]
    new = insert(MisuseFinding).values(
        subject_kind=one.kind, subject_key=one.key, mark=mark, found_at=now, public_id=uuid.uuid4(), **values
    )
    # what was gone and came back is a new finding: it may become a case of its own
    again = MisuseFinding.cleared_at.is_not(None)
    since = {
        "found_at": case((again, now), else_=MisuseFinding.found_at),
        "case_id": case((again, None), else_=MisuseFinding.case_id),
    }
    db.session.execute(
        new.on_conflict_do_update(index_elements=["subject_kind", "subject_key", "mark"], set_=values | since)
    )


def open_from_finding(finding: MisuseFinding, actor: Actor) -> MisuseCase:
    """The words as they stood are frozen in an accepted case about the finding: a new one, or the one that is under way.

    Conflict where the finding was taken up already.
    """
    if not actor.can(rules.HANDLE):
        raise CaseNotFound()
    _one_at_a_time(finding.subject_kind, finding.subject_key)
    lock(finding)
    if finding.case_id is not None:
        raise Conflict("这一条已经立案。", code="misuse.finding_taken", help="到“标志监督”的列表里看那件案子。")
    case = _case_about(
        finding, actor, source="automatic", mark=finding.mark, misuse=finding.misuse,
        words=f"{finding.context}。{finding.reason}",
    )  # fmt: skip
    _seal_finding(case, finding, actor)
    return case


def _seal_finding(case: MisuseCase, finding: MisuseFinding, actor: Actor) -> None:
    words = "\n".join(f"{label}：{value}" for label, value in finding.texts.items() if value)
    evidence.seal_text(case, actor, kind="page", title=f"{finding.title}的文字", content=words)
    finding.case_id = case.id


def _one_at_a_time(kind: str, key: str) -> None:
    """Whoever opens cases about one thing does so one after the other, until the commit."""
    if key:
        db.session.execute(_ABOUT, {"about": f"misuse:{kind}:{key}"})


def _case_about(
    seen: MisuseFinding | PatrolItem, actor: Actor, *, source: str, mark: str, misuse: str, words: str, place: str = ""
) -> MisuseCase:
    """The undecided case about what was seen, else a new one, accepted.  The caller holds ``_one_at_a_time``."""
    found = queries.undecided(seen.subject_kind, seen.subject_key, mark, misuse)
    if found is not None:
        lock(found)
        if misuse and not found.misuse:
            found.misuse = misuse
        found.version += 1
        record("misuse.seen_again", found, actor, source=source)
    else:
        found = service.open_case(
            actor, source=source, mark=mark, misuse=misuse, title=seen.title, words=words, party_id=seen.organisation_id,
            link=seen.link, place=place, subject_kind=seen.subject_kind, subject_key=seen.subject_key,
        )  # fmt: skip
    if found.state == "reported":
        fire(rules.MISUSE_CASE, found, "accept", actor)
    return found


# --- rounds -----------------------------------------------------------------------------------------------------------


def open_round(actor: Actor, *, title: str, target: str, due_on: date) -> PatrolRound:
    """A round; one over listings begins with everything that is on sale."""
    if not actor.can(rules.HANDLE):
        raise CaseNotFound()
    if target not in rules.TARGETS:
        raise BadInput("请选巡查什么。", code="misuse.target", field="target")
    if due_on < clock.today():
        raise BadInput("完成日期已经过去。", code="misuse.due", field="due_on", help="填今天或以后的日期。")
    row = PatrolRound(title=normalise_text(title)[:60], target=target, due_on=due_on, opened_by=actor.user_id)
    if target == "listings":
        row.items.extend(
            PatrolItem(
                title=one.title,
                link=one.link,
                subject_kind=one.kind,
                subject_key=one.key,
                organisation_id=one.organisation_id,
            )
            for hook in claim_texts
            for one in hook()
            if one.kind == "listing"
        )
    db.session.add(row)
    db.session.flush()
    record("misuse.round_opened", row, actor, target=target, items=len(row.items))
    return row


def add_item(row: PatrolRound, actor: Actor, *, title: str, link: str = "") -> PatrolItem:
    """One more thing to look at: a page, a shop, a stall."""
    _open(row, actor)
    name = normalise_text(title)[:100]
    if not name:
        raise BadInput("写明看哪里。", code="misuse.item", field="title", help="例如：示例市场 12 号摊")
    item = PatrolItem(title=name, link=normalise_text(link)[:300])
    row.items.append(item)
    db.session.flush()
    return item


def note_result(
    row: PatrolRound, item_id: int, actor: Actor, *, result: str, mark: str = "", note: str = "", upload: Any = None
) -> PatrolItem:
    """What was seen stands with day and person; a suspicion about a mark opens a case, or joins the one under way."""
    _open(row, actor)
    item = next((i for i in row.items if i.id == item_id), None)
    if item is None:
        raise CaseNotFound()
    lock(item)
    if item.result:
        raise Conflict("这一处已经记过结果。", code="misuse.item_done", help="还要再看，在旁边“加一处”。")
    if result not in rules.RESULTS:
        raise BadInput("请选看到的结果。", code="misuse.result", field="result")
    said = normalise_text(note)[:300]
    if result == "suspected" and mark not in rules.MARKS:
        raise BadInput("请选是哪一种标志涉嫌不当使用。", code="misuse.mark", field="mark")
    if result == "suspected" and not said:
        raise BadInput(
            "还没有写看到了什么。", code="misuse.note", field="note", help="写清标志印在哪里、为什么觉得不对。"
        )
    if upload is not None:
        try:
            item.file_id = store(
                upload.stream, upload.filename or "照片", kind="picture", owner_organisation_id=desk_id("brand_office"),
                actor=actor,
            ).id  # fmt: skip
        except DomainError as wrong:
            raise BadInput(wrong.message, code=wrong.code, field="photo", help=wrong.help) from wrong
    item.result, item.note, item.checked_at, item.checked_by = result, said, clock.now(), actor.user_id
    if result == "suspected":
        item.mark = mark
        item.case_id = _case_of(row, item, actor).id
    record("misuse.item_checked", row, actor, item=item.title, result=result)
    db.session.flush()
    return item


def _case_of(row: PatrolRound, item: PatrolItem, actor: Actor) -> MisuseCase:
    """The case of a suspicion.  A finding of the comparison about the same thing and mark names the class and comes along."""
    _one_at_a_time(item.subject_kind, item.subject_key)
    found = queries.finding_about(item.subject_kind, item.subject_key, item.mark)
    made = _case_about(
        item, actor, source="patrol", mark=item.mark, misuse=found.misuse if found is not None else "", words=item.note,
        place="" if item.link else item.title,
    )  # fmt: skip
    if found is not None and found.case_id is None:
        lock(found)
        if found.case_id is None:
            _seal_finding(made, found, actor)
    evidence.seal_text(made, actor, kind="page", title=f"巡查记录：{row.title}", content=f"{item.title}\n{item.note}")
    if item.file_id is not None:
        file = files_by_id([item.file_id])[item.file_id]
        evidence.seal_stored(made, actor, kind="photo", title="巡查拍的照片", file=file)
    return made


def close_round(row: PatrolRound, actor: Actor) -> None:
    """The round is over once everything was looked at."""
    _open(row, actor)
    left = sum(1 for item in row.items if not item.result)
    if left or not row.items:
        raise BadInput(
            f"还有 {left} 处没有看。" if left else "还没有要看的地方。", code="misuse.round_open",
            help="逐处记下结果，再结束这一轮。" if left else "先“加一处”，看过再结束这一轮。",
        )  # fmt: skip
    row.closed_at = clock.now()
    record("misuse.round_closed", row, actor)


def _open(row: PatrolRound, actor: Actor) -> None:
    if not actor.can(rules.HANDLE):
        raise CaseNotFound()
    lock(row)
    if row.closed_at is not None:
        raise Conflict("这一轮巡查已经结束。", code="misuse.round_closed", help="还要再看，另开一轮。")


def round_by(public_id: Any) -> PatrolRound:
    """A round; CaseNotFound otherwise."""
    row = db.session.scalar(select(PatrolRound).where(PatrolRound.public_id == public_id))
    if row is None:
        raise CaseNotFound()
    return row
