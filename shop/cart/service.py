"""A cart is found by its signed token; changes are told, never silently applied."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import BadInput, NotFound, RuleBroken
from shop.cart import rules
from shop.cart.models import Cart, CartLine
from shop.catalogue import queries as catalogue
from shop.stock import queries as stock

COOKIE = "yidun_cart"
COUNT_COOKIE = "yidun_cart_count"
COOKIE_DAYS = 30


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="shop.cart")


def token_of(cart: Cart) -> str:
    """The signed token that opens this cart, for the cookie."""
    return str(_signer().dumps(cart.public_id.hex))


def pieces_of(cart: Cart) -> int:
    """How many pieces are in the cart."""
    return sum(line.quantity for line in cart.lines)


def shown_count(cookies: Mapping[str, str]) -> int:
    """The count this browser was last told, without asking the database; 0 where it was told none."""
    text = cookies.get(COUNT_COOKIE, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0


def find_cart(token: str | None, *, lock: bool = False) -> Cart | None:
    """The cart of a token, or None where the token is missing, forged or old."""
    if not token:
        return None
    try:
        key = uuid.UUID(hex=str(_signer().loads(token)))
    except (BadSignature, ValueError):
        return None
    query = select(Cart).where(Cart.public_id == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def open_cart(token: str | None, user_id: int | None = None) -> Cart:
    """The cart of the token, or a new empty one."""
    cart = find_cart(token, lock=True)
    if cart is None:
        cart = Cart(user_id=user_id)
        db.session.add(cart)
        db.session.flush()  # the token needs its key
    elif user_id is not None:
        cart.user_id = user_id
    return cart


def put(cart: Cart, variant_public_id: uuid.UUID, quantity: int = 1) -> CartLine:
    """The cart holds ``quantity`` more of the variant at the price now seen; more than is there or allowed is refused."""
    offer = catalogue.offer_of(variant_public_id)
    line = next((x for x in cart.lines if x.variant_id == offer.variant_id), None)
    total = quantity + (line.quantity if line else 0)
    _check(offer, total, quantity)
    if line is None:
        if len(cart.lines) >= rules.MAX_LINES:
            raise BadInput(f"购物车最多放 {rules.MAX_LINES} 种。", code="cart.full", help="先结算一部分。")
        line = CartLine(
            variant_id=offer.variant_id, quantity=total, seen_price_fen=offer.price_fen, added_at=clock.now()
        )
        cart.lines.append(line)
    else:
        line.quantity, line.seen_price_fen = total, offer.price_fen
    db.session.flush()
    return line


def set_quantity(cart: Cart, variant_public_id: uuid.UUID, quantity: int) -> None:
    """The line has this many; 0 takes it out.  The present price counts as seen."""
    variant_ids = [x.variant_id for x in cart.lines]
    offers = catalogue.offers(variant_ids)
    line = next((x for x in cart.lines if offers[x.variant_id].variant_public_id == variant_public_id), None)
    if line is None:
        raise NotFound("这件商品不在购物车里。", help="刷新页面看看。")
    if quantity == 0:
        cart.lines.remove(line)
    else:
        offer = offers[line.variant_id]
        _check(offer, quantity, quantity)
        line.quantity, line.seen_price_fen = quantity, offer.price_fen
    db.session.flush()


def empty(cart: Cart) -> None:
    """The cart holds nothing."""
    cart.lines.clear()
    db.session.flush()


def facts_of(cart: Cart | None) -> list[tuple[rules.LineFacts, catalogue.Offer]]:
    """Every line beside the present offer and the sellable pieces."""
    if cart is None or not cart.lines:
        return []
    offers = catalogue.offers([x.variant_id for x in cart.lines])
    by_item = stock.available([o.item_id for o in offers.values()], None, clock.today())
    pairs = []
    for line in cart.lines:
        offer = offers[line.variant_id]
        facts = rules.LineFacts(
            variant_id=line.variant_id,
            title=f"{offer.title} {offer.size_label}".strip(),
            quantity=line.quantity,
            seen_price_fen=line.seen_price_fen,
            price_fen=offer.price_fen,
            available=by_item[offer.item_id].pieces,
            on_sale=offer.on_sale,
            cap=offer.cap_per_buyer,
            unit=offer.unit,
        )
        pairs.append((facts, offer))
    return pairs


def _check(offer: catalogue.Offer, total: int, asked: int) -> None:
    unmet = rules.check_quantity(asked) or rules.check_quantity(total)
    if unmet:
        raise RuleBroken(unmet=unmet, field="quantity")
    there = stock.available([offer.item_id], offer.organisation_id, clock.today())[offer.item_id].pieces
    facts = rules.LineFacts(
        offer.variant_id,
        offer.title,
        total,
        offer.price_fen,
        offer.price_fen,
        there,
        offer.on_sale,
        offer.cap_per_buyer,
        offer.unit,
    )
    unmet = rules.unmet_of([facts])
    if unmet:
        raise RuleBroken(unmet=unmet, field="quantity")
