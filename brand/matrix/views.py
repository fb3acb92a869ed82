"""Public pages of the brand matrix, the brand office's desk, and an enterprise's own brands."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup

from brand.matrix import permissions, queries, rules, service
from brand.matrix.forms import FactsForm, OwnBrandForm
from core.account.access import access, current_actor, public
from core.errors import DomainError
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.home import HomePanel

blueprint = Blueprint("matrix", __name__, template_folder="templates")


@blueprint.get("/brands")
@public("the brand matrix is public")
def index() -> str:
    """The matrix as a tree."""
    return render_template("brand/matrix/index.html", tree=queries.tree())


@blueprint.get("/brands/<key>")
@public("what a brand is, who holds it, what stands below it")
def show(key: str) -> str:
    """One brand: the known facts only, its place in the matrix."""
    brand = queries.by_key(key)
    below = [b for b in queries.brands() if b.parent_id == brand.id]
    owner = organisations.get_organisation(brand.organisation_id) if brand.organisation_id else None
    return render_template(
        "brand/matrix/show.html", brand=brand, line=queries.line(brand.id)[:-1], below=below, owner=owner
    )


@blueprint.get("/brand/matrix")
@access(permissions.MANAGE)
def manage() -> str:
    """The brand office's list, retired brands included."""
    return render_template("brand/matrix/manage.html", tree=queries.tree(active_only=False))


@blueprint.post("/brand/matrix/establish")
@access(permissions.MANAGE)
def establish() -> Any:
    """Lay out the public brands of the plan."""
    made = service.establish_matrix(current_actor())
    flash(f"已建立 {len(made)} 个品牌。" if made else "公用品牌和县域品牌都已建立。")
    return redirect(url_for(".manage"))


@blueprint.route("/brand/matrix/<key>", methods=["GET", "POST"])
@access(permissions.MANAGE)
def edit(key: str) -> Any:
    """Fill in the facts of a brand; what nobody confirmed stays empty and is not printed."""
    brand = queries.load_by_key(key)
    form = FactsForm(obj=brand)
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        form.check_version(brand)
        try:
            _save(form, brand)
        except DomainError as error:
            form.put_error(error)
            status = error.status
        else:
            flash("品牌资料已保存。")
            return redirect(url_for(".manage"))
    return render_template("brand/matrix/edit.html", form=form, brand=queries.view(brand)), status


def _save(form: FactsForm, brand: Any) -> None:
    values = form.values()
    told = {key: values.pop(key) for key in rules.TEXT_LIMITS}
    active = bool(values.pop("active"))
    values["mark_kind"] = values["mark_kind"] or ""
    service.edit_brand(
        brand,
        current_actor(),
        rules.BrandFacts(**values),
        introduction=told["introduction"],
        active=active,
        texts=rules.Texts(**told),
    )


@blueprint.route("/brand/own", methods=["GET", "POST"])
@access(permissions.OWN)
def own() -> Any:
    """The enterprise's own brands below the public ones."""
    actor = current_actor()
    form = OwnBrandForm()
    form.parent_key.choices = [(b.key, b.name) for b in queries.public_brands()]
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        form.claim_once()
        try:
            service.register_brand(actor=actor, **form.values())
        except DomainError as error:
            form.put_error(error)
            status = error.status
        else:
            flash("企业品牌已登记。使用公用品牌还要另外申请授权。")
            return redirect(url_for(".own"))
    brands = queries.own_brands(actor.organisation_id) if actor.organisation_id else []
    return render_template("brand/matrix/own.html", form=form, brands=brands), status


def home_panel() -> HomePanel | None:
    """The matrix on the front door; nothing while no brand is laid out."""
    tree = queries.tree()
    if not tree:
        return None
    html = Markup(render_template("brand/matrix/_home.html", tree=tree))  # noqa: S704 - an own template, escaped there
    return HomePanel(gettext("品牌矩阵"), html)
