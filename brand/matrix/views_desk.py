"""The brand office's desk of the matrix, and an enterprise's own brands and product lines."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from brand.matrix import permissions, queries, rules, service
from brand.matrix.forms import CountyBrandForm, FactsForm, OwnBrandForm, PictureForm
from brand.matrix.models import Brand
from core import clock
from core.account.access import access, current_actor
from core.errors import DomainError, NotFound
from core.ui import flash, once
from core.ui.deed import blank, done
from core.ui.forms import Form

blueprint = Blueprint("matrix_desk", __name__, template_folder="templates")


@blueprint.get("/brand/matrix")
@access(permissions.MANAGE)
def manage() -> Any:
    """The brand office's list, retired brands included."""
    return _manage()


def _manage(form: CountyBrandForm | None = None, status: int = 200) -> Any:
    tree = queries.tree(active_only=False)
    regional = [(b.key, b.name) for b in queries.brands() if b.level == "regional"]
    if form is None:
        form = blank(CountyBrandForm)
    form.parent_key.choices = regional
    counted = queries.counted(tree[0].brand.id) if tree else None
    return render_template(
        "brand/matrix/manage.html", tree=tree, form=form if regional else None, counted=counted
    ), status


@blueprint.post("/brand/matrix")
@access(permissions.MANAGE)
def add_county() -> Any:
    """Register one more county brand."""
    form = CountyBrandForm()
    form.parent_key.choices = [(b.key, b.name) for b in queries.brands() if b.level == "regional"]
    return done(
        form,
        lambda: service.add_county_brand(actor=current_actor(), **form.values()),
        lambda status: _manage(form, status),
        "县域品牌已登记。",
        url_for(".manage"),
    )


@blueprint.post("/brand/matrix/establish")
@access(permissions.MANAGE)
def establish() -> Any:
    """Lay out the public brands of the plan."""
    made = service.establish_matrix(current_actor())
    flash(f"已建立 {len(made)} 个品牌。" if made else "公用品牌和县域品牌都已建立。")
    return redirect(url_for(".manage"))


@blueprint.post("/brand/matrix/count")
@access(permissions.MANAGE)
def count() -> Any:
    """Count the figures of the brand pages now."""
    once.claim(request.form.get("once"))
    done = service.count_figures(clock.now())
    flash(f"{done} 个品牌的数字已按现在的记录重新统计。")
    return redirect(url_for(".manage"))


@blueprint.route("/brand/matrix/<key>", methods=["GET", "POST"])
@access(permissions.MANAGE)
def edit(key: str) -> Any:
    """Fill in the facts of a brand; what nobody confirmed stays empty and is not printed."""
    return _edit(queries.load_by_key(key))


@blueprint.route("/brand/own/<key>", methods=["GET", "POST"])
@access(permissions.OWN)
def edit_own(key: str) -> Any:
    """The same for a brand of the actor's own enterprise."""
    return _edit(_own(key))


def _own(key: str) -> Brand:
    brand = queries.load_by_key(key)
    if brand.organisation_id is None or brand.organisation_id != current_actor().organisation_id:
        raise NotFound("没有找到这个品牌。", help="请从品牌列表重新进入。")
    return brand


def _edit(brand: Brand) -> Any:
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
            return redirect(request.path)
    return _edit_page(brand, status, form=form)


def _edit_page(brand: Brand, status: int, **forms: Form) -> Any:
    context: dict[str, Any] = {"form": FactsForm(formdata=None, obj=brand), "picture_form": blank(PictureForm)} | forms
    office = current_actor().can(permissions.MANAGE)
    return render_template(
        "brand/matrix/edit.html",
        brand=queries.view(brand),
        pictures=queries.pictures(brand.id),
        office=office,
        here=url_for(".edit" if office else ".edit_own", key=brand.key),
        **context,
    ), status


def _save(form: FactsForm, brand: Brand) -> None:
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


@blueprint.post("/brand/matrix/<key>/pictures")
@access(permissions.MANAGE)
def add_picture(key: str) -> Any:
    """Put a picture on a brand's page."""
    return _add_picture(queries.load_by_key(key), url_for(".edit", key=key))


@blueprint.post("/brand/own/<key>/pictures")
@access(permissions.OWN)
def add_own_picture(key: str) -> Any:
    """The same for a brand of the actor's own enterprise."""
    return _add_picture(_own(key), url_for(".edit_own", key=key))


def _add_picture(brand: Brand, back: str) -> Any:
    form = PictureForm()

    def keep() -> None:
        values = form.values()
        upload = values.pop("file")
        service.add_picture(brand, current_actor(), stream=upload.stream, filename=upload.filename, **values)

    return done(form, keep, lambda status: _edit_page(brand, status, picture_form=form), "图片已放上公开页面。", back)


@blueprint.post("/brand/matrix/<key>/pictures/<int:picture_id>/remove")
@access(permissions.MANAGE)
def remove_picture(key: str, picture_id: int) -> Any:
    """Take a picture off a brand's page."""
    service.remove_picture(queries.load_by_key(key), current_actor(), picture_id)
    return redirect(url_for(".edit", key=key))


@blueprint.post("/brand/own/<key>/pictures/<int:picture_id>/remove")
@access(permissions.OWN)
def remove_own_picture(key: str, picture_id: int) -> Any:
    """The same for a brand of the actor's own enterprise."""
    service.remove_picture(_own(key), current_actor(), picture_id)
    return redirect(url_for(".edit_own", key=key))


@blueprint.route("/brand/own", methods=["GET", "POST"])
@access(permissions.OWN)
def own() -> Any:
    """The enterprise's own brands below the public ones, and product lines below its own."""
    actor = current_actor()
    mine = queries.own_brands(actor.organisation_id) if actor.organisation_id else []
    form = OwnBrandForm()
    form.parent_key.choices = [(b.key, b.name) for b in queries.public_brands()] + [
        (b.key, f"{b.name}（本企业）") for b in mine if b.level == "enterprise"
    ]

    def page(status: int) -> Any:
        return render_template("brand/matrix/own.html", form=form, brands=mine), status

    if not form.is_submitted():
        return page(200)
    return done(
        form,
        lambda: service.register_brand(actor=actor, **form.values()),
        page,
        "品牌已登记。使用公用品牌还要另外申请授权。",
        url_for(".own"),
    )
