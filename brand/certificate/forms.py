"""Forms of a certificate; each kind shows the fields it has."""

from __future__ import annotations

from brand.certificate import rules
from core.taxonomy.queries import choices
from core.ui.forms import (
    AreaField,
    DateField,
    FileField,
    Form,
    RadioField,
    SelectField,
    TextField,
    TickField,
    TicksField,
    WeightField,
)

_NUMBER_HELP = {
    "green": "产品编号写 LB 开头的；只有企业信息码的写 GF 开头的",
    "organic": "例如 0001OP2600001，子证书带 -1",
    "agri_gi": "AGI 加 5 位数字",
    "gi_mark": "核准或备案的编号、公告号，照文件抄",
    "sc": "SC 加 14 位数字",
    "other": "照证书抄",
}


class CertificateForm(Form):
    """What the paper says."""

    number = TextField("证书编号", required=True, max_length=60, digits=True)
    company_code = TextField("企业信息码", max_length=20, digits=True, help="GF 加 12 位数字，包装上印它")
    route = RadioField("凭什么使用专用标志", choices=list(rules.ROUTES.items()))
    issuer = TextField("发证机构", required=True, max_length=60)
    licensor = TextField("许可人或登记证书持有人", max_length=60, help="注册人、协会或登记机关，照文件抄")
    area = TextField("划定的区域", max_length=120, help="照文件抄，例如：某县某镇所辖行政村")
    in_conversion = TickField("这是转换期证书（产品还不能叫有机产品）")
    valid_from = DateField("生效日期", required=True)
    valid_until = DateField("到期日期", help="这一天 24:00 到期；长期有效的留空")
    note = AreaField("备注", max_length=300)

    def for_kind(self, kind: str) -> CertificateForm:
        """The form with the fields of this kind only."""
        self.number.description = _NUMBER_HELP[kind]
        unused = {
            "company_code": kind != "green",
            "route": kind != "gi_mark",
            "licensor": kind not in ("gi_mark", "agri_gi"),
            "area": kind not in ("gi_mark", "agri_gi"),
            "in_conversion": kind != "organic",
        }
        for name, drop in unused.items():
            if drop:
                del self[name]
        if not rules.KINDS[kind].long_term:
            self.valid_until.description = "这一天 24:00 到期"
        return self


class ProductForm(Form):
    """One product of the scope."""

    variety = SelectField("品种", required=True, choices=lambda: choices("variety"))
    form = SelectField("形态", required=True, choices=lambda: choices("form"))
    yearly_grams = WeightField("全年数量（kg）", minimum_g=1, help="照证书附件填；证书没有写数量的留空")


class PlotsForm(Form):
    """Which plots of the organisation the certificate covers."""

    plots = TicksField("覆盖的地块")


class ScanForm(Form):
    """The paper itself."""

    file = FileField("证书照片或 PDF", required=True, help="连附件页一起拍或扫成一份，不超过 10 MB")


class CheckForm(Form):
    """One look-up in the official register."""

    checked_on = DateField("核对日期", required=True)
    register = TextField("在哪里查的", required=True, max_length=80)
    outcome = RadioField("结果", choices=list(rules.OUTCOMES.items()), required=True)
    note = TextField("查到的内容", max_length=300, help="持证人、产品、数量、有效期和纸质证书对得上对不上")
