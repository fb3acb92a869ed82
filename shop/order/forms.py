"""Shapes of what sellers write about an order."""

from __future__ import annotations

from core.ui.forms import AreaField, Form, MoneyField, SelectField, TextField
from shop.order.rules import CARRIERS


class ShipForm(Form):
    """Carrier and waybill number."""

    carrier = SelectField("承运公司", required=True, choices=[("", "请选择"), *CARRIERS])
    waybill_no = TextField(
        "快递单号", required=True, max_length=40, digits=True, help="6 到 32 位字母、数字或短横线，照面单填"
    )
    units = AreaField(
        "箱签或单件码", max_length=20_000,
        help="用扫码枪扫，一行一个。登记了，买家以后查防伪码能看到这一件已售出；不登记不影响发货。",
    )  # fmt: skip

    def scans(self) -> list[str]:
        """What was scanned, line by line."""
        return [line.strip() for line in (self.units.data or "").splitlines() if line.strip()]


class TransferForm(Form):
    """A line of the bank statement."""

    received_fen = MoneyField("到账金额（元）", required=True, minimum_fen=1)
    reference = TextField("银行流水号", required=True, max_length=64, digits=True, help="照到账回单填写")


class RefundForm(Form):
    """The refund's line of the bank statement."""

    reference = TextField("退款流水号", required=True, max_length=64, digits=True)
