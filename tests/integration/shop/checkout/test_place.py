"""A cart becomes orders: once, as seen, or with every reason why not."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from core import clock as core_clock
from core.db import db
from core.errors import Conflict, RuleBroken, StalePage
from shop.cart import service as carts
from shop.catalogue import service as catalogue
from shop.checkout import service as checkout
from shop.checkout.rules import Address
from shop.livestream import rules as host_rules
from shop.order.models import Order
from tests.integration.shop.conftest import ADDRESS, open_stall


def test_one_cart_of_two_sellers_becomes_two_orders_with_freight_each(stall, as_user):
    other = open_stall(as_user, freight_fen=0)
    cart = stall.cart(2)
    carts.put(cart, other.variant.public_id, 1)

    orders = stall.buy_cart(cart)

    assert [(o.organisation_id, o.goods_fen, o.freight_fen) for o in orders] == [
        (stall.organisation_id, 11960, 800),
        (other.organisation_id, 5980, 0),
    ]
    assert len({o.order_no for o in orders}) == 2
    assert cart.lines == []


def test_a_replayed_form_gives_the_same_result_and_another_carts_key_is_refused(stall):
    key, cart = str(uuid.uuid4()), stall.cart(1)
    first = stall.buy_cart(cart, once_key=key)
    again = checkout.place(cart, once_key=key, address=Address(), method="cod", stamp="")

    assert [o.id for o in checkout.orders_of(again)] == [o.id for o in first]
    with pytest.raises(Conflict):
        checkout.place(stall.cart(1), once_key=key, address=ADDRESS, method="cod", stamp="")
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_a_price_changed_after_the_page_was_opened_is_told_and_nothing_is_placed(stall):
    cart = stall.cart(1)
    seen = checkout.quote(cart).stamp
    catalogue.change_price(stall.actor, stall.variant, 6980)

    with pytest.raises(StalePage):
        stall.buy_cart(cart, stamp=seen)

    assert stall.buy_cart(cart)[0].goods_fen == 6980


def test_every_unmet_rule_is_told_at_once(stall):
    cart = stall.cart(1)

    with pytest.raises(RuleBroken) as refused:
        checkout.place(
            cart, once_key=str(uuid.uuid4()), method="cheque", stamp="",
            address=Address("张", "1380000", "火星省", "太原市", "", "", "x" * 101),
        )  # fmt: skip

    assert {u.rule for u in refused.value.unmet} == {
        "checkout.address.province", "checkout.address.county", "checkout.address.detail", "checkout.address.mobile",
        "checkout.method",
    }  # fmt: skip


@pytest.mark.parametrize("mobile", ["１３８００００００００", "+86 138-0000-0000", "138 0000 0000"])
def test_a_phone_number_typed_in_full_width_or_with_blanks_is_read(stall, mobile):
    order = stall.buy_cart(stall.cart(1), mobile=mobile)[0]

    assert order.receiver_masked == "示**，138****0000"


def test_control_characters_in_an_address_are_refused(stall):
    cart = stall.cart(1)
    address = Address("示例\x00买家", "13800000000", "山西省", "太原市", "示例区", "", "示例路\u202e1 号")

    with pytest.raises(RuleBroken) as refused:
        checkout.place(cart, once_key=str(uuid.uuid4()), address=address, method="cod", stamp="")

    assert [u.rule for u in refused.value.unmet] == ["checkout.address.name", "checkout.address.detail"]


def test_the_cap_counts_what_the_same_number_has_on_the_way(as_user, session, clock):
    stall = open_stall(as_user, cap=3)
    stall.buy(2)

    with pytest.raises(RuleBroken) as refused:
        stall.buy(2)
    assert [u.rule for u in refused.value.unmet] == ["checkout.cap"]
    assert stall.buy(1).state == "placed"
    assert stall.buy(3, mobile="13900000000").state == "placed"


def test_a_hosts_link_is_frozen_on_the_line_with_its_rule(stall, as_user):
    from shop.livestream import service as hosts

    streamer = as_user("person", name="示例主播")
    host = hosts.apply(streamer.actor, stage_name="示例小枣", platform="douyin", account="demo1", promise=True)
    hosts.move_host(streamer.actor, host, "submit")
    hosts.move_host(as_user("brand_clerk").actor, host, "approve")
    link = hosts.make_link(streamer.actor, host, stall.listing.id)
    click = host_rules.Click(link.id, stall.listing.id, host.id, host.user_id, True, core_clock.now())

    bought, own = stall.buy(1, clicks=[click]), stall.buy(1, clicks=[click], actor=streamer.actor)

    line = bought.lines[0]
    assert (line.host_id, line.host_link_id, line.rule_version) == (host.id, link.id, host_rules.RULE_VERSION)
    assert own.lines[0].host_id is None
