"""Shape of a delivery address and the way to pay."""

from __future__ import annotations

from wtforms import HiddenField

from core.ui.forms import Form, RadioField, SelectField, TextField
from shop.checkout.rules import PROVINCES, Address


class CheckoutForm(Form):
    """Address, method, and the fingerprint of what the buyer saw."""

    name = TextField("收货人", required=True, max_length=30)
    mobile = TextField("手机号", required=True, max_length=20, digits=True, help="只给卖家发货用")
    province = SelectField("省", required=True, choices=[("", "请选择"), *((p, p) for p in PROVINCES)])
    city = TextField("市", required=True, max_length=20, help="例如：太原市")
    county = TextField("县（区）", required=True, max_length=20)
    town = TextField("乡镇街道", max_length=30)
    detail = TextField("详细地址", required=True, max_length=100, help="村、路、门牌号")
    method = RadioField("付款方式", required=True, choices=[])
    stamp = HiddenField()

    def address(self) -> Address:
        """The typed address as plain values."""
        return Address(
            name=self.name.data or "",
            mobile=self.mobile.data or "",
            province=self.province.data or "",
            city=self.city.data or "",
            county=self.county.data or "",
            town=self.town.data or "",
            detail=self.detail.data or "",
        )
