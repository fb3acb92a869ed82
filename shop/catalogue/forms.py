"""Shapes of what sellers type about their goods."""

from __future__ import annotations

from core.ui.forms import AreaField, FileField, Form, IntField, MoneyField, SelectField, TextField, TickField
from shop.catalogue.service import KINDS


class ListingForm(Form):
    """Name, origin, terms."""

    title = TextField(
        "品名", required=True, max_length=60, help="写品种和等级，不写夸奖的话。例如：富士苹果，一等品，约 20 枚"
    )
    kind = SelectField("品类", required=True, choices=list(KINDS.items()))
    origin = TextField("产地", max_length=60, help="写到村镇，例如：产自临猗县北景乡")
    description = AreaField(
        "介绍", max_length=2000, help="口感、贮藏、适合怎么吃。检测和认证以批次记录为准，不用在这里写。"
    )
    dispatch_note = TextField("发货", max_length=80, help="例如：16:00 前付款，当天发出")
    delivery_note = TextField("配送", max_length=80, help="例如：县共同配送，太原约 2 天")
    freight_fen = MoneyField("每单运费（元）", help="包邮填 0")
    perishable = TickField("鲜活易腐，不适用七日无理由退货")
    claim_hours = IntField("坏果包赔：签收后多少小时内可申请", minimum=0, maximum=720)
    claim_terms = TextField("坏果包赔办法", max_length=200, help="例如：拍照申请，按枚退款，不用寄回")


class VariantForm(Form):
    """One trade item at a price."""

    item_id = SelectField("商品项", required=True, coerce=int, help="一个规格只卖一个商品项")
    size_label = TextField("果径或等级", max_length=20, help="例如：80–85 mm")
    unit = TextField("计价单位", required=True, max_length=4, help="箱、盒、袋")
    price_fen = MoneyField("单价（元）", required=True, minimum_fen=1)
    cap_per_buyer = IntField("每人限购", minimum=1, maximum=999, help="不限就留空")


class PictureForm(Form):
    """One picture with words."""

    picture = FileField("图片", required=True, help="JPEG 或 PNG，照片里的定位会去掉")
    alt = TextField("图片说明", required=True, max_length=60, help="给看不见图的人听，例如：一箱苹果，码放两层")
