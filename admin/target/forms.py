"""Form of a resolution."""

from core.ui.forms import DateField, Form, SelectField, TextField


class ResolutionForm(Form):
    target_key = SelectField("采用哪一条口径", required=True)
    doc_no = TextField("领导小组决议文号", required=True, max_length=60)
    decided_on = DateField("决议日期", required=True)
