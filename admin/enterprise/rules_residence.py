"""After the approval (town-rules B10, second part): lease, warning, leaving with its handover list (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Unmet
from core.workflow.table import Move

DESK = "经办人"
SCREEN, DECIDE, LEAVE = (f"admin.enterprise.{v}" for v in ("screen", "decide", "leave"))
GROUNDS = {"land_grade": "亩效益评价为 D 类", "missing_returns": "三次以上缺报"}
# key: (what is settled, whether it concerns only who had a unit)
HANDOVER: dict[str, tuple[str, bool]] = {
    "keys": ("房屋、钥匙和门禁交回", True),
    "bills": ("水电气和物业费结清", True),
    "deposit": ("租金、押金结算", True),
    "assets": ("公共资产清点移交，与台账一致（R20）", True),
    "labels": ("未用标签清点销毁或作废", False),
    "orders": ("在途订单和售后办完", False),
    "reports": ("生产记录、统计和信息报送补齐", False),
}


@dataclass(frozen=True, slots=True)
class ResidenceFacts:
    """What the moves after the approval are decided on."""

    lease: str = ""  # "" none, "offered" waits for the enterprise, "accepted", "running"
    follow_up: bool = False
    warning: Mapping[str, str] | None = None  # None: asked together with the click
    handover_opened: bool = False
    handover_open: tuple[str, ...] = ()


def lease_confirmed(facts: ResidenceFacts) -> list[Unmet]:
    """A lease was offered by the office and confirmed by the enterprise; unit, area and dates stand on it."""
    if facts.lease in ("accepted", "running"):
        return []
    if facts.lease == "offered":
        return [Unmet("R96", "企业还没有确认租赁。", "方案第八部分", "请企业负责人在“园区租赁”里确认。", "企业负责人")]
    return [
        Unmet(
            "R96",
            "还没有登记租赁单元、面积和租期。",
            "方案第八部分",
            "在“园区单元”里选一个空闲单元，发给企业确认。",
            DESK,
        )
    ]


def renewal_confirmed(facts: ResidenceFacts) -> list[Unmet]:
    """A following lease is confirmed."""
    if facts.follow_up:
        return []
    return [Unmet("R96", "还没有企业确认过的续租。", "方案第八部分", "登记下一个租期，请企业确认。", DESK)]


def ground_given(facts: ResidenceFacts) -> list[Unmet]:
    """A warning names its ground: grade D of the land's yield, or three missing returns with their months."""
    if facts.warning is None:
        return []
    ground, detail = facts.warning.get("ground", ""), facts.warning.get("detail", "")
    if ground not in GROUNDS:
        return [Unmet("R86", "没有写明警示的依据。", "方案第八部分", "选“亩效益 D 类”或“三次以上缺报”。", DESK)]
    named = {part.strip() for part in detail.replace("，", "、").replace(",", "、").split("、")} - {""}
    if ground == "missing_returns" and len(named) < 3:
        return [
            Unmet(
                "R82",
                f"缺报只写了 {len(named)} 个不同的月份，满 3 次才能警示。",
                "方案第五部分（十）",
                "逐次写明月份，用顿号隔开。",
                DESK,
            )
        ]
    if ground == "land_grade" and not detail.strip():
        return [Unmet("R86", "没有写明评价年度和公布日期。", "方案第八部分", "写哪一年度的亩效益评价。", DESK)]
    return []


def handover_done(facts: ResidenceFacts) -> list[Unmet]:
    """Everything on the handover list is settled, or of no concern with a reason."""
    if not facts.handover_opened:
        return [Unmet("RZ-14", "还没有开交接清单。", "town-rules B10", "经办人在申请页开清单，逐项办完。", DESK)]
    return [
        Unmet(
            "R20" if key == "assets" else "RZ-14",
            f"交接没有办完：{HANDOVER[key][0]}。",
            "town-rules B10",
            "办完登记日期；不涉及的写明原因。",
            DESK,
        )
        for key in facts.handover_open
    ]


def handover_keys(had_unit: bool) -> Sequence[str]:
    """What is to be settled by who had a unit, and by who had none."""
    return [key for key, (_, unit_only) in HANDOVER.items() if had_unit or not unit_only]


Guard = Callable[[Any], Sequence[Unmet]]
ResidenceGuard = Callable[[ResidenceFacts], Sequence[Unmet]]


def _of(guard: ResidenceGuard) -> Guard:
    return lambda facts: guard(facts.residence)


def moves(at_the_desk: Guard) -> list[Move]:
    """The moves of the second part; ``at_the_desk`` is the guard of the first."""
    inside = ["approved", "resident", "probation"]
    table = [
        ("sign_lease", "签租入园", ["approved"], "resident", SCREEN, "office", [lease_confirmed], {}),
        ("renew", "续租", ["resident"], "=", SCREEN, "office", [renewal_confirmed], {}),
        ("warn", "警示整改", ["resident"], "probation", SCREEN, "office", [ground_given], {"reason": True}),
        ("recover", "恢复正常", ["probation"], "resident", SCREEN, "office", [], {"reason": True}),
        ("ask_to_leave", "申请退出", inside, "=", LEAVE, "owner", [], {"reason": True}),
        ("leave", "确认退出", inside, "left", LEAVE, "owner", [handover_done], {"irreversible": True}),
        ("evict", "清退", ["resident", "probation"], "left", DECIDE, "office", [handover_done],
         {"reason": True, "irreversible": True, "not_same_person_as": ["warn"]}),
    ]  # fmt: skip
    made = []
    for key, label, sources, to, permission, by, guards, more in table:
        desk = [at_the_desk] if by == "office" else []
        who = "企业负责人" if by == "owner" else "审定人（另一人）" if key == "evict" else DESK
        made.append(
            Move(key, label, sources, to, permission, by=by, guards=[*desk, *map(_of, guards)], who=who, **more)  # type: ignore[arg-type]
        )
    return made
