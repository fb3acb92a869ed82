"""What a licence covers, when it is in force, and the workflow of its application (pure)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

REVIEW_WORKING_DAYS = 15
DEADLINE = "decision"
TEST_REPORT_MONTHS = 6
TERM_MONTHS = 12
MAX_TERM_MONTHS = 36
MAX_YEARLY_GRAMS = 100_000_000_000  # 100,000 t: above this a figure is a typing error
RULES_VERSION = "1"

EVIDENCE = {
    "base": "基地证明",
    "test_report": "残留检测报告",
    "packaging": "包装样稿",
    "green_food": "绿色食品证书",
    "organic": "有机产品证书",
    "other": "其他材料",
}
REQUIRED_EVIDENCE = ("base", "test_report")
APPLY, SCREEN, DECIDE, VIEW = (f"brand.licence.{v}" for v in ("apply", "screen", "decide", "view"))


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One asked or granted combination: brand × variety × form × specification, with its yearly quantity."""

    variety: str
    form: str
    specification: str
    yearly_grams: int = 0
    species: str | None = None
    label: str = ""
    words: tuple[str, ...] = ()
    id: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.variety, self.form, self.specification)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file an applicant hands in; ``specification`` names what a packaging sample is for."""

    kind: str
    issued_on: date | None = None
    valid_until: date | None = None
    specification: str = ""


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """Everything the guards decide on."""

    today: date
    rows: tuple[ScopeRow, ...] = ()
    ticked: tuple[int, ...] | None = None
    evidence: tuple[Evidence, ...] = ()
    organisation_active: bool = True
    organisation_has_uscc: bool = True
    brand_active: bool = True
    brand_species: str | None = None
    rules_accepted: bool = True
    overlapping: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def chosen(self) -> tuple[ScopeRow, ...]:
        """The rows the decider ticked; before a choice all of them."""
        return self.rows if self.ticked is None else tuple(r for r in self.rows if r.id in self.ticked)


# --- coverage and validity --------------------------------------------------------------------------------------------


def covers(rows: Iterable[ScopeRow], variety: str, form: str, specification: str) -> bool:
    """Whether granted rows cover a trade item given by plain facts; every one of the three must match."""
    return any(row.key == (variety, form, specification) for row in rows)


def in_force(valid_from: date, valid_until: date, ended_on: date | None, on_date: date) -> bool:
    """Whether a licence holds on a day: from its first day to 24:00 of its last, and before its withdrawal."""
    return valid_from <= on_date <= valid_until and (ended_on is None or on_date < ended_on)


def in_force_at(valid_from: date, valid_until: date, ended_on: date | None, local: datetime) -> bool:
    """The same for a local time (Asia/Shanghai): a licence ends at 00:00 of the day after its last day."""
    return in_force(valid_from, valid_until, ended_on, local.date())


def state_on(valid_from: date, valid_until: date, ended_on: date | None, on_date: date) -> str:
    """``in_force``, ``not_yet``, ``expired`` or ``withdrawn`` on a day; a withdrawal within the term comes first."""
    if ended_on is not None and on_date >= ended_on:
        return "withdrawn"
    if on_date < valid_from:
        return "not_yet"
    return "expired" if on_date > valid_until else "in_force"


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or its last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def default_term(start: date) -> tuple[date, date]:
    """First and last day of the usual term: twelve months, ending the day before the anniversary."""
    return start, add_months(start, TERM_MONTHS) - timedelta(days=1)


def licence_no(year: int, number: int) -> str:
    """The printed number: 猗品授〔2026〕0007号."""
    return f"猗品授〔{year}〕{number:04d}号"


# --- guards -----------------------------------------------------------------------------------------------------------


def _unmet(rule: str, message: str, help: str = "", who: str = "申请企业", article: str = "") -> Unmet:
    return Unmet(rule, message, article=article, help=help, who=who)


def applicant_fit(facts: LicenceFacts) -> list[Unmet]:
    """The applicant is an active organisation with a 统一社会信用代码, and accepted the rules of use."""
    found = []
    if not facts.organisation_active:
        found.append(_unmet("PP-01", "申请企业已不在册。", "先恢复入驻。"))
    if not facts.organisation_has_uscc:
        found.append(_unmet("PP-02", "申请人没有统一社会信用代码，标志上印不出使用人。", "以合作社或企业身份申请。"))
    if not facts.rules_accepted:
        found.append(_unmet("PP-03", "还没有承诺遵守品牌使用规则。", "在申请页勾选承诺。"))
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
    """Required files are there and not expired, the residue test is fresh, each specification has its sample."""
    found: list[Unmet] = []
    kinds = {e.kind for e in facts.evidence}
    for number, kind in zip(("PP-08", "PP-09"), REQUIRED_EVIDENCE, strict=True):
        if kind not in kinds:
            found.append(_unmet(number, f"缺{EVIDENCE[kind]}。", f"上传{EVIDENCE[kind]}，拍照或 PDF 都可以。"))
    oldest = add_months(facts.today, -TEST_REPORT_MONTHS)
    fresh = [
        e for e in facts.evidence if e.kind == "test_report" and e.issued_on and oldest <= e.issued_on <= facts.today
    ]
    if "test_report" in kinds and not fresh:
        found.append(_unmet("PP-10", "检测报告超过 6 个月，或者没有填出具日期。", "补一份 6 个月内的检测报告。"))
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
        _unmet("PP-13", f"{label}：已有在有效期内的授权。", "撤下这一行；要续期，请在到期前 60 天内申请。")
        for label in facts.overlapping
    ]
    if not facts.brand_active:
        found.append(_unmet("PP-14", "这个品牌已停用。", "换一个在用的品牌。", who="品牌办公室"))
    return found


def term_sound(facts: LicenceFacts) -> list[Unmet]:
    """Something is ticked, and the term starts no earlier than today and ends within three years."""
    found: list[Unmet] = []
    if facts.ticked is not None and not facts.chosen:
        found.append(
            _unmet("PP-15", "一行也没有勾选。", "勾选批准的行；一行都不批，请办“不予授权”。", who="品牌办审定")
        )
    start, end = facts.valid_from, facts.valid_until
    if start is None or end is None:
        return found
    if start < facts.today:
        found.append(_unmet("PP-16", "起始日不能早于今天。", "改成今天或以后。", who="品牌办审定"))
    if not start <= end < add_months(start, MAX_TERM_MONTHS):
        found.append(_unmet("PP-17", "有效期要在起始日之后，最长三年。", "改有效期。", who="品牌办审定"))
    return found


def over_term(facts: LicenceFacts) -> list[Unmet]:
    """The last day has passed: at 00:00 of the day after, not earlier."""
    if facts.valid_until is not None and facts.today > facts.valid_until:
        return []
    return [_unmet("PP-18", "还没有到期。", "到期次日 0 点自动办理。", who="系统")]


CONDITIONS = (applicant_fit, scope_complete, evidence_complete, no_overlap)

LICENCE = Workflow(
    key="brand.licence",
    label="品牌授权",
    states=[
        State("draft", "草稿", "todo"),
        State("submitted", "审查中", "busy"),
        State("returned", "请补正", "todo"),
        State("screened", "待审定", "busy"),
        State("licensed", "已授权", "ok"),
        State("refused", "不予授权", "bad", final=True),
        State("abandoned", "已撤回", "none", final=True),
        State("expired", "已到期", "bad", final=True),
        State("withdrawn", "已撤销", "bad", final=True),
    ],
    initial="draft",
    moves=[
        Move(
            "submit",
            "提交申请",
            ["draft", "returned"],
            "submitted",
            APPLY,
            by="owner",
            guards=CONDITIONS,
            who="申请企业",
        ),
        Move(
            "abandon",
            "撤回申请",
            ["draft", "submitted", "returned"],
            "abandoned",
            APPLY,
            by="owner",
            irreversible=True,
            who="申请企业",
        ),
        Move("return", "退回补正", ["submitted"], "returned", SCREEN, reason=True, who="品牌办经办"),
        Move("screen", "审查通过", ["submitted"], "screened", SCREEN, guards=CONDITIONS, who="品牌办经办"),
        Move("advise_against", "建议不予授权", ["submitted"], "screened", SCREEN, reason=True, who="品牌办经办"),
        Move("send_back", "退回重新审查", ["screened"], "submitted", DECIDE, reason=True, who="品牌办审定"),
        Move(
            "approve",
            "批准",
            ["screened"],
            "licensed",
            DECIDE,
            guards=(*CONDITIONS, term_sound),
            not_same_person_as=["screen", "advise_against"],
            who="品牌办审定（另一人）",
        ),
        # 商标法实施条例第四条: whoever meets the conditions must be let in, so a refusal states its reasons.
        Move(
            "refuse",
            "不予授权",
            ["screened"],
            "refused",
            DECIDE,
            reason=True,
            not_same_person_as=["screen", "advise_against"],
            irreversible=True,
            who="品牌办审定（另一人）",
        ),
        Move(
            "withdraw", "撤销授权", ["licensed"], "withdrawn", DECIDE, reason=True, irreversible=True, who="品牌办审定"
        ),
        Move("expire", "到期", ["licensed"], "expired", None, by="system", guards=[over_term]),
    ],
    article="商标法实施条例第四条",
)


def unfit(facts: LicenceFacts) -> list[Unmet]:
    """Every unmet condition of an application, for the screen that explains it before sending."""
    return [unmet for guard in CONDITIONS for unmet in guard(facts)]


def condition_count(facts: LicenceFacts) -> int:
    """How many single conditions were checked: what the screen counts against the unmet ones."""
    applicant, has_rows, files, fresh, brand = 3, 1, len(REQUIRED_EVIDENCE), 1, 1
    per_row = 5  # quantity, species, single, packaging sample, no other licence
    return applicant + has_rows + files + fresh + brand + per_row * len(facts.chosen) + len(facts.evidence)


def yearly_total(rows: Sequence[ScopeRow]) -> int:
    """The sum of the yearly quantities, in grams."""
    return sum(row.yearly_grams for row in rows)
