"""Forms of brands."""

from __future__ import annotations

from typing import Any

from brand.matrix import rules, rules_use
from core.taxonomy.queries import choices
from core.ui.forms import (
    AreaField,
    DateField,
    FileField,
    Form,
    MoneyField,
    SelectField,
    TextField,
    TickField,
)


class ClassesField(TextField):
    """Nice classes typed as ``29、31``; ``data`` is a tuple of integers."""

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, digits=True, max_length=120, **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        super().process_formdata(valuelist)
        self.data = rules.read_classes(self.data or "")

    def _value(self) -> str:
        if self.raw_data and self.process_errors:
            return str(self.raw_data[0])
        return "、".join(str(n) for n in self.data or ())


class FactsForm(Form):
    introduction = AreaField("介绍", max_length=rules.TEXT_LIMIT, help="写清是什么、用在什么产品上")
    name_en = TextField("英文名", max_length=rules.EN_NAME_LIMIT, help="有正式译名才填，留空时英文页面照印中文名")
    introduction_en = AreaField("英文介绍", max_length=rules.EN_TEXT_LIMIT)
    story = AreaField("品牌故事", max_length=rules.STORY_LIMIT, rows=8, help="只写有出处的事；每段空一行")
    story_en = AreaField("英文品牌故事", max_length=rules.EN_STORY_LIMIT, rows=8)
    holder = TextField("持有人", max_length=60, help="商标注册证上的注册人；不清楚就留空，留空不会印出来")
    mark_no = TextField("商标注册号", max_length=20, digits=True)
    mark_kind = SelectField("商标类型", choices=[(k, v) for k, v in rules.MARK_KINDS.items() if k])
    mark_classes = ClassesField("商标类别", help="尼斯分类，用顿号隔开，例如 29、31；对照注册证")
    mark_from = DateField("商标注册日期")
    mark_until = DateField("商标有效期至")
    area = TextField("使用地域", max_length=120)
    gi_no = TextField("地理标志编号", max_length=24, digits=True, help="没有查到证书就留空")
    source = TextField("资料依据", max_length=120, help="照什么填的，例如“商标注册证原件”")
    checked_on = DateField("核对日期")
    active = TickField("在用（取消后不再接受授权申请）")


class OwnBrandForm(Form):
    parent_key = SelectField(
        "挂在哪个品牌下", required=True, help="挂在公用品牌下的是企业品牌，挂在自己品牌下的是产品系列"
    )
    name = TextField("品牌名称", required=True, max_length=rules.NAME_LIMIT, help="已注册商标的，和注册证一致")
    introduction = AreaField("介绍", max_length=rules.TEXT_LIMIT)


class CountyBrandForm(Form):
    parent_key = SelectField("挂在哪个品牌下", required=True)
    name = TextField("品牌名称", required=True, max_length=rules.NAME_LIMIT)
    key = TextField("网址名", required=True, max_length=40, digits=True, help="小写字母、数字和横线，例如 linyi-pear")
    species = SelectField("品类", choices=lambda: choices("species"), help="只用在一种果品上的要选，授权时会核对")
    introduction = AreaField("介绍", max_length=rules.TEXT_LIMIT)


class PictureForm(Form):
    file = FileField("图片", required=True, help="JPG 或 PNG，不超过 10 MB；位置信息会去掉")
    caption = TextField("图片说明", required=True, max_length=60, help="写清拍的是什么，看不到图的人听这一句")
    caption_en = TextField("英文说明", max_length=160)
    credit = TextField("出处", required=True, max_length=60, help="谁拍的，归谁；没有使用权的图不要传")


class RulesForm(Form):
    title = TextField("规则名称", required=True, max_length=rules_use.TITLE_LIMIT)
    body = AreaField(
        "正文",
        max_length=rules_use.BODY_LIMIT,
        rows=18,
        help="每条另起一行，以“第一条”这样的字样开头；写明谁可以用、怎么申请、怎么用、什么情况收回",
    )
    change_note = AreaField("这一版改了什么", max_length=rules_use.NOTE_LIMIT, help="第一版可以不填")
    effective_from = DateField("施行日期", help="今天或以后，晚于上一版")
    free = TickField("不收使用费和保证金")


class ChargeForm(Form):
    kind = SelectField("种类", required=True, choices=list(rules_use.CHARGE_KINDS.items()))
    label = TextField("收的是什么", required=True, max_length=40)
    amount_fen = MoneyField("金额（元）", required=True, minimum_fen=1)
    period = SelectField("怎么收", required=True, choices=list(rules_use.CHARGE_PERIODS.items()))
    basis = TextField("收费依据", required=True, max_length=80, help="批准文件的名称和文号")
