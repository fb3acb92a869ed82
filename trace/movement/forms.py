"""Shape of the pages of shipments.  Amounts per lot are fields of their own, named by the lot."""

from __future__ import annotations

from core.ui.forms import DateField, FileField, Form, SelectField, TextField, WeightField


class SendForm(Form):
    receiver = TextField(
        "收货单位编号",
        required=True,
        max_length=18,
        digits=True,
        help="统一社会信用代码或平台编号，对方在“本单位”页能看到",
    )
    sent_on = DateField("发货日期", required=True)
    place = SelectField("从哪里发")
    vehicle = TextField("车牌", max_length=20, help="不写司机姓名和电话，不对外公开")
    waybill_no = TextField("运单号", max_length=40)
    document_no = TextField("单据号", max_length=40, help="例如 送货单、合同号")
    note = TextField("备注", max_length=60)


class ReceiveForm(Form):
    received_on = DateField("收货日期", required=True)
    place = SelectField("放在哪里")


class ReasonForm(Form):
    reason = TextField("原因", required=True, max_length=120)


class OutsideForm(Form):
    item = SelectField("商品项", required=True, help="按公斤计的散装商品项")
    mass_g = WeightField("数量（kg）", required=True, minimum_g=1, maximum_g=10**9)
    received_on = DateField("购进日期", required=True)
    supplier = TextField("供货者", required=True, max_length=60, help="单位写全称；农户只写“个体农户”，不写姓名")
    supplier_code = TextField("供货者代码", max_length=18, digits=True, help="统一社会信用代码，没有就留空")
    origin = TextField("产地", required=True, max_length=60, help="写到村，例如 万荣县示例镇示例村")
    document_no = TextField("进货单据号", max_length=40)
    certificate_no = TextField("对方合格证号", max_length=40, help="承诺达标合格证，收购时要收取并保存")
    paper = FileField("单据照片", required=True, help="进货票据或合格证的照片，不对外公开，保存备查")
    place = SelectField("放在哪里")
