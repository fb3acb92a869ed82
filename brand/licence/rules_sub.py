"""Sub-licences: a holder lets a named partner pack under its licence, within scope, quantity and days (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

SHARE, ACCEPT = "brand.sublicence.share", "brand.sublicence.accept"


@dataclass(frozen=True, slots=True)
class SubFacts:
    """What the guards read: the holder's licence as it stands, and the wish."""

    today: date
    valid_from: date
    valid_until: date
    grams: int
    licence_state: str = "in_force"
    licence_until: date | None = None
    row_grams: int = 0
    partner_active: bool = True
    partner_kind: str = "enterprise"
    partner_name: str = ""
    partner_has_own: bool = False
    other_live: bool = False


def fits_the_licence(facts: SubFacts) -> list[Unmet]:
    """The licence holds, the term lies inside it, the quantity inside the granted one."""
    found: list[Unmet] = []

    def add(number: int, message: str, help: str, who: str = "被授权企业") -> None:
        found.append(Unmet(f"SL-{number:02d}", message, help=help, who=who))

    if facts.licence_state != "in_force":
        add(1, "授权现在不在有效期内，不能让别人使用。", "等授权恢复或续期以后再办。")
    if not facts.row_grams:
        add(2, "这个品种、形态和规格不在你的授权范围里。", "从授权范围里选一行。")
    elif facts.grams > facts.row_grams:
        add(3, f"数量超过授权的全年 {facts.row_grams / 1000:,.0f} kg。", "改小数量，或先申请变更数量。")
    if facts.grams <= 0:
        add(4, "数量要大于 0。", "填让对方包装的公斤数。")
    if facts.valid_from > facts.valid_until:
        add(5, "截止日早于起始日。", "把截止日改到起始日以后。")
    elif facts.licence_until is not None and facts.valid_until > facts.licence_until:
        add(6, f"截止日不能晚于授权到期日 {facts.licence_until.isoformat()}。", "改截止日；续期以后再另行约定。")
    if facts.valid_until < facts.today:
        add(7, "截止日已经过去。", "把截止日改成今天或以后。")
    return found


def partner_fit(facts: SubFacts) -> list[Unmet]:
    """The partner is an active enterprise or grower that may not use the mark already for the same thing."""
    name = facts.partner_name or "对方"
    found: list[Unmet] = []
    if not facts.partner_active:
        found.append(Unmet("SL-08", f"{name}已不在册。", help="换一家在册的合作社、企业或种植户。", who="被授权企业"))
    if facts.partner_kind not in ("enterprise", "grower"):
        found.append(Unmet("SL-09", f"{name}不是生产经营单位。", help="只能选企业、合作社或种植户。", who="被授权企业"))
    if facts.partner_has_own:
        hint = "对方按自己的授权使用，不用再约定。"
        found.append(Unmet("SL-10", f"{name}自己已有同一范围的授权。", help=hint, who="被授权企业"))
    if facts.other_live:
        hint = "先终止原来的约定，再提新的。"
        found.append(Unmet("SL-11", f"和{name}已有同一范围、日期重叠的约定。", help=hint, who="被授权企业"))
    return found


def ended_with_the_licence(facts: SubFacts) -> list[Unmet]:
    """The system ends a sub-licence only when its days or its licence are over."""
    if facts.today > facts.valid_until or facts.licence_state in ("expired", "withdrawn"):
        return []
    return [
        Unmet(
            "SL-12",
            "约定的日期还没有过，授权也还在。",
            help="到期或授权结束时自动终止；要提前结束，双方都可以自己办。",
            who="系统",
        )
    ]


CONDITIONS = (fits_the_licence, partner_fit)
HOLDER, PARTNER = "被授权企业", "合作方"

SUBLICENCE = Workflow(
    key="brand.sublicence",
    label="合作包装授权",
    states=[
        State("offered", "等对方接受", "busy"),
        State("active", "已生效", "ok"),
        State("declined", "对方没有接受", "none", final=True),
        State("retracted", "已收回", "none", final=True),
        State("ended", "已终止", "bad", final=True),
    ],
    initial="offered",
    moves=[
        Move("accept", "接受", ["offered"], "active", ACCEPT, by="owner", guards=CONDITIONS, who=PARTNER),
        Move("decline", "不接受", ["offered"], "declined", ACCEPT, by="owner", reason=True, who=PARTNER),
        Move("retract", "收回", ["offered"], "retracted", SHARE, by="owner", who=HOLDER),
        Move(
            "end", "终止约定", ["active"], "ended", SHARE, by="owner", reason=True, irreversible=True, who=HOLDER
        ),
        Move(
            "leave", "退出约定", ["active"], "ended", ACCEPT, by="owner", reason=True, irreversible=True, who=PARTNER
        ),
        Move("lapse", "随授权终止", ["offered", "active"], "ended", None, by="system", guards=[ended_with_the_licence]),
    ],
)  # fmt: skip
