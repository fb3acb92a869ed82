"""Shape of the test report and certificate pages; report lines are fields of their own."""

from __future__ import annotations

from core.ui.forms import DateField, FileField, Form, RadioField, TextField, TicksField
from trace.inspection.models import LABORATORY_KINDS
from trace.inspection.rules import BASES, FORMS


class ReportForm(Form):
    laboratory_kind = RadioField("谁检的", choices=list(LABORATORY_KINDS.items()), required=True)
    laboratory = TextField("检测机构", required=True, max_length=60, help="照报告写全称；自行检测写本单位名称")
    laboratory_code = TextField("机构统一社会信用代码", max_length=20, digits=True, help="可以不填")
    report_no = TextField("报告编号", required=True, max_length=60)
    sampled_on = DateField("抽样日期", required=True)
    reported_on = DateField("报告日期", required=True)
    file = FileField("报告照片或 PDF", help="不公开原件，只把它的指纹写进记录")


class CertificateForm(Form):
    form = RadioField("样式", choices=list(FORMS.items()), required=True)
    bases = TicksField("承诺依据", choices=list(BASES.items()), required=True, help="按实际情况勾选，至少一项")
