"""A published rule over plain facts gives an amount with its reasons; the workflow of a claim (R87; pure; money in 分)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import Unmet
from core.money import yuan_grouped as yuan
from core.workflow.table import Move, State, Workflow

KINDS = {"rent": "房租补贴", "tax": "税收奖励", "innovation": "自主创新", "performance": "电商经营业绩"}
CLAIM, REVIEW, DECIDE, SEND, PUBLISH, VIEW = (
    f"admin.support.{v}" for v in ("claim", "review", "decide", "send", "publish", "view")
)
ARTICLE = "方案第五部分（二）1"
MOST_FEN = 10**12
# What each kind counts: key of the fact, its label, whether it is money.
FACTS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "rent": (("rent_fen", "期间应付租金", True),),
    "tax": (("tax_fen", "期间实缴税款的地方留成", True),),
    "innovation": (("items", "期间新增成果（项）", False),),
    "performance": (("retail_fen", "期间网络零售额", True),),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One published rule.  ``percent_bp`` hundredths of a percent of what exceeds ``threshold_fen``; ``unit_fen`` each, at
    most ``most_units``; ``tiers`` (from, award), the highest reached counts; ``cap_fen`` bounds the result (0: no bound)."""

    kind: str
    percent_bp: int = 0
    threshold_fen: int = 0
    unit_fen: int = 0
    most_units: int = 0
    tiers: tuple[tuple[int, int], ...] = ()
    cap_fen: int = 0
    needs_lease: bool = False
    needs_confirmation: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the claimant for the period; ``amount`` None where the figure is missing (never nought)."""

    amount: int | None
    state: str = "resident"
    active: bool = True
    has_lease: bool = False
    confirmed: bool = False
    taken: str = ""
    period_over: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the computation: what, and the amount after it in 分 (None where the step has none)."""

    text: str
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The amount, how it came about line by line, and everything that stands against it."""

    fen: int
    lines: tuple[Line, ...]
    unmet: tuple[Unmet, ...]


def compute(rule: Rule, facts: Facts) -> Entitlement:
    """The entitlement of the facts under the rule; nought with the reasons where a condition is not met."""
    unmet = _conditions(rule, facts)
    lines, fen = _amount(rule, facts.amount) if facts.amount is not None else ([], 0)
    if rule.cap_fen and fen > rule.cap_fen:
        lines.append(Line(f"封顶 {yuan(rule.cap_fen)} 元", rule.cap_fen))
        fen = rule.cap_fen
    if facts.amount is not None and fen <= 0:
        unmet.append(
            Unmet(
                "R87", "按规则算出的金额是 0，没有可申领的。", ARTICLE, "看下面逐步的算法，达到起点后再申领。", "企业"
            )
        )
    if unmet:
        return Entitlement(0, tuple(lines), tuple(unmet))
    return Entitlement(fen, (*lines, Line("可申领", fen)), ())


def _conditions(rule: Rule, facts: Facts) -> list[Unmet]:
    found = []
    if facts.taken:
        found.append(Unmet("R87", f"同一期间已享受{facts.taken}。", ARTICLE, "换一个期间，或申领别的政策。", "企业"))
    if not facts.active or facts.state not in ("approved", "resident"):
        word = "在整改观察期" if facts.state == "probation" else "不在册"
        found.append(Unmet("R81", f"本单位{word}，不能享受扶持。", ARTICLE, "恢复以后再申领。", "企业"))
    if rule.needs_lease and not facts.has_lease:
        found.append(Unmet("R87", "期间内没有在租的园区单元。", ARTICLE, "入园租赁后，从起租的期间开始申领。", "企业"))
    if rule.needs_confirmation and not facts.confirmed:
        found.append(
            Unmet("R82", "本年度的企业信息还没有确认。", "方案第五部分（十）", "到“企业信息”确认本年度信息。", "企业")
        )
    if not facts.period_over:
        found.append(Unmet("R87", "期间还没有结束，数字还会变。", ARTICLE, "期间结束后再申领。", "企业"))
    if facts.amount is None:
        found.append(
            Unmet("R87", f"还没有填{FACTS[rule.kind][0][1]}。", ARTICLE, "缺报不按 0 计，填写后再算。", "企业")
        )
    return found  # fmt: skip


def _amount(rule: Rule, amount: int) -> tuple[list[Line], int]:
    label, money = FACTS[rule.kind][0][1], FACTS[rule.kind][0][2]
    lines = [Line(label if money else f"{label}：{amount}", amount if money else None)]
    fen = 0
    if rule.percent_bp:
        base = max(0, amount - rule.threshold_fen)
        if rule.threshold_fen:
            lines.append(Line(f"超过起点 {yuan(rule.threshold_fen)} 元的部分", base))
        fen = (base * rule.percent_bp + 5000) // 10000  # half up, to the 分
        lines.append(Line(f"按 {rule.percent_bp / 100:g}% 计", fen))
    if rule.unit_fen:
        units = min(amount, rule.most_units) if rule.most_units else amount
        if units < amount:
            lines.append(Line(f"最多按 {rule.most_units} 项计"))
        fen = units * rule.unit_fen
        lines.append(Line(f"{units} 项，每项 {yuan(rule.unit_fen)} 元", fen))
    if rule.tiers:
        reached = [tier for tier in rule.tiers if amount >= tier[0]]
        fen = max(reached)[1] if reached else 0
        lines.append(
            Line(f"达到 {yuan(max(reached)[0])} 元一档", fen)
            if reached
            else Line(f"未达到最低一档 {yuan(min(rule.tiers)[0])} 元", 0)
        )
    return lines, fen


def rule_faults(rule: Rule) -> list[Unmet]:
    """A rule that can be published counts in exactly one way, within sound bounds."""
    found = []
    if rule.kind not in KINDS:
        found.append(Unmet("FC-01", "没有这一类政策。", help="从房租、税收、创新、业绩里选。"))
        return found
    ways = [bool(rule.percent_bp), bool(rule.unit_fen), bool(rule.tiers)]
    if sum(ways) != 1:
        found.append(Unmet("FC-02", "比例、单项金额、分档三种算法只能填一种。", help="留一种，其余清空。"))
    if (rule.unit_fen and FACTS[rule.kind][0][2]) or (rule.kind == "innovation" and not rule.unit_fen):
        found.append(Unmet("FC-03", "单项金额只用于自主创新，自主创新也只按项计。", help="换一种算法。"))
    if not 0 <= rule.percent_bp <= 10_000:
        found.append(Unmet("FC-04", "比例要在 0 到 100% 之间。", help="核对文件。"))
    numbers = [rule.threshold_fen, rule.unit_fen, rule.cap_fen, rule.most_units, *(n for t in rule.tiers for n in t)]
    if any(not 0 <= n <= MOST_FEN for n in numbers):
        found.append(Unmet("FC-05", "金额不能是负数，也不能超过 100 亿元。", help="核对单位是元。"))
    starts, awards = [t[0] for t in rule.tiers], [t[1] for t in rule.tiers]
    if sorted(set(starts)) != starts or sorted(awards) != awards:
        found.append(Unmet("FC-06", "分档要从低到高，奖励不能倒着走。", help="按起点从小到大排。"))
    return found


def read_tiers(text: str) -> tuple[tuple[int, int], ...]:
    """Tiers of lines "起点 奖励" in yuan; raises ValueError with the line's number."""
    tiers = []
    for number, line in enumerate((row for row in text.splitlines() if row.strip()), start=1):
        parts = line.replace("，", " ").replace(",", " ").split()
        if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) <= 10 for p in parts):
            raise ValueError(number)
        tiers.append((int(parts[0]) * 100, int(parts[1]) * 100))
    return tuple(tiers)


def as_data(rule: Rule) -> dict[str, Any]:
    """The rule as it is stored with its version."""
    return {f: getattr(rule, f) for f in Rule.__slots__} | {"tiers": [list(t) for t in rule.tiers]}


def from_data(data: Mapping[str, Any]) -> Rule:
    """The rule of a stored version."""
    return Rule(**{**data, "tiers": tuple((int(a), int(b)) for a, b in data.get("tiers", []))})


def quarter(year: int, number: int) -> tuple[date, date]:
    """First and last day of a quarter (1-4), or of the whole year (0)."""
    if number == 0:
        return date(year, 1, 1), date(year, 12, 31)
    first = 3 * number - 2
    last = date(year + number // 4, first % 12 + 3 if number < 4 else 1, 1)
    return date(year, first, 1), date.fromordinal(last.toordinal() - 1)


# --- the claim ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What the moves of a claim are decided on: computed now, beside what was claimed."""

    entitlement: Entitlement
    claimed_fen: int
    has_evidence: bool
    publicity: tuple[Unmet, ...] = ()


def entitled(facts: ClaimFacts) -> list[Unmet]:
    """Every condition holds now, and the amount is what the rule gives."""
    found = list(facts.entitlement.unmet)
    if not found and facts.entitlement.fen != facts.claimed_fen:
        found.append(
            Unmet(
                "R87",
                f"现在按规则应为 {yuan(facts.entitlement.fen)} 元，与申领的 {yuan(facts.claimed_fen)} 元不一致。",
                ARTICLE,
                "退回企业重新核算。",
                "经办人",
            )
        )
    return found  # fmt: skip


def evidenced(facts: ClaimFacts) -> list[Unmet]:
    """The figure has its paper."""
    return (
        []
        if facts.has_evidence
        else [Unmet("FC-07", "缺证明材料。", ARTICLE, "上传发票、完税证明或平台对账单。", "企业")]
    )


def publicised(facts: ClaimFacts) -> list[Unmet]:
    """The publicity has ended without an open objection, on a day that is not provisional."""
    return list(facts.publicity)


SUPPORT = Workflow(
    key="admin.support",
    label="扶持申领",
    article=ARTICLE,
    states=[
        State("draft", "草稿", "todo"),
        State("submitted", "待审核", "busy"),
        State("returned", "请补正", "todo"),
        State("reviewed", "待审定", "busy"),
        State("publicity", "公示中", "busy"),
        State("listed", "已转拨付清单", "ok", final=True),
        State("refused", "不予扶持", "bad", final=True),
        State("dropped", "已撤回", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move("submit", "提交申领", ["draft", "returned"], "submitted", CLAIM, by="owner", guards=[entitled, evidenced], who="企业负责人"),
        Move("drop", "撤回", ["draft", "submitted", "returned"], "dropped", CLAIM, by="owner", irreversible=True, who="企业负责人"),
        Move("return", "退回补正", ["submitted"], "returned", REVIEW, reason=True, who="经办人"),
        Move("review", "审核通过", ["submitted"], "reviewed", REVIEW, guards=[entitled, evidenced], who="经办人"),
        Move("decide", "审定并公示", ["reviewed"], "publicity", DECIDE, guards=[entitled, evidenced], not_same_person_as=["review"], who="审定人（另一人）"),
        Move("refuse", "不予扶持", ["reviewed", "publicity"], "refused", DECIDE, reason=True, not_same_person_as=["review"], irreversible=True, who="审定人（另一人）"),
        Move("send", "转拨付清单", ["publicity"], "listed", SEND, guards=[publicised], not_same_person_as=["decide"], irreversible=True, who="经办人"),
    ],
)  # fmt: skip
LIVE = ("draft", "submitted", "returned", "reviewed", "publicity", "listed")


def overlaps(a: tuple[date, date], b: tuple[date, date]) -> bool:
    """Whether two periods (both days included) share a day."""
    return a[0] <= b[1] and b[0] <= a[1]


def faults_of_period(versions: Sequence[tuple[date, date]], start: date, end: date) -> list[Unmet]:
    """A new version's time of force does not overlap another's."""
    if end < start:
        return [Unmet("FC-08", "有效期的结束日早于开始日。", help="核对文件。")]
    if any(overlaps(v, (start, end)) for v in versions):
        return [Unmet("FC-09", "这段时间已有发布的版本。", help="发布后的版本不能改；新版本从旧版本结束的次日起。")]
    return []
