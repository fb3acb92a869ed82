"""The rule set of alerts, their workflow and deadlines (pure).

A rule says how bad, who has to act within how many hours, and how many days ahead it looks.  The numbers are defaults: the
office sets others with a reason.  None of them is a limit of law; limits of law stand with the data they judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.errors import BadInput
from core.workflow.table import Move, State, Workflow

Severity = Literal["stop", "act", "look"]
SEVERITIES: dict[str, tuple[str, str]] = {
    "stop": ("停", "bad"),
    "act": ("办", "todo"),
    "look": ("看", "busy"),
}
SEVERITY_WORDS = {"stop": "先停下再处理", "act": "要在期限内处理", "look": "留意"}


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule: ``days`` is how far it looks ahead or back, where it has such a number."""

    key: str
    label: str
    severity: Severity
    hours: int
    says: str
    article: str = ""
    days: int | None = None
    days_label: str = ""


RULES: dict[str, AlertRule] = {
    rule.key: rule
    for rule in (
        AlertRule("residue_over", "残留超过限量", "stop", 24, "检测结果超过当时的限量，或检出禁用物质。", "农产品质量安全法第三十六条"),
        AlertRule("banned_input", "用了禁用投入品", "stop", 24, "生产记录里有当天禁止使用的物质。", "农产品质量安全法第二十九条"),
        AlertRule("harvest_interval", "间隔期没满就采收", "stop", 24, "采收日早于农药安全间隔期结束。", "农药管理条例第三十四条"),
        AlertRule("record_missing", "封存前缺记录", "act", 72, "装好的批次几天还没封存，缺的东西列在里面。", "农产品质量安全法第二十七条", 3, "装箱后几天算久"),
        AlertRule("licence_ending", "授权快到期", "act", 168, "品牌授权快到期，到期次日起不能再印标签。", "", 60, "提前几天提醒"),
        AlertRule("certificate_ending", "证书快到期", "act", 168, "地块或产品的证书快到期。", "", 60, "提前几天提醒"),
        AlertRule("cold_chain", "冷链超温", "act", 12, "库温超出这个库设定的范围，或读数中断。", "", 2, "往回看几天"),
        AlertRule("mass_balance", "数量对不上", "stop", 48, "领用、损耗、赋码或售出的数量超过这批有的数量。"),
        AlertRule("scan_anomaly", "扫码异常", "look", 72, "同一个码被很多设备查、在相隔很远的地方查，或在发货前就被查。", "", 7, "往回看几天"),
        AlertRule("panel_gap", "检测没测用过的药", "act", 168, "用过的农药不在检测项目里。", "", 365, "往回看几天"),
        AlertRule("recall_overdue", "召回逾期没总结", "stop", 24, "召回的总结期限已过。"),
        AlertRule("no_witness", "存证日志久无外部见证", "look", 72, "配了外部见证，但一天没有见证过新的检查点。"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """A rule as it is set now."""

    enabled: bool
    severity: str
    hours: int
    days: int | None


def setting_of(rule: AlertRule, stored: Setting | None) -> Setting:
    """What the office set, or the default."""
    return stored or Setting(True, rule.severity, rule.hours, rule.days)


def check_setting(rule: AlertRule, *, severity: str, hours: int | None, days: int | None) -> None:
    """BadInput where a number makes no sense."""
    if severity not in SEVERITIES:
        raise BadInput("请选程度。", code="alert.severity", field="severity")
    if hours is None or not 1 <= hours <= 24 * 60:
        raise BadInput("处理时限填 1 到 1440 小时。", code="alert.hours", field="hours")
    if rule.days is None and days is not None:
        raise BadInput("这条规则没有天数。", code="alert.days", field="days")
    if rule.days is not None and (days is None or not 1 <= days <= 1000):
        raise BadInput("天数填 1 到 1000。", code="alert.days", field="days")


@dataclass(frozen=True, slots=True)
class Hit:
    """What a detector found: ``subject`` is unique and stable within the rule; no natural person's data stands in it."""

    rule: str
    subject: str
    organisation_id: int
    title: str
    detail: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What the guards decide on."""

    still_there: bool = False


ALERT = Workflow(
    key="trace.alert",
    label="预警",
    states=[
        State("open", "待处理", "bad"),
        State("acknowledged", "处理中", "busy"),
        State("resolved", "已处理", "ok"),
        State("cleared", "已消除", "ok"),
        State("dismissed", "不成立", "none"),
    ],
    initial="open",
    moves=[
        Move("acknowledge", "开始处理", ["open"], "acknowledged", "trace.alert.handle", by="owner", who="本单位经办员"),
        Move("resolve", "处理好了", ["open", "acknowledged"], "resolved", "trace.alert.handle", by="owner", reason=True, who="本单位经办员"),
        Move("dismiss", "不成立", ["open", "acknowledged", "resolved"], "dismissed", "trace.alert.oversee", by="office", reason=True, who="商务局或e镇办"),
        Move("reopen", "要求再处理", ["resolved", "dismissed"], "open", "trace.alert.oversee", by="office", reason=True, who="商务局或e镇办"),
        Move("escalate", "上报督办", ["open", "acknowledged"], "=", None, by="system"),
        Move("clear", "情况已消除", ["open", "acknowledged", "resolved"], "cleared", None, by="system"),
        Move("recur", "又出现了", ["resolved", "cleared"], "open", None, by="system"),
    ],
)  # fmt: skip

LIVE = ("open", "acknowledged")


def due(opened_at: datetime, hours: int) -> datetime:
    """When the alert is to be handled by (hours run through nights and holidays: fruit does)."""
    return opened_at + timedelta(hours=hours)


def comes_back(state: str, handled_at: datetime | None, now: datetime, hours: int) -> bool:
    """Whether a hit on a finished alert opens it again.

    Cleared: at once.  Resolved by its owner while the facts still say the same: after the time for handling has passed
    once more, so that a correction can be entered.  Dismissed: never, the office looked.
    """
    if state == "cleared":
        return True
    return state == "resolved" and handled_at is not None and now >= handled_at + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Month:
    """New alerts of a month by severity, and the median hours until somebody began."""

    month: str
    opened: Mapping[str, int]
    median_hours: float | None


def median(values: Sequence[float]) -> float | None:
    """The middle value, None for none."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
