"""Order workflow, waybills, and how an order is shown (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

CLAIM_HOURS = 48
AUTO_SIGN = timedelta(days=10)
CARRIERS = (
    ("county", "县共同配送"), ("zhongtong", "中通"), ("shentong", "申通"), ("yunda", "韵达"), ("yuantong", "圆通"),
    ("shunfeng", "顺丰"), ("jitu", "极兔"), ("jingdong", "京东"), ("debang", "德邦"), ("youzheng", "邮政"), ("ems", "EMS"),
)  # fmt: skip
CARRIER_NAMES = dict(CARRIERS)
_WAYBILL = re.compile(r"[A-Z0-9-]{6,32}")
# Prefixes change often (facts 7): a guess is a suggestion that a person confirms, never a refusal.
_GUESSES = (
    ("jitu", re.compile(r"JT\d{12,13}")),
    ("jingdong", re.compile(r"JD[XK]\d{12}|JDV[A-Z]\d{11}")),
    ("shunfeng", re.compile(r"SF\d{13}")),
    ("debang", re.compile(r"DPK\d{9,15}")),
    ("ems", re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}")),
    ("shentong", re.compile(r"77\d{12,13}")),
    ("yunda", re.compile(r"46\d{11,13}|43\d{13}")),
    ("youzheng", re.compile(r"12\d{11}|43\d{11}")),
    ("zhongtong", re.compile(r"7[3568]\d{10,12}|432\d{12}")),
)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the guards of an order look at."""

    method: str
    total_fen: int
    paid_fen: int = 0
    bank_reference: str = ""
    received_fen: int = 0
    carrier: str = ""
    waybill_no: str = ""
    waybill_taken: bool = False
    lots_stopped: Sequence[str] = ()
    now: datetime | None = None
    due_at: datetime | None = None
    signed_at: datetime | None = None
    claim_hours: int = CLAIM_HOURS


def is_transfer(facts: OrderFacts) -> list[Unmet]:
    """Only a transfer is confirmed by hand."""
    if facts.method == "transfer":
        return []
    return [
        Unmet(
            "order.confirm.method",
            "这笔订单不是对公转账，不用登记到账。",
            help="货到付款的订单请用“接单”。",
            who="经办员",
        )
    ]


def transfer_matches(facts: OrderFacts) -> list[Unmet]:
    """What arrived equals what is due, and the bank's reference is written down."""
    unmet = []
    if not facts.bank_reference.strip():
        unmet.append(
            Unmet("order.confirm.reference", "缺少银行流水号。", help="填写到账回单上的流水号。", who="经办员")
        )
    if facts.received_fen != facts.total_fen:
        unmet.append(
            Unmet(
                "order.confirm.amount",
                f"到账 {facts.received_fen / 100:.2f} 元，应收 {facts.total_fen / 100:.2f} 元，对不上。",
                help="少了请买家补足，多了先退回差额再登记。",
                who="经办员",
            )
        )
    return unmet


def is_cash(facts: OrderFacts) -> list[Unmet]:
    """货到付款 orders are accepted before they are sent."""
    if facts.method == "cod":
        return []
    return [Unmet("order.accept.method", "这笔订单要先到账才能备货。", help="到账后用“登记到账”。", who="经办员")]


def parcel_known(facts: OrderFacts) -> list[Unmet]:
    """A parcel has a carrier and a waybill number of 6 to 32 letters, digits or dashes, used once."""
    unmet = []
    if facts.carrier not in CARRIER_NAMES:
        unmet.append(Unmet("order.ship.carrier", "还没有选承运公司。", help="从列表里选择。", who="经办员"))
    if not _WAYBILL.fullmatch(facts.waybill_no):
        unmet.append(
            Unmet(
                "order.ship.waybill",
                "快递单号是 6 到 32 位字母、数字或短横线。",
                help="对照面单重新填写。",
                who="经办员",
            )
        )
    elif facts.waybill_taken:
        unmet.append(
            Unmet(
                "order.ship.waybill_taken",
                "这个快递单号已用在另一笔订单上。",
                help="核对面单，一张面单只发一单。",
                who="经办员",
            )
        )
    return unmet


def lots_may_leave(facts: OrderFacts) -> list[Unmet]:
    """A lot that is held or recalled does not leave the packhouse."""
    return [
        Unmet("order.ship.lot", f"批次 {lot} 已停售，不能发出。", help="取消订单退款，或等停售解除。", who="企业负责人")
        for lot in facts.lots_stopped
    ]


def window_over(facts: OrderFacts) -> list[Unmet]:
    """An order is closed when the time for 坏果包赔 claims is over."""
    if (
        facts.signed_at is not None
        and facts.now is not None
        and facts.now >= facts.signed_at + timedelta(hours=facts.claim_hours)
    ):
        return []
    return [
        Unmet(
            "order.close.window",
            f"签收未满 {facts.claim_hours} 小时，还可以申请坏果包赔。",
            help="到时自动完成。",
            who="系统",
        )
    ]


def reservation_over(facts: OrderFacts) -> list[Unmet]:
    """An unconfirmed order lapses only after its reserved time."""
    if facts.due_at is not None and facts.now is not None and facts.now >= facts.due_at:
        return []
    return [Unmet("order.expire.due", "保留时间还没到。", help="到时未确认会自动取消。", who="系统")]


_SELLER = "企业负责人或经办员"
ORDER = Workflow(
    key="shop.order",
    label="订单",
    states=[
        State("placed", "待确认", "todo"),
        State("to_ship", "待发货", "busy"),
        State("shipped", "运输中", "busy"),
        State("signed", "已签收", "ok"),
        State("closed", "已完成", "none", final=True),
        State("cancelled", "已取消", "none", final=True),
    ],
    initial="placed",
    moves=[
        Move("confirm_transfer", "登记到账", ["placed"], "to_ship", "shop.order.confirm", by="owner",
             guards=[is_transfer, transfer_matches], who=_SELLER),
        Move("accept", "接单", ["placed"], "to_ship", "shop.order.confirm", by="owner", guards=[is_cash], who=_SELLER),
        Move("settle", "线上付款成功", ["placed"], "to_ship", None, by="system"),
        Move("ship", "发货", ["to_ship"], "shipped", "shop.order.ship", by="owner", guards=[parcel_known, lots_may_leave], who=_SELLER),
        Move("sign", "确认收货", ["shipped"], "signed", None, by="public"),
        Move("deliver", "登记签收", ["shipped"], "signed", "shop.order.ship", by="owner", who=_SELLER),
        Move("close", "完成", ["signed"], "closed", None, by="system", guards=[window_over]),
        Move("cancel_by_buyer", "取消订单", ["placed"], "cancelled", None, by="public"),
        Move("cancel", "取消并退款", ["placed", "to_ship"], "cancelled", "shop.order.cancel", by="owner", reason=True, irreversible=True, who=_SELLER),
        Move("expire", "逾期取消", ["placed"], "cancelled", None, by="system", guards=[reservation_over]),
    ],
)  # fmt: skip


def normalise_waybill(text: str) -> str:
    """A waybill number as typed in upper case without blanks; full-width characters become plain."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def guess_carrier(waybill_no: str) -> str | None:
    """The carrier this number looks like, or None: a suggestion only (facts 7)."""
    return next((key for key, pattern in _GUESSES if pattern.fullmatch(waybill_no)), None)


def order_no(day: date, number: int) -> str:
    """``DD2026112100356``: prefix, Shanghai day, running number of at least five digits."""
    return f"DD{day:%Y%m%d}{number:05d}"


def mask_name(name: str) -> str:
    """The first character and a star for each further one, at most two."""
    return name[:1] + "*" * min(max(len(name) - 1, 1), 2) if name else ""


STEPS = ("下单", "已确认", "运输中", "签收", "完成")


@dataclass(frozen=True, slots=True)
class Headline:
    """The state in words, what happens next, and which of the five steps is now (None when cancelled)."""

    title: str
    note: str
    step: int | None


def headline(state: str, *, method: str, carrier: str = "", due: str = "", hours: int = CLAIM_HOURS) -> Headline:
    """What the buyer reads first."""
    if state == "placed" and method == "transfer":
        return Headline("等待转账", f"请在 {due} 前转账，卖家登记到账后发货。逾期订单自动取消，库存放回。", 0)
    if state == "placed" and method == "cod":
        return Headline("等待卖家接单", f"卖家会在 {due} 前确认，逾期订单自动取消。收到货再付款。", 0)
    if state == "placed":
        return Headline("等待付款", f"请在 {due} 前完成付款。", 0)
    if state == "to_ship":
        return Headline("卖家正在备货", "发出后这里会显示快递单号。", 1)
    if state == "shipped":
        return Headline("运输中", f"已交给{carrier}，收到后请开箱看一眼。", 2)
    if state == "signed":
        return Headline("已签收", f"坏果包赔从签收起算 {hours} 小时。", 3)
    if state == "closed":
        return Headline("已完成", "订单和批次记录会保留三年以上。", 4)
    return Headline("已取消", "库存已放回。已付的款由卖家原路退回。", None)
