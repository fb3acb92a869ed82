"""Forms of organisations."""

from __future__ import annotations

from core.organisation import rules
from core.ui.forms import AreaField, DateField, FileField, Form, SelectField, TelephoneField, TextField


class ProfileForm(Form):
    short_name = TextField("简称", max_length=rules.SHORT_LIMIT, help="标签和列表里用，不填就用全称前 20 字")
    town = TextField("乡镇", max_length=30)
    address = TextField("经营地址", max_length=120, help="公开显示。住宅地址请不要填")
    public_phone = TelephoneField("公开电话", help="消费者可以拨打，例如 0359-4030000；不想公开就留空")
    introduction = AreaField("简介", max_length=rules.TEXT_LIMIT, help="写清种什么、在哪里、做了多久。不写“最”“第一”")
    licence_url = TextField(
        "电子营业执照公示链接", max_length=300, help="以 https:// 开头；有链接就不用传照片（电子商务法第十五条）"
    )
    picture = FileField("公示用的营业执照照片", help="会公开显示。已传过的不用再选")


class GrowerForm(Form):
    name = TextField(
        "姓名或称呼", required=True, max_length=rules.NAME_LIMIT, help="只在平台内部显示，公开记录里用主体编号"
    )
    town = TextField("乡镇和村", max_length=30)
    reason = SelectField(
        "为什么没有统一社会信用代码",
        required=True,
        choices=[(k, v) for k, v in rules.REASONS_WITHOUT_CODE.items() if k != "public_body"],
    )
    valid_from = DateField("委托从哪天起", help="种植户委托本单位代记生产记录；不填就从今天起")
    valid_to = DateField("委托到哪天", help="没有约定就留空，以后可以随时结束")


class RenewForm(Form):
    grower_code = SelectField("种植户", required=True)
    valid_from = DateField("从哪天起", required=True)
    valid_to = DateField("到哪天", help="没有约定就留空")


class GiveForm(Form):
    keeper_code = TextField(
        "合作社或企业的统一社会信用代码", required=True, max_length=20, digits=True, help="委托它代记生产记录"
    )
    valid_from = DateField("从哪天起", required=True)
    valid_to = DateField("到哪天", help="没有约定就留空")


class EndForm(Form):
    reason = TextField("结束委托的原因", required=True, max_length=120)
