"""Shape of the item pages."""

from __future__ import annotations

from core.ui.forms import Form, IntField, RadioField, SelectField, TextField, TickField, WeightField
from trace.item.models import LEVELS


class ItemForm(Form):
    name = TextField("名称", required=True, max_length=60, help="写品种和规格，例如 富士苹果 5 kg 箱装")
    level = RadioField("包装", choices=list(LEVELS.items()), required=True)
    variety = SelectField("品种", required=True)
    form = SelectField("形态", required=True)
    specification = SelectField("规格", help="选和品种同一种类的规格；散装可以不选")
    grade = SelectField("等级", help="按你自己分级的结果，可以不选")
    net_content_g = WeightField("净含量（kg）", minimum_g=1, maximum_g=1_000_000, help="散装不用填")
    gtin = TextField("商品条码", max_length=20, digits=True, help="有就填，8 到 14 位")
    own_code = TextField(
        "自编代码", max_length=20, digits=True, help="没有条码就自编，用数字、大写字母和短横，例如 FJ-5KG"
    )
    storage_method = TextField("贮存方式", max_length=60, help="例如 0–4 ℃ 冷藏")
    shelf_life_days = IntField("保存天数", minimum=1, maximum=1000, help="填了就自动算出建议食用日期")


class ItemChangeForm(Form):
    name = TextField("名称", required=True, max_length=60)
    storage_method = TextField("贮存方式", max_length=60)
    shelf_life_days = IntField("保存天数", minimum=1, maximum=1000)
    active = TickField("还在使用")
