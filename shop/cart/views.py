"""The cart page, and what puts things in and takes them out."""

from __future__ import annotations

import unicodedata
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from core.account.access import current_actor, public
from core.config import settings
from core.errors import BadInput
from core.organisation.queries import names
from core.ui import flash, once
from shop.cart import rules, service
from shop.cart.models import Cart

blueprint = Blueprint("cart", __name__, template_folder="templates")


def token() -> str | None:
    """The cart token this browser carries."""
    return request.cookies.get(service.COOKIE)


def keep(response: Any, cart: Cart) -> Response:
    """``response`` with the cart's cookie, and the count the public header shows."""
    made: Response = response
    told = ((service.COOKIE, service.token_of(cart)), (service.COUNT_COOKIE, str(service.pieces_of(cart))))
    for name, value in told:
        made.set_cookie(
            name, value, max_age=service.COOKIE_DAYS * 86400, httponly=True, samesite="Lax",
            secure=settings().secure_cookies,
        )  # fmt: skip
    return made


def _number(name: str) -> int:
    text = unicodedata.normalize("NFKC", request.form.get(name, "")).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise BadInput("数量填整数，例如 2。", code="cart.quantity", field="quantity", help="返回上一页重新填写。")
    return int(text)


def _variant() -> UUID:
    try:
        return UUID(request.form.get("variant", ""))
    except ValueError:
        raise BadInput("没有认出要买的规格。", code="cart.variant", help="返回商品页重新选择。") from None


@blueprint.get("/cart")
@public("a guest has a cart")
def show() -> Any:
    """The cart with everything that changed since."""
    cart = service.find_cart(token())
    pairs = service.facts_of(cart)
    sellers: dict[int, list[Any]] = {}
    for facts, offer in pairs:
        sellers.setdefault(offer.organisation_id, []).append((facts, offer, rules.notes_of(facts)))
    return render_template(
        "shop/cart/show.html",
        sellers=sellers,
        names=names(list(sellers)),
        total=sum(f.quantity * f.price_fen for f, _ in pairs),
        blocked=len(rules.unmet_of([f for f, _ in pairs])) if pairs else 0,
    )


@blueprint.post("/cart/add")
@public("a guest has a cart")
def add() -> Any:
    """One or more pieces into the cart; with ``then=checkout`` straight on."""
    variant, quantity = _variant(), _number("quantity")
    once.claim(request.form.get("once"))
    cart = service.open_cart(token(), current_actor().user_id)
    service.put(cart, variant, quantity)
    if request.form.get("then") == "checkout":
        return keep(redirect(url_for("checkout.show")), cart)
    flash("已放进购物车。")
    return keep(redirect(url_for("cart.show")), cart)


@blueprint.post("/cart/line")
@public("a guest has a cart")
def change() -> Any:
    """Another number of pieces; 0 takes the line out."""
    variant, quantity = _variant(), _number("quantity")
    cart = service.open_cart(token(), current_actor().user_id)
    service.set_quantity(cart, variant, quantity)
    return keep(redirect(url_for("cart.show")), cart)
