"""The payment-adapter interface and the two methods that need no provider.

An adapter never touches the database.  ``begin`` and ``refund`` of an ``outside`` adapter speak to a provider and are
called with no unit of work open; ``confirm`` turns what the provider (or the seller, reading a bank statement) says
into one :class:`Settled`.  Stock is reserved and the attempt committed before ``begin``; the provider's notice is the
truth, the buyer's return page only reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.errors import BadInput
from shop.payment.rules import Scope


@dataclass(frozen=True, slots=True)
class SellerAccount:
    """What a seller has set up for receiving money."""

    organisation_id: int
    transfer_ready: bool
    cash_on_delivery: bool


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What is to be paid: our key (the provider's idempotency key), the sum in 分, and where the buyer comes back."""

    key: str
    amount_fen: int
    description: str
    return_url: str
    cancel_url: str
    expires_at: datetime
    currency: str = "CNY"
    locale: str = "zh"


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt the provider knows; ``redirect_url`` is empty where the buyer stays with us."""

    reference: str = ""
    redirect_url: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What says that money came: a verified notice's fields, a polled session, or a bank statement line."""

    key: str
    reference: str
    amount_fen: int
    at: datetime
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Money came for the attempt ``key``."""

    key: str
    reference: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give back ``amount_fen`` of the payment ``reference``; ``key`` makes a repeated call harmless."""

    key: str
    reference: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """``done`` = the money is back; otherwise it will be, and somebody (provider or seller) tells us later."""

    done: bool
    reference: str = ""


class PaymentAdapter(Protocol):
    """One way to pay: its key, its name, what the buyer reads, whether it takes one order or the whole checkout,
    and whether it speaks to an outside provider."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def note(self) -> str: ...

    @property
    def scope(self) -> Scope: ...

    @property
    def outside(self) -> bool: ...

    def available(self, settings: Any) -> bool:
        """Whether this deployment has what the method needs (keys); an absent method is simply not listed."""
        ...

    def offered_by(self, seller: SellerAccount) -> bool:
        """Whether this seller can be paid this way."""
        ...

    def begin(self, request: PaymentRequest) -> Begun:
        """The provider knows the attempt; the same key gives the same attempt."""
        ...

    def confirm(self, evidence: Evidence) -> Settled:
        """What the evidence proves; BadInput where it proves nothing."""
        ...

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """The refund is asked for; the same key asks once."""
        ...


def _statement(evidence: Evidence, what: str) -> Settled:
    reference = evidence.reference.strip()
    if not 4 <= len(reference) <= 64:
        raise BadInput(f"{what}填 4 到 64 个字。", code="payment.reference", field="reference", help="照回单填写。")
    if evidence.amount_fen <= 0:
        raise BadInput("到账金额要大于 0。", code="payment.amount", field="received_fen")
    return Settled(evidence.key, reference, evidence.amount_fen, evidence.at)


@dataclass(frozen=True)
class BankTransfer:
    """对公转账 to the seller's own account; the seller confirms by the bank's statement."""

    key: str = "transfer"
    label: str = "对公转账"
    note: str = "下单后按卖家账户转账，三天内到账有效。"
    scope: Scope = "order"
    outside: bool = False

    def available(self, settings: Any) -> bool:  # noqa: ARG002 - needs nothing
        return True

    def offered_by(self, seller: SellerAccount) -> bool:
        return seller.transfer_ready

    def begin(self, request: PaymentRequest) -> Begun:
        return Begun(expires_at=request.expires_at)

    def confirm(self, evidence: Evidence) -> Settled:
        return _statement(evidence, "银行流水号")

    def refund(self, request: RefundRequest) -> RefundOutcome:  # noqa: ARG002 - the seller transfers back
        return RefundOutcome(done=False)


@dataclass(frozen=True)
class CashOnDelivery:
    """货到付款: the parcel service or the seller takes the money when the box is handed over."""

    key: str = "cod"
    label: str = "货到付款"
    note: str = "收到货、开箱看过再付。"
    scope: Scope = "order"
    outside: bool = False

    def available(self, settings: Any) -> bool:  # noqa: ARG002 - needs nothing
        return True

    def offered_by(self, seller: SellerAccount) -> bool:
        return seller.cash_on_delivery

    def begin(self, request: PaymentRequest) -> Begun:
        return Begun(expires_at=request.expires_at)

    def confirm(self, evidence: Evidence) -> Settled:
        return _statement(evidence, "收款凭据号")

    def refund(self, request: RefundRequest) -> RefundOutcome:  # noqa: ARG002 - the seller pays back by hand
        return RefundOutcome(done=False)


ADAPTERS: dict[str, PaymentAdapter] = {}


def add(adapter: PaymentAdapter) -> None:
    """The method may be offered wherever it is available."""
    ADAPTERS[adapter.key] = adapter


def offered(settings: Any, sellers: Sequence[SellerAccount]) -> list[PaymentAdapter]:
    """The methods by which every one of the sellers can be paid, in the order they were added."""
    return [a for a in ADAPTERS.values() if a.available(settings) and all(a.offered_by(s) for s in sellers)]


add(BankTransfer())
add(CashOnDelivery())
