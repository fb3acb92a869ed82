"""Forms of events, places and media."""

from __future__ import annotations

from typing import Any

from brand.matrix.queries import public_brands
from brand.promotion import rules, rules_media
from core.ui.forms import (
    AreaField,
    DateField,
    FileField,
    Form,
    IntField,
    MomentField,
    MoneyField,
    SelectField,
    TelephoneField,
    TextField,
    TickField,
)


def _brands() -> list[tuple[Any, str]]:
    return [(str(b.id), b.name) for b in public_brands()]


class EventForm(Form):
    kind = SelectField(
        "类别",
        required=True,
        choices=[(k, f"{v}（计入 {rules.INDICATORS[k]} {rules.INDICATOR_LABELS[k]}）") for k, v in rules.KINDS.items()],
        help="一场活动只计一个指标，公布以后不能换",
    )
    title = TextField("名称", required=True, max_length=rules.TITLE_LIMIT)
    title_en = TextField("英文名称", max_length=160, help="留空时英文日历照印中文")
    level = SelectField("级别", required=True, choices=list(rules.LEVELS.items()), help="推介活动要省级或市级的")
    part = SelectField("举办还是参加", required=True, choices=list(rules.PARTS.items()))
    brand_id = SelectField("以哪个公用品牌", choices=_brands, help="展会必选")
    host = TextField("主办单位", max_length=80)
    venue = TextField("地点", required=True, max_length=80)
    starts_on = DateField("开始日期", required=True)
    ends_on = DateField("结束日期", required=True)
    hours = TextField("每天几点", max_length=60, help="例如 9:00–17:00")
    introduction = AreaField("活动说明", max_length=rules.TEXT_LIMIT)
    introduction_en = AreaField("英文说明", max_length=rules.TEXT_LIMIT)
    etown_content = AreaField("宣传乡村e镇的内容", max_length=600, help="宣传活动必填：政策、成效、企业或品牌")
    phone = TelephoneField("联系电话", help="单位电话，会公开")
    capacity = IntField("展位数", minimum=1, maximum=rules.MAX_CAPACITY, help="企业要报名的填，不用报名留空")
    enrol_until = MomentField("报名截止", help="例如 2026-10-18 17:00")
    licensed_only = TickField("只收获得品牌授权的企业")
    summary = AreaField("活动小结", max_length=rules.TEXT_LIMIT, help="办完以后写：做了什么、来了谁、数字从哪来")


class EvidenceForm(Form):
    kind = SelectField("材料", required=True, choices=list(rules.EVIDENCE.items()))
    file = FileField("文件", help="照片或 PDF，不超过 10 MB")
    link = TextField("或者网址", max_length=500, help="媒体报道的 https 网址")
    caption = TextField("说明", required=True, max_length=120, help="是什么、哪天、谁出具")
    made_on = DateField("材料日期")


class OwnResultForm(Form):
    """A figure an enterprise gives of its own."""

    kind = SelectField("成果", required=True, choices=[(k, f"{v[0]}（{v[1]}）") for k, v in rules.RESULTS.items()])
    quantity = IntField("数量", maximum=10**9)
    amount_fen = MoneyField("金额（元）", help="只有订单和签约填")
    source = TextField("数字从哪来", required=True, max_length=120, help="例如“展位订单登记表，10月18日收齐”")
    note = TextField("补充", max_length=200)


class ResultForm(OwnResultForm):
    """A figure of the event as a whole, with whose it is."""

    source_kind = SelectField("谁的数字", required=True, choices=list(rules.SOURCES.items()))


class EnrolForm(Form):
    goods = TextField("带什么产品", required=True, max_length=80, help="例如“富士苹果 80 mm，5 kg 箱”")
    people = IntField("去几个人", required=True, minimum=1, maximum=50)
    needs = AreaField("要主办单位准备什么", max_length=300, help="冷柜、电源、搬运等")


class MaterialForm(Form):
    brand_id = SelectField("品牌", required=True, choices=_brands)
    kind = SelectField("种类", required=True, choices=list(rules_media.KINDS.items()))
    title = TextField("名称", required=True, max_length=60)
    file = FileField("文件", help="图片用 JPG、PNG，文件用 PDF；视频不用传")
    link = TextField("视频网址", max_length=500)
    caption = TextField("说明", required=True, max_length=120)
    credit = TextField("作者或出处", required=True, max_length=60)
    rights = SelectField("权利", required=True, choices=list(rules_media.RIGHTS.items()))
    rights_note = TextField("谁授权的", max_length=120, help="已获授权的必填：授权人和授权书日期")
    rights_until = DateField("可用到哪天", help="长期可用的留空")
    audience = SelectField("给谁用", required=True, choices=list(rules_media.AUDIENCES.items()))
