"""Forms of acceptance."""

from admin.acceptance import rules
from core.ui.forms import AreaField, DateField, Form, IntField, RadioField, SelectField, TextField, TickField

PLACES = 5


class GroupForm(Form):
    """Five seats; the first is the chair's."""

    person1 = SelectField("组长", required=True)
    unit1 = SelectField("组长所在单位", required=True, choices=list(rules.UNITS.items()))
    person2 = SelectField("成员")
    unit2 = SelectField("单位", choices=list(rules.UNITS.items()))
    person3 = SelectField("成员")
    unit3 = SelectField("单位", choices=list(rules.UNITS.items()))
    person4 = SelectField("成员")
    unit4 = SelectField("单位", choices=list(rules.UNITS.items()))
    person5 = SelectField("成员")
    unit5 = SelectField("单位", choices=list(rules.UNITS.items()))


class MeetingForm(Form):
    meeting_on = DateField("验收日期", required=True)
    place = TextField("地点", required=True, max_length=80)


class ScoreForm(Form):
    no_conflict = TickField("我与承办企业、供应商没有关联，也没有单独做过本项目的日常检查")
    score = IntField("评分（0–100）", required=True, maximum=100)
    approves = RadioField("结论", required=True, choices=[("1", "同意通过"), ("0", "不同意通过")])
    note = AreaField("意见", max_length=1000, rows=3)


class FailForm(Form):
    opinion = AreaField("整改意见", required=True, max_length=2000)
    fix_due_on = DateField("整改期限", required=True)


class FixForm(Form):
    text = AreaField("整改情况", required=True, max_length=2000)


class FilingForm(Form):
    city_filing_no = TextField("市商务局备案号", required=True, max_length=60)
    province_filing_no = TextField("省商务厅备案号", required=True, max_length=60)
