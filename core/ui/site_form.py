"""The form of the footer texts."""

from core.ui.fields import AreaField, TextField
from core.ui.forms import Form
from core.ui.site_texts import TEXTS

_HELP = {t.name: t.help for t in TEXTS}


class SiteForm(Form):
    """Texts of the footer and of the notices behind it; all may be empty."""

    operator = TextField("主办单位", max_length=60, help=_HELP["operator"])
    icp = TextField("ICP 备案号", max_length=40, digits=True, help=_HELP["icp"])
    police = TextField("公安联网备案号", max_length=60, digits=True, help=_HELP["police"])
    telephone = TextField("服务电话", max_length=30, digits=True, help=_HELP["telephone"])
    security = TextField("安全问题联系方式", max_length=200, help=_HELP["security"])
    privacy = AreaField("隐私说明", rows=8, help=_HELP["privacy"])
    licence = AreaField("营业执照公示", rows=4, help=_HELP["licence"])
    rules = AreaField("售后与投诉规则", rows=6, help=_HELP["rules"])
