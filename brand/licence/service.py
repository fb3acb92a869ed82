"""Use cases of a licence: apply, screen, decide, withdraw, let expire.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import select

from brand.licence import facts, rules
from brand.licence.errors import LicenceNotFound, NotEditable
from brand.licence.models import EvidenceFile, Licence, Scope
from brand.matrix import queries as matrix
from brand.matrix.queries_use import rules_in_force
from core import clock, identifiers, numbers
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import BadInput, Denied, Unmet
from core.file.service import store
from core.record.service import record
from core.taxonomy.queries import term
from core.workflow.engine import explain, fire

EDITABLE = ("draft", "returned")


# --- what the applicant does -------------------------------------------------------------------------------------------


def open_application(actor: Actor, brand_id: int, *, note: str = "") -> Licence:
    """Afterwards a draft application of the actor's organisation exists under a gap-free case number."""
    if not actor.can(rules.APPLY) or actor.organisation_id is None:
        raise Denied("品牌授权由企业负责人或经办员申请。", help="请切换到企业身份办理。")
    brand = matrix.get_brand(brand_id)
    if not brand.is_public or not brand.active:
        raise BadInput(
            "这个品牌不接受授权申请。", code="licence.brand", field="brand_id", help="请选公用品牌或县域品牌。"
        )
    year = clock.today().year
    licence = Licence(
        case_no=f"SQ-{year}-{numbers.gap_free('licence_case', year):04d}",
        brand_id=brand.id,
        organisation_id=actor.organisation_id,
        note=identifiers.normalise_text(note, multiline=True),
    )
    db.session.add(licence)
    db.session.flush()  # rows and files need the id
    record("licence.opened", licence, actor, case_no=licence.case_no)
    return licence


def add_row(
    licence: Licence,
    actor: Actor,
    *,
    variety: str,
    form: str,
    specification: str,
    yearly_grams: int,
    area_m2: int | None = None,
) -> Scope:
    """Afterwards the application asks for one more combination; each stands once."""
    _editable(licence, actor)
    kind = term("variety", variety, field="variety")
    term("form", form, field="form")
    term("specification", specification, species=kind.species, field="specification")
    if not 0 < yearly_grams <= rules.MAX_YEARLY_GRAMS:
        raise BadInput("全年数量要大于 0，且不超过 10 万吨。", code="licence.quantity", field="yearly_grams")
    if area_m2 is not None and area_m2 <= 0:
        raise BadInput("基地面积要大于 0；不知道就留空。", code="licence.area", field="area_m2")
    if any((row.variety, row.form, row.specification) == (variety, form, specification) for row in licence.scope):
        raise BadInput(
            "这一行已经加过了。", code="licence.row_twice", field="specification", help="要改数量，请先删去原来那行。"
        )
    row = Scope(
        licence=licence,
        organisation_id=licence.organisation_id,
        brand_id=licence.brand_id,
        variety=variety,
        form=form,
        specification=specification,
        yearly_grams=yearly_grams,
        area_m2=area_m2,
        status="asked",
    )
    db.session.add(row)
    _changed(licence, actor, "licence.row_added", row=[variety, form, specification], yearly_grams=yearly_grams)
    return row


def remove_row(licence: Licence, actor: Actor, row_id: int) -> None:
    """Afterwards the row is gone from the application."""
    _editable(licence, actor)
    row = next((r for r in licence.scope if r.id == row_id), None)
    if row is None:
        raise LicenceNotFound()
    licence.scope.remove(row)
    _changed(licence, actor, "licence.row_removed", row=[row.variety, row.form, row.specification])


def add_evidence(
    licence: Licence,
    actor: Actor,
    *,
    kind: str,
    stream: BinaryIO | bytes,
    filename: str,
    issuer: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
    specification: str | None = None,
) -> EvidenceFile:
    """Afterwards the file is stored (type by content) and stands among the application's evidence."""
    specification = specification or None  # a form sends an empty choice as ""
    _editable(licence, actor)
    if kind not in rules.EVIDENCE:
        raise BadInput("请选一种材料。", code="licence.evidence_kind", field="kind")
    if kind == "packaging":
        specification = term("specification", specification or "", field="specification").code
    elif specification:
        specification = None
    if issued_on is not None and issued_on > clock.today():
        raise BadInput(
            "出具日期还没有到。", code="licence.evidence_date", field="issued_on", help="请核对材料上的日期。"
        )
    if issued_on is not None and valid_until is not None and valid_until < issued_on:
        raise BadInput(
            "有效期早于出具日期，请核对材料上的日期。", code="licence.evidence_validity", field="valid_until"
        )
    data = stream if isinstance(stream, bytes) else stream.read()
    file = store(
        data,
        filename,
        kind="document" if data.startswith(b"%PDF") else "picture",
        owner_organisation_id=licence.organisation_id,
        actor=actor,
    )
    item = EvidenceFile(
        licence=licence,
        kind=kind,
        file_id=file.id,
        issuer=identifiers.normalise_text(issuer),
        issued_on=issued_on,
        valid_until=valid_until,
        specification=specification,
        added_at=clock.now(),
    )
    db.session.add(item)
    _changed(licence, actor, "licence.evidence_added", kind=kind, sha256=file.sha256)
    return item


def remove_evidence(licence: Licence, actor: Actor, item_id: int) -> None:
    """Afterwards the file no longer counts for the application (the stored bytes stay)."""
    _editable(licence, actor)
    item = next((e for e in licence.evidence if e.id == item_id), None)
    if item is None:
        raise LicenceNotFound()
    licence.evidence.remove(item)
    _changed(licence, actor, "licence.evidence_removed", kind=item.kind)


def accept_rules(licence: Licence, actor: Actor) -> None:
    """Afterwards the applicant has promised to keep the rules of use in force, and the quality it sells under the mark."""
    _editable(licence, actor)
    found = rules_in_force(licence.brand_id)
    licence.rules_version = found.ref if found is not None else rules.RULES_VERSION
    licence.quality_promised_on = clock.today()
    _changed(licence, actor, "licence.rules_accepted", version=licence.rules_version)


def submit(licence: Licence, actor: Actor) -> None:
    """Afterwards the application lies with the brand office, with a deadline; RuleBroken lists everything missing."""
    fire(rules.LICENCE, licence, "submit", actor)


def abandon(licence: Licence, actor: Actor) -> None:
    """Afterwards the applicant has taken the application back."""
    fire(rules.LICENCE, licence, "abandon", actor)


def missing(licence: Licence, actor: Actor) -> list[Unmet]:
    """Everything that would refuse ``submit`` now, before it is pressed."""
    return explain(rules.LICENCE, licence, "submit", actor)


# --- what the brand office does ----------------------------------------------------------------------------------------


def return_for_mending(licence: Licence, actor: Actor, reason: str) -> None:
    """Afterwards the applicant may mend the application; the reason names everything that is missing."""
    fire(rules.LICENCE, licence, "return", actor, reason=reason)


def screen(licence: Licence, actor: Actor, opinion: str = "") -> None:
    """Afterwards the screened application waits for another person's decision."""
    fire(rules.LICENCE, licence, "screen", actor, reason=opinion)


def advise_against(licence: Licence, actor: Actor, reason: str) -> None:
    """Afterwards the application waits for a decision, with the screener's reasons against it."""
    fire(rules.LICENCE, licence, "advise_against", actor, reason=reason)


def send_back(licence: Licence, actor: Actor, reason: str) -> None:
    """Afterwards the application is examined again."""
    fire(rules.LICENCE, licence, "send_back", actor, reason=reason)


def accept(licence: Licence, actor: Actor, opinion: str = "") -> None:
    """Afterwards the formal check is passed and the application is examined."""
    fire(rules.LICENCE, licence, "accept", actor, reason=opinion)


def publicise(licence: Licence, actor: Actor, opinion: str = "") -> None:
    """Afterwards the application is published for as many working days as its procedure asks."""
    fire(rules.LICENCE, licence, "publicise", actor, reason=opinion)


def approve(
    licence: Licence,
    actor: Actor,
    *,
    rows: Sequence[int] | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    opinion: str = "",
    conditions: str = "",
) -> Licence:
    """Afterwards the ticked rows are licensed under a gap-free number, signed and logged through the notary port.

    Without ``rows`` all are meant; the term is that of ``facts.proposed_term`` unless given.  Another person than the
    examiner decides; two deciders at once: one wins, the other gets InvalidMove.  What a renewal or change stands on is
    held first: a suspension or withdrawal of it comes wholly before (and refuses the approval) or wholly after.
    """
    facts.hold_predecessor(licence)
    start, end = facts.proposed_term(licence, clock.today())
    if valid_from is not None and licence.kind == "new":
        end = rules.default_term(valid_from, facts.terms_of(licence).term_months)[1]
    payload = {
        "rows": sorted(rows) if rows is not None else [row.id for row in licence.scope],
        "valid_from": valid_from or start,
        "valid_until": valid_until or end,
        "conditions": identifiers.normalise_text(conditions, multiline=True),
    }
    fire(rules.LICENCE, licence, "approve", actor, reason=opinion, payload=payload)
    return licence


def refuse(licence: Licence, actor: Actor, reason: str, *, grounds: Sequence[str]) -> None:
    """Afterwards the application is refused, or the refusal upheld on appeal, citing the conditions that are not met.

    ``grounds`` are keys of ``rules.USE_CONDITIONS`` (商标法实施条例第四条: whoever meets all of them is let in).
    """
    key = "uphold" if licence.state == "appealed" else "refuse"
    payload = {"grounds": sorted(set(grounds)), "words": reason}
    fire(rules.LICENCE, licence, key, actor, reason=reason, payload=payload)


def appeal(licence: Licence, actor: Actor, reason: str) -> None:
    """Afterwards the refusal lies with another decider, once."""
    fire(rules.LICENCE, licence, "appeal", actor, reason=reason)


def suspend(licence: Licence, actor: Actor, reason: str) -> None:
    """Afterwards nothing may be marked under the licence from now on, until it is lifted."""
    fire(rules.LICENCE, licence, "suspend", actor, reason=reason)


def lift(licence: Licence, actor: Actor, reason: str) -> None:
    """Afterwards the licence holds again from today."""
    fire(rules.LICENCE, licence, "lift", actor, reason=reason)


def withdraw(licence: Licence, actor: Actor, reason: str) -> None:
    """Afterwards the licence no longer holds from today on, everywhere."""
    fire(rules.LICENCE, licence, "withdraw", actor, reason=reason)


def end_all(organisation_id: int, reason: str, actor: Actor = SYSTEM) -> int:
    """Afterwards an organisation that left or was struck off holds no licence; how many were withdrawn."""
    held = select(Licence).where(
        Licence.organisation_id == organisation_id, Licence.state.in_(("licensed", "suspended"))
    )
    found = db.session.scalars(held.order_by(Licence.id)).all()
    for licence in found:
        fire(rules.LICENCE, licence, "withdraw", actor, reason=reason)
    return len(found)


def expire_due(now: datetime) -> int:
    """Every licence whose last day has passed is moved to ``expired``; returns how many."""
    today = clock.local(now).date()
    due = (
        select(Licence)
        .where(Licence.state.in_(("licensed", "suspended")), Licence.valid_until < today)
        .order_by(Licence.id)
    )
    done = 0
    for licence in db.session.scalars(due.with_for_update(skip_locked=True)).all():
        fire(rules.LICENCE, licence, "expire", SYSTEM, now=now)
        done += 1
    return done


def _editable(licence: Licence, actor: Actor) -> None:
    if licence.organisation_id != actor.organisation_id or not actor.can(rules.APPLY):
        raise LicenceNotFound()
    lock(licence)
    if licence.state not in EDITABLE:
        raise NotEditable()


def _changed(licence: Licence, actor: Actor, verb: str, **details: Any) -> None:
    licence.version += 1
    record(verb, licence, actor, **details)
    db.session.flush()  # a row added twice is told on this form
