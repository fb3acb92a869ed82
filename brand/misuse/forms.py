"""Forms of misuse cases: shape only."""

from __future__ import annotations

from brand.certificate.rules import MISUSE
from brand.misuse import rules
from core.ui.forms import AreaField, DateField, FileField, Form, RadioField, SelectField, TextField


class ReportForm(Form):
    """What somebody saw, where, and how to answer; no name is asked for."""

    mark = RadioField("是哪一种标志", choices=list(rules.MARKS.items()), required=True)
    words = AreaField(
        "看到了什么", required=True, max_length=1000, help="哪里印着或写着这个标志，为什么觉得不对。不要写身份证号。"
    )
    place = TextField("在哪里看到的", max_length=100, help="店名、市场名、摊位号，或者网店名。和网址至少填一样")
    link = TextField("网址", max_length=300, help="网上看到的，把网址贴过来")
    photo = FileField(
        "照片", max_mb=10, accept="image/*", help="拍清标志和周围的字，不超过 10 MB。照片里的位置和相机信息会先去掉。"
    )
    contact = TextField(
        "联系方式", max_length=60, help="不留也受理。留了只给品牌办公室看，用来核实，结案 %(days)s 天后删去。"
    )


class ProgressForm(Form):
    """Receipt number and secret."""

    no = TextField("回执号", required=True, max_length=20, digits=True, help="例如 JB-2026-00012")
    secret = TextField("查询码", required=True, max_length=12, digits=True, help="举报时和回执号一起给的 8 位字符")


class FactsForm(Form):
    """What was found out."""

    mark = SelectField("标志", required=True, choices=list(rules.MARKS.items()))
    misuse = SelectField("哪一类", choices=list(MISUSE.items()))
    party = TextField("当事人", max_length=80, help="统一社会信用代码；不在平台的写名称和地址")
    licence = SelectField("涉及的品牌授权", choices=[], help="要暂停或撤销授权时才选")
    place = TextField("地点", max_length=100)
    link = TextField("网址", max_length=300)


class EvidenceForm(Form):
    """One more piece of evidence."""

    kind = RadioField("种类", choices=list(rules.EVIDENCE.items()), required=True)
    title = TextField("名称", required=True, max_length=80, help="例如：2026年11月20日摊位照片")
    file = FileField("文件", help="照片或 PDF。封存页面文字和陈述的不用选")
    content = AreaField("文字", max_length=5000, help="照抄页面上的字，或记下当事人说的话")


class RoundForm(Form):
    """A round of the patrol."""

    title = TextField("名称", required=True, max_length=60, help="例如：十一月网上商品巡查")
    target = RadioField("看什么", choices=list(rules.TARGETS.items()), required=True)
    due_on = DateField("完成日期", required=True)


class ItemForm(Form):
    """One more place to look at."""

    title = TextField("看哪里", required=True, max_length=100, help="店名、摊位号、账号名")
    link = TextField("网址", max_length=300)


class ResultForm(Form):
    """What was seen."""

    result = RadioField("结果", choices=list(rules.RESULTS.items()), required=True)
    mark = SelectField(
        "哪一种标志",
        choices=[("", "不涉及"), *rules.MARKS.items()],
        help="涉嫌不当使用的必选；自动比对看到过的已经选好",
    )
    note = TextField("看到的", max_length=300, help="涉嫌不当使用的必填")
    photo = FileField("照片", max_mb=10, accept="image/*", help="涉嫌不当使用的请拍，作为证据封存")
