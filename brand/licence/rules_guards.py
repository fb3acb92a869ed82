"""What an application must meet, move by move: pure guards over frozen facts; each returns *every* unmet rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from brand.licence.rules_policy import LicenceTerms
from brand.licence.rules_terms import (
    EVIDENCE,
    MAX_YEARLY_GRAMS,
    RENEWAL_DAYS,
    REQUIRED_EVIDENCE,
    Evidence,
    ScopeRow,
    add_months,
    in_renewal_window,
    renewal_start,
)
from core.errors import Unmet

# The conditions of use, as published: a refusal cites those that are not met (商标法实施条例第四条: whoever meets the
# conditions of a certification mark must be let in).
USE_CONDITIONS = {
    "subject": ("第一条", "申请人在册，有统一社会信用代码", "恢复入驻，或以合作社、企业身份申请。"),
    "origin": ("第二条", "产品产自使用地域内的地块，有地块登记或基地证明", "补登记地块或补基地证明后再申请。"),
    "quality": ("第三条", "残留检测报告在规定的月数内出具并合格，并作出质量承诺", "重新送检，附合格报告后再申请。"),
    "label": ("第四条", "包装样稿上的品牌、使用人名称和统一社会信用代码符合规则", "改好样稿后再申请。"),
    "quantity": ("第五条", "全年数量与基地面积、往年产量相称", "按基地产量改数量，或补产量凭据后再申请。"),
    "variety": ("第六条", "品种、形态和规格属于所申请的品牌", "换成对应的品牌后再申请。"),
    "conduct": ("第七条", "没有正在处理的冒用、超范围使用问题", "问题处理完毕后再申请。"),
}
REFUSAL_MIN = 10  # characters: a refusal says what was found, not only which condition


@dataclass(frozen=True, slots=True)
class Procedure:
    """How applications are handled from a day on; fixed for a case when it is first sent."""

    publicity_days: int = 0
    visit_required: bool = False
    expert_required: bool = False
    renewal_days: int = RENEWAL_DAYS


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """Everything the guards decide on."""

    today: date
    rows: tuple[ScopeRow, ...] = ()
    ticked: tuple[int, ...] | None = None
    evidence: tuple[Evidence, ...] = ()
    plots: int = 0
    organisation_active: bool = True
    organisation_has_uscc: bool = True
    brand_active: bool = True
    brand_species: str | None = None
    rules_accepted: bool = True
    quality_promised: bool = True
    overlapping: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    kind: str = "new"
    predecessor_state: str = ""
    predecessor_until: date | None = None
    used: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    procedure: Procedure = Procedure()
    state: str = ""
    visits_done: int = 0
    visits_open: int = 0
    opinions: int = 0
    actor_visited: bool = False
    publicity_until: date | None = None
    publicity_provisional: bool = False
    grounds: tuple[str, ...] | None = None
    reason: str | None = None
    appeal_until: date | None = None
    terms: LicenceTerms = field(default_factory=LicenceTerms)

    @property
    def chosen(self) -> tuple[ScopeRow, ...]:
        """The rows the decider ticked; before a choice all of them."""
        return self.rows if self.ticked is None else tuple(r for r in self.rows if r.id in self.ticked)


def _unmet(rule: str, message: str, help: str = "", who: str = "申请企业", article: str = "") -> Unmet:
    return Unmet(rule, message, article=article, help=help, who=who)


def applicant_fit(facts: LicenceFacts) -> list[Unmet]:
    """The applicant is an active organisation with a 统一社会信用代码, accepted the rules and promised the quality."""
    found = []
    if not facts.organisation_active:
        found.append(_unmet("PP-01", "申请企业已不在册。", "先办恢复入驻，再来申请。"))
    if not facts.organisation_has_uscc:
        found.append(_unmet("PP-02", "申请人没有统一社会信用代码，标志上印不出使用人。", "以合作社或企业身份申请。"))
    if not facts.rules_accepted:
        found.append(_unmet("PP-03", "还没有承诺遵守品牌使用规则。", "在申请页勾选承诺。"))
    elif not facts.quality_promised:
        found.append(_unmet("PP-19", "还没有作出质量承诺。", "在申请页勾选质量承诺。"))
    return found


def scope_complete(facts: LicenceFacts) -> list[Unmet]:
    """There is at least one row; each has a sound quantity, fits the brand's species, and stands once."""
    found: list[Unmet] = []
    if not facts.rows:
        found.append(_unmet("PP-04", "还没有填申请范围。", "至少加一行品种、形态和规格。"))
    seen: set[tuple[str, str, str]] = set()
    for row in facts.chosen:
        label = row.label or "、".join(row.key)
        if not 0 < row.yearly_grams <= MAX_YEARLY_GRAMS:
            found.append(_unmet("PP-05", f"{label}：全年数量没有填，或者过大。", "填全年预计用标的公斤数。"))
        if facts.brand_species is not None and row.species != facts.brand_species:
            found.append(_unmet("PP-06", f"{label}：这个品种不属于所申请的品牌。", "换成对应的品牌，或撤下这一行。"))
        if row.key in seen:
            found.append(_unmet("PP-07", f"{label}：这一行重复了。", "删去一行，数量合并到另一行。"))
        seen.add(row.key)
    return found


def evidence_complete(facts: LicenceFacts) -> list[Unmet]:
    """Required files are there and not expired, the residue test is fresh, each specification has its sample.

    Registered plots stand in for the base proof: what the archive holds is not asked for again (R92).
    """
    found: list[Unmet] = []
    kinds = {e.kind for e in facts.evidence} | ({"base"} if facts.plots else set())
    helps = {"base": "上传基地证明，或从已登记的地块里选。", "test_report": "上传残留检测报告，拍照或 PDF 都可以。"}
    for number, kind in zip(("PP-08", "PP-09"), REQUIRED_EVIDENCE, strict=True):
        if kind not in kinds:
            found.append(_unmet(number, f"缺{EVIDENCE[kind]}。", helps[kind]))
    oldest = add_months(facts.today, -facts.terms.test_report_months)
    fresh = [
        e for e in facts.evidence if e.kind == "test_report" and e.issued_on and oldest <= e.issued_on <= facts.today
    ]
    if "test_report" in kinds and not fresh:
        said = f"检测报告超过 {facts.terms.test_report_months} 个月，或者没有填出具日期。"
        found.append(_unmet("PP-10", said, f"补一份 {facts.terms.test_report_months} 个月内的检测报告。"))
    found += [
        _unmet("PP-11", f"{EVIDENCE[e.kind]}已于 {e.valid_until.isoformat()} 到期。", "换成有效期内的一份，或撤下。")
        for e in facts.evidence
        if e.valid_until is not None and e.valid_until < facts.today
    ]
    samples = {e.specification for e in facts.evidence if e.kind == "packaging"}
    found += [
        _unmet("PP-12", f"{row.label or row.specification}：没有对应的包装样稿。", "上传样稿，或撤下这一规格。")
        for row in facts.chosen
        if row.specification not in samples
    ]
    return found


def no_overlap(facts: LicenceFacts) -> list[Unmet]:
    """No licence in force covers a chosen row already, and the brand is in use."""
    found = [
        _unmet("PP-13", f"{label}：已有在有效期内的授权。", "撤下这一行；要续期或变更，请从那份授权的页面办理。")
        for label in facts.overlapping
    ]
    if not facts.brand_active:
        found.append(_unmet("PP-14", "这个品牌已停用。", "换一个在用的品牌。"))
    return found


def predecessor_sound(facts: LicenceFacts) -> list[Unmet]:
    """A renewal or change stands on a licence that allows it, and a change never grants less than is used already."""
    if facts.kind == "new" or facts.predecessor_until is None:
        return []
    found: list[Unmet] = []
    until = facts.predecessor_until
    if facts.predecessor_state in ("withdrawn", "suspended"):
        word = "撤销" if facts.predecessor_state == "withdrawn" else "暂停"
        hint = "按新申请办理。" if word == "撤销" else "先改正，请品牌办公室解除暂停，再办续期或变更。"
        found.append(_unmet("PP-20", f"原授权已{word}，不能续期或变更。", hint))
    elif facts.kind == "change" and not (facts.predecessor_state == "licensed" and facts.today <= until):
        found.append(_unmet("PP-21", "原授权不在有效期内，不能变更。", "按新申请办理，或先续期。"))
    elif facts.kind == "renewal" and not in_renewal_window(until, facts.today, facts.procedure.renewal_days):
        days = facts.procedure.renewal_days
        opens = until - timedelta(days=days)
        hint = f"{opens.isoformat()} 起可以提交。" if facts.today < opens else "已经过了续期的时间，请按新申请办理。"
        found.append(_unmet("PP-22", f"续期在到期前后 {days} 天内办理，原授权 {until.isoformat()} 到期。", hint))
    if facts.kind == "change":
        found += [
            _unmet(
                "PP-23",
                f"{row.label or '、'.join(row.key)}：本年度已用 {facts.used[row.key] / 1000:,.0f} kg，"
                f"不能改成更少的 {row.yearly_grams / 1000:,.0f} kg。",
                "把全年数量改为不少于已用数量。",
            )
            for row in facts.chosen
            if facts.used.get(row.key, 0) > row.yearly_grams
        ]
    return found


def term_sound(facts: LicenceFacts) -> list[Unmet]:
    """Something is ticked; a new term starts no earlier than today and ends within the longest term.

    A renewal starts the day after the old term (no gap, no overlap); a change keeps the last day of the old licence.
    """
    found: list[Unmet] = []
    who = "品牌办审定"
    if facts.ticked is not None and not facts.chosen:
        found.append(_unmet("PP-15", "一行也没有勾选。", "勾选批准的行；一行都不批，请办“不予授权”。", who=who))
    start, end = facts.valid_from, facts.valid_until
    if start is None or end is None:
        return found
    if start < facts.today:
        found.append(_unmet("PP-16", "起始日不能早于今天。", "改成今天或以后。", who=who))
    longest = facts.terms.most_term_months
    if not start <= end < add_months(start, longest):
        found.append(_unmet("PP-17", f"有效期要在起始日之后，最长 {longest} 个月。", "改有效期。", who=who))
    if facts.kind == "renewal" and facts.predecessor_until is not None:
        due = renewal_start(facts.predecessor_until, facts.today)
        if start != due:
            found.append(_unmet("PP-24", f"续期要从 {due.isoformat()} 起算，与原授权首尾相接。", "改起始日。", who=who))
    if facts.kind == "change" and (start != facts.today or end != facts.predecessor_until):
        found.append(
            _unmet("PP-25", "变更从今天起生效，到期日与原授权相同。", "改回原授权的到期日；要延长请办续期。", who=who)
        )
    return found


def site_visited(facts: LicenceFacts) -> list[Unmet]:
    """Where the procedure asks for it, the site was seen and an expert was heard; no appointment is left open."""
    found: list[Unmet] = []
    who = "品牌办经办"
    if facts.procedure.visit_required and not facts.visits_done:
        found.append(_unmet("PP-26", "还没有实地核查。", "约好时间到现场，记下位置、照片和发现。", who=who))
    if facts.visits_open:
        found.append(_unmet("PP-27", "有一次约好的实地核查还没有结果。", "补记核查结果，或取消这次预约。", who=who))
    if facts.procedure.expert_required and not facts.opinions:
        found.append(_unmet("PP-28", "还没有专家意见。", "请专家出具意见后录入。", who=who))
    return found


def publicity_asked(facts: LicenceFacts) -> list[Unmet]:
    """The procedure of the case asks for a publication period."""
    if facts.procedure.publicity_days:
        return []
    return [_unmet("PP-29", "这一类申请不用公示。", "直接批准。", who="品牌办审定")]


def publicity_over(facts: LicenceFacts) -> list[Unmet]:
    """Where a publication period is asked for, it ran to its last day on a confirmed calendar."""
    if not facts.procedure.publicity_days:
        return []
    until = facts.publicity_until
    if facts.state != "publicised" or until is None:
        days = facts.procedure.publicity_days
        return [_unmet("PP-30", f"批准以前要公示 {days} 个工作日。", "先办“拟批准并公示”。", who="品牌办审定")]
    if facts.publicity_provisional:
        hint = "等放假安排确认后，系统会重新算出公示截止日。"
        return [_unmet("PP-31", "公示截止日还是暂定的。", hint, who="e镇办公室")]
    if facts.today <= until:
        return [_unmet("PP-32", f"公示期未满，应至 {until.isoformat()} 24:00。", "期满后再批准。", who="品牌办审定")]
    return []


def not_the_visitor(facts: LicenceFacts) -> list[Unmet]:
    """Who examined the site does not decide."""
    if not facts.actor_visited:
        return []
    return [_unmet("PP-33", "你做过这件申请的实地核查，审定要换一名人员。", "请另一名审定人办理。", who="品牌办审定")]


def grounds_cited(facts: LicenceFacts) -> list[Unmet]:
    """A refusal cites at least one published condition that is not met, and says what was found.

    Before the button is pressed (no payload) nothing is asked; ``effects`` refuses a refusal that came without grounds.
    """
    if facts.grounds is None:
        return []
    found: list[Unmet] = []
    article, who = "商标法实施条例第四条", "品牌办审定"
    if not facts.grounds or any(g not in USE_CONDITIONS for g in facts.grounds):
        found.append(
            _unmet("PP-34", "没有写明不符合哪一条使用条件。", "勾选不符合的条件；都符合的应当准许使用。", who, article)
        )
    if facts.reason is not None and len(facts.reason.strip()) < REFUSAL_MIN:
        found.append(
            _unmet("PP-35", f"理由太短，至少写 {REFUSAL_MIN} 个字。", "写清查到了什么、怎样才算符合。", who, article)
        )
    return found


def appeal_in_time(facts: LicenceFacts) -> list[Unmet]:
    """An appeal comes within its deadline; a 暂定 deadline does not shut anybody out."""
    if facts.appeal_until is None or facts.today <= facts.appeal_until:
        return []
    until = facts.appeal_until.isoformat()
    return [_unmet("PP-36", f"申诉期已于 {until} 24:00 届满。", "补齐条件后可以重新申请，次数不限。")]


def over_term(facts: LicenceFacts) -> list[Unmet]:
    """The last day has passed: at 00:00 of the day after, not earlier."""
    if facts.valid_until is not None and facts.today > facts.valid_until:
        return []
    return [_unmet("PP-18", "还没有到期。", "到期次日 0 点自动办理。", who="系统")]


def within_term(facts: LicenceFacts) -> list[Unmet]:
    """The licence has not run out: a suspension of a licence past its day cannot be lifted."""
    if facts.valid_until is not None and facts.today <= facts.valid_until:
        return []
    return [_unmet("PP-37", "授权已经到期，不能恢复。", "请企业办理续期。", who="申请企业")]


CONDITIONS = (applicant_fit, scope_complete, evidence_complete, no_overlap, predecessor_sound)


def unfit(facts: LicenceFacts) -> list[Unmet]:
    """Every unmet condition of an application, for the screen that explains it before sending."""
    return [unmet for guard in CONDITIONS for unmet in guard(facts)]


def condition_count(facts: LicenceFacts) -> int:
    """How many single conditions were checked: what the screen counts against the unmet ones."""
    applicant, has_rows, files, fresh, brand = 4, 1, len(REQUIRED_EVIDENCE), 1, 1
    per_row = 5  # quantity, species, single, packaging sample, no other licence
    before = 0 if facts.kind == "new" else 1
    return applicant + has_rows + files + fresh + brand + before + per_row * len(facts.chosen) + len(facts.evidence)
