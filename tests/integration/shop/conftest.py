"""A seller with one box variety on sale, and carts to buy it with."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from core.db import db
from shop.cart import service as carts
from shop.catalogue.models import Listing, Variant
from shop.checkout import service as checkout
from shop.checkout.rules import Address
from shop.order.models import Order
from shop.stock.models import StockRow
from tests.factories import shop as make
from tests.support.applications import Client
from trace.item.models import Item
from trace.lot.models import Lot

ADDRESS = Address("示例买家", "13800000000", "山西省", "太原市", "示例区", "示例镇", "示例路 1 号")


@dataclass
class Stall:
    """What the tests name: seller, item, lot, stock, listing, variant."""

    seller: Client
    organisation_id: int
    item: Item
    lot: Lot
    stock: StockRow
    listing: Listing
    variant: Variant

    @property
    def actor(self) -> Any:
        return self.seller.actor

    def cart(self, quantity: int = 1) -> Any:
        cart = carts.open_cart(None)
        carts.put(cart, self.variant.public_id, quantity)
        return cart

    def buy(self, quantity: int = 1, *, method: str = "cod", mobile: str = "13800000000", **more: Any) -> Order:
        cart = self.cart(quantity)
        return self.buy_cart(cart, method=method, mobile=mobile, **more)[0]

    def buy_cart(self, cart: Any, *, method: str = "cod", mobile: str = "13800000000", **more: Any) -> list[Order]:
        placed = checkout.place(
            cart, once_key=more.pop("once_key", str(uuid.uuid4())), address=dataclasses.replace(ADDRESS, mobile=mobile),
            method=method, stamp=more.pop("stamp", checkout.quote(cart).stamp), **more,
        )  # fmt: skip
        return checkout.orders_of(placed)


def open_stall(as_user: Any, *, on_hand: int = 10, cap: int | None = None, seller: Any = None, **listing: Any) -> Stall:
    """A seller of its own with ``on_hand`` boxes of one sealed lot on sale."""
    seller = seller or as_user("owner")
    organisation_id = seller.actor.organisation_id
    item = make.make_item(organisation_id)
    lot = make.make_lot(item)
    stock = make.make_stock(lot, on_hand=on_hand)
    made, variant = make.make_listing(organisation_id, item, cap=cap, **listing)
    make.make_account(organisation_id)
    db.session.flush()
    return Stall(seller, organisation_id, item, lot, stock, made, variant)


@pytest.fixture
def stall(session: Any, as_user: Any, clock: Any) -> Stall:
    """Ten boxes on sale."""
    return open_stall(as_user)
