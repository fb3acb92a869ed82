"""The target set of the plan (town-rules A7) and how a value is judged against it (pure).

No percentage is ever given: a target is met, unmet by so much, not computable, or its basis is undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

TARGET_SET = "2022-v1"
Verdict = Literal["met", "unmet", "not_computable", "basis_pending"]
LABELS: dict[Verdict, tuple[str, str]] = {
    "met": ("达标", "ok"),
    "unmet": ("未达标", "busy"),
    "not_computable": ("不可算", "none"),
    "basis_pending": ("口径待定", "todo"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the plan: threshold in whole units, strict or not, its period and its paragraph."""

    key: str
    code: str
    label: str
    threshold: int
    unit: str
    period: str
    source: str
    strict: bool = False
    metric: str = ""
    conflict_group: str = ""
    needs: str = ""

    @property
    def sign(self) -> str:
        return ">" if self.strict else "≥"

    @property
    def required(self) -> str:
        """The requirement in words a reader takes in at once: 不少于 2 亿元."""
        return f"{'超过' if self.strict else '不少于'} {self.threshold:,} {self.unit}"


@dataclass(frozen=True, slots=True)
class Value:
    """A measured value with its 口径; None where it cannot be computed, with the reason."""

    amount: int | None
    basis: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One target judged: its verdict and the sentence beside it."""

    target: Target
    value: Value
    verdict: Verdict
    note: str


def _t(key: str, label: str, threshold: int, unit: str, period: str, source: str, **more: object) -> Target:
    return Target(key, key.split("/")[0], label, threshold, unit, period, source, **more)  # type: ignore[arg-type]


TARGETS: tuple[Target, ...] = (
    _t("K01/a", "总投资", 2, "亿元", "合计", "三(1)、四(一)", conflict_group="K01", needs="投资台账"),
    _t("K01/b", "总投资", 7, "亿元", "“十四五”", "七", conflict_group="K01", needs="投资台账"),
    _t("K02", "年总产值", 15000, "万元", "每年", "三(1)、四", strict=True, needs="企业月报产值"),
    _t("K03", "网络零售额", 3000, "万元", "每年", "三(1)", metric="online_retail"),
    _t("K04", "网络零售额同比", 10, "%", "每年", "三(1)", metric="online_retail_growth"),
    _t("K05", "新增市场主体", 10, "个", "每年每镇", "三(2)", metric="new_entities"),
    _t("K06", "带动就业", 500, "人", "累计", "三(2)", needs="就业台账"),
    _t("K07", "纳税", 200, "万元", "未写明", "四", needs="税务数据"),
    _t("K08", "电商龙头企业", 5, "家", "累计", "三(2)、五(二)1", needs="“龙头”认定标准"),
    _t("K09", "小而美品牌", 5, "个", "累计", "三(3)、五(四)2", metric="own_brands"),
    _t("K10/a", "网货产品", 5, "款", "累计", "三(3)", metric="online_goods", conflict_group="K10"),
    _t("K10/b", "网货产品", 10, "款", "累计", "五(四)2", metric="online_goods", conflict_group="K10"),
    _t("K11", "区域公用品牌展会", 1, "次", "每年", "三(3)、五(四)1", metric="fairs"),
    _t("K12", "省市级推介活动", 2, "次", "未写明", "五(二)2", metric="roadshows"),
    _t("K13", "乡村e镇宣传活动", 2, "次", "每年", "五(十二)", metric="campaigns"),
    _t("K14/a", "跨境培训", 200, "人次", "未写明", "三(4)", conflict_group="K14", needs="培训签到"),
    _t("K14/b", "跨境培训", 200, "人次", "每年", "五(三)", conflict_group="K14", needs="培训签到"),
    _t("K15/1", "跨境企业", 1, "家", "累计", "三(4)", needs="跨境登记"),
    _t("K15/2", "跨境平台对接", 1, "个", "累计", "五(三)", needs="跨境登记"),
    _t("K16/a", "各类培训", 1000, "人次", "未写明", "三(5)", conflict_group="K16", needs="培训签到"),
    _t("K16/b", "各类培训", 1000, "人次", "全年", "五(五)1", conflict_group="K16", needs="培训签到"),
    _t("K17/1", "专家", 5, "人", "累计", "三(5)", needs="师资库"),
    _t("K17/2", "带头人", 5, "人", "累计", "五(五)", needs="带头人认定"),
    _t("K17/3", "网红", 5, "人", "累计", "五(五)", needs="网红认定"),
    _t("K18", "培训机构", 1, "家", "累计", "五(五)3", needs="机构登记"),
    _t("K19/1", "金融网点", 1, "个", "累计", "三(八)", needs="网点登记"),
    _t("K19/2", "通讯网点", 1, "个", "累计", "五(二)3", needs="网点登记"),
    _t("K19/3", "研发机构", 1, "个", "累计", "五(十一)", needs="机构登记"),
    _t("K20", "公共服务中心面积", 2000, "㎡", "累计", "三(六)、七", needs="房产测绘"),
    _t("K21/a", "物流中心面积", 500, "㎡", "累计", "五(八)", conflict_group="K21", needs="房产测绘"),
    _t("K21/b", "物流中心面积", 6000, "㎡", "累计", "七", conflict_group="K21", needs="房产测绘"),
    _t("K22/1", "供应链", 1, "条", "累计", "五(二)1", needs="项目登记"),
    _t("K22/2", "下沉试点", 1, "个", "累计", "五(二)1", needs="项目登记"),
    _t("K23", "产业园厂房", 86375, "㎡", "累计", "七", needs="房产测绘"),
)


def reaches(target: Target, amount: int) -> bool:
    """Whether ``amount`` reaches the threshold (以上 includes the number itself; > does not)."""
    return amount > target.threshold if target.strict else amount >= target.threshold


def read(targets: Sequence[Target], values: Mapping[str, Value], resolved: Mapping[str, str]) -> list[Reading]:
    """Every target judged; ``resolved`` maps a conflict group to the key a resolution picked."""
    readings = []
    for target in targets:
        value = values.get(target.metric) if target.metric else None
        if value is None:
            value = Value(None, "", f"缺{target.needs}，数据到位后自动计算")
        readings.append(_judge(target, value, resolved))
    return readings


def _judge(target: Target, value: Value, resolved: Mapping[str, str]) -> Reading:
    pending = bool(target.conflict_group) and target.conflict_group not in resolved
    passed_over = bool(target.conflict_group) and resolved.get(target.conflict_group, target.key) != target.key
    if value.amount is None:
        return Reading(target, value, "basis_pending" if pending else "not_computable", value.reason)
    short = target.threshold - value.amount
    met = reaches(target, value.amount)
    sentence = "已达到" if met else f"还差 {short:,} {target.unit}" if short else f"等于 {target.threshold:,}，要求大于"
    if pending:
        return Reading(target, value, "basis_pending", f"按{target.source}：{sentence}")
    if passed_over:
        return Reading(target, value, "met" if met else "unmet", f"决议未采用，按{target.source}：{sentence}")
    return Reading(target, value, "met" if met else "unmet", sentence)


def growth_percent(current: int | None, base: int | None) -> Value:
    """Year on year in whole percent (rounded down); no value where the base is missing or 0, never 100 %."""
    basis = "同比，同期修订数"
    if current is None or base is None:
        return Value(None, basis, "缺上年同期数，不可算")
    if base == 0:
        return Value(None, basis, "上年同期为 0，不可算")
    return Value((current - base) * 100 // base, basis)
