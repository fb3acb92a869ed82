"""Shape of the lot pages.  Amounts per source are fields of their own, named by the source."""

from __future__ import annotations

from core.ui.forms import DateField, DecimalField, Form, IntField, RadioField, SelectField, TextField, WeightField


class ReceiveForm(Form):
    item = SelectField("商品项", required=True, help="按公斤计的散装商品项")
    made_on = DateField("入库日期", required=True)
    place = SelectField("放在哪里")
    storage_method = TextField("贮存方式", max_length=60, help="例如 0–4 ℃ 冷藏")
    lot_no = TextField("批号", max_length=20, digits=True, help="留空就自动编号")


class PackForm(Form):
    item = SelectField("装成什么", required=True)
    pieces = IntField("件数", required=True, minimum=1, maximum=10_000_000)
    packed_on = DateField("装箱日期", required=True)
    place = SelectField("在哪里装")
    brix = DecimalField("糖度（°Brix）", places=1, help="测了就填，例如 14.2")
    storage_method = TextField("贮存方式", max_length=60, help="留空就用商品项上写的")
    best_before = DateField("建议食用日期", help="留空就按商品项的保存天数算")
    lot_no = TextField("批号", max_length=20, digits=True, help="留空就自动编号")


class WriteOffForm(Form):
    kind = RadioField(
        "哪一类", required=True, choices=[("loss", "损耗"), ("sample", "抽样送检"), ("destroy", "销毁")],
    )  # fmt: skip
    mass_g = WeightField("损耗（kg）", required=True, minimum_g=1, maximum_g=10**9)
    lost_on = DateField("日期", required=True)
    reason = TextField("原因", required=True, max_length=120, help="例如 腐烂、失水、抽样")
