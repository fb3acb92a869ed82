"""Pages of places: list, new, one."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor
from core.errors import DomainError
from core.file.queries import files_by_id
from core.hooks import plot_certificates
from core.organisation import mandates
from core.organisation import queries as organisations
from core.place import drawing, queries, rules, service
from core.place.forms import PictureForm, PlaceChangeForm, PlaceForm, outline_of
from core.place.models import KINDS, MARKS, Place
from core.place.permissions import EDIT, VIEW
from core.taxonomy import queries as taxonomy
from core.ui import flash

bp = Blueprint(
    "place", __name__, template_folder="templates", static_folder="static", static_url_path="/static/place",
    url_prefix="/places",
)  # fmt: skip


def _values(form: Any) -> dict[str, Any]:
    return {
        "village": form.village.data,
        "area_m2": rules.area_m2(form.area_mu.data) if form.area_mu.data is not None else None,
        "name": form.name.data,
        "latitude": form.latitude.data,
        "longitude": form.longitude.data,
        "outline": outline_of(form.outline.data),
        "farmer_code": form.farmer_code.data or "",
        "note": form.note.data,
        "variety": form.variety.data or "",
    }


def _choices(form: Any) -> None:
    growers = mandates.growers_kept_by(current_actor().organisation_id or 0)
    form.farmer_code.choices = [(g.code, f"{g.name}，{g.code}") for g in growers]
    groups = taxonomy.grouped_choices("variety")
    form.variety.choices = [(code, f"{species} {label}") for species, rows in groups.items() for code, label in rows]


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    places = queries.places_of(current_actor().organisation_id or 0)
    farmers = organisations.views([p.farmer_id for p in places])
    return render_template("core/place/index.html", places=places, kinds=KINDS, farmers=farmers, mu=rules.mu)


@bp.route("/new", methods=["GET", "POST"])
@access(EDIT)
def new() -> ResponseReturnValue:
    form: Any = PlaceForm()
    _choices(form)
    if form.validate_on_submit():
        try:
            form.claim_once()
            place = service.add_place(current_actor(), kind=form.kind.data, code=form.code.data, **_values(form))
            flash(f"{KINDS[place.kind]} {place.code} 已登记。")
            return redirect(url_for(".show", public_id=place.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.kind.data = form.kind.data or "plot"
    return render_template("core/place/form.html", form=form, place=None), 422 if form.errors else 200


@bp.get("/<uuid:public_id>")
@access(VIEW)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    place = queries.get_place(public_id, current_actor())
    farmer = organisations.get_organisation(place.farmer_id)
    point = rules.public_point(rules.Point(place.latitude, place.longitude)) if _located(place) else None  # type: ignore[arg-type]
    pictures = queries.pictures_of(place.id)
    corners = place.outline["coordinates"][0] if place.outline else []
    return render_template(
        "core/place/show.html",
        place=place,
        kinds=KINDS,
        farmer=farmer,
        point=point,
        mu=rules.mu,
        drawn_m2=rules.outline_area_m2([(x, y) for x, y in corners]) if corners else None,
        warnings=rules.outline_warnings(place.outline, place.area_m2) if place.outline else [],
        drawing=drawing.outline_svg(corners) if corners else None,
        pictures=pictures,
        files=files_by_id([file_id for _, file_id in pictures]),
        picture_form=PictureForm(),
        certificates=queries.covering([place.id], clock.today()),
        marked=[line for hook in plot_certificates for line in hook(place_id=place.id)],
        marks=MARKS,
        variety=taxonomy.labels([place.variety]).get(place.variety) if place.variety else None,
    )


def _located(place: Place) -> bool:
    return place.latitude is not None and place.longitude is not None


@bp.route("/<uuid:public_id>/change", methods=["GET", "POST"])
@access(EDIT)
def change(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    place = queries.get_place(public_id, actor)
    form: Any = PlaceChangeForm(obj=place)
    _choices(form)
    if form.is_submitted():
        form.kind.data, form.code.data = place.kind, place.code
        form.kind.process_errors = form.code.process_errors = ()
    else:
        _fill(form, place)
    if form.validate_on_submit():
        try:
            form.check_version(place)
            service.change_place(place, actor, active=bool(form.active.data), **_values(form))
            flash(f"{place.code} 已改好。已封存的记录不受影响。")
            return redirect(url_for(".show", public_id=place.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    return render_template("core/place/form.html", form=form, place=place), 422 if form.errors else 200


def _fill(form: PlaceForm, place: Place) -> None:
    form.area_mu.data = rules.mu(place.area_m2) if place.area_m2 else None
    form.latitude.data = f"{place.latitude:f}" if place.latitude is not None else ""
    form.longitude.data = f"{place.longitude:f}" if place.longitude is not None else ""
    form.outline.data = json.dumps(place.outline) if place.outline else ""
    form.farmer_code.data = (
        "" if place.farmer_id == place.organisation_id else organisations.get_organisation(place.farmer_id).code
    )
