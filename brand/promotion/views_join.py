"""What an enterprise does: find events, enrol, give back a place, report its results, take media and the brand kit."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from brand.matrix.queries import by_key, public_brands
from brand.promotion import permissions, queries, rules, rules_media, screens, service, service_media, service_places
from brand.promotion.errors import EventNotFound
from brand.promotion.forms import EnrolForm, OwnResultForm
from brand.promotion.models import PromotionEvent
from core import clock
from core.account.access import access, current_actor
from core.file.queries import files_by_id
from core.ui import flash, once
from core.ui.deed import blank, done
from core.ui.forms import Form
from core.ui.moves import requested_move

blueprint = Blueprint("promotion_join", __name__, url_prefix="/enterprise/promotion", template_folder="templates")


@blueprint.get("")
@access(permissions.TAKE)
def index() -> Any:
    """Events to join or joined, the materials the enterprise may take, the brand kits of its brands."""
    actor = current_actor()
    materials = service_media.usable(actor)
    line = service_media.licensed_line(actor.organisation_id)
    office = actor.can(permissions.VIEW)
    return render_template(
        "brand/promotion/join_index.html",
        events=queries.open_for(actor.organisation_id, clock.today()) if actor.organisation_id else [],
        places=rules.ENROLMENT,
        kinds=rules.KINDS,
        materials=materials,
        files=files_by_id([m.file_id for m in materials if m.file_id is not None]),
        words=rules_media,
        brands=[b for b in public_brands() if office or b.id in line],
        licensed=bool(line),
        today=clock.today(),
    )


@blueprint.route("/<uuid:public_id>", methods=["GET", "POST"])
@access(permissions.ENROL)
def show(public_id: UUID) -> Any:
    """One event for an enterprise: enrol, or see one's place."""
    event, form = queries.announced(public_id), EnrolForm()
    if not form.is_submitted():
        return _page(event)
    return done(
        form,
        lambda: service_places.enrol(event, current_actor(), **form.values()),
        lambda status: _page(event, status, form=form),
        "已报名。",
        url_for(".show", public_id=public_id),
    )


def _page(event: PromotionEvent, status: int = 200, **forms: Form) -> Any:
    actor = current_actor()
    assert actor.organisation_id is not None
    place = queries.enrolment_of(event.id, actor.organisation_id)
    context: dict[str, Any] = {"form": blank(EnrolForm), "result_form": blank(OwnResultForm)} | forms
    reports = place is not None and place.state in rules.SEATED and event.state in ("enrolling", "held")
    return render_template(
        "brand/promotion/join.html",
        event=event,
        facts=screens.event_facts(event),
        chip=screens.state_chip(event),
        kind=rules.KINDS[event.kind],
        place=place,
        turn=queries.turn(place) if place is not None and place.state == "waiting" else None,
        places=rules.ENROLMENT,
        seats=queries.seats(event),
        unmet=service_places.unmet_for(event, actor.organisation_id) if place is None else [],
        leaving=place is not None and place.state in ("waiting", "confirmed") and clock.today() < event.starts_on,
        results=screens.result_lines(event, actor.organisation_id),
        reporting=reports and clock.today() >= event.starts_on,
        **context,
    ), status


@blueprint.post("/places/<uuid:public_id>/withdraw")
@access(permissions.ENROL)
def withdraw(public_id: UUID) -> Any:
    """Give the place back; the next in line gets it."""
    place = queries.enrolment_for_actor(public_id, current_actor())
    if place.organisation_id != current_actor().organisation_id:
        raise EventNotFound
    back = url_for(".show", public_id=service_places.event_of(place).public_id)
    wish = requested_move(rules.ENROLMENT, place, back=back, consequences=["展位给候补的下一家，再来要重新报名排队。"])
    if wish.page:
        return wish.page
    if wish.key == "withdraw":
        service_places.withdraw(place, current_actor())
        flash("已退出报名。")
    return redirect(back)


@blueprint.post("/<uuid:public_id>/results")
@access(permissions.ENROL)
def add_result(public_id: UUID) -> Any:
    """Report a figure of one's own; other enterprises do not see it."""
    event, form = queries.announced(public_id), OwnResultForm()
    service.require_seat(event, current_actor())
    return done(
        form,
        lambda: service.add_result(event, current_actor(), source_kind="self", **form.values()),
        lambda status: _page(event, status, result_form=form),
        "成果已记下。",
        url_for(".show", public_id=public_id),
    )


@blueprint.post("/<uuid:public_id>/results/<int:result_id>/remove")
@access(permissions.ENROL)
def remove_result(public_id: UUID, result_id: int) -> Any:
    """Take back a figure of one's own."""
    service.remove_result(queries.announced(public_id), current_actor(), result_id)
    return redirect(url_for(".show", public_id=public_id))


@blueprint.post("/media/<uuid:public_id>/download")
@access(permissions.TAKE)
def download(public_id: UUID) -> Response:
    """The file of a material; who took it is on record (so it is a POST)."""
    once.claim(request.form.get("once"))
    file, data = service_media.take(service_media.load(public_id), current_actor())
    return _file(data, file.media_type, file.filename)


@blueprint.post("/kit/<key>")
@access(permissions.TAKE)
def kit(key: str) -> Response:
    """The press-ready brand kit; who took it is on record."""
    once.claim(request.form.get("once"))
    return _file(service_media.take_kit(key, current_actor()), "application/pdf", f"{by_key(key).name}品牌物料手册.pdf")


def _file(data: bytes, media_type: str, filename: str) -> Response:
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response.headers["Cache-Control"] = "no-store"
    return response
