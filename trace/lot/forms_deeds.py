"""Shape of the pages of deeds on lots.  Amounts per output or source are fields of their own."""

from __future__ import annotations

from core.ui.forms import DateField, Form, RadioField, SelectField, TextField, WeightField


class GradeForm(Form):
    version = SelectField("按哪个标准", required=True)
    taken_g = WeightField("领用（kg）", required=True, minimum_g=1, maximum_g=10**9)
    waste_g = WeightField("剔除（kg）", minimum_g=0, maximum_g=10**9, help="没有就留空；有就写原因")
    waste_reason = TextField("剔除原因", max_length=120, help="例如 碰压伤、病虫果")
    done_on = DateField("分级日期", required=True)


class SplitForm(Form):
    done_on = DateField("分批日期", required=True)


class MergeForm(Form):
    downgrade = SelectField("并批后的等级", help="等级一样就不用选；不一样要写明降为哪一级")
    done_on = DateField("并批日期", required=True)
    lot_no = TextField("批号", max_length=20, digits=True, help="留空就自动编号")


class ReverseForm(Form):
    reason = TextField("原因", required=True, max_length=120, help="例如 等级填反了")


class SealerForm(Form):
    code = TextField("封存单位编号", max_length=18, digits=True, help="统一社会信用代码或平台编号；留空就由本单位封存")


class MeasureForm(Form):
    measured_on = DateField("测量日期", required=True)


class RegradeForm(Form):
    grade = RadioField("等级", required=True)


__all__ = ["GradeForm", "MeasureForm", "MergeForm", "RegradeForm", "ReverseForm", "SealerForm", "SplitForm"]
