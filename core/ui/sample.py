"""What the style page shows: invented content (示例), every component in every state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import Unmet
from core.ui.charts import Chart, Series
from core.ui.choices import FileField, RadioField, SelectField, TickField, TicksField
from core.ui.fields import (
    AreaField,
    DateField,
    MobileField,
    MoneyField,
    TextField,
    UsccField,
    WeightField,
)
from core.ui.forms import Form
from core.workflow.engine import MoveView
from core.workflow.table import Move

COLOURS: tuple[tuple[str, str, str], ...] = (
    ("ink", "墨", "正文"),
    ("ink-2", "灰褐", "次要文字"),
    ("jujube", "枣褐", "主按钮、双线、印"),
    ("apple", "苹果红", "购买、价格、召回"),
    ("leaf", "叶绿", "已核对"),
    ("ochre", "麦黄", "请注意、暂缺"),
    ("sushui", "涑水青", "进行中"),
    ("apple-deep", "深红", "警示字"),
    ("edge", "边线", "控件框"),
    ("paper", "黄土纸", "页面底"),
    ("sheet", "页", "内容底"),
    ("loess", "黄土", "页脚、轨道"),
    ("leaf-tint", "叶绿底", "已核对的底"),
    ("ochre-tint", "麦黄底", "请注意的底"),
    ("apple-tint", "红底", "警示的底"),
    ("sushui-tint", "青底", "进行中的底"),
)


class SampleForm(Form):
    """One field of each kind; nothing is stored."""

    name = TextField("企业名称", required=True, max_length=60, help="与营业执照一致")
    code = UsccField("统一社会信用代码", required=True, help="18 位，字母不分大小写")
    mobile = MobileField("手机号", required=True)
    price_fen = MoneyField("单价（元）")
    net_g = WeightField("净重（kg）", help="最多三位小数")
    harvested_on = DateField("采收日期")
    variety = SelectField("品种", choices=[("fuji", "富士苹果"), ("dongzao", "冬枣")], required=True)
    form_ = RadioField("形态", choices=[("fresh", "鲜果"), ("dried", "干果")], required=True)
    marks = TicksField("包装", choices=[("box", "箱"), ("bag", "袋")])
    photo = FileField("营业执照照片")
    remark = AreaField("说明", max_length=500)
    agreed = TickField("所填内容与事实一致", required=True)


@dataclass(frozen=True)
class Day:
    """One cell of the publicity strip."""

    label: str
    note: str
    kind: str


UNMET = [
    Unmet("PP-07", "检测报告已过期", "公用品牌使用管理办法（示例）第九条", "补一份 6 个月内的检测报告", "申请企业"),
    Unmet(
        "PP-11", "申请规格 2.5 kg 没有对应的包装样稿", "同上，第十二条第二项", "上传样稿，或撤下这一规格", "申请企业"
    ),
    Unmet("ZZ-02", "受理人不能同时批准", "授权审查四眼规则", "换一名审查人批准", "示例审查丙"),
]


def _moves() -> list[MoveView]:
    office = {"permission": "brand.licence.review", "by": "office"}
    back = Move("return", "退回补正", ["submitted"], "returned", reason=True, **office)  # type: ignore[arg-type]
    approve = Move("approve", "批准", ["submitted"], "licensed", **office)  # type: ignore[arg-type]
    refuse = Move("refuse", "不予授权", ["submitted"], "refused", reason=True, irreversible=True, **office)  # type: ignore[arg-type]
    return [
        MoveView(approve, approve.label, False, tuple(UNMET)),
        MoveView(back, back.label, True, ()),
        MoveView(refuse, refuse.label, True, ()),
    ]


def _chart() -> Chart:
    months = [f"{n}月" for n in range(1, 12)]
    this = [182, 168, 196, 205, 214, 228, 262, 301, 342, 388, 212]
    last = [171, 150, 180, 186, None, 207, 231, 268, 301, 336, None]
    return Chart(
        "网络零售额", "万元", months, [Series("2026年当月", this), Series("2025年同期", last, "line")],
        note="企业直报口径，示例数", provisional={"11月"},
    )  # fmt: skip


def build() -> dict[str, Any]:
    """Everything the style page draws."""
    return {
        "colours": COLOURS,
        "unmet": UNMET,
        "moves": _moves(),
        "chart": _chart(),
        "steps": [
            {"title": "登记企业", "note": "已完成", "state": "done", "href": ""},
            {"title": "地块与生产季", "note": "1 块地，12.0 亩", "state": "done", "href": ""},
            {"title": "采收入库", "note": "1,025 kg", "state": "done", "href": ""},
            {"title": "封存批次", "note": "现在办，约 3 分钟", "state": "now", "href": "#"},
            {"title": "打印标签", "note": "封存后可办", "state": "later", "href": ""},
            {"title": "上架销售", "note": "等品牌授权", "state": "waiting", "href": ""},
        ],
        "todo": [
            _todo(("逾期 1 天", "bad"), "回复退款：2 箱苹果压坏", "订单 DD2026112000871，再过 1 天自动退款", "去处理", True),
            _todo(("今天", "todo"), "5 单待发货", "16:00 县共同配送来取，先打面单", "打面单", False),
            _todo(("12-10 前", "busy"), "冬枣的品牌授权在办", "第 2 个工作日，无需你操作", "看进度", False),
            _todo(("12-10 前", "none"), "11 月报表", "网上订单已自动填好，核对后提交", "去核对", False),
        ],
        "timeline": [
            {"at": "10-12", "title": "采收入库", "note": "6,480 kg，地块 P-0317", "mark": "event", "source": "self"},
            {"at": "10-18", "title": "封存签名", "note": "此后只能追加或更正，不能修改", "mark": "seal", "source": ""},
            {"at": "11-21", "title": "出库发货", "note": "县共同配送中心，发往太原市", "mark": "now", "source": "platform"},
            {"at": "11-24", "title": "预计送达", "note": "", "mark": "expected", "source": ""},
        ],
        "days": [
            Day("9-30 周三", "公示，不计", "plain"), Day("10-01 至 10-07", "国庆放假，不计", "off"), Day("10-08", "✓ 1", "done"),
            Day("10-09", "今天 2", "today"), Day("10-10", "3 补班", "plain"), Day("10-11", "休", "off"), Day("10-12", "4", "plain"),
            Day("10-13", "5 截止", "last"), Day("10-14", "可拨", "open"), Day("2027-10-08", "暂定", "provisional"),
        ],
        "files": [
            {"name": "资金申请表（第 2 阶段）", "href": "#", "size": 182_400, "digest": "3f9c07ab11", "kind": "PDF", "on": None},
            {"name": "9 月进度报告", "href": "", "size": None, "digest": "", "kind": "", "on": None},
        ],
    }  # fmt: skip


def _todo(chip: tuple[str, str], title: str, note: str, action: str, primary: bool) -> dict[str, Any]:
    return {"chip": chip, "title": title, "note": note, "action": action, "href": "#", "primary": primary}


def in_error() -> SampleForm:
    """The sample form as it looks after a refused sending."""
    form = SampleForm(formdata=None)
    form.code.raw_data, form.code.process_errors = ["914080000000000O00"], ["第 16 位是字母 O，是不是数字 0？"]
    form.code.errors = form.code.process_errors
    return form
