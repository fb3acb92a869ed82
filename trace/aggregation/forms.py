"""Forms of the room: shape only."""

from __future__ import annotations

from core.ui.forms import Form, IntField, RadioField, SelectField, TextField
from trace.aggregation.models import KINDS


class BoxesForm(Form):
    """New empty boxes."""

    kind = RadioField("种类", choices=list(KINDS.items()), default="carton", required=True)
    lot = SelectField("只装哪一批", choices=[("", "不限批次（混装）")], help="装错批次的件会当场拒绝。托盘不用选。")
    capacity = IntField("每箱件数", required=True, minimum=1, maximum=10_000, default=12)
    count = IntField("新建几个", required=True, minimum=1, maximum=500, default=1)


class PrefixForm(Form):
    """The GS1 company prefix."""

    gs1_prefix = TextField(
        "厂商识别代码",
        max_length=12,
        digits=True,
        help="中国物品编码中心发的 7 到 10 位数字，没有就留空，用本单位自己的箱号。",
    )


class DissolveForm(Form):
    """Why a box is taken apart."""

    reason = TextField("拆箱原因", required=True, max_length=100, help="例如：客户改规格，重新装箱。")


class ShipForm(Form):
    """Where the boxes go."""

    to = TextField("发给", required=True, max_length=60, help="写单位名和地方，不写个人姓名和电话。")
    document = TextField("单据号", max_length=40, help="发货单或运单号，没有可不填。")


class ScanForm(Form):
    """One scan without script."""

    code = TextField("扫码或手输", max_length=300)
