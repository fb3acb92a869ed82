"""The information form, one column for a phone."""

from __future__ import annotations

from admin.information import rules
from core.ui.forms import AreaField, DateField, Form, IntField, Later, MoneyField, TextField

TO_CONFIRM = [Later("确认前填")]


class InformationForm(Form):
    stores = AreaField(
        "店铺", max_length=8000, rows=6,
        help="一行一家：平台，店名，链接。例如：抖音，示例果园旗舰店，https://…　平台写" + "、".join(rules.PLATFORMS) + "。线下门店不用写链接。",
    )  # fmt: skip
    brands = TextField("自有品牌", max_length=600, help="用顿号隔开，没有就留空")
    staff = IntField("从业人数（人）", maximum=100_000, validators=TO_CONFIRM)
    staff_local = IntField("其中本县（人）", maximum=100_000, validators=TO_CONFIRM)
    land_m2 = IntField("种植面积（平方米）", maximum=10**9, validators=TO_CONFIRM, help="1 亩约 667 平方米；没有填 0")
    store_m3 = IntField("冷库库容（立方米）", maximum=10**7, validators=TO_CONFIRM, help="没有填 0")
    turnover_fen = MoneyField("上年营业额（元）", validators=TO_CONFIRM, help="只给办公室和统计看")
    retail_fen = MoneyField("上年网络零售额（元）", validators=TO_CONFIRM, help="消费者在网上下单的，不含批发")
    tax_fen = MoneyField("上年纳税额（元）", validators=TO_CONFIRM, help="没有填 0")


class CheckForm(Form):
    licence_until = DateField("执照有效期至", help="长期有效的留空")
