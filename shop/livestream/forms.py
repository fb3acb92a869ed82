"""Shape of a host's application."""

from __future__ import annotations

from core.ui.forms import Form, SelectField, TextField, TickField
from shop.livestream.rules import PLATFORMS


class HostForm(Form):
    """Name on air, platform, account, promise."""

    stage_name = TextField("主播名", required=True, min_length=2, max_length=20)
    platform = SelectField("直播平台", required=True, choices=[("", "请选择"), *PLATFORMS])
    account = TextField("直播账号", required=True, max_length=60, help="平台里的账号名或编号")
    promise = TickField("我按批次记录介绍商品，不说记录里没有的功效、等级和产地")
