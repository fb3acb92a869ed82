"""Forms of cases."""

from __future__ import annotations

from core.notice import rules
from core.ui.forms import AreaField, FileField, Form, SelectField, TextField


class FeedbackForm(Form):
    kind = SelectField("哪一类", required=True, choices=list(rules.CASE_KINDS.items()))
    subject = TextField("一句话说明", required=True, max_length=rules.SUBJECT_LIMIT)
    text = AreaField(
        "详细情况", required=True, max_length=rules.TEXT_LIMIT, help="买的什么、什么时候、哪里不对。不要写身份证号"
    )
    contact = TextField(
        "怎么联系你", max_length=rules.CONTACT_LIMIT, help="选填，手机号最好；只给承办人看，答复会发给你"
    )
    photo = FileField("照片", help="选填，拍清标签和问题处，不超过 10 MB", accept="image/*")
    link = TextField("相关页面", max_length=300)


class StatusForm(Form):
    class Meta:
        csrf = False

    no = TextField("回执号", required=True, max_length=20, digits=True, help="例如 LJ-2026-00012")
    tail = TextField(
        "联系方式后四位",
        required=True,
        max_length=4,
        digits=True,
        help="你当时留下的手机号或其他联系方式的最后四个字符",
    )
