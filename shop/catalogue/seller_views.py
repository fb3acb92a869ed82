"""Sellers write their listings; the office reviews them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select

from core.account.access import access, current_actor
from core.db import db
from core.errors import DomainError, NotFound, RuleBroken
from core.file.queries import files_by_id
from core.money import parse_yuan
from core.organisation.queries import get_organisation, names
from core.ui import flash, once
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for
from shop.catalogue import permissions, queries, rules, service
from shop.catalogue.forms import ListingForm, PictureForm, VariantForm
from shop.catalogue.models import Listing, Variant
from shop.catalogue.rules_wording import lint
from shop.stock import lots

blueprint = Blueprint("listing", __name__, template_folder="templates")
LABELS = {
    "title": "品名",
    "origin": "产地",
    "description": "介绍",
    "dispatch_note": "发货",
    "delivery_note": "配送",
    "claim_terms": "包赔办法",
}


def _variant(listing: Listing, public_id: UUID) -> Variant:
    variant = next((v for v in listing.variants if v.public_id == public_id), None)
    if variant is None:
        raise NotFound("没有找到这个规格。", help="刷新页面看看。")
    return variant


@blueprint.get("/enterprise/listings")
@access(permissions.EDIT)
def index() -> Any:
    """The seller's listings."""
    actor = current_actor()
    table = Table(
        select(Listing).where(Listing.organisation_id == actor.organisation_id),
        columns=[
            Column("title", "品名", sort=Listing.title, link=lambda r: url_for("listing.show", public_id=r.public_id)),
            Column(
                "state",
                "状态",
                kind="chip",
                value=lambda r: (rules.LISTING.label_of(r.state), rules.LISTING.state(r.state).tone),
            ),
            Column("kind", "品类", value=lambda r: service.KINDS[r.kind]),
            Column("updated_at", "改动", kind="moment", sort=Listing.updated_at),
        ],
        filters=[Filter("q", "品名", search=(Listing.title,))],
        default_sort="-updated_at",
        name="listings",
        caption="商品",
        empty="还没有商品。先添加一件，写明规格和价格再提交审核。",
    )
    return table.respond("shop/catalogue/listings.html")


@blueprint.route("/enterprise/listings/new", methods=["GET", "POST"])
@access(permissions.EDIT)
def new() -> Any:
    """A new draft."""
    form = ListingForm(data={"perishable": True, "claim_hours": 48})
    if form.validate_on_submit():
        try:
            form.claim_once()
            listing = service.create_listing(current_actor(), **_texts(form))
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            return redirect(url_for("listing.show", public_id=listing.public_id))
    return render_template("shop/catalogue/new.html", form=form), 400 if form.is_submitted() else 200


@blueprint.route("/enterprise/listings/<uuid:public_id>", methods=["GET", "POST"])
@access(permissions.EDIT)
def show(public_id: UUID) -> Any:
    """One listing: texts (in a draft), variants, prices, pictures, moves, history."""
    actor = current_actor()
    listing = service.get_own(actor, public_id)
    form = ListingForm(obj=listing)
    if request.method == "POST" and form.validate_on_submit():
        try:
            form.check_version(listing)
            form.claim_once()
            service.edit_listing(actor, listing, **_texts(form))
        except RuleBroken as error:
            form.put_error(error)
        else:
            flash("商品已保存。")
            return redirect(url_for("listing.show", public_id=public_id))
    return _page(listing, form), 400 if request.method == "POST" else 200


def _texts(form: ListingForm) -> dict[str, Any]:
    values = form.values()
    values["freight_fen"] = values["freight_fen"] or 0
    values["claim_hours"] = values["claim_hours"] or 0
    values["perishable"] = bool(values["perishable"])
    return values


def _page(
    listing: Listing,
    form: ListingForm,
    variant_form: VariantForm | None = None,
    picture_form: PictureForm | None = None,
) -> str:
    actor = current_actor()
    variants = variant_form or VariantForm(formdata=None, data={"unit": "箱"})
    variants.item_id.choices = lots.item_choices(listing.organisation_id)
    return render_template(
        "shop/catalogue/edit.html",
        listing=listing,
        form=form,
        variant_form=variants,
        picture_form=picture_form or PictureForm(formdata=None),
        files=files_by_id([p.file_id for p in listing.pictures]),
        findings=lint({label: getattr(listing, key) for key, label in LABELS.items()}),
        moves=moves_for(rules.LISTING, listing, actor),
        past=history(rules.LISTING, listing.id),
        workflow=rules.LISTING,
        prices={v.id: queries.price_history(v.id) for v in listing.variants},
        per_jin=rules.unit_price_text,
        kg=rules.kg_text,
    )


@blueprint.post("/enterprise/listings/<uuid:public_id>/variants")
@access(permissions.EDIT)
def add_variant(public_id: UUID) -> Any:
    """One more variant."""
    actor = current_actor()
    listing = service.get_own(actor, public_id)
    form = VariantForm()
    form.item_id.choices = lots.item_choices(listing.organisation_id)
    if form.validate_on_submit():
        form.claim_once()
        try:
            service.add_variant(actor, listing, **form.values())
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            flash("规格已添加。")
            return redirect(url_for("listing.show", public_id=public_id))
    return _page(listing, ListingForm(formdata=None, obj=listing), variant_form=form), 400


@blueprint.post("/enterprise/listings/<uuid:public_id>/variants/<uuid:variant_id>")
@access(permissions.EDIT)
def change_variant(public_id: UUID, variant_id: UUID) -> Any:
    """A new price, cap or whether it is offered; the price goes into the history."""
    actor = current_actor()
    listing = service.get_own(actor, public_id)
    variant = _variant(listing, variant_id)
    once.claim(request.form.get("once"))
    service.change_price(actor, variant, parse_yuan(request.form.get("price", ""), field="price"))
    cap = request.form.get("cap", "").strip()
    service.set_variant(
        actor, variant, active=request.form.get("active") == "1", cap_per_buyer=service.read_cap(cap) if cap else None
    )
    flash("规格已保存，价格已记入历史。")
    return redirect(url_for("listing.show", public_id=public_id))


@blueprint.post("/enterprise/listings/<uuid:public_id>/pictures")
@access(permissions.EDIT)
def add_picture(public_id: UUID) -> Any:
    """One more picture."""
    actor = current_actor()
    listing = service.get_own(actor, public_id)
    form = PictureForm()
    if form.validate_on_submit():
        form.claim_once()
        try:
            upload = form.picture.data
            service.add_picture(actor, listing, upload.stream, upload.filename or "", alt=form.alt.data or "")
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            return redirect(url_for("listing.show", public_id=public_id))
    return _page(listing, ListingForm(formdata=None, obj=listing), picture_form=form), 400


@blueprint.post("/enterprise/listings/<uuid:public_id>/pictures/<int:picture_id>/remove")
@access(permissions.EDIT)
def remove_picture(public_id: UUID, picture_id: int) -> Any:
    """One picture less."""
    actor = current_actor()
    once.claim(request.form.get("once"))
    service.remove_picture(actor, service.get_own(actor, public_id), picture_id)
    return redirect(url_for("listing.show", public_id=public_id))


@blueprint.post("/enterprise/listings/<uuid:public_id>/move")
@access(permissions.EDIT)
def move(public_id: UUID) -> Any:
    """The seller's moves."""
    listing = service.get_own(current_actor(), public_id)
    return _moved(listing, url_for("listing.show", public_id=public_id))


@blueprint.get("/office/listings")
@access(permissions.REVIEW)
def reviews() -> Any:
    """Listings that have been submitted, waiting ones first."""
    query = (
        select(Listing)
        .where(Listing.state != "draft")
        .order_by((Listing.state != "submitted"), Listing.updated_at.desc())
    )
    table = Table(
        query,
        columns=[
            Column("title", "品名", link=lambda r: url_for("listing.review", public_id=r.public_id)),
            Column("seller", "企业", value=lambda r: names([r.organisation_id]).get(r.organisation_id, "")),
            Column(
                "state",
                "状态",
                kind="chip",
                value=lambda r: (rules.LISTING.label_of(r.state), rules.LISTING.state(r.state).tone),
            ),
            Column("updated_at", "改动", kind="moment", sort=Listing.updated_at),
        ],
        filters=[
            Filter("q", "品名", search=(Listing.title,)),
            Filter(
                "state",
                "状态",
                column=Listing.state,
                choices=[(s.key, s.label) for s in rules.LISTING.states if s.key != "draft"],
            ),
        ],
        name="reviews",
        caption="商品审核",
        empty="没有待审核的商品。",
    )
    return table.respond("shop/catalogue/reviews.html")


@blueprint.get("/office/listings/<uuid:public_id>")
@access(permissions.REVIEW)
def review(public_id: UUID) -> Any:
    """One listing as the office decides on it."""
    listing = service.get_for_review(public_id)
    return render_template(
        "shop/catalogue/review.html",
        listing=listing,
        seller=get_organisation(listing.organisation_id),
        files=files_by_id([p.file_id for p in listing.pictures]),
        findings=lint({label: getattr(listing, key) for key, label in LABELS.items()}),
        moves=moves_for(rules.LISTING, listing, current_actor()),
        past=history(rules.LISTING, listing.id),
        workflow=rules.LISTING,
        per_jin=rules.unit_price_text,
        kg=rules.kg_text,
    )


@blueprint.post("/office/listings/<uuid:public_id>/move")
@access(permissions.REVIEW)
def decide(public_id: UUID) -> Any:
    """The office's moves."""
    listing = service.get_for_review(public_id)
    return _moved(listing, url_for("listing.review", public_id=public_id), after=url_for("listing.reviews"))


def _moved(listing: Listing, back: str, after: str = "") -> Any:
    wish = requested_move(rules.LISTING, listing, back=back)
    if wish.page:
        return wish.page
    service.move_listing(current_actor(), listing, wish.key, reason=wish.reason)
    db.session.flush()
    flash(f"“{listing.title}”现在是：{rules.LISTING.label_of(listing.state)}。")
    return redirect(after or back)
