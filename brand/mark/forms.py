"""Forms of mark files: shape only."""

from __future__ import annotations

from brand.mark import rules
from brand.matrix.queries import public_brands
from core.ui.forms import AreaField, FileField, Form, IntField, SelectField, TextField


def choices() -> list[tuple[str, str]]:
    """Brands first, then certification marks; the value of a brand is its number."""
    brands = [(str(b.id), b.name) for b in public_brands()]
    return brands + [(key, label) for key, label in rules.MARKS.items() if key != rules.BRAND]


class PackForm(Form):
    """A new version of the pack of a brand or of a certification mark."""

    which = SelectField("品牌或标志", required=True, choices=choices)
    rules_text = AreaField(
        "使用规则", required=True, max_length=4000, help="最小尺寸、留白、颜色、不能怎么改。下载的人会看到"
    )


class FileForm(Form):
    """One file."""

    title = TextField("名称", required=True, max_length=60, help="例如：横排，透明底")
    purpose = SelectField("用途", required=True, choices=list(rules.PURPOSES.items()))
    file = FileField("文件", required=True, help="PNG、JPEG 或 PDF，不超过 10 MB。PNG 的透明底会保留")
    code_left = IntField(
        "代码位置：左", maximum=1000, help="只有地理标志专用标志填。按官方式样量，千分之几，从图片左边算起"
    )
    code_top = IntField("代码位置：上", maximum=1000, help="从图片上边算起")
    code_width = IntField("代码位置：宽", maximum=1000)
    code_height = IntField("代码位置：高", maximum=1000)


class RetireForm(Form):
    """Why a version is no longer given out."""

    reason = TextField("停用的理由", required=True, max_length=200)
