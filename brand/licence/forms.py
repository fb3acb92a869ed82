"""Forms of a licence application."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from brand.licence import rules
from brand.licence.review_service import CONCLUSIONS
from brand.matrix.queries import public_brands
from core.place import queries as places
from core.taxonomy.queries import choices, labels, words
from core.ui.forms import (
    AreaField,
    DateField,
    DecimalField,
    FileField,
    Form,
    IntField,
    MomentField,
    RadioField,
    SelectField,
    TextField,
    TickField,
    TicksField,
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
    quality = TickField(
        "质量承诺：使用品牌的产品来自申请写明的产地，按规定用药、执行安全间隔期，批批检测或自检合格后再包装。",
        required=True,
    )


class PlotsForm(Form):
    plots = TicksField("产品来自这些地块", help="已登记的地块可以代替基地证明")

    def of(self, organisation_id: int) -> PlotsForm:
        """The form with the organisation's active plots."""
        self.plots.choices = places.choices(organisation_id, "plot")
        return self


class AppointForm(Form):
    at = MomentField("核查时间", required=True, help="例如 2026-11-25 09:30")
    place = TextField("地点", required=True, max_length=120, help="地块或包装间，写到村")


class FindingsForm(Form):
    fits = RadioField("结果", choices=[("fits", "与申请相符"), ("no", "与申请不符")], required=True)
    findings = AreaField("看到了什么", required=True, max_length=1000, help="地块、品种、面积、包装、记录")
    latitude = DecimalField(
        "纬度", required=True, places=6, minimum=Decimal(-90), maximum=Decimal(90), help="在现场点“用手机定位”"
    )
    longitude = DecimalField("经度", required=True, places=6, minimum=Decimal(-180), maximum=Decimal(180))
    accuracy_m = IntField("误差（米）", minimum=0, maximum=100_000, help="选填，定位时自动填")
    photo = FileField("现场照片", required=True, max_mb=10, accept="image/*")
    photo2 = FileField("再附一张", max_mb=10, accept="image/*")
    photo3 = FileField("再附一张", max_mb=10, accept="image/*")


class OpinionForm(Form):
    post = TextField("专家的岗位", required=True, max_length=60, help="例如：果树栽培高级农艺师。不写姓名")
    conclusion = RadioField("结论", choices=list(CONCLUSIONS.items()), required=True)
    words = AreaField("意见", required=True, max_length=2000)
    given_on = DateField("出具日期", required=True)
    file = FileField("意见书", help="选填，拍照或 PDF")


class ProcedureForm(Form):
    valid_from = DateField("从哪天起执行", required=True, help="此后首次提交的申请按新程序办，在办的不变")
    publicity_days = IntField("批准前公示几个工作日", required=True, minimum=0, maximum=60, help="0 表示不公示")
    visit_required = TickField("必须实地核查")
    expert_required = TickField("必须有专家意见")
    renewal_days = IntField("到期前后多少天内可以续期", required=True, minimum=1, maximum=180)
    note = AreaField("依据", max_length=400, help="选填，写明文件或会议")


class ReviewForm(Form):
    result = RadioField("年度审核结果", choices=[("in_order", "符合要求"), ("to_mend", "请改正")], required=True)
    words = AreaField("看了什么", required=True, max_length=1000, help="用标报告、抽查、投诉等；企业会看到")


class ShareForm(Form):
    partner_code = TextField("合作方的统一社会信用代码或编号", required=True, max_length=40, digits=True)
    row_id = SelectField("让它包装哪一种", required=True)
    grams = WeightField("数量上限（kg）", required=True, minimum_g=1000, maximum_g=rules.MAX_YEARLY_GRAMS)
    valid_from = DateField("起", required=True)
    valid_until = DateField("止", required=True, help="不能晚于授权到期日")
    note = AreaField("约定", max_length=400, help="选填，对方会看到")

    def of(self, rows: Any) -> ShareForm:
        """The form with the granted rows of the licence."""
        self.row_id.choices = [(str(row.id), row.label) for row in rows]
        return self


def report_form(rows: Any, quarters: list[str]) -> type[Form]:
    """A form with one weight per granted row, for one of the quarters."""
    fields: dict[str, Any] = {
        "quarter": SelectField("季度", required=True, choices=[(q, rules.quarter_label(q)) for q in quarters])
    }
    for row in rows:
        fields[f"row_{row.id}"] = WeightField(
            f"{row.label}，用标数量（kg）", required=True, maximum_g=row.yearly_grams, help="没有用标填 0"
        )
    fields["note"] = AreaField("说明", max_length=400, help="选填，与系统记录的标签数不同时说明原因")
    return type("ReportForm", (Form,), fields)
