"""Forms of inspections and findings."""

from admin.supervision import rules
from core.ui.forms import AreaField, DateField, FileField, Form, RadioField, SelectField, TextField, TicksField


class PlanForm(Form):
    kind = SelectField("检查类别", required=True, choices=list(rules.INSPECTION_KINDS.items()))
    period_start = DateField("哪一期（填该期任意一天）", required=True)


class ChecklistForm(Form):
    methods = TicksField("检查方式", required=True, choices=list(rules.METHODS.items()))
    construction = AreaField(f"1 {rules.PARTS['construction']}", required=True, rows=3)
    operation = AreaField(f"2 {rules.PARTS['operation']}", required=True, rows=3)
    funds = AreaField(f"3 {rules.PARTS['funds']}", required=True, rows=3)
    second_organ = TextField("共同检查的部门（季度资金检查必填）", max_length=60)


class FindingForm(Form):
    text = AreaField("发现的问题和依据", required=True, rows=4)
    severity = RadioField("程度", required=True, choices=[("一般", "一般"), ("较重", "较重"), ("严重", "严重")])


class NoticeForm(Form):
    doc_no = TextField("整改通知文号", required=True, max_length=60)
    due_on = DateField("整改期限", required=True)
    delivered_on = DateField("送达日期", required=True)


class FixForm(Form):
    evidence = AreaField("整改情况", required=True, rows=4)
    file = FileField("照片或材料")


class RefuseForm(Form):
    reason = AreaField("不同意终止的理由", required=True, rows=3)
    new_due_on = DateField("新的整改期限", required=True)
