"""Forms of brands."""

from __future__ import annotations

from brand.matrix import rules
from core.ui.forms import AreaField, DateField, Form, SelectField, TextField, TickField


class FactsForm(Form):
    introduction = AreaField("介绍", max_length=rules.TEXT_LIMIT, help="写清是什么、用在什么产品上")
    holder = TextField("持有人", max_length=60, help="商标注册证上的注册人；不清楚就留空，留空不会印出来")
    mark_no = TextField("商标注册号", max_length=20, digits=True)
    mark_kind = SelectField("商标类型", choices=[(k, v) for k, v in rules.MARK_KINDS.items() if k])
    mark_until = DateField("商标有效期至")
    area = TextField("使用地域", max_length=120)
    gi_no = TextField("地理标志编号", max_length=24, digits=True)
    active = TickField("在用（取消后不再接受授权申请）")


class OwnBrandForm(Form):
    parent_key = SelectField("挂在哪个品牌下", required=True)
    name = TextField("品牌名称", required=True, max_length=rules.NAME_LIMIT, help="已注册商标的，和注册证一致")
    introduction = AreaField("介绍", max_length=rules.TEXT_LIMIT)
