"""Pages of trade items: list, new, one, change."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.errors import DomainError
from core.taxonomy import queries as taxonomy
from core.ui import flash
from trace.item import queries, service
from trace.item.forms import ItemChangeForm, ItemForm
from trace.item.permissions import EDIT, VIEW

bp = Blueprint("item", __name__, template_folder="templates", url_prefix="/items")


def _choices(form: ItemForm) -> None:
    for part in ("variety", "specification", "grade"):
        groups = taxonomy.grouped_choices(part)
        form[part].choices = [(code, f"{species} {label}") for species, rows in groups.items() for code, label in rows]
    form.form.choices = taxonomy.choices("form")


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    items = queries.items_of(current_actor().organisation_id or 0, active_only=False)
    return render_template("trace/item/index.html", items=items)


@bp.route("/new", methods=["GET", "POST"])
@access(EDIT)
def new() -> ResponseReturnValue:
    form = ItemForm()
    _choices(form)
    if form.validate_on_submit():
        try:
            form.claim_once()
            values = form.values()
            values["net_content_g"] = values["net_content_g"] or 1
            item = service.add_item(current_actor(), **values)
            flash(f"商品项“{item.name}”已登记。")
            return redirect(url_for(".show", public_id=item.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.form.data = "fresh"
    return render_template("trace/item/form.html", form=form, item=None), 422 if form.errors else 200


@bp.get("/<uuid:public_id>")
@access(VIEW)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    item = queries.get_item(public_id, current_actor())
    return render_template("trace/item/show.html", item=item)


@bp.route("/<uuid:public_id>/change", methods=["GET", "POST"])
@access(EDIT)
def change(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    item = queries.load(public_id, actor)
    form = ItemChangeForm(obj=item)
    if form.validate_on_submit():
        try:
            form.check_version(item)
            values = form.values()
            values["active"] = bool(values["active"])
            service.change_item(item, actor, **values)
            flash("已改好。已封存的记录不受影响。")
            return redirect(url_for(".show", public_id=item.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    return render_template("trace/item/form.html", form=form, item=item), 422 if form.errors else 200
