"""The checkout page: an address typed or pasted, a way to pay, what is told before paying, and the result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from core import clock
from core.account.access import current_actor, public
from core.db import db
from core.errors import BadInput, RuleBroken
from core.ui import once
from shop.cart import rules as cart_rules
from shop.cart import service as carts
from shop.cart.views import keep, token
from shop.catalogue.rules import PERISHABLE, PERISHABLE_ARTICLE
from shop.checkout import rules, service
from shop.checkout.forms import CheckoutForm
from shop.livestream import service as hosts
from shop.payment import service as payments

blueprint = Blueprint("checkout", __name__, template_folder="templates")


@blueprint.after_request
def _private(response: Response) -> Response:
    """What was typed here is kept by no browser, proxy or search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _page(form: CheckoutForm, quote: service.Quote, unmet: Any = ()) -> str:
    form.stamp.data = quote.stamp
    return render_template(
        "shop/checkout/show.html",
        form=form,
        quote=quote,
        unmet=unmet,
        perishable=PERISHABLE,
        article=PERISHABLE_ARTICLE,
    )


def _form(quote: service.Quote, **kwargs: Any) -> CheckoutForm:
    form = CheckoutForm(**kwargs)
    form.method.choices = [(m.key, f"{m.label}：{m.note}") for m in quote.methods]
    return form


@blueprint.get("/checkout")
@public("a guest may order")
def show() -> Any:
    """The form, or back to the cart where there is nothing to order or something to put right first."""
    quote = service.quote(carts.find_cart(token()))
    if not quote.lines or any(cart_rules.unmet_of([f]) for f, _ in quote.lines):
        return redirect(url_for("cart.show"))
    form = _form(quote)
    if len(quote.methods) == 1:
        form.method.data = quote.methods[0].key
    return _page(form, quote)


@blueprint.post("/checkout/paste")
@public("a guest may order; nothing is stored")
def paste() -> Any:
    """The form filled from one pasted line; the buyer checks it."""
    quote = service.quote(carts.find_cart(token()))
    if not quote.lines:
        return redirect(url_for("cart.show"))
    found = rules.parse_pasted(request.form.get("pasted", ""))
    fields = ("name", "mobile", "province", "city", "county", "town", "detail")
    form = _form(quote, formdata=None, data={f: getattr(found, f) for f in fields})
    form.once.data = once.new_key()
    return _page(form, quote)


@blueprint.post("/checkout")
@public("a guest may order")
def place() -> Any:
    """Orders, once; a replayed form shows the same result."""
    cart = carts.find_cart(token())
    if cart is None:
        raise BadInput("购物车已经过期，还没有下单。", code="checkout.no_cart", help="重新挑选商品。")
    quote = service.quote(cart)
    form = _form(quote)
    replay = service.replayed(form.once.data, cart)
    if replay is not None:
        return redirect(url_for("checkout.done", public_id=replay.public_id))
    if not form.validate_on_submit():
        return _page(form, quote), 400
    try:
        checkout = service.place(
            cart,
            once_key=form.once.data or "",
            address=form.address(),
            method=form.method.data or "",
            stamp=form.stamp.data or "",
            clicks=hosts.clicks(request.cookies.get(hosts.COOKIE)),
            actor=current_actor(),
        )
    except RuleBroken as error:
        db.session.rollback()
        for unmet in error.unmet:
            field = getattr(form, unmet.rule.rsplit(".", 1)[-1], None) if unmet.rule.startswith("checkout.") else None
            if field is not None and hasattr(field, "errors"):
                field.errors = [*field.errors, unmet.message]
        return _page(form, service.quote(carts.find_cart(token())), error.unmet), 422
    return keep(redirect(url_for("checkout.done", public_id=checkout.public_id)), cart)


@blueprint.get("/checkout/done/<uuid:public_id>")
@public("the browser that ordered sees its orders")
def done(public_id: UUID) -> Any:
    """The orders of this placing with what to do next; keep the links."""
    checkout = service.find(public_id, carts.find_cart(token()), current_actor())
    written = service.orders_of(checkout)
    return render_template(
        "shop/checkout/done.html",
        checkout=checkout,
        orders=written,
        accounts={o.id: payments.account_of(o.organisation_id) for o in written},
        now=clock.now(),
    )
