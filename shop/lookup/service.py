"""Ask for a code, redeem it.  Every answer is the same whether or not there is such an order."""

from __future__ import annotations

import hmac
import secrets
import uuid

from sqlalchemy import delete, func, select, text

from core import clock
from core.account.actor import SYSTEM
from core.db import db, separate_unit
from core.errors import BadInput, NotFound, TooMany
from core.notice.service import deliver
from core.record.service import record
from core.seal import service as seal
from shop.lookup import rules
from shop.lookup.models import Request
from shop.order.models import Order
from shop.order.receiver import open_receiver


def ask(order_no: str, tail: str, *, address: str) -> Request:
    """A code is on its way to the mobile of the order, if number and last four digits fit; the request is there in any case.

    Raises ``TooMany`` above 3 requests for an order number or 10 from an address within an hour.
    """
    now, number = clock.now(), order_no.strip().upper()
    by_number = seal.keyed_hash("shop.lookup.number", number.encode())
    by_address = seal.keyed_hash("shop.lookup.address", address.encode())
    _refuse_flood(by_number, by_address)
    order = db.session.scalar(select(Order).where(Order.order_no == number))
    mobile = open_receiver(order).mobile if order is not None else ""
    fits = order is not None and rules.is_tail(mobile, tail)
    key, code = uuid.uuid4(), f"{secrets.randbelow(10**6):06d}"
    request = Request(
        public_id=key, order_id=order.id if order is not None and fits else None, number_digest=by_number,
        address_digest=by_address, code_digest=_digest(key, code), asked_at=now, expires_at=now + rules.CODE_LIFE,
    )  # fmt: skip
    db.session.add(request)
    if order is not None and fits:
        deliver(
            "sms", mobile, "查订单的验证码", f"你查订单的验证码是 {code}，15 分钟内有效。不是你本人操作，请不要理会。"
        )
        record("order.lookup_code_sent", order, SYSTEM)
    return request


def _refuse_flood(by_number: bytes, by_address: bytes) -> None:
    """Count under one lock per number, so that two at once cannot both be the last allowed one."""
    since = clock.now() - rules.WINDOW
    for key in sorted((by_number, by_address)):
        lock = int.from_bytes(key[:8], "big", signed=True)
        db.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": lock})
    of_order, of_address = db.session.execute(
        select(
            func.count().filter(Request.number_digest == by_number),
            func.count().filter(Request.address_digest == by_address),
        ).where((Request.number_digest == by_number) | (Request.address_digest == by_address), Request.asked_at > since)
    ).one()
    if rules.is_too_many(of_order, of_address):
        raise TooMany(
            "查得太多了，请过一小时再试。", code="lookup.too_many", retry_after=3600,
            help="下单时收到的链接一直有效；着急请拨打商品页上的商家电话。",
        )  # fmt: skip


def _digest(key: uuid.UUID, code: str) -> bytes:
    return seal.keyed_hash("shop.lookup.code", key.bytes + code.strip().encode())


def get_request(public_id: uuid.UUID) -> Request:
    """The request of this page; ``NotFound`` where there is none."""
    found = db.session.scalar(select(Request).where(Request.public_id == public_id))
    if found is None:
        raise NotFound("没有这次查询。", help="请重新填写订单号和手机尾号。")
    return found


def redeem(public_id: uuid.UUID, code: str) -> str:
    """The token of the order, when the code is right, fresh and unused; a wrong try is counted and survives the refusal."""
    token = ""
    with separate_unit() as unit:
        row = unit.scalar(select(Request).where(Request.public_id == public_id).with_for_update())
        if row is None:
            raise NotFound("没有这次查询。", help="请重新填写订单号和手机尾号。")
        state = rules.Asked(row.expires_at, row.tries, row.used_at is not None)
        right = hmac.compare_digest(row.code_digest, _digest(row.public_id, code)) and row.order_id is not None
        if rules.is_open(state, clock.now()) and right:
            row.used_at = clock.now()
            token = str(unit.scalar(select(Order.token).where(Order.id == row.order_id)))
        else:
            row.tries += 1
    if not token:
        raise BadInput(
            "验证码不对，或者已经过期。", code="lookup.wrong_code", field="code",
            help="再核对一次；超过 15 分钟或试了 5 次，请重新获取。",
        )  # fmt: skip
    return token


def forget_requests() -> int:
    """Requests older than a week are deleted; returns how many."""
    gone = db.session.execute(delete(Request).where(Request.asked_at < clock.now() - rules.KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
