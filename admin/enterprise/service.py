"""Use cases of registration.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from admin.enterprise import queries, rules
from admin.enterprise.errors import ApplicationNotFound, NotEditable
from admin.enterprise.models import Application, Conditions
from core import clock, identifiers, numbers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Denied, NotSignedIn, RuleBroken, Unmet
from core.file.service import store
from core.record.service import record
from core.workflow.engine import explain, fire

TEXTS = {"name": 60, "town": 30, "address": 120, "business": rules.TEXT_LIMIT, "contact_name": 20}


def open_application(kind: str, actor: Actor) -> Application:
    """Afterwards a draft application of the signed-in person exists under a gap-free case number."""
    if actor.user_id is None:
        raise NotSignedIn("先登录再申请。", help="没有账号的，用手机号注册一个，约 1 分钟。")
    if kind not in rules.KINDS:
        raise BadInput("请选择申请类型。", code="enterprise.kind", field="kind")
    year = clock.today().year
    application = Application(
        case_no=f"RZ-{year}-{numbers.gap_free('entry', year):04d}", kind=kind, applicant_id=actor.user_id
    )
    db.session.add(application)
    db.session.flush()  # the address needs the public id
    record("enterprise.application_opened", application, actor, kind=kind)
    return application


def fill_in(application: Application, actor: Actor, **values: Any) -> Application:
    """Afterwards the given fields stand on the draft: texts normalised, code and mobile in canonical form.

    ``values``: name, code, town, address, business, contact_name, contact_mobile, licence_until,
    lawful_use, promised (numbers of the conditions).
    """
    _editable(application, actor)
    unknown = set(values) - {
        *TEXTS,
        "code",
        "contact_mobile",
        "licence_until",
        "lawful_use",
        "promised",
    }
    if unknown:
        raise TypeError(f"no such fields: {sorted(unknown)}")
    for field, limit in TEXTS.items():
        if field in values:
            setattr(application, field, _text(field, values[field], limit))
    _fill_in_numbers(application, values)
    for field in ("licence_until", "lawful_use"):
        if field in values:
            setattr(application, field, values[field])
    if "promised" in values:
        current = queries.conditions_now()
        application.conditions_id = current.id if current else None
        application.promised = sorted({int(n) for n in values["promised"]})
    application.version += 1
    record("enterprise.application_filled", application, actor, fields=sorted(values))
    db.session.flush()  # so that a database refusal is told on this form
    return application


def _fill_in_numbers(application: Application, values: Mapping[str, Any]) -> None:
    if "code" in values:
        application.code = identifiers.check_uscc(values["code"]) if values["code"] else ""
    if "contact_mobile" in values:
        typed = values["contact_mobile"] or ""
        application.contact_mobile = identifiers.check_mobile(typed, "contact_mobile") if typed else ""


def _text(field: str, value: str | None, limit: int) -> str:
    text = identifiers.normalise_text(value or "", multiline=field == "business")
    if len(text) > limit:
        raise BadInput(f"最多 {limit} 字，现在是 {len(text)} 字。", code="input.too_long", field=field)
    if identifiers.looks_like_resident_id(text):
        raise BadInput("这里像是有身份证号，平台不收集，请删去。", code="input.resident_id", field=field)
    return text


def attach_licence(application: Application, actor: Actor, stream: BinaryIO | bytes, filename: str) -> Application:
    """Afterwards the picture (or PDF) of the business licence is stored with the draft; type by content."""
    _editable(application, actor)
    data = stream if isinstance(stream, bytes) else stream.read()
    kind = "document" if data.startswith(b"%PDF") else "picture"
    file = store(data, filename, kind=kind, owner_organisation_id=None, actor=actor)
    application.licence_file_id = file.id
    application.version += 1
    record("enterprise.licence_attached", application, actor, sha256=file.sha256)
    return application


def missing(application: Application, actor: Actor) -> list[Unmet]:
    """Everything that would refuse ``submit`` now, before it is pressed."""
    return explain(rules.APPLICATION, application, "submit", actor)


def submit(application: Application, actor: Actor) -> None:
    """Afterwards the application lies on its desk; RuleBroken lists every unmet point."""
    fire(rules.APPLICATION, application, "submit", actor)


def request_more(application: Application, actor: Actor, reason: str) -> None:
    """Afterwards the applicant may mend the application; the reason names everything that is missing."""
    fire(rules.APPLICATION, application, "request_more", actor, reason=reason)


def screen(application: Application, actor: Actor, opinion: str = "") -> None:
    """Afterwards the application waits for another person's decision."""
    fire(rules.APPLICATION, application, "screen", actor, reason=opinion)


def note_visit(
    application: Application, actor: Actor, *, visited_on: date | None = None, note: str = "", waiver: str = ""
) -> None:
    """Afterwards a site visit, or the reason for having none, stands on the application (B10)."""
    if not (actor.can(rules.SCREEN) or actor.can(rules.DECIDE)) or not queries.visible(application, actor):
        raise Denied("走访由经办人登记。", help="请换一个身份办理。")
    lock(application)
    if application.state not in ("submitted", "under_review"):
        raise NotEditable()
    if visited_on is not None and visited_on > clock.today():
        raise BadInput("走访日期还没有到。", code="enterprise.visit_date", field="visited_on")
    waiver = _text("visit_waiver", waiver, rules.TEXT_LIMIT)
    if visited_on is None and not waiver:
        raise BadInput("填走访日期，或写明免走访的理由。", code="enterprise.visit_empty", field="visited_on")
    application.visited_on, application.visit_waiver = visited_on, waiver
    application.visit_note = _text("visit_note", note, rules.TEXT_LIMIT)
    application.version += 1
    record("enterprise.visit_noted", application, actor, visited_on=visited_on, waiver=waiver)


def approve(application: Application, actor: Actor, opinion: str = "") -> Application:
    """Afterwards the organisation exists and the applicant is its owner."""
    fire(rules.APPLICATION, application, "approve", actor, reason=opinion)
    return application


def reject(application: Application, actor: Actor, reason: str, grounds: Mapping[int, str] | None = None) -> None:
    """Afterwards the application is refused, with a reason per condition (0: identity or papers); one appeal is open."""
    named = [{"number": n, "text": t.strip()} for n, t in sorted((grounds or {0: reason}).items()) if t.strip()]
    fire(rules.APPLICATION, application, "reject", actor, reason=reason, payload={"grounds": named})


def warn(application: Application, actor: Actor, *, ground: str, detail: str, reason: str) -> None:
    """Afterwards a resident is on probation, on a ground the rules know (B10)."""
    payload = {"warning": {"ground": ground, "detail": _text("detail", detail, 200)}}
    fire(rules.APPLICATION, application, "warn", actor, reason=reason, payload=payload)


def appeal(application: Application, actor: Actor, reason: str) -> None:
    """Afterwards another person examines the refused application again."""
    fire(rules.APPLICATION, application, "appeal", actor, reason=reason)


def publish_conditions(version: str, lines: Sequence[str], actor: Actor) -> Conditions:
    """Afterwards a new version of the entry conditions is in force for applications filled in from now on (R81)."""
    if not actor.can(rules.CONDITIONS):
        raise Denied("入驻条件由e镇办公室主任发布。", help="请换一个身份办理。")
    version = identifiers.normalise_text(version)
    items = [identifiers.normalise_text(line) for line in lines]
    if unmet := rules.condition_faults(version, items):
        raise RuleBroken(unmet=unmet)
    row = Conditions(version=version, items=items, published_at=clock.now(), published_by_id=actor.user_id)
    db.session.add(row)
    db.session.flush()  # a version published twice is told on this form
    record("enterprise.conditions_published", row, actor, version=version)
    return row


def _editable(application: Application, actor: Actor) -> None:
    if actor.user_id is None or application.applicant_id != actor.user_id:
        raise ApplicationNotFound()
    lock(application)
    if application.state not in ("draft", "supplement"):
        raise NotEditable()
