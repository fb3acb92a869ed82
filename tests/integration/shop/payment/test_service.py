"""Payments behind the adapter interface, also one that speaks to an outside provider (a stand-in of the test)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from core import clock as core_clock
from core.db import db, in_unit, unit_of_work
from core.errors import BadInput, Conflict, Denied, RuleBroken
from shop.cart import service as carts
from shop.checkout import service as checkout
from shop.order import service as orders
from shop.order.models import Order
from shop.payment import adapters, service
from tests.integration.shop.conftest import ADDRESS, open_stall


@dataclass
class Provider:
    """A provider that must never be asked while a unit of work is open, and knows its keys."""

    key: str = "provider"
    label: str = "线上付款"
    note: str = ""
    scope: str = "checkout"
    outside: bool = True
    asked: list[str] = field(default_factory=list)

    def available(self, _settings):
        return True

    def offered_by(self, _seller):
        return True

    def begin(self, request):
        assert not in_unit()
        self.asked.append(request.key)
        return adapters.Begun(f"ps_{request.key}", f"https://pay.example/{request.key}")

    def confirm(self, evidence):
        return adapters.Settled(evidence.key, evidence.reference, evidence.amount_fen, evidence.at)

    def refund(self, request):
        return adapters.RefundOutcome(done=False)


@pytest.fixture
def provider(monkeypatch):
    made = Provider()
    monkeypatch.setitem(adapters.ADAPTERS, made.key, made)
    return made


def evidence(payment, fen=None, key=None):
    return adapters.Evidence(
        key or payment.once_key, f"ch_{payment.once_key}", fen or payment.amount_fen, core_clock.now()
    )


def paid_elsewhere(stall):
    order = stall.buy(2, method="provider")
    return order, service.of_order(order.public_id)[0]


def test_a_providers_notice_settles_the_order_once_however_often_it_comes(stall, provider):
    order, payment = paid_elsewhere(stall)

    for _ in range(3):
        service.settle("provider", evidence(payment))

    assert (order.state, payment.state) == ("to_ship", "paid")


def test_money_that_comes_after_release_is_owed_back_and_wakes_nothing(stall, provider):
    order, payment = paid_elsewhere(stall)
    orders.cancel_by_buyer(order)
    assert payment.state == "cancelled"

    service.settle("provider", evidence(payment))

    assert (order.state, payment.state) == ("cancelled", "refund_due")


def test_a_notice_of_another_sum_or_another_method_changes_nothing(stall, provider):
    order, payment = paid_elsewhere(stall)

    with pytest.raises(BadInput):
        service.settle("provider", evidence(payment, fen=1))

    assert (order.state, payment.state) == ("placed", "pending")


def test_one_payment_of_a_provider_carries_the_orders_of_all_sellers(stall, as_user, provider):
    other = open_stall(as_user)
    cart = stall.cart(1)
    carts.put(cart, other.variant.public_id, 1)
    first, second = stall.buy_cart(cart, method="provider")

    (payment,) = service.of_order(first.public_id)
    service.settle("provider", evidence(payment))

    assert service.of_order(second.public_id) == [payment]
    assert payment.amount_fen == first.total_fen + second.total_fen == sum(s.amount_fen for s in payment.shares)
    assert (first.state, second.state) == ("to_ship", "to_ship")


def test_the_provider_is_asked_outside_any_unit_and_a_repeat_gives_the_same_address(cloned_db, provider):
    people = cloned_db.as_user("owner")
    with cloned_db.app.app_context():
        with unit_of_work():
            stall = open_stall(None, seller=people)
            cart = stall.cart(1)
            placed = checkout.place(
                cart, once_key=str(uuid.uuid4()), address=ADDRESS, method="provider", stamp=checkout.quote(cart).stamp
            )
            key = service.of_order(checkout.orders_of(placed)[0].public_id)[0].once_key
        asked = {"description": "订单", "return_url": "/a", "cancel_url": "/b"}

        first = service.begin_outside(key, **asked)
        again = service.begin_outside(key, **asked)

        assert first == again == f"https://pay.example/{key}"
        assert provider.asked == [key]
        with unit_of_work(), pytest.raises(RuntimeError):
            service.begin_outside(key, **asked)
        with unit_of_work():
            assert db.session.scalars(select(Order)).one().state == "placed"


def test_without_keys_no_card_method_is_listed(stall):
    assert [m.key for m in checkout.quote(stall.cart()).methods] == ["transfer", "cod"]


def test_the_account_is_the_sellers_own_and_set_by_its_owner(stall, as_user):
    given = {"bank": "示例银行", "account_no": "62000000", "cash_on_delivery": True}
    with pytest.raises(RuleBroken) as refused:
        service.set_account(stall.actor, account_name="张示例", **given)
    assert refused.value.unmet[0].rule == "payment.account.name"
    with pytest.raises(BadInput):
        service.set_account(stall.actor, account_name="", bank="示例银行", account_no="", cash_on_delivery=True)
    with pytest.raises(Denied):
        service.set_account(as_user("operator", stall.organisation_id).actor, account_name="", **given)

    kept = service.set_account(stall.actor, account_name=stall.actor.organisation_name, **given)

    assert kept.account_no == "62000000"


def test_a_second_payment_under_the_same_key_is_refused(stall):
    order = stall.buy(1)
    with pytest.raises(Exception, match="once_key"), db.session.begin_nested():
        service.open_payment("cod", {order.public_id: 1}, once_key=f"or:{order.public_id}:pay:1", expires_at=None)


def test_nothing_owed_means_no_refund_to_register(stall):
    order = stall.buy(1)

    with pytest.raises(Conflict):
        orders.register_refund(stall.actor, order, reference="20261121-01")


def test_a_providers_notice_and_a_buyers_cancelling_at_once_end_in_one_of_two_clean_states(cloned_db, provider):
    import threading

    from core.errors import DomainError

    people = cloned_db.as_user("owner")
    with cloned_db.app.app_context(), unit_of_work():
        stall = open_stall(None, seller=people, on_hand=50)
        keys = [stall.buy(1, method="provider", mobile=f"1390000{n:04d}").public_id for n in range(6)]
    gate = threading.Barrier(12)

    def work(key, cancels):
        gate.wait()
        try:
            with cloned_db.app.app_context(), unit_of_work():
                if cancels:
                    orders.cancel_by_buyer(db.session.scalars(select(Order).where(Order.public_id == key)).one())
                else:
                    service.settle("provider", evidence(service.of_order(key)[0]))
        except DomainError as error:
            refused.append(error.code)

    refused: list[str] = []
    threads = [threading.Thread(target=work, args=(k, c)) for k in keys for c in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with cloned_db.app.app_context():
        ends = {(o.state, service.of_order(o.public_id)[0].state) for o in db.session.scalars(select(Order))}
    assert ends <= {("to_ship", "paid"), ("cancelled", "refund_due")}
    assert set(refused) <= {"shop.order.cancel_by_buyer.state"}
