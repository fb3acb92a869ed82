"""The verdict of a covered code: policy, states, precedence, wordings' keys (pure; traceability.md 5.8).

A verdict never says that goods are genuine: it says what is recorded about the code, and what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow
from trace.scan.cities import distance_km, province_of

DAY = timedelta(hours=24)
# In order of precedence: the first state whose condition holds is the verdict.
STATES = {
    "recalled": "召回中",
    "unissued": "没有发出过",
    "destroyed": "已登记销毁",
    "blocked": "已停用",
    "voided": "标签已作废",
    "not_shipped": "还没有出厂",
    "suspicious": "存疑",
    "sold": "已登记售出",
    "repeat": "查验过",
    "first": "首次查验",
}
ALARMS = ("unissued", "destroyed", "blocked", "voided", "not_shipped", "suspicious")
REASONS = {
    "devices": "查验的设备多",
    "checks": "查验的次数多",
    "jump": "短时间内在相距很远的两地查验",
    "outside_area": "在登记的销售范围之外查验",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """How a product's checks are judged.  ``area`` lists provinces; empty means sold everywhere."""

    version: int = 0
    many_devices: int = 3
    many_checks: int = 10
    jump_km: int = 300
    jump_hours: int = 2
    area: tuple[str, ...] = ()
    shipping_recorded: bool = False


# The defaults by version: a product without a policy of its own is judged by the newest.  Never edited, only added to.
DEFAULTS: dict[int, Policy] = {0: Policy()}
DEFAULT = DEFAULTS[max(DEFAULTS)]


@dataclass(frozen=True, slots=True)
class PastCheck:
    """A counted check: when, by which device, in which city ('' where the person did not say)."""

    at: datetime
    device: bytes
    city: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What is recorded of the box itself; None where nobody records it."""

    shipped: bool | None = None
    sold_at: datetime | None = None
    destroyed: bool = False
    voided: bool = False


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What a verdict is decided on: ``checks`` includes the present one, oldest first."""

    now: datetime
    device: bytes
    issued: bool
    recalled: bool = False
    blocked: bool = False
    fate: Fate = Fate()
    checks: tuple[PastCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict: its state, why it is suspicious, and what the page tells of earlier checks."""

    state: str
    reasons: tuple[str, ...] = ()
    first_at: datetime | None = None
    first_city: str = ""
    checks: int = 0
    devices: int = 0
    policy: int = 0


def counts_again(last: datetime | None, now: datetime) -> bool:
    """Whether a check of a device counts: the same device within 24 hours is one check."""
    return last is None or now - last >= DAY


def judge(facts: CheckFacts, policy: Policy) -> Judgement:
    """The verdict of a check under a policy."""
    if facts.recalled:
        return _told("recalled", facts, policy)
    if not facts.issued:
        return Judgement("unissued", policy=policy.version)
    fate = facts.fate
    for state, holds in (
        ("destroyed", fate.destroyed),
        ("blocked", facts.blocked),
        ("voided", fate.voided),
        ("not_shipped", policy.shipping_recorded and fate.shipped is False),
    ):
        if holds:
            return _told(state, facts, policy)
    reasons = suspicions(facts.checks, policy)
    if reasons:
        return _told("suspicious", facts, policy, reasons)
    if fate.sold_at is not None and len({check.device for check in facts.checks}) > 1:
        return _told("sold", facts, policy)
    mine = facts.checks and all(check.device == facts.device for check in facts.checks) and len(facts.checks) == 1
    return _told("first" if mine else "repeat", facts, policy)


def _told(state: str, facts: CheckFacts, policy: Policy, reasons: tuple[str, ...] = ()) -> Judgement:
    first = facts.checks[0] if facts.checks else None
    return Judgement(
        state, reasons, first.at if first else None, first.city if first else "", len(facts.checks),
        len({check.device for check in facts.checks}), policy.version,
    )  # fmt: skip


def suspicions(checks: Sequence[PastCheck], policy: Policy) -> tuple[str, ...]:
    """Why these checks of one code are suspicious, in a fixed order; empty where they are not."""
    found = []
    if len({check.device for check in checks}) > policy.many_devices:
        found.append("devices")
    if len(checks) > policy.many_checks:
        found.append("checks")
    if _jumps(checks, policy):
        found.append("jump")
    if policy.area and any(check.city and province_of(check.city) not in policy.area for check in checks):
        found.append("outside_area")
    return tuple(found)


def _jumps(checks: Sequence[PastCheck], policy: Policy) -> bool:
    placed = sorted((check for check in checks if check.city), key=lambda check: check.at)
    window = timedelta(hours=policy.jump_hours)
    return any(
        later.at - earlier.at <= window and (distance_km(earlier.city, later.city) or 0.0) > policy.jump_km
        for at, earlier in enumerate(placed)
        for later in placed[at + 1 :]
    )


def policy_faults(policy: Policy, provinces: Sequence[str]) -> list[Unmet]:
    """Everything that is wrong with a policy somebody wants to set."""
    out = []
    for name, value, low, high in (
        ("设备数", policy.many_devices, 1, 50),
        ("查验次数", policy.many_checks, 2, 500),
        ("距离（公里）", policy.jump_km, 50, 3000),
        ("小时数", policy.jump_hours, 1, 72),
    ):
        if not low <= value <= high:
            out.append(
                Unmet("scan.policy_range", f"{name}应在 {low} 到 {high} 之间，现在是 {value}。", help="改这一项。")
            )
    unknown = [name for name in policy.area if name not in provinces]
    if unknown:
        out.append(Unmet("scan.policy_area", f"没有这个省份：{'、'.join(unknown)}。", help="从列表里勾选。"))
    return out


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """What the guards of a block decide on: nothing but the move itself."""

    unit: int


BLOCK = Workflow(
    key="trace.block",
    label="停用编号",
    states=[State("clear", "正常", "ok"), State("blocked", "已停用", "bad")],
    initial="clear",
    moves=[
        Move("block", "停用", ["clear"], "blocked", "trace.scan.block", by="office", reason=True, who="商务局检查"),
        Move("lift", "恢复", ["blocked"], "clear", "trace.scan.block", by="office", reason=True, who="商务局检查"),
    ],
)  # fmt: skip
