"""B5 as a table, with its guards (R18-R20, R31-R43; 验收制度; 资金办法 §8, §17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from admin.acceptance.rules_policy import AcceptanceTerms
from core.calendar.rules import Deadline, has_ended
from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

FINAL_WORKING_DAYS = 15  # 资金办法 §17: within 15 working days of receiving the application
CRITERIA = "2022-v1"
UNITS: dict[str, str] = {
    "COM": "县商务局",
    "FIN": "县财政局",
    "REV": "县乡村振兴局",
    "AUD": "县审计局",
    "EXT": "第三方机构",
    "MEM": "其他成员单位",
}
REQUIRED_UNITS = ("COM", "FIN", "REV")
STAGE_MATERIALS: dict[str, str] = {
    "expense_list": "费用支出明细表",
    "vouchers": "记账凭证",
    "invoices": "发票",
    "contract": "合同",
    "schedule": "进度表",
    "content": "建设内容佐证",
    "effect": "成效材料",
}
VETOES: dict[str, tuple[str, str, str]] = {
    "open_service": ("R18", "未登记开放共享服务情况，不予验收。", "登记开放时间、服务内容和价格。"),
    "bookkeeping": ("R19", "未进行专账核算，不予验收。", "登记专账账户和记账人。"),
    "asset_ledger": ("R20", "没有资产台账，不予验收。", "上传资产管理台账。"),
}


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member of the group: unit, person, chair or not, declaration and vote (None = not given yet)."""

    unit: str
    person_key: str
    chair: bool
    declared: bool
    approves: bool | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the moves of an acceptance case are decided on; None means: asked together with the click."""

    today: date
    kind: str
    actor_key: str = ""
    applicant_is_undertaker: bool = False
    evidence: frozenset[str] = frozenset()
    earlier_open: int = 0
    members: tuple[MemberFacts, ...] = ()
    inspectors: frozenset[str] = frozenset()
    undertaker_staff: frozenset[str] = frozenset()
    progress_percent: int = 0
    operation_days: int = 0
    fix_due_on: date | None = None
    new_due_on: date | None = None
    asks_due: bool = False
    fix_text: str | None = None
    round: int = 1
    disclosed: bool = False
    meeting_given: bool | None = None
    filings: tuple[str, str] | None = None
    terms: AcceptanceTerms = field(default_factory=AcceptanceTerms)


def applied_by_undertaker(facts: CaseFacts) -> list[Unmet]:
    """R32: only the undertaker of the contract applies."""
    if facts.applicant_is_undertaker:
        return []
    return [Unmet("R32", "验收申请须由承办企业提交。", "A§4、F§17", "请承办企业登录后提交。", "承办企业")]


def materials_complete(facts: CaseFacts) -> list[Unmet]:
    """R33: the books, the schedule, proof of content and of effect are all there."""
    return [
        Unmet("R33", f"验收材料不齐：{label}。", "A§4(二)", "在项目页“补充材料”上传。", "承办企业")
        for kind, label in STAGE_MATERIALS.items()
        if kind not in facts.evidence
    ]


def no_stage_skipped(facts: CaseFacts) -> list[Unmet]:
    """R31: earlier stages (for the final acceptance all) are accepted first."""
    if not facts.earlier_open:
        return []
    return [
        Unmet("R31", f"还有 {facts.earlier_open} 个在前的阶段尚未验收。", "A§5(一)", "按顺序办理验收。", "承办企业")
    ]


def no_veto(facts: CaseFacts) -> list[Unmet]:
    """R18, R19, R20: without open service, separate books and an asset ledger there is no acceptance."""
    return [
        Unmet(rule, message, "F§8", cure, "承办企业")
        for kind, (rule, message, cure) in VETOES.items()
        if kind not in facts.evidence
    ]


def group_formed(facts: CaseFacts) -> list[Unmet]:
    """R36: commerce, finance and rural bureaus sit, the number is odd, one member chairs."""
    units = {m.unit for m in facts.members}
    found = [
        Unmet("R36", f"验收小组缺少{UNITS[u]}人员。", "A§3、A§5(三)", "补齐成员单位。", "县商务局")
        for u in REQUIRED_UNITS
        if u not in units
    ]
    if facts.terms.odd_group and len(facts.members) % 2 == 0:
        found.append(
            Unmet(
                "R36",
                f"验收小组现有 {len(facts.members)} 人，须为单数。",
                "规则取值",
                "增减一名成员。",
                "县商务局",
            )
        )
    if sum(m.chair for m in facts.members) != 1:
        found.append(Unmet("R36", "验收小组要有一名组长。", "A§5(三)", "指定一名组长。", "县商务局"))
    return found


def no_conflict(facts: CaseFacts) -> list[Unmet]:
    """R37: no member works for the undertaker, and the chair did not inspect the project."""
    found = []
    for member in facts.members:
        if member.person_key in facts.undertaker_staff:
            found.append(Unmet("R37", "有成员与承办企业存在关联，须回避。", "控制要求", "更换该成员。", "县商务局"))
        if member.chair and member.person_key in facts.inspectors:
            found.append(Unmet("R37", "组长做过本项目的日常检查，须换人。", "控制要求", "另行指定组长。", "县商务局"))
    return found


def chair_acts(facts: CaseFacts) -> list[Unmet]:
    """Only the group's own chair decides for the group."""
    if any(m.chair and m.person_key == facts.actor_key for m in facts.members):
        return []
    return [Unmet("R36", "只有本次验收小组的组长可以办理。", "A§5(三)", "请本组组长登录办理。", "验收小组组长")]


def really_operating(facts: CaseFacts) -> list[Unmet]:
    """R35: the content is complete and the thing has run as long as the town asks for the final acceptance."""
    found = []
    if facts.progress_percent < 100 and facts.kind == "final":
        found.append(Unmet("R35", "建设内容未完成，不具备验收条件。", "A§8(一)", "完工后再验收。", "承办企业"))
    if facts.kind == "final" and facts.operation_days < facts.terms.operation_days:
        found.append(
            Unmet(
                "R35",
                f"投入运营 {facts.operation_days} 天，不足 {facts.terms.operation_days} 天（规则取值）。",
                "A§8(一)",
                "运营稳定后再验收。",
                "承办企业",
            )
        )
    return found


def meeting_fixed(facts: CaseFacts) -> list[Unmet]:
    """R42: after deciding to accept, date and place are set."""
    if facts.meeting_given is None or facts.meeting_given:
        return []
    return [Unmet("R42", "还没有定验收的时间和地点。", "A§4(三)", "填写时间和地点。", "验收小组组长")]


def all_scored(facts: CaseFacts) -> list[Unmet]:
    """Every member has declared and scored on an own login."""
    missing = sum(not m.declared or m.approves is None for m in facts.members)
    if not missing:
        return []
    return [
        Unmet("R40", f"还有 {missing} 名成员没有声明回避情况并评分。", "A§6", "请各成员本人登录评分。", "验收小组成员")
    ]


def enough_votes(facts: CaseFacts) -> list[Unmet]:
    """A pass needs the town's share of the group: two thirds where nothing else was set."""
    votes, total = sum(bool(m.approves) for m in facts.members), len(facts.members)
    share = facts.terms.pass_share
    if total and votes >= share * total:
        return []
    return [
        Unmet(
            "R39",
            f"同意 {votes} 人，共 {total} 人，不足 {share}（规则取值）。",
            "A§8",
            "按不通过出具整改意见。",
            "验收小组",
        )
    ]


def due_given(facts: CaseFacts) -> list[Unmet]:
    """R39: a rectification opinion carries a term."""
    if not facts.asks_due or (facts.new_due_on is not None and facts.new_due_on > facts.today):
        return []
    return [Unmet("R39", "未通过验收须填写整改意见和整改期限。", "A§8(二)", "写明整改到哪一天。", "验收小组组长")]


def fix_shown(facts: CaseFacts) -> list[Unmet]:
    """A rectification is described and comes before its term."""
    found = []
    if facts.fix_text is not None and not facts.fix_text.strip():
        found.append(Unmet("R39", "没有写明怎么整改的。", "A§8(二)", "写明整改情况。", "承办企业"))
    if facts.fix_due_on is not None and has_ended(Deadline(facts.fix_due_on), facts.today):
        found.append(
            Unmet("R39", f"整改期限已于{facts.fix_due_on:%m月%d日}届满。", "A§8(二)", "转入日常监管整改。", "县商务局")
        )
    return found


def rounds_left(facts: CaseFacts) -> list[Unmet]:
    """At most the town's number of rounds."""
    if facts.round < facts.terms.max_rounds:
        return []
    return [Unmet("R39", f"已整改 {facts.round} 轮，不再给期限。", "规则取值", "出具不通过结论。", "验收小组组长")]


def rounds_used(facts: CaseFacts) -> list[Unmet]:
    """Failing for good comes after the last round."""
    if facts.round >= facts.terms.max_rounds:
        return []
    return [Unmet("R39", "还可以再整改一轮。", "规则取值", "先给出整改期限。", "验收小组组长")]


def not_the_inspector(facts: CaseFacts) -> list[Unmet]:
    """R59: the re-check is done by somebody who did not inspect."""
    if facts.actor_key not in facts.inspectors:
        return []
    return [Unmet("R59", "复核人员不得与原检查人员相同。", "S一(三)", "请另一名人员复核。", "验收小组")]


def term_over(facts: CaseFacts) -> list[Unmet]:
    """The rectification term has ended."""
    if facts.fix_due_on is not None and has_ended(Deadline(facts.fix_due_on), facts.today):
        return []
    return [Unmet("R39", "整改期限未届满。", "A§8(二)", "期满后自动办理。", "系统")]


def result_disclosed(facts: CaseFacts) -> list[Unmet]:
    """R41: the result stands in the public column."""
    if facts.disclosed:
        return []
    return [Unmet("R41", "验收结果还没有在专栏公开。", "A§7", "公开稿已自动起草，提交并由另一人审核发布。", "县商务局")]


def filed_twice(facts: CaseFacts) -> list[Unmet]:
    """R38: report, audit report, and the filing numbers of city and province."""
    found = [
        Unmet("R38", f"缺少{label}，终期验收不能归档备案。", "F§17", "上传后再备案。", "县商务局")
        for kind, label in (("acceptance_report", "验收报告"), ("audit_report", "审计报告"))
        if kind not in facts.evidence
    ]
    if facts.kind != "final":
        found.append(Unmet("R38", "只有终期验收需要报市、省备案。", "F§17", "阶段验收公开后即可用于拨付。", "县商务局"))
    if facts.filings is not None and not all(f.strip() for f in facts.filings):
        found.append(Unmet("R38", "缺少市商务局或省商务厅的备案号。", "F§17", "填写两个备案号。", "县商务局"))
    return found


CASE = Workflow(
    key="admin.acceptance",
    label="项目验收",
    article="验收制度",
    states=[
        State("draft", "草稿", "todo"),
        State("applied", "已申请", "busy"),
        State("returned", "不予受理", "bad", final=True),
        State("preparing", "筹备中", "busy"),
        State("scheduled", "已定时间", "busy"),
        State("evaluated", "已评议", "busy"),
        State("rectifying", "整改中", "todo"),
        State("overdue", "整改逾期", "bad", final=True),
        State("rechecking", "复核中", "busy"),
        State("failed", "未通过", "bad", final=True),
        State("passed_pending_gov", "验收合格，待县政府审核", "busy"),
        State("passed", "已通过，待公开", "ok"),
        State("published", "已公开", "ok"),
        State("filed", "已备案", "ok", final=True),
    ],
    initial="draft",
    moves=[
        Move("apply", "申请验收", ["draft"], "applied", "admin.acceptance.apply", by="owner",
             guards=[applied_by_undertaker, materials_complete, no_stage_skipped], who="承办企业"),
        Move("not_accept", "不予受理", ["applied"], "returned", "admin.acceptance.review", reason=True, who="县商务局"),
        Move("accept", "受理", ["applied"], "preparing", "admin.acceptance.review", guards=[no_veto, group_formed, no_conflict], who="县商务局"),
        Move("ready", "予以验收，定时间地点", ["preparing"], "scheduled", "admin.acceptance.chair",
             guards=[chair_acts, really_operating, meeting_fixed], who="验收小组组长"),
        Move("not_ready", "不具备验收条件", ["preparing"], "returned", "admin.acceptance.chair", guards=[chair_acts], reason=True, who="验收小组组长"),
        Move("inspect", "完成现场验收和评分", ["scheduled"], "evaluated", "admin.acceptance.chair", guards=[chair_acts, all_scored], who="验收小组组长"),
        Move("pass", "验收合格", ["evaluated"], "passed_pending_gov", "admin.acceptance.chair", guards=[chair_acts, enough_votes], reason=True, who="验收小组组长"),
        Move("fail", "验收不合格，限期整改", ["evaluated"], "rectifying", "admin.acceptance.chair", guards=[chair_acts, due_given], reason=True, who="验收小组组长"),
        Move("submit_fix", "提交整改", ["rectifying"], "rechecking", "admin.acceptance.apply", by="owner", guards=[fix_shown], who="承办企业"),
        Move("overdue", "整改逾期", ["rectifying"], "overdue", None, by="system", guards=[term_over]),
        Move("fixed", "复核合格", ["rechecking"], "passed_pending_gov", "admin.acceptance.chair", guards=[chair_acts, not_the_inspector], reason=True, who="验收小组组长"),
        Move("not_fixed", "复核不合格，再整改", ["rechecking"], "rectifying", "admin.acceptance.chair",
             guards=[chair_acts, not_the_inspector, rounds_left, due_given], reason=True, who="验收小组组长"),
        Move("not_fixed_final", "复核不合格，不再整改", ["rechecking"], "failed", "admin.acceptance.chair",
             guards=[chair_acts, not_the_inspector, rounds_used], reason=True, who="验收小组组长"),
        Move("gov_ok", "县政府审核同意", ["passed_pending_gov"], "passed", "admin.acceptance.govern", who="县政府"),
        Move("gov_return", "县政府退回", ["passed_pending_gov"], "evaluated", "admin.acceptance.govern", reason=True, who="县政府"),
        Move("publicise", "公开验收结果", ["passed"], "published", "admin.acceptance.file", guards=[result_disclosed], who="县商务局"),
        Move("file", "报市、省备案", ["published"], "filed", "admin.acceptance.file", guards=[filed_twice], who="县商务局"),
    ],
)  # fmt: skip
