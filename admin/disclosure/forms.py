"""Forms of the public column."""

from admin.disclosure import rules
from core.ui.forms import AreaField, DateField, Form, IntField, RadioField, SelectField, TextField, TickField


class ItemForm(Form):
    kind = SelectField("公开事项", required=True, choices=list(rules.KINDS.items()))
    title = TextField("标题", required=True, max_length=80)
    body = AreaField("正文", required=True, max_length=5000, rows=8, help="不写个人电话、证件号和银行账号")
    days = IntField("公示工作日数", minimum=5, maximum=60, help="只用于拨付公示；不填就按“规则取值”里的工作日数")
    publish_on = DateField("发布日期（空着则核准后立即发布）")


class EditForm(Form):
    title = TextField("标题", required=True, max_length=80)
    body = AreaField("正文", required=True, max_length=5000, rows=8)
    days = IntField("公示工作日数", minimum=5, maximum=60)
    publish_on = DateField("发布日期（空着则核准后立即发布）")


class ApproveForm(Form):
    secrecy_checked = TickField("已做保密审查：不含个人电话、证件号、银行账号和其他不宜公开的内容")


class CorrectForm(Form):
    title = TextField("标题", required=True, max_length=80)
    body = AreaField("更正后的正文", required=True, max_length=5000, rows=8)
    note = AreaField("更正说明（公开）", required=True, max_length=500, rows=2)


class AnswerForm(Form):
    reply = AreaField("书面答复（公开）", required=True, max_length=2000)


class OpinionForm(Form):
    kind = RadioField("我要提出", required=True, choices=[("opinion", "意见"), ("objection", "异议")])
    text = AreaField("内容", required=True, max_length=2000, rows=5)
    contact = TextField("联系方式（只用于答复，不公开）", max_length=80)
