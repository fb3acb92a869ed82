"""Forms of policies and claims."""

from __future__ import annotations

from admin.support import rules
from core import clock
from core.ui.forms import (
    AreaField,
    DateField,
    DecimalField,
    FileField,
    Form,
    IntField,
    Later,
    MoneyField,
    SelectField,
    TextField,
    TickField,
)

QUARTERS = [("0", "全年"), ("1", "第一季度"), ("2", "第二季度"), ("3", "第三季度"), ("4", "第四季度")]


class PolicyForm(Form):
    kind = SelectField("类别", required=True, choices=list(rules.KINDS.items()))
    title = TextField("政策名称", required=True, max_length=60)
    document = TextField("依据文件和文号", required=True, max_length=120)
    from_on = DateField("生效日期", required=True)
    until_on = DateField("截止日期", required=True, help="含当天；下一版从次日起")
    percent = DecimalField("比例（%）", help="租金、税收或零售额按比例计的填这里")
    threshold_fen = MoneyField("起点（元）", help="超过起点的部分才计比例；没有就留空")
    unit_fen = MoneyField("每项金额（元）", help="只用于自主创新")
    most_units = IntField("最多计几项", maximum=10_000)
    tiers = AreaField("分档（元）", max_length=2000, help="一行一档“起点 奖励”，从低到高，例如：1000000 20000")
    cap_fen = MoneyField("封顶（元）", help="没有就留空")
    needs_lease = TickField("只给期间内在园区有在租单元的企业")


class ClaimForm(Form):
    year = IntField("年度", required=True, minimum=2020, maximum=2100, default=lambda: clock.today().year)
    quarter = SelectField("期间", required=True, choices=QUARTERS)


class MoneyClaimForm(ClaimForm):
    stated = MoneyField("金额（元）", required=True)
    file = FileField("证明材料", validators=[Later("提交前传")], help="完税证明或平台对账单，照片或 PDF")


class ItemsClaimForm(ClaimForm):
    stated = IntField("项数", required=True, maximum=10_000)
    file = FileField("证明材料", validators=[Later("提交前传")], help="证书或新品清单，照片或 PDF")


def claim_form(kind: str, *, fixed: bool = False) -> Form:
    """The form of a kind; of a claim that is open already the period is fixed."""
    form: Form = {"rent": ClaimForm, "innovation": ItemsClaimForm}.get(kind, MoneyClaimForm)()
    if "stated" in form:
        form.stated.label.text = rules.FACTS[kind][0][1] + ("（元）" if rules.FACTS[kind][0][2] else "")
    if fixed:
        del form.year, form.quarter
    return form
