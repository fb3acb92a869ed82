"""The label designer: a list of designs, a form with live preview, versions."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from core.account.access import access, current_actor
from core.errors import BadInput, DomainError
from core.file.service import store
from core.ui import flash
from core.ui.filters import moment
from trace.code import design_rules, designs, outputs, svg
from trace.code.forms import DesignForm
from trace.code.layout import SIZES
from trace.code.permissions import DESIGN
from trace.code.qrbatch import library_matrix

bp = Blueprint("label_design", __name__, template_folder="templates", url_prefix="/codes/designs")
SAMPLE_SERIAL = "0G7TK4M2QX9VB"


@bp.get("/")
@access(DESIGN)
def index() -> str:
    actor = current_actor()
    made = designs.newest_of(actor.organisation_id or 0)
    rows = [(row, moment(row.made_at), design_rules.parse(row.content)) for row in made]
    return render_template("trace/code/designs.html", rows=rows, sizes=SIZES)


@bp.route("/new", methods=["GET", "POST"], defaults={"public_id": None})
@bp.route("/<uuid:public_id>", methods=["GET", "POST"])
@access(DESIGN)
def edit(public_id: uuid.UUID | None) -> str | Redirect | tuple[str, int]:
    """A new version of a design; the saved ones stay as they are."""
    actor = current_actor()
    old = designs.for_actor(public_id, actor) if public_id else None
    spec = designs.spec_of(old)
    form = DesignForm(data=_form_data(old, spec) if request.method == "GET" else None)
    status = 200
    if form.validate_on_submit():
        form.claim_once()
        spec = _spec(form, spec.logo if old and spec.logo and form.keep_logo.data else "")
        try:
            row = designs.save(actor, form.name.data or "", spec)
        except DomainError as error:
            if error.unmet or not form.put_error(error):
                raise
            status = 400
        else:
            flash(f"“{row.name}”第 {row.version} 版已保存，打印时可以选它。")
            return redirect(url_for(".index"), 303)
    elif request.method == "POST":
        status = 400
    if not spec.logo:
        del form.keep_logo
    return render_template(
        "trace/code/design.html",
        form=form,
        old=old,
        version_rows=_version_rows(old),
        **_preview(spec, form.name.data or ""),
    ), status


@bp.get("/preview")
@access(DESIGN)
def preview() -> str:
    """The preview and the checks of what stands in the form now, as a fragment (or a page of its own without script)."""
    actor = current_actor()
    try:
        spec = _asked(request.args)
        if spec.logo:
            designs.logo_dots(spec.logo, actor)
    except BadInput as error:
        return render_template("trace/code/_preview.html", drawing="", lines=[], problem=error.message)
    return render_template(
        "trace/code/_preview.html",
        problem="",
        **_preview(spec, request.args.get("name", "")[: design_rules.NAME_LENGTH]),
    )


def _asked(values: MultiDict[str, str]) -> design_rules.Spec:
    return design_rules.parse(
        {
            "size": values.get("size"), "lines": values.getlist("lines"), "mark": values.get("mark"),
            "tail": values.get("tail", ""), "paper": values.get("paper"), "boxCarries": bool(values.get("box_carries")),
            "logo": values.get("logo_id", "") if values.get("keep_logo") else "",
        }
    )  # fmt: skip


def _spec(form: DesignForm, logo: str) -> design_rules.Spec:
    actor = current_actor()
    if form.logo.data is not None:
        file = store(
            form.logo.data.stream, form.logo.data.filename, kind="picture", owner_organisation_id=actor.organisation_id,
            actor=actor,
        )  # fmt: skip
        logo = str(file.public_id)
    return design_rules.parse(
        {
            "size": form.size.data, "lines": form.lines.data or [], "mark": form.mark.data, "tail": form.tail.data or "",
            "paper": form.paper.data, "boxCarries": bool(form.box_carries.data), "logo": logo,
        }
    )  # fmt: skip


def _form_data(old: Any, spec: design_rules.Spec) -> dict[str, Any]:
    return {
        "name": old.name if old else "", "size": spec.size, "lines": list(spec.lines), "mark": spec.mark, "tail": spec.tail,
        "paper": spec.paper, "box_carries": spec.box_carries if old else False, "keep_logo": True,
    }  # fmt: skip


def _preview(spec: design_rules.Spec, name: str = "") -> dict[str, Any]:
    """The drawing of a sample label as inline SVG, and the check lines."""
    actor = current_actor()
    made, _wanted = designs.preview(actor, spec)
    symbols = outputs.batch(designs.SAMPLE_PREFIX)
    matrix = library_matrix(designs.SAMPLE_PREFIX + SAMPLE_SERIAL, symbols.version, symbols.level, symbols.mask)
    drawing = svg.Drawing(made, design_rules.PAPERS[spec.paper][1]).label(matrix, SAMPLE_SERIAL)
    drawing = drawing.replace("<svg ", '<svg class="label-preview" role="img" aria-label="标签预览" ', 1)
    lines = design_rules.checks(
        spec,
        made,
        designs.sample_of(actor),
        licensed=designs.has_licence(actor),
        claimed=designs.claimed(actor, name, spec),
    )
    return {"drawing": Markup(drawing), "lines": lines, "logo": spec.logo}  # noqa: S704 - drawn by us, words are outlines


def _version_rows(old: Any) -> list[tuple[str, str]]:
    return [(f"第 {row.version} 版", moment(row.made_at)) for row in designs.versions(old)] if old else []
