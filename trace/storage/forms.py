"""Shape of the pages of cold storage."""

from __future__ import annotations

from decimal import Decimal

from core.ui.forms import (
    DecimalField,
    FileField,
    Form,
    IntField,
    MomentField,
    SelectField,
    TextField,
    TickField,
    WeightField,
)


class InForm(Form):
    lot = SelectField("批次", required=True)
    mass_g = WeightField("数量（kg）", required=True, minimum_g=1, maximum_g=10**9)
    at = MomentField("入库时间", required=True)


class OutForm(Form):
    lot = SelectField("批次", required=True)
    mass_g = WeightField("数量（kg）", required=True, minimum_g=1, maximum_g=10**9)
    at = MomentField("出库时间", required=True)
    reason = TextField("去向", max_length=60, help="例如 去装箱")


class LoggerForm(Form):
    code = TextField("编号", required=True, max_length=20, digits=True, help="贴在记录仪上的编号，例如 T-01")
    name = TextField("叫法", max_length=40, help="例如 1 号库门口")
    interval_minutes = IntField("多久记一次（分钟）", required=True, minimum=1, maximum=1440)


class ImportForm(Form):
    logger = SelectField("哪台记录仪", required=True)
    file = FileField(
        "CSV 文件", required=True, max_mb=2, accept=".csv,text/csv", help="第一行写 时间,温度,湿度，一次最多 1000 条"
    )
    skip_bad = TickField("有错的行跳过，其余收下", help="不勾就一行都不收，先改文件")


class LimitForm(Form):
    measure = SelectField("指标", required=True, choices=[("temperature", "温度（℃）"), ("humidity", "湿度（%）")])
    low = DecimalField("下限", places=2, minimum=Decimal(-60), maximum=Decimal(100), help="没有就留空")
    high = DecimalField("上限", places=2, minimum=Decimal(-60), maximum=Decimal(100), help="没有就留空")
    tolerated_minutes = IntField(
        "容许连续超出（分钟）", required=True, minimum=0, maximum=10080, help="例如开门进货会短时升温"
    )
