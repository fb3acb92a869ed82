"""Two buyers, one last box: on real commits, with threads."""

from __future__ import annotations

import dataclasses
import threading
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.errors import DomainError
from shop.cart import service as carts
from shop.checkout import service as checkout
from shop.checkout.models import Checkout
from shop.order.models import Order
from shop.stock.models import StockRow
from shop.stock.queries import differences
from tests.integration.shop.conftest import ADDRESS, open_stall

pytestmark = pytest.mark.slow


def _prepared(cloned_db: Any, on_hand: int, sellers: int = 1) -> list[uuid.UUID]:
    """Variants of so many sellers, each with ``on_hand`` boxes."""
    people = [cloned_db.as_user("owner") for _ in range(sellers)]
    with cloned_db.app.app_context(), unit_of_work():
        return [open_stall(None, on_hand=on_hand, seller=p).variant.public_id for p in people]


def _cart_of(app: Any, variants: list[uuid.UUID], quantity: int) -> tuple[str, str]:
    with app.app_context(), unit_of_work():
        cart = carts.open_cart(None)
        for variant in variants:
            carts.put(cart, variant, quantity)
        return carts.token_of(cart), checkout.quote(cart).stamp


def _buyer(
    app: Any, cart: tuple[str, str], once_key: str, mobile: str, gate: threading.Barrier, out: list[Any]
) -> None:
    token, stamp = cart
    address = dataclasses.replace(ADDRESS, mobile=mobile)
    gate.wait()
    try:
        with app.app_context(), unit_of_work():
            found = carts.find_cart(token)
            assert found is not None
            placed = checkout.place(found, once_key=once_key, address=address, method="cod", stamp=stamp)
            result = placed.id
    except DomainError as error:
        result = error.code
    out.append(result)


def _race(app: Any, jobs: list[tuple[tuple[str, str], str, str]]) -> list[Any]:
    gate, out = threading.Barrier(len(jobs)), []
    threads = [threading.Thread(target=_buyer, args=(app, *job, gate, out)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return out


def test_two_buyers_one_last_box_one_gets_it(cloned_db):
    (variant,) = _prepared(cloned_db, on_hand=1)
    app = cloned_db.app
    jobs = [(_cart_of(app, [variant], 1), str(uuid.uuid4()), f"1380000{n:04d}") for n in range(6)]

    results = _race(app, jobs)

    with app.app_context():
        assert len([r for r in results if isinstance(r, int)]) == 1
        assert {r for r in results if not isinstance(r, int)} <= {"stock.out", "cart.sold_out"}
        assert len(results) == 6
        row = db.session.scalars(select(StockRow)).one()
        assert (row.on_hand, row.reserved) == (1, 1)
        assert db.session.scalar(select(func.count()).select_from(Order)) == 1
        assert differences() == []


def test_one_form_sent_six_times_at_once_places_one_order(cloned_db):
    (variant,) = _prepared(cloned_db, on_hand=50)
    app = cloned_db.app
    cart, key = _cart_of(app, [variant], 2), str(uuid.uuid4())

    results = _race(app, [(cart, key, "13800000000")] * 6)

    with app.app_context():
        assert len(set(results)) == 1
        assert isinstance(results[0], int)
        assert db.session.scalar(select(func.count()).select_from(Order)) == 1
        assert db.session.scalar(select(func.count()).select_from(Checkout)) == 1
        assert db.session.scalars(select(StockRow)).one().reserved == 2


def test_carts_of_two_sellers_in_any_order_do_not_block_each_other_for_ever(cloned_db):
    first, second = _prepared(cloned_db, on_hand=9, sellers=2)
    app = cloned_db.app
    ways = [[first, second], [second, first]]
    jobs = [(_cart_of(app, ways[n % 2], 1), str(uuid.uuid4()), f"1380001{n:04d}") for n in range(8)]

    results = _race(app, jobs)

    with app.app_context():
        assert all(isinstance(r, int) for r in results), results
        assert sorted(r.reserved for r in db.session.scalars(select(StockRow))) == [8, 8]
        assert db.session.scalar(select(func.count()).select_from(Order)) == 16
        assert differences() == []


def test_one_cart_ordered_from_four_tabs_at_once_is_ordered_once(cloned_db):
    (variant,) = _prepared(cloned_db, on_hand=50)
    app = cloned_db.app
    cart = _cart_of(app, [variant], 2)

    results = _race(app, [(cart, str(uuid.uuid4()), "13800000000") for _ in range(4)])

    with app.app_context():
        assert len([r for r in results if isinstance(r, int)]) == 1
        assert {r for r in results if not isinstance(r, int)} == {"cart.empty"}
        assert db.session.scalar(select(func.count()).select_from(Checkout)) == 1
        assert db.session.scalars(select(StockRow)).one().reserved == 2
