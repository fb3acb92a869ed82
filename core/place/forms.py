"""Shape of the place page: required, length, number forms; meaning is checked by rules."""

from __future__ import annotations

import json
from typing import Any

from core.errors import BadInput
from core.place.models import KINDS, MARKS
from core.ui.forms import (
    AreaField,
    DateField,
    DecimalField,
    FileField,
    Form,
    SelectField,
    TextField,
    TickField,
    TicksField,
)


class PlaceForm(Form):
    kind = SelectField("类别", choices=list(KINDS.items()), required=True)
    code = TextField("编号", required=True, max_length=20, digits=True, help="本单位内不重复，例如 P-0317")
    village = TextField("乡镇和村", required=True, max_length=60, help="会公开，写到村为止，例如 庙上乡示例村")
    name = TextField("叫法", max_length=40, help="自己好认就行，例如 东坡大棚")
    variety = SelectField("主要品种", help="地块可以填；每年的生产季再定当年的品种")
    area_mu = DecimalField("面积（亩）", places=2, help="地块要填，可以带小数；1 亩约 666.7 平方米")
    latitude = TextField("纬度", max_length=14, digits=True, help="对外只公开到约 1 公里。约 35.1")
    longitude = TextField("经度", max_length=14, digits=True, help="约 110.8")
    farmer_code = SelectField(
        "谁种的", help="自己种的不选；替农户管账时选农户，名单在“种植户”里登记。对外只写编号，不写姓名"
    )
    outline = AreaField(
        "边界（GeoJSON）", max_length=20000, help="可以不填；有地图工具导出的文件才用这里，平时登记后到地块页面“画边界”"
    )
    note = AreaField("备注", max_length=300, help="只有本单位看得到")


class PlaceChangeForm(PlaceForm):
    active = TickField("还在使用")


class OutlineForm(Form):
    corners = AreaField(
        "边界上的点", max_length=12000, rows=8,
        help="绕着地块走一圈，一行一个点：纬度, 经度。不用重复第一个点。清空再保存就是去掉边界",
    )  # fmt: skip


class PictureForm(Form):
    picture = FileField("照片", required=True, accept="image/*", help="位置信息会去掉")


class CertificateForm(Form):
    kind = SelectField("类别", choices=list(MARKS.items()), required=True)
    number = TextField("证书编号", required=True, max_length=40, digits=True, help="照证书抄；平台只核对写法")
    issuer = TextField("发证机构", required=True, max_length=60)
    product = TextField("认证产品", required=True, max_length=60, help="照证书写，例如 苹果")
    valid_from = DateField("生效日期", required=True)
    valid_to = DateField("到期日期", help="长期有效的留空")
    plots = TicksField("覆盖的地块", required=True)
    file = FileField("证书照片或 PDF")
    note = TextField("备注", max_length=300)


class CoverForm(Form):
    plots = TicksField("覆盖的地块", required=True)


def outline_of(text: str | None) -> dict[str, Any] | None:
    """The parsed outline, None where empty, BadInput where it is not JSON."""
    if not text or not text.strip():
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(
            "地块边界不是 GeoJSON。", code="place.outline_json", field="outline", help="不确定就先留空。"
        ) from None
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    return value if isinstance(value, dict) else {}
