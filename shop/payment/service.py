"""Payment attempts: opened with the order, settled once, refunded at most once in full.

What happens to the orders of a payment is told by ``on_paid`` (filled by the order room), so that a provider's
webhook and a seller's click end in the same code.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import clock
from core.account.actor import SYSTEM, Actor
from core.db import db, in_unit, unit_of_work
from core.errors import BadInput, Conflict, Denied, NotFound, RuleBroken
from core.hooks import Hook
from core.identifiers import normalise_text
from core.organisation.queries import get_organisation
from core.record.service import record
from core.workflow.engine import fire
from core.workflow.table import Move
from shop.payment import adapters, permissions, rules
from shop.payment.models import Payment, ReceivingAccount, Share

on_paid: Hook[Callable[[uuid.UUID, Payment, Actor], None]] = Hook("shop_payment_paid")


lock_order: Hook[Callable[[uuid.UUID], None]] = Hook("shop_payment_lock_order")
"""Locks an order before its payment, the way every move of an order does, so that a notice and a click never cross."""


def open_payment(
    method: str, shares: Mapping[uuid.UUID, int], *, once_key: str, expires_at: datetime | None
) -> Payment:
    """A pending attempt for the orders and their sums in 分; nobody outside has been asked yet."""
    if method not in adapters.ADAPTERS:
        raise BadInput("没有这种付款方式。", code="payment.method", field="method")
    payment = Payment(
        method=method,
        amount_fen=sum(shares.values()),
        once_key=once_key,
        expires_at=expires_at,
        shares=[Share(order_key=key, amount_fen=fen) for key, fen in shares.items()],
    )
    db.session.add(payment)
    db.session.flush()  # a repeated key is told at once
    return payment


def begin_outside(payment_key: str, *, description: str, return_url: str, cancel_url: str) -> str:
    """The provider knows the committed attempt; returns where the buyer is sent.  Opens its own units of work.

    Repeating it after a crash gives the same attempt: the provider sees the same key.
    """
    if in_unit():
        raise RuntimeError("a provider is never asked while a unit of work is open")
    with unit_of_work():
        payment = get_payment(payment_key)
        if payment.state != "pending":
            raise Conflict("这笔付款已经办完。", code="payment.done", help="回到订单页看结果。")
        adapter = adapters.ADAPTERS[payment.method]
        if payment.redirect_url:
            return payment.redirect_url
        request = adapters.PaymentRequest(
            payment.once_key, payment.amount_fen, description, return_url, cancel_url, payment.expires_at or clock.now()
        )
    begun = adapter.begin(request)
    with unit_of_work():
        payment = get_payment(payment_key)
        payment.reference, payment.redirect_url = begun.reference, begun.redirect_url
        payment.expires_at = begun.expires_at or payment.expires_at
        return payment.redirect_url


def settle(method: str, evidence: adapters.Evidence, actor: Actor = SYSTEM) -> Payment:
    """The attempt is paid and its orders know; a repeated notice changes nothing, money after release is owed back.

    BadInput where the evidence proves nothing or the sum differs.
    """
    settled = adapters.ADAPTERS[method].confirm(evidence)
    for order_key in sorted(s.order_key for s in get_payment(settled.key).shares):
        for lock in lock_order:
            lock(order_key)
    payment = get_payment(settled.key, lock=True)
    if payment.method != method:
        raise NotFound("没有找到这笔付款。")
    if payment.state in ("paid", "refund_due", "refunded"):
        return payment
    if settled.amount_fen != payment.amount_fen:
        raise BadInput(
            f"到账 {settled.amount_fen / 100:.2f} 元，应收 {payment.amount_fen / 100:.2f} 元，对不上。",
            code="payment.amount",
            field="received_fen",
            help="少了请买家补足，多了先退回差额再登记。",
        )
    late = payment.state == "cancelled"
    fire(rules.PAYMENT, payment, "settle_late" if late else "settle", SYSTEM, payload={"by": actor.person_key})
    payment.reference, payment.paid_at = settled.reference, settled.at
    record("payment.settled", payment, actor, method=method, amount_fen=payment.amount_fen, late=late)
    if not late:
        for share in payment.shares:
            for told in on_paid:
                told(share.order_key, payment, actor)
    return payment


def cancel(order_key: uuid.UUID) -> None:
    """Attempts of the order that nobody paid are void."""
    for payment in of_order(order_key):
        if payment.state == "pending" and len(payment.shares) == 1:
            fire(rules.PAYMENT, payment, "cancel", SYSTEM)


def owe_refund(order_key: uuid.UUID, actor: Actor) -> int:
    """What was paid for the order is owed back to the buyer; returns it in 分, 0 where nothing was paid."""
    owed = 0
    for payment in of_order(order_key):
        share = next(s for s in payment.shares if s.order_key == order_key)
        if payment.state == "paid":
            fire(
                rules.PAYMENT,
                payment,
                "owe_refund",
                SYSTEM,
                payload={"refund_fen": share.amount_fen, "by": actor.person_key},
            )
            owed += share.amount_fen
    return owed


def confirm_refunded(order_key: uuid.UUID, *, reference: str, actor: Actor) -> Payment:
    """The refund owed for the order has been paid out, with the bank's reference written down."""
    text = normalise_text(reference)
    if not 4 <= len(text) <= 64:
        raise BadInput("退款流水号填 4 到 64 个字。", code="payment.reference", field="reference", help="照回单填写。")
    payment = next((p for p in of_order(order_key) if p.state == "refund_due"), None)
    if payment is None:
        raise Conflict("这笔订单没有待退的款。", code="payment.no_refund", help="刷新页面看看最新状态。")
    share = next(s for s in payment.shares if s.order_key == order_key)
    fire(rules.PAYMENT, payment, "refund", SYSTEM, payload={"by": actor.person_key})
    payment.refunded_fen, payment.refund_reference = share.amount_fen, text
    payment.refunded_at = clock.now()
    record("payment.refunded", payment, actor, amount_fen=share.amount_fen)
    return payment


def set_account(
    actor: Actor, *, account_name: str, bank: str, account_no: str, cash_on_delivery: bool
) -> ReceivingAccount:
    """The actor's organisation receives transfers on this account (all empty: no transfers) and maybe cash."""
    if actor.organisation_id is None or not actor.can(permissions.ACCOUNT):
        raise Denied("收款账户由企业负责人设置。", help="请负责人登录后设置。")
    name, bank = normalise_text(account_name)[:60], normalise_text(bank)[:60]
    number = rules.check_account_no(account_no) if account_no.strip() else ""
    if any((name, bank, number)):
        if not all((name, bank, number)):
            raise BadInput("户名、开户行、账号要一起填。", code="payment.account", field="account_no")
        unmet = rules.account_matches(name, get_organisation(actor.organisation_id).name)
        if unmet:
            raise RuleBroken(unmet=unmet, field="account_name")
    account = account_of(actor.organisation_id)
    if account is None:
        account = ReceivingAccount(organisation_id=actor.organisation_id)
        db.session.add(account)
    else:
        account.version += 1
    account.account_name, account.bank, account.account_no = name, bank, number
    account.cash_on_delivery = cash_on_delivery
    db.session.flush()
    record("payment.account_set", account, actor, account_no=rules.masked_account(number), cash=cash_on_delivery)
    return account


def account_of(organisation_id: int) -> ReceivingAccount | None:
    """A seller's receiving account, or None."""
    return db.session.scalar(select(ReceivingAccount).where(ReceivingAccount.organisation_id == organisation_id))


def sellers(ids: list[int]) -> list[adapters.SellerAccount]:
    """What each seller has set up, in one statement; a seller without a row offers nothing."""
    rows = db.session.scalars(select(ReceivingAccount).where(ReceivingAccount.organisation_id.in_(ids)))
    known = {r.organisation_id: r for r in rows}
    return [
        adapters.SellerAccount(x, bool(known[x].account_no), known[x].cash_on_delivery)
        if x in known
        else adapters.SellerAccount(x, False, False)
        for x in ids
    ]


def of_order(order_key: uuid.UUID) -> list[Payment]:
    """Every attempt that carries a share of the order, oldest first."""
    return list(
        db.session.scalars(
            select(Payment)
            .join(Share, Share.payment_id == Payment.id)
            .where(Share.order_key == order_key)
            .order_by(Payment.id)
        )
    )


def get_payment(once_key: str, *, lock: bool = False) -> Payment:
    """The attempt with this key; NotFound otherwise."""
    query = select(Payment).where(Payment.once_key == once_key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    payment = db.session.scalar(query)
    if payment is None:
        raise NotFound("没有找到这笔付款。", help="回到订单页重新付款。")
    return payment


def load_facts(
    payment: Payment, _move: Move, _actor: Actor, _now: datetime, payload: Mapping[str, Any]
) -> rules.RefundFacts:
    """What the refund guard looks at."""
    return rules.RefundFacts(payment.amount_fen, int(payload.get("refund_fen", 0)))
