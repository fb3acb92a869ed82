"""Who receives: sealed in the order, opened for its buyer and its seller only."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from core.seal import service as seal
from shop.order.models import RECEIVER, Order
from shop.order.rules import mask_name


@dataclass(frozen=True, slots=True)
class Receiver:
    """Name, mobile number and full address of a delivery."""

    name: str
    mobile: str
    address: str


def seal_receiver(order_key: uuid.UUID, receiver: Receiver) -> bytes:
    """The receiver's data, encrypted for this order alone."""
    plain = json.dumps([receiver.name, receiver.mobile, receiver.address], ensure_ascii=False).encode()
    return seal.seal(plain, table=RECEIVER.table, row=order_key, purpose=RECEIVER.purpose)


def open_receiver(order: Order) -> Receiver:
    """The receiver's data of an order, for its parcel label and its own page."""
    plain = seal.unseal(order.receiver_sealed, table=RECEIVER.table, row=order.public_id, purpose=RECEIVER.purpose)
    name, mobile, address = json.loads(plain)
    return Receiver(name, mobile, address)


def masked(receiver: Receiver) -> str:
    """``示*，138****0000``, for lists and pages that others may see over a shoulder."""
    return f"{mask_name(receiver.name)}，{receiver.mobile[:3]}****{receiver.mobile[-4:]}"


def digest(mobile: str) -> bytes:
    """The same buyer gives the same value, from which the number cannot be found without the key."""
    return seal.keyed_hash("shop.order.buyer", mobile.encode())
