"""Forms of units and leases."""

from __future__ import annotations

from collections.abc import Sequence

from admin.lease import rules
from core.ui.forms import DateField, Form, IntField, MoneyField, SelectField, TextField, TicksField

USES = list(rules.USES.items())


class UnitForm(Form):
    code = TextField("单元编号", required=True, max_length=30, help="例如：3 幢 201")
    building = TextField("楼栋", max_length=30)
    area_m2 = IntField("测绘面积（平方米）", required=True, minimum=1, maximum=rules.LARGEST_M2)
    uses = TicksField("允许的用途", choices=USES, required=True)


class OfferForm(Form):
    code = TextField("承租企业的统一社会信用代码", required=True, max_length=30, digits=True)
    area_m2 = IntField("租赁面积（平方米）", required=True, minimum=1, maximum=rules.LARGEST_M2)
    starts_on = DateField("起租日", required=True)
    ends_on = DateField("到期日", required=True)
    purpose = SelectField("用途", required=True, choices=USES)
    monthly_rent_fen = MoneyField("每月租金（元）", required=True)
    deposit_fen = MoneyField("押金（元）", required=True)

    def of_unit(self, uses: Sequence[str]) -> OfferForm:
        """The form with what the unit may be used for."""
        self.purpose.choices = [(key, rules.USES[key]) for key in uses]
        return self
