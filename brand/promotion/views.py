"""The organisers' desk: events, places, evidence, results, media library."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from brand.matrix.queries import public_brands
from brand.promotion import permissions, queries, rules, rules_media, screens, service, service_media, service_places
from brand.promotion.forms import EventForm, EvidenceForm, MaterialForm, ResultForm
from brand.promotion.models import PromotionEvent
from core import clock
from core.account.access import access, current_actor
from core.errors import BadInput
from core.file.queries import files_by_id
from core.ui import flash, once
from core.ui.deed import blank, done
from core.ui.forms import Form
from core.ui.moves import requested_move

blueprint = Blueprint("promotion", __name__, url_prefix="/brand/promotion", template_folder="templates")


@blueprint.get("")
@access(permissions.VIEW)
def index() -> Any:
    """Every event, and what counts in the three indicators this year."""
    year = clock.today().year
    return screens.event_table().respond(
        "brand/promotion/index.html", indicators=screens.indicator_lines(year), year=year
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access(permissions.MANAGE)
def new() -> Any:
    """Register an event."""
    form = EventForm()

    def page(status: int) -> Any:
        return render_template("brand/promotion/edit.html", form=form, event=None), status

    if not form.is_submitted():
        return page(200)
    made: list[PromotionEvent] = []
    answer = done(
        form,
        lambda: made.append(service.plan(current_actor(), **form.values())),
        page,
        "活动已登记。",
        url_for(".index"),
    )
    return redirect(url_for(".show", public_id=made[0].public_id)) if made else answer


@blueprint.get("/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One event as the organisers and those who check see it."""
    return _page(queries.load(public_id))


def _page(event: PromotionEvent, status: int = 200, **forms: Form) -> Any:
    actor = current_actor()
    context: dict[str, Any] = screens.event_page(event, actor)
    if actor.can(permissions.MANAGE):
        context |= {"evidence_form": blank(EvidenceForm), "result_form": blank(ResultForm)}
    return render_template("brand/promotion/show.html", **(context | forms)), status


@blueprint.route("/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(permissions.MANAGE)
def edit(public_id: UUID) -> Any:
    """Change the plan, write the summary."""
    event = queries.load(public_id)
    form = EventForm(obj=event)
    if not form.is_submitted() and event.brand_id is not None:
        form.brand_id.data = str(event.brand_id)

    def page(status: int) -> Any:
        return render_template("brand/promotion/edit.html", form=form, event=event), status

    if not form.is_submitted():
        return page(200)

    def save() -> None:
        form.check_version(event)
        service.change(event, current_actor(), **form.values())

    return done(form, save, page, "活动已保存。", url_for(".show", public_id=public_id))


@blueprint.post("/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Announce, hold, check, cancel; the engine checks who may."""
    event = queries.load(public_id)
    back = url_for(".show", public_id=public_id)
    wish = requested_move(
        rules.EVENT, event, back=back, consequences=["活动从公开日历上标为已取消。", "已报名的企业会收到通知和理由。"]
    )
    if wish.page:
        return wish.page
    service.move(event, current_actor(), wish.key, wish.reason)
    flash(f"已办理：{rules.EVENT.move(wish.key).label}。")
    return redirect(back)


@blueprint.post("/<uuid:public_id>/evidence")
@access(permissions.MANAGE)
def add_evidence(public_id: UUID) -> Any:
    """Add a file or link that shows the event took place."""
    event, form = queries.load(public_id), EvidenceForm()

    def keep() -> None:
        values = form.values()
        upload = values.pop("file")
        given = {"stream": upload.stream, "filename": upload.filename} if upload is not None else {}
        service.add_evidence(event, current_actor(), **given, **values)

    return done(
        form, keep, lambda status: _page(event, status, evidence_form=form), "材料已加上。", _to(event, "evidence")
    )


def _to(event: PromotionEvent, part: str) -> str:
    return url_for(".show", public_id=event.public_id, _anchor=part)


@blueprint.post("/<uuid:public_id>/evidence/<int:evidence_id>/remove")
@access(permissions.MANAGE)
def remove_evidence(public_id: UUID, evidence_id: int) -> Any:
    """Take a piece of evidence off the event."""
    event = queries.load(public_id)
    service.remove_evidence(event, current_actor(), evidence_id)
    return redirect(_to(event, "evidence"))


@blueprint.post("/<uuid:public_id>/results")
@access(permissions.MANAGE)
def add_result(public_id: UUID) -> Any:
    """Add a figure of the event as a whole."""
    event, form = queries.load(public_id), ResultForm()
    return done(
        form,
        lambda: service.add_result(event, current_actor(), **form.values()),
        lambda status: _page(event, status, result_form=form),
        "成果已记下。",
        _to(event, "results"),
    )


@blueprint.post("/<uuid:public_id>/results/<int:result_id>/remove")
@access(permissions.MANAGE)
def remove_result(public_id: UUID, result_id: int) -> Any:
    """Take back a figure of the event."""
    event = queries.load(public_id)
    service.remove_result(event, current_actor(), result_id)
    return redirect(_to(event, "results"))


@blueprint.post("/places/<uuid:public_id>/move")
@access(permissions.MANAGE)
def move_place(public_id: UUID) -> Any:
    """Refuse an enterprise with a reason, or put down whether it came."""
    place = queries.enrolment_for_actor(public_id, current_actor())
    event = service_places.event_of(place)
    back = _to(event, "places")
    wish = requested_move(rules.ENROLMENT, place, back=back, consequences=["名额空出来，给候补的下一家。"])
    if wish.page:
        return wish.page
    if wish.key == "decline":
        service_places.decline(place, current_actor(), wish.reason)
    elif wish.key in ("attend", "miss"):
        service_places.present(place, current_actor(), came=wish.key == "attend")
    else:
        raise BadInput("这一步由报名企业自己办。", code="promotion.not_yours", help="请企业退出报名。")
    flash(f"已办理：{rules.ENROLMENT.move(wish.key).label}。")
    return redirect(back)


@blueprint.route("/media", methods=["GET", "POST"])
@access(permissions.VIEW)
def media() -> Any:
    """The media library: every material with its rights and how often it was taken."""
    form = MaterialForm()
    if form.is_submitted():
        return done(
            form,
            lambda: _add_material(form),
            lambda status: _media(form, status),
            "素材已放进库里。",
            url_for(".media"),
        )
    return _media(blank(MaterialForm), 200)


def _add_material(form: MaterialForm) -> None:
    values = form.values()
    upload = values.pop("file")
    given = {"stream": upload.stream, "filename": upload.filename} if upload is not None else {}
    values["brand_id"] = int(values["brand_id"])
    service_media.add(current_actor(), **given, **values)


def _media(form: MaterialForm, status: int) -> Any:
    rows = service_media.everything()
    files = files_by_id([m.file_id for m, _ in rows if m.file_id is not None])
    today = clock.today()
    lines = [
        {
            "material": m,
            "taken": n,
            "file": files.get(m.file_id or 0),
            "usable": rules_media.usable(active=m.active, rights_until=m.rights_until, today=today),
        }
        for m, n in rows
    ]
    return render_template(
        "brand/promotion/media.html", lines=lines, form=form, words=rules_media, brands=public_brands()
    ), status


@blueprint.post("/media/<uuid:public_id>/retire")
@access(permissions.MANAGE)
def retire(public_id: UUID) -> Any:
    """Take a material out of the library."""
    once.claim(request.form.get("once"))
    service_media.retire(service_media.load(public_id), current_actor())
    flash("素材已撤下，不能再取用。")
    return redirect(url_for(".media"))
