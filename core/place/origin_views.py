"""Pages of what belongs to a plot: its outline, its pictures, the certificates that cover it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor
from core.errors import DomainError
from core.file.queries import files_by_id
from core.file.service import store
from core.place import certificates, queries, rules, rules_certificates, service
from core.place.forms import CertificateForm, CoverForm, OutlineForm, PictureForm
from core.place.models import MARKS
from core.place.permissions import EDIT, VIEW
from core.place.views import bp
from core.ui import flash
from core.ui.forms import Form


@bp.route("/<uuid:public_id>/outline", methods=["GET", "POST"])
@access(EDIT)
def outline(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    place = queries.get_place(public_id, actor)
    form: Any = OutlineForm(obj=place)
    if form.validate_on_submit():
        try:
            form.check_version(place)
            warnings = service.draw_outline(place, actor, rules.outline_from_text(form.corners.data or ""))
            flash("边界已保存。" if place.outline else "边界已去掉。")
            for warning in warnings:
                flash(warning, "todo")
            return redirect(url_for(".show", public_id=place.public_id))
        except DomainError as error:
            if not form.put_error(error) and error.field not in ("outline", "latitude", "longitude"):
                raise
    elif not form.is_submitted():
        form.corners.data = rules.corners_text(place.outline)
    return render_template("core/place/outline.html", form=form, place=place, mu=rules.mu), 422 if form.errors else 200


@bp.post("/<uuid:public_id>/pictures")
@access(EDIT)
def add_picture(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    place = queries.get_place(public_id, actor)
    form: Any = PictureForm()
    if form.validate_on_submit():
        form.claim_once()
        upload = form.picture.data
        stored = store(
            upload.stream, upload.filename, kind="picture", owner_organisation_id=actor.organisation_id, actor=actor
        )
        service.add_picture(place, actor, stored.id)
        flash("照片已加上，位置信息已去掉。" if stored.gps_removed else "照片已加上。")
        return redirect(url_for(".show", public_id=place.public_id))
    flash(next(iter(form.picture.errors), "还没有选照片。"), "bad")
    return redirect(url_for(".show", public_id=place.public_id))


@bp.post("/<uuid:public_id>/pictures/<int:picture_id>/remove")
@access(EDIT)
def remove_picture(public_id: uuid.UUID, picture_id: int) -> ResponseReturnValue:
    actor = current_actor()
    place = queries.get_place(public_id, actor)
    form: Any = Form()
    if form.validate_on_submit():
        service.remove_picture(place, actor, picture_id)
        flash("照片已删去。")
    return redirect(url_for(".show", public_id=place.public_id))


@bp.get("/certificates")
@access(VIEW)
def certificate_index() -> ResponseReturnValue:
    rows = queries.certificates_of(current_actor().organisation_id or 0)
    today = clock.today()
    return render_template(
        "core/place/certificates.html",
        rows=rows,
        marks=MARKS,
        standing={c.id: rules_certificates.standing(c.valid_from, c.valid_to, today) for c in rows},
        places=queries.places_by_id(p for c in rows for p in c.place_ids),
        files=files_by_id([c.file_id for c in rows if c.file_id]),
    )


@bp.route("/certificates/new", methods=["GET", "POST"])
@access(EDIT)
def certificate_new() -> ResponseReturnValue:
    actor = current_actor()
    form: Any = CertificateForm()
    form.plots.choices = queries.choices(actor.organisation_id or 0, "plot")
    if form.validate_on_submit():
        try:
            form.claim_once()
            row = certificates.add_certificate(
                actor,
                kind=form.kind.data,
                number=form.number.data,
                issuer=form.issuer.data,
                product=form.product.data,
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
                plots=form.plots.data,
                file_id=_file_id(form),
                note=form.note.data or "",
            )
            flash(f"证书 {row.number} 已登记。")
            return redirect(url_for(".certificate_index"))
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template("core/place/certificate_form.html", form=form, certificate=None)
    return page, 422 if form.errors else 200


def _file_id(form: Any) -> int | None:
    upload, actor = form.file.data, current_actor()
    if upload is None:
        return None
    return store(
        upload.stream, upload.filename, kind="document", owner_organisation_id=actor.organisation_id, actor=actor
    ).id


@bp.route("/certificates/<uuid:public_id>/plots", methods=["GET", "POST"])
@access(EDIT)
def certificate_plots(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    row = queries.get_certificate(public_id, actor)
    form: Any = CoverForm(obj=row)
    form.plots.choices = queries.choices(actor.organisation_id or 0, "plot")
    if form.validate_on_submit():
        form.check_version(row)
        certificates.change_cover(row, actor, form.plots.data)
        flash("覆盖的地块已改好。")
        return redirect(url_for(".certificate_index"))
    if not form.is_submitted():
        covered = next(c.place_ids for c in queries.certificates_of(row.organisation_id) if c.id == row.id)
        form.plots.data = [str(p.public_id) for p in queries.places_by_id(covered).values()]
    page = render_template("core/place/certificate_form.html", form=form, certificate=row)
    return page, 422 if form.errors else 200
