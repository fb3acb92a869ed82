"""Forms of funds and claims."""

from core.ui.forms import AreaField, DateField, FileField, Form, MoneyField, SelectField, TextField


class BatchForm(Form):
    doc_no = TextField("下达文号", required=True, max_length=60)
    title = TextField("名称", required=True, max_length=80)
    amount_fen = MoneyField("金额（元）", required=True, minimum_fen=1)
    issued_on = DateField("下达日期", required=True)


class ClaimForm(Form):
    stage_number = SelectField("阶段", required=True)
    gross_fen = MoneyField("申请金额（元）", required=True, minimum_fen=1, help="其中 10% 预留为尾款，终期验收后付")
    progress = AreaField("工程进度完成情况", required=True, max_length=1000, rows=3)


class InvoiceForm(Form):
    invoice_no = TextField("发票号码", required=True, max_length=40)
    amount_fen = MoneyField("金额（元）", required=True, minimum_fen=1)
    line_id = SelectField("对应的建设内容", required=True)
    file = FileField("发票文件")


class BankForm(Form):
    bank_ref = TextField("银行流水号", required=True, max_length=60)
