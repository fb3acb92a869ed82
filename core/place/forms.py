"""Shape of the place page: required, length, number forms; meaning is checked by rules."""

from __future__ import annotations

import json
from typing import Any

from core.errors import BadInput
from core.place.models import KINDS
from core.ui.forms import AreaField, DecimalField, Form, SelectField, TextField, TickField


class PlaceForm(Form):
    kind = SelectField("类别", choices=list(KINDS.items()), required=True)
    code = TextField("编号", required=True, max_length=20, digits=True, help="本单位内不重复，例如 P-0317")
    village = TextField("乡镇和村", required=True, max_length=60, help="会公开，写到村为止，例如 庙上乡示例村")
    name = TextField("叫法", max_length=40, help="自己好认就行，例如 东坡大棚")
    area_mu = DecimalField("面积（亩）", places=2, help="地块要填，可以带小数；1 亩约 666.7 平方米")
    latitude = TextField("纬度", max_length=14, digits=True, help="对外只公开到约 1 公里。约 35.1")
    longitude = TextField("经度", max_length=14, digits=True, help="约 110.8")
    farmer_code = SelectField(
        "谁种的", help="自己种的不选；替农户管账时选农户，名单在“种植户”里登记。对外只写编号，不写姓名"
    )
    outline = AreaField("边界（GeoJSON）", max_length=20000, help="可以不填；地图工具导出的一个面")
    note = AreaField("备注", max_length=300, help="只有本单位看得到")


class PlaceChangeForm(PlaceForm):
    active = TickField("还在使用")


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
