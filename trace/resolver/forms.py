"""Forms of links: shape only."""

from __future__ import annotations

from core.ui.forms import Form, SelectField, TextField, TickField
from trace.resolver.rules import LANGUAGES, LINK_TYPES, MAX_HREF, MAX_TITLE, MEDIA_TYPES


class LinkForm(Form):
    """One link of a product."""

    link_type = SelectField("链接种类", choices=list(LINK_TYPES.items()), required=True)
    href = TextField("网址", required=True, max_length=MAX_HREF, help="以 https:// 开头，用域名。")
    title = TextField("标题", required=True, max_length=MAX_TITLE, help="扫码的人看到的名字，例如：贮存方法。")
    media_type = SelectField("内容类型", choices=[("", "不说明"), *MEDIA_TYPES.items()])
    language = SelectField("语言", choices=[("", "不说明"), *LANGUAGES.items()], help="同一种链接可以各语言各一条。")
    lot_id = SelectField("适用于", choices=[("", "整个商品")])
    keep_query = TickField("跳转时不带上扫码地址里的参数")


class EndForm(Form):
    """Why a link is taken down."""

    reason = TextField("撤下原因", required=True, max_length=100, help="例如：网页已停用。")
