"""Forms of a licence application."""

from __future__ import annotations

from typing import Any

from brand.licence import rules
from brand.matrix.queries import public_brands
from core.taxonomy.queries import choices, labels, words
from core.ui.forms import (
    AreaField,
    DateField,
    FileField,
    Form,
    IntField,
    SelectField,
    TextField,
    TickField,
    WeightField,
)


class OpenForm(Form):
    brand_id = SelectField(
        "申请使用哪个品牌", required=True, choices=lambda: [(str(b.id), b.name) for b in public_brands()]
    )
    note = AreaField("说明", max_length=400, help="选填，想让品牌办公室知道的情况")


class RowForm(Form):
    variety = SelectField("品种", required=True)
    form = SelectField("形态", required=True, choices=lambda: choices("form"))
    specification = SelectField("规格", required=True)
    yearly_grams = WeightField(
        "全年预计用标数量（kg）", required=True, minimum_g=1000, maximum_g=rules.MAX_YEARLY_GRAMS
    )
    area_m2 = IntField("生产基地面积（m²）", minimum=1, maximum=10**9, help="选填，1 亩约 667 m²")

    def for_species(self, species: str | None) -> RowForm:
        """The form with the varieties and specifications of the brand's species only."""
        self.variety.choices = choices("variety", species)
        self.specification.choices = choices("specification", species)
        return self


class EvidenceForm(Form):
    kind = SelectField("材料", required=True, choices=list(rules.EVIDENCE.items()))
    file = FileField("文件", required=True, help="拍清四个角，或传 PDF，不超过 10 MB")
    issuer = TextField("由谁出具", max_length=60)
    issued_on = DateField("出具日期", help="检测报告必填")
    valid_until = DateField("有效期至", help="长期有效的留空")
    specification = SelectField("包装样稿对应的规格", help="只有包装样稿要选")

    def for_rows(self, rows: Any) -> EvidenceForm:
        """The form with the specifications the application asks for."""
        wanted = {row.specification for row in rows}
        named = labels(wanted)
        self.specification.choices = [(w.code, named[w.code]) for w in words("specification") if w.code in wanted]
        return self


class AcceptForm(Form):
    agreed = TickField(
        "我单位承诺：只在授权的品种、形态、规格和有效期内使用；标志上印统一社会信用代码；到期或撤销后停止使用。",
        required=True,
    )
