"""Payment attempts: the workflow, and what a seller's account must satisfy (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from core.errors import BadInput, Unmet
from core.workflow.table import Move, State, Workflow

Scope = Literal["order", "checkout"]


@dataclass(frozen=True, slots=True)
class RefundFacts:
    amount_fen: int
    refund_fen: int


def not_over_refunded(facts: RefundFacts) -> list[Unmet]:
    """Refunds of one payment never exceed what was paid."""
    if 0 < facts.refund_fen <= facts.amount_fen:
        return []
    return [
        Unmet(
            "payment.refund.amount", "退款金额要大于 0，且不超过实付金额。", help="核对金额后重新填写。", who="经办员"
        )
    ]


PAYMENT = Workflow(
    key="shop.payment",
    label="付款",
    states=[
        State("pending", "待付款", "busy"),
        State("paid", "已付款", "ok"),
        State("refund_due", "待退款", "todo"),
        State("refunded", "已退款", "none", final=True),
        State("cancelled", "已作废", "none"),
    ],
    initial="pending",
    moves=[
        Move("settle", "确认收款", ["pending"], "paid", None, by="system"),
        Move("cancel", "作废", ["pending"], "cancelled", None, by="system"),
        Move("settle_late", "作废后到账", ["cancelled"], "refund_due", None, by="system"),
        Move("owe_refund", "应退款", ["paid"], "refund_due", None, by="system", guards=[not_over_refunded]),
        Move("refund", "登记退款", ["refund_due"], "refunded", None, by="system"),
    ],
)


def check_account_no(text: str) -> str:
    """A corporate bank account number: 8 to 32 digits (blanks and dashes dropped), or BadInput."""
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\d{8,32}", digits):
        raise BadInput("银行账号是 8 到 32 位数字，请对照开户许可证。", code="payment.account_no", field="account_no")
    return digits


def account_matches(account_name: str, organisation_name: str) -> list[Unmet]:
    """对公转账 goes to an account in the seller's own registered name, otherwise a buyer cannot check whom they pay."""
    if _plain(account_name) == _plain(organisation_name):
        return []
    return [
        Unmet(
            "payment.account.name",
            f"户名要和营业执照名称一致：{organisation_name}。",
            help="用本单位的对公账户收款，不能用个人账户。",
            who="企业负责人",
        )
    ]


def _plain(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))


def masked_account(account_no: str) -> str:
    """Only the last four digits, for lists and histories."""
    return "*" * max(len(account_no) - 4, 0) + account_no[-4:]
