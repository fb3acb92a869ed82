"""What the office finds before it decides: procedure, site visits, expert opinions; plots an applicant names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from brand.licence import photos, rules
from brand.licence.errors import LicenceNotFound, NotEditable, NotExamined, VisitNotOpen
from brand.licence.models import Licence, Opinion, Plot, ProcedureRow, Visit, VisitPhoto
from core import clock, identifiers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Denied
from core.file.service import store
from core.notice.service import send
from core.place import queries as places
from core.record.service import record

EXAMINED = ("submitted", "accepted")
CONCLUSIONS = {"for": "同意", "conditional": "附条件同意", "against": "不同意"}
OUTCOMES = {"open": "待核查", "fits": "与申请相符", "does_not_fit": "与申请不符", "cancelled": "已取消"}


def set_procedure(
    actor: Actor,
    *,
    valid_from: date,
    publicity_days: int = 0,
    visit_required: bool = False,
    expert_required: bool = False,
    renewal_days: int = rules.RENEWAL_DAYS,
    note: str = "",
) -> ProcedureRow:
    """Afterwards cases first sent from ``valid_from`` on are handled like this; cases under way keep their version."""
    if not actor.can(rules.DECIDE):
        raise Denied("办理程序由品牌办审定人设定。", help="请换一个身份办理。")
    if valid_from < clock.today():
        raise BadInput("生效日不能早于今天，请改成今天或以后。", code="licence.procedure_day", field="valid_from")
    if not 0 <= publicity_days <= 60:
        raise BadInput("公示天数在 0 到 60 个工作日之间。", code="licence.publicity", field="publicity_days")
    if not 1 <= renewal_days <= 180:
        raise BadInput("续期窗口在 1 到 180 天之间。", code="licence.renewal_days", field="renewal_days")
    newest = db.session.scalar(select(func.max(ProcedureRow.version))) or 0
    row = ProcedureRow(
        version=newest + 1, valid_from=valid_from, publicity_days=publicity_days, visit_required=visit_required,
        expert_required=expert_required, renewal_days=renewal_days,
        note=identifiers.normalise_text(note, multiline=True), made_at=clock.now(), made_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("licence.procedure_set", ("brand_licence_procedure", row.id), actor, version=row.version)
    return row


def procedures() -> Sequence[ProcedureRow]:
    """Every version, newest first."""
    return db.session.scalars(select(ProcedureRow).order_by(ProcedureRow.version.desc())).all()


# --- site visits -------------------------------------------------------------------------------------------------------


def appoint(licence: Licence, actor: Actor, *, at: datetime, place: str) -> Visit:
    """Afterwards a visit is agreed on and the applicant knows when and where."""
    _examining(licence, actor)
    if at < clock.now():
        raise BadInput("预约时间已经过去。", code="licence.visit_time", field="at", help="约一个以后的时间。")
    place = identifiers.normalise_text(place)
    if not place:
        raise BadInput("请写明到哪里核查。", code="licence.visit_place", field="place")
    visit = Visit(licence_id=licence.id, appointed_for=at, place=place, person_key=actor.person_key)
    db.session.add(visit)
    db.session.flush()
    record("licence.visit_appointed", licence, actor, place=place, at=at.isoformat())
    when = f"{clock.local(at):%Y-%m-%d %H:%M}"
    send(
        title=f"实地核查：{when}", body=f"地点：{place}。请留人在场，备好生产记录。时间不合适，请联系品牌办公室。",
        link=f"/brand/cases/{licence.public_id}", to_organisation_id=licence.organisation_id,
    )  # fmt: skip
    return visit


def record_visit(
    licence: Licence,
    actor: Actor,
    visit_id: UUID,
    *,
    fits: bool,
    findings: str,
    latitude: Decimal,
    longitude: Decimal,
    accuracy_m: int | None = None,
    pictures: Sequence[tuple[bytes, str]] = (),
) -> Visit:
    """Afterwards the visit has its result, place, time and photos; at least one photo and words are asked for."""
    _examining(licence, actor)
    visit = _open_visit(licence, visit_id)
    findings = identifiers.normalise_text(findings, multiline=True)
    if len(findings) < 4:
        raise BadInput("请写明看到了什么。", code="licence.findings", field="findings", help="地块、品种、面积、包装。")
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise BadInput(
            "经纬度超出了范围，记不下核查的位置。",
            code="licence.point",
            field="latitude",
            help="在现场点“用手机定位”。",
        )
    if not pictures:
        raise BadInput("至少附一张现场照片。", code="licence.photo", field="photo", help="拍到地块或包装间。")
    now = clock.now()
    visit.outcome, visit.findings = ("fits" if fits else "does_not_fit"), findings
    visit.visited_at = visit.recorded_at = now
    visit.latitude, visit.longitude, visit.accuracy_m = latitude, longitude, accuracy_m
    visit.person_key = actor.person_key
    for data, name in pictures:
        taken = photos.taken(data)
        file = store(data, name, kind="picture", owner_organisation_id=actor.organisation_id, actor=actor)
        db.session.add(
            VisitPhoto(
                visit_id=visit.id,
                file_id=file.id,
                taken_at=taken.at,
                latitude=taken.latitude,
                longitude=taken.longitude,
            )
        )
    licence.version += 1
    db.session.flush()
    record("licence.site_visited", licence, actor, outcome=visit.outcome, photos=len(pictures))
    return visit


def cancel_visit(licence: Licence, actor: Actor, visit_id: UUID) -> None:
    """Afterwards the appointment is off and the applicant knows."""
    _examining(licence, actor)
    visit = _open_visit(licence, visit_id)
    visit.outcome = "cancelled"
    db.session.flush()
    record("licence.visit_cancelled", licence, actor)
    send(
        title="实地核查已取消", body=f"原定 {clock.local(visit.appointed_for):%Y-%m-%d %H:%M}，{visit.place}。",
        link=f"/brand/cases/{licence.public_id}", to_organisation_id=licence.organisation_id,
    )  # fmt: skip


def _open_visit(licence: Licence, visit_id: UUID) -> Visit:
    query = select(Visit).where(Visit.public_id == visit_id, Visit.licence_id == licence.id).with_for_update()
    visit = db.session.scalar(query)
    if visit is None:
        raise LicenceNotFound()
    if visit.outcome != "open":
        raise VisitNotOpen()
    return visit


def visits(licence: Licence) -> Sequence[Visit]:
    """Every visit of a case, oldest first."""
    return db.session.scalars(select(Visit).where(Visit.licence_id == licence.id).order_by(Visit.id)).all()


def photos_of(visit_ids: Sequence[int]) -> Sequence[VisitPhoto]:
    """The photos of the visits, in the order they were added."""
    return db.session.scalars(
        select(VisitPhoto).where(VisitPhoto.visit_id.in_(visit_ids)).order_by(VisitPhoto.id)
    ).all()


# --- expert opinions -------------------------------------------------------------------------------------------------------


def add_opinion(
    licence: Licence, actor: Actor, *, post: str, conclusion: str, words: str, given_on: date, upload: Any = None
) -> Opinion:
    """Afterwards an expert's opinion (by post, no name) stands with the case."""
    _examining(licence, actor)
    if conclusion not in CONCLUSIONS:
        raise BadInput("请选专家的结论。", code="licence.conclusion", field="conclusion")
    if given_on > clock.today():
        raise BadInput("出具日期还没有到，请核对意见书上的日期。", code="licence.opinion_day", field="given_on")
    post, words = identifiers.normalise_text(post), identifiers.normalise_text(words, multiline=True)
    if not post or not words:
        raise BadInput("请写明专家的岗位和意见。", code="licence.opinion", field="words")
    file = None
    if upload is not None:
        data = upload.stream.read()
        kind = "document" if data.startswith(b"%PDF") else "picture"
        file = store(data, upload.filename, kind=kind, owner_organisation_id=actor.organisation_id, actor=actor)
    row = Opinion(
        licence_id=licence.id, post=post, conclusion=conclusion, words=words, given_on=given_on,
        file_id=file.id if file else None, recorded_at=clock.now(), recorded_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    licence.version += 1
    db.session.flush()
    record("licence.opinion_added", licence, actor, conclusion=conclusion)
    return row


def opinions(licence: Licence) -> Sequence[Opinion]:
    """Every opinion of a case, oldest first."""
    return db.session.scalars(select(Opinion).where(Opinion.licence_id == licence.id).order_by(Opinion.id)).all()


def _examining(licence: Licence, actor: Actor) -> None:
    if not actor.can(rules.SCREEN):
        raise Denied("审查由品牌办经办办理。", help="请换一个身份办理。")
    lock(licence)
    require_examined(licence)


def require_examined(licence: Licence) -> None:
    """NotExamined unless the office is examining the case."""
    if licence.state not in EXAMINED:
        raise NotExamined()


# --- plots an applicant names ------------------------------------------------------------------------------------------------


def choose_plots(licence: Licence, actor: Actor, public_ids: Sequence[str]) -> int:
    """Afterwards the application stands on exactly these registered plots of the applicant; how many."""
    if licence.organisation_id != actor.organisation_id or not actor.can(rules.APPLY):
        raise LicenceNotFound()
    lock(licence)
    if licence.state not in ("draft", "returned"):
        raise NotEditable()
    assert licence.organisation_id is not None
    chosen = [places.pick(one, licence.organisation_id, "plot", field="plots") for one in dict.fromkeys(public_ids)]
    db.session.execute(delete(Plot).where(Plot.licence_id == licence.id))
    for place in chosen:
        if place is not None:
            db.session.add(Plot(licence_id=licence.id, place_id=place.id))
    licence.version += 1
    db.session.flush()
    record("licence.plots_chosen", licence, actor, plots=len(chosen))
    return len(chosen)


def plots(licence: Licence) -> list[Any]:
    """The registered plots an application names."""
    ids = db.session.scalars(select(Plot.place_id).where(Plot.licence_id == licence.id).order_by(Plot.id)).all()
    found = places.places_by_id(list(ids))
    return [found[i] for i in ids if i in found]
