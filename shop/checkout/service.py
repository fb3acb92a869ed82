"""One click, once: address checked, cart compared with what the buyer saw, stock reserved, orders written."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.account.actor import GUEST, Actor
from core.config import settings
from core.db import db
from core.errors import BadInput, Conflict, NotFound, RuleBroken, StalePage, Unmet
from core.organisation.queries import names
from core.record.service import record
from shop.cart import rules as cart_rules
from shop.cart import service as carts
from shop.cart.models import Cart
from shop.catalogue.queries import Offer
from shop.checkout import rules
from shop.checkout.models import Checkout
from shop.livestream.rules import Attribution, Click, attribute
from shop.order import service as orders
from shop.order.models import Order
from shop.order.receiver import Receiver
from shop.payment import adapters
from shop.payment import service as payments
from shop.stock import rules as stock_rules
from shop.stock import service as stock

Pairs = Sequence[tuple[cart_rules.LineFacts, Offer]]


@dataclass(frozen=True, slots=True)
class Quote:
    """What the cart would cost now, in 分, and which ways to pay every seller in it takes."""

    lines: tuple[tuple[cart_rules.LineFacts, Offer], ...]
    goods_fen: int
    freight: dict[int, int]
    seller_names: dict[int, str]
    methods: tuple[adapters.PaymentAdapter, ...]
    stamp: str
    perishable: bool

    @property
    def freight_fen(self) -> int:
        return sum(self.freight.values())

    @property
    def total_fen(self) -> int:
        return self.goods_fen + self.freight_fen


def quote(cart: Cart | None) -> Quote:
    """The present price of the cart with freight per seller; raises nothing for an empty cart."""
    pairs = carts.facts_of(cart)
    sellers: dict[int, list[int]] = {}
    freight_of: dict[int, int] = {}
    for _, offer in pairs:
        sellers.setdefault(offer.organisation_id, []).append(offer.listing_id)
        freight_of[offer.listing_id] = offer.freight_fen
    ids = sorted(sellers)
    methods = adapters.offered(settings(), payments.sellers(ids)) if ids else []
    return Quote(
        lines=tuple(pairs),
        goods_fen=sum(f.quantity * f.price_fen for f, _ in pairs),
        freight=rules.parcels(sellers, freight_of),
        seller_names=names(ids),
        methods=tuple(methods),
        stamp=cart_rules.stamp([f for f, _ in pairs]),
        perishable=any(o.perishable for _, o in pairs),
    )


def place(
    cart: Cart,
    *,
    once_key: str,
    address: rules.Address,
    method: str,
    stamp: str,
    clicks: Sequence[Click] = (),
    actor: Actor = GUEST,
) -> Checkout:
    """The cart has become one order per seller with stock reserved, and is empty; a replayed ``once_key`` gives the same.

    Raises StalePage where prices or quantities are not those of ``stamp``, RuleBroken with every unmet rule,
    OutOfStock where somebody was faster; nothing is placed then.
    """
    db.session.refresh(cart, with_for_update=True)  # before the row that refers to it, or two tabs block each other
    checkout, fresh = _claim(cart, once_key, method, actor)
    if not fresh:
        return checkout
    asked = quote(cart)
    clean, unmet = rules.check_address(address)
    unmet += cart_rules.unmet_of([f for f, _ in asked.lines])
    if not unmet or asked.lines:
        unmet += _unpayable(asked, method)
    if unmet:
        raise RuleBroken(unmet=unmet, field=unmet[0].rule.rsplit(".", 1)[-1])
    if stamp != asked.stamp:
        raise StalePage(
            "购物车在你确认以后变了，还没有下单。",
            code="checkout.cart_changed",
            help="核对新的数量和价格，再点一次下单。",
        )
    orders.check_open_orders(clean.mobile)
    _check_caps(asked.lines, clean.mobile)
    until = stock_rules.reserved_until(method, clock.now())
    written = [_order(checkout, asked, seller, clean, until, clicks, actor) for seller in sorted(asked.freight)]
    checkout.total_fen = sum(o.total_fen for o in written)
    _open_payments(checkout, written, until)
    carts.empty(cart)
    record("checkout.placed", checkout, actor, orders=[o.order_no for o in written], total_fen=checkout.total_fen)
    return checkout


def replayed(once_key: str | None, cart: Cart) -> Checkout | None:
    """The result of a form that has been sent before by this cart, or None."""
    if not once_key:
        return None
    return db.session.scalar(select(Checkout).where(Checkout.once_key == once_key, Checkout.cart_id == cart.id))


def orders_of(checkout: Checkout) -> list[Order]:
    """The orders of one placing, in seller order."""
    return list(db.session.scalars(select(Order).where(Order.checkout_id == checkout.id).order_by(Order.id)))


def find(public_id: uuid.UUID, cart: Cart | None, actor: Actor) -> Checkout:
    """A placing of this very browser or user; NotFound for anybody else."""
    checkout = db.session.scalar(select(Checkout).where(Checkout.public_id == public_id))
    mine = checkout is not None and (
        (cart is not None and checkout.cart_id == cart.id)
        or (actor.user_id is not None and checkout.user_id == actor.user_id)
    )
    if checkout is None or not mine:
        raise NotFound("没有找到这次下单。", help="请用订单链接打开订单。")
    return checkout


def _claim(cart: Cart, once_key: str, method: str, actor: Actor) -> tuple[Checkout, bool]:
    """The parent row of this key, and whether it is new: a second click waits for the first and finds its result."""
    try:
        key = str(uuid.UUID(once_key))
    except ValueError:
        raise BadInput("这张表不完整，还没有下单。", code="form.no_once_key", help="返回购物车，重新去结算。") from None
    made = db.session.execute(
        insert(Checkout)
        .values(
            public_id=uuid.uuid4(), once_key=key, cart_id=cart.id, user_id=actor.user_id, method=method[:20],
            total_fen=0, placed_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["once_key"])
        .returning(Checkout.id)
    ).scalar()  # fmt: skip
    checkout = db.session.scalars(select(Checkout).where(Checkout.once_key == key)).one()
    if made is None and checkout.cart_id != cart.id:
        raise Conflict(
            "这张表属于另一次购物，还没有下单。", code="checkout.foreign_key", help="返回购物车，重新去结算。"
        )
    return checkout, made is not None


def _unpayable(asked: Quote, method: str) -> list[Unmet]:
    if any(m.key == method for m in asked.methods):
        return []
    if not asked.methods:
        text, help_ = "购物车里有卖家还没有设置收款方式，暂时不能结算。", "先移出这家的商品，或联系卖家。"
    else:
        text, help_ = "还没有选付款方式。", f"可选：{'、'.join(m.label for m in asked.methods)}。"
    return [Unmet("checkout.method", text, help=help_, who="你")]


def _check_caps(lines: Pairs, mobile: str) -> None:
    before = orders.bought_before(mobile, [f.variant_id for f, o in lines if o.cap_per_buyer is not None])
    unmet = [
        Unmet(
            "checkout.cap",
            f"{f.title}每人限购 {o.cap_per_buyer} {o.unit}，这个手机号的在途订单里已有 {before[f.variant_id]} {o.unit}。",
            help="减少数量，或等前一笔完成后再买。",
            who="你",
        )
        for f, o in lines
        if o.cap_per_buyer is not None and before.get(f.variant_id, 0) + f.quantity > o.cap_per_buyer
    ]
    if unmet:
        raise RuleBroken(unmet=unmet)


def _order(
    checkout: Checkout,
    asked: Quote,
    seller: int,
    address: rules.Address,
    until: datetime,
    clicks: Sequence[Click],
    actor: Actor,
) -> Order:
    mine = [(f, o) for f, o in asked.lines if o.organisation_id == seller]
    key = uuid.uuid4()
    wanted: dict[int, int] = {}
    for facts, offer in mine:  # two lines of one item draw on the same stock: added up before it is asked for
        wanted[offer.item_id] = wanted.get(offer.item_id, 0) + facts.quantity
    reserved = stock.reserve(key, wanted, seller=seller, until=until, actor=actor)
    lines = []
    for facts, offer in mine:
        credit = attribute(clicks, listing_id=offer.listing_id, buyer_user_id=actor.user_id, now=clock.now())
        lines += [_line(piece, facts, offer, credit) for piece in _cut(reserved[offer.item_id], facts.quantity)]
    first = mine[0][1]
    new = orders.NewOrder(
        key=key,
        checkout_id=checkout.id,
        organisation_id=seller,
        seller_name=asked.seller_names[seller],
        method=checkout.method,
        freight_fen=asked.freight[seller],
        perishable=any(o.perishable for _, o in mine),
        claim_hours=max(o.claim_hours for _, o in mine),
        claim_terms=first.claim_terms,
        receiver=Receiver(address.name, address.mobile, address.line),
        region=address.region,
        due_at=until,
        lines=lines,
    )
    return orders.place_order(new, actor)


def _line(
    piece: stock.Reserved, facts: cart_rules.LineFacts, offer: Offer, credit: Attribution | None
) -> orders.NewLine:
    return orders.NewLine(
        listing_id=offer.listing_id,
        variant_id=offer.variant_id,
        item_id=offer.item_id,
        stock_id=piece.stock_id,
        lot=piece.lot,
        title=offer.title,
        spec=offer.spec,
        unit=offer.unit,
        net_g=offer.net_g,
        quantity=piece.quantity,
        price_fen=facts.price_fen,
        host_id=credit.host_id if credit else None,
        host_link_id=credit.link_id if credit else None,
        rule_version=credit.rule_version if credit else "",
    )


def _cut(pool: list[stock.Reserved], quantity: int) -> list[stock.Reserved]:
    """``quantity`` pieces off the front of what was reserved; the rest stays for the item's next line."""
    taken: list[stock.Reserved] = []
    while quantity > 0:
        head = pool.pop(0)
        piece = min(quantity, head.quantity)
        taken.append(stock.Reserved(head.stock_id, piece, head.lot))
        if piece < head.quantity:
            pool.insert(0, stock.Reserved(head.stock_id, head.quantity - piece, head.lot))
        quantity -= piece
    return taken


def _open_payments(checkout: Checkout, written: Sequence[Order], until: datetime) -> None:
    """One attempt per order, or one for all where a provider takes the whole sum (keys as commerce.md 3.5)."""
    if adapters.ADAPTERS[checkout.method].scope == "order":
        for order in written:
            key = f"or:{order.public_id}:pay:1"
            payments.open_payment(checkout.method, {order.public_id: order.total_fen}, once_key=key, expires_at=until)
        return
    shares = {o.public_id: o.total_fen for o in written}
    payments.open_payment(checkout.method, shares, once_key=f"co:{checkout.public_id}:pay:1", expires_at=until)
