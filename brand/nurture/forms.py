"""Forms of entries and their evidence."""

from __future__ import annotations

from brand.nurture import rules
from core.ui.forms import AreaField, DateField, FileField, Form, SelectField, TextField, UsccField


class NewForm(Form):
    """What is entered; the rest is filled in on the entry's own page."""

    kind = SelectField("填报什么", required=True, choices=list(rules.KINDS.items()))
    name = TextField("名称", required=True, max_length=rules.NAME_LIMIT, help="品牌名，或产品名加规格")


class OfficeNewForm(NewForm):
    """The same for the brand office, which enters for an enterprise."""

    organisation_code = UsccField("哪家企业", required=True, help="统一社会信用代码")


class ProductForm(Form):
    name = TextField("产品名称", required=True, max_length=rules.NAME_LIMIT, help="产品名加规格，一款一条")
    since = DateField("从哪天开始在网上卖")
    link = TextField("商品页网址", max_length=500, help="本平台或别的平台的 https 网址")
    basis = AreaField("认定依据", max_length=rules.TEXT_LIMIT, help="定位、品质、包装、销路各一句")


class BrandForm(Form):
    brand_id = SelectField("企业品牌", help="在“企业品牌”里登记过的")
    since = DateField("从哪天开始用这个品牌卖")
    link = TextField("店铺网址", max_length=500, help="有网店的填 https 网址")
    basis = AreaField("认定依据", max_length=rules.TEXT_LIMIT, help="定位、品质、包装、销路各一句")


class EvidenceForm(Form):
    kind = SelectField("材料", required=True, choices=list(rules.EVIDENCE.items()))
    file = FileField("文件", required=True, help="照片、截图或 PDF，不超过 10 MB")
    caption = TextField("说明", max_length=rules.CAPTION_LIMIT, help="是什么、哪天")
