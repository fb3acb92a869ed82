"""Forms of registration, one column for a phone."""

from __future__ import annotations

from admin.enterprise import rules, rules_residence
from admin.twin import rules as twin_rules
from core.ui.forms import (
    AreaField,
    DateField,
    FileField,
    Form,
    MobileField,
    RadioField,
    SelectField,
    TextField,
    TickField,
    TicksField,
    UsccField,
)


class DetailsForm(Form):
    picture = FileField("营业执照照片", help="拍清四个角，照片或 PDF，不超过 10 MB；已上传的不用再选")
    code = UsccField("统一社会信用代码", help="营业执照右上角的 18 位，一位一位对照")
    name = TextField("名称", required=True, max_length=60, help="与营业执照一致")
    town = TextField("乡镇", max_length=30, help="注册地或主要经营地，例如：庙上乡")
    address = TextField("经营地址", max_length=120)
    business = AreaField(
        "做什么", max_length=rules.TEXT_LIMIT, help="种什么、加工什么、在哪些平台卖，入驻后会显示在企业页"
    )
    contact_name = TextField("联系人", max_length=20, help="只给办公室看")
    contact_mobile = MobileField("联系人手机", help="办理进度发到这个号码，只给办公室看")
    licence_until = DateField("执照有效期至", help="长期有效的留空")
    promised = TicksField("入驻条件，逐条确认", help="不符合的不要勾选，先达到条件再申请")
    lawful_use = TickField("声明：用地、环保、安全生产合法合规，不用于住宅销售")

    def for_application(self, conditions: list[str]) -> DetailsForm:
        """The form with the conditions in force."""
        if conditions:
            self.promised.choices = [(str(n), f"{n}. {text}") for n, text in enumerate(conditions, start=1)]
        else:
            del self.promised
        return self


class VisitForm(Form):
    visited_on = DateField("走访日期")
    note = TextField("走访情况", max_length=400)
    waiver = TextField("免走访的理由", max_length=400, help="没有走访时必填")


class WarnForm(Form):
    ground = SelectField("依据", required=True, choices=list(rules_residence.GROUNDS.items()))
    detail = TextField(
        "年度，或缺报的各月", required=True, max_length=200, help="缺报写满三次，用顿号隔开：2026-07、2026-08、2026-09"
    )
    reason = AreaField("要整改什么、到什么时候", required=True, max_length=400, help="企业会看到")


class SettleForm(Form):
    concerns = RadioField("办理情况", required=True, choices=[("yes", "已办完"), ("no", "不涉及")])
    note = TextField("说明", max_length=200, help="不涉及的写明原因")


class ConditionsForm(Form):
    name = TextField("版本", required=True, max_length=30, help="例如：2026年第1版")
    lines = AreaField(
        "条件", required=True, max_length=8000, rows=10, help="每行一条，不用写序号；发布后不能改，只能发布新版本"
    )


class JudgeForm(Form):
    verdict = RadioField("判断", required=True, choices=list(twin_rules.VERDICTS.items()))
    reason = TextField(
        "理由", required=True, max_length=twin_rules.REASON_LIMIT, help="例如：两张执照的法定代表人和地址都不同"
    )
