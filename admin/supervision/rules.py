"""B6 inspection and B7 finding as tables, with their guards (R17, R51-R60).

B7 names one move for both notices (submit, ok, not_ok, due_passed); a move of our tables has one target, so the second
round is submit2, ok2, not_ok2, due_passed2.  Left out until clawback exists: ``fraud_decided`` (R25).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar.rules import Deadline, has_ended
from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

METHODS = {"site": "实地查看", "hearing": "听取报告", "files": "查看材料", "talk": "座谈", "other": "其他"}
PARTS = {"construction": "建设内容与方案、采购合同一致", "operation": "运营效果", "funds": "资金使用合法合规"}
INSPECTION_KINDS = {"month": "月度检查", "quarter": "季度资金检查", "spot": "抽查"}
OPEN_STATES = (
    "confirmed", "notice1_issued", "checking", "notice1_failed", "notice2_issued", "checking2", "notice2_failed",
    "termination_requested", "terminated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InspectionFacts:
    """What the moves of an inspection are decided on; None means: asked together with the click."""

    today: date
    slot_end: date | None
    methods: tuple[str, ...] = ()
    answers: Mapping[str, str] | None = None
    second_organ: str = ""
    kind: str = "month"
    finding_text: str | None = None
    statement: Deadline | None = None
    stated: bool = False


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """What the moves of a finding are decided on; None means: asked together with the click."""

    today: date
    actor_key: str
    inspector_key: str = ""
    due: Deadline | None = None
    doc_no: str | None = None
    due_on: date | None = None
    delivered_on: date | None = None
    evidence: str | None = None


def checklist_complete(facts: InspectionFacts) -> list[Unmet]:
    """R57: all three parts are answered and a method is named."""
    if facts.answers is None:
        return []
    found = [
        Unmet("R57", f"检查表第{i}部分“{label}”未填写。", "S五", "写明检查情况。", "检查人")
        for i, (key, label) in enumerate(PARTS.items(), start=1)
        if not facts.answers.get(key, "").strip()
    ]
    if not facts.methods or any(m not in METHODS for m in facts.methods):
        found.append(Unmet("R52", "没有选择检查方式。", "S四(一)1", "至少选一种检查方式。", "检查人"))
    if facts.kind == "quarter" and not facts.second_organ.strip():
        found.append(
            Unmet("R29", "资金专项检查须两个以上部门共同签字。", "F§3、F§16", "填写共同检查的部门。", "检查人")
        )
    return found


def slot_not_over(facts: InspectionFacts) -> list[Unmet]:
    """R52: a month's or quarter's inspection is not dated back."""
    if facts.slot_end is None or facts.today <= facts.slot_end:
        return []
    return [
        Unmet(
            "R52",
            f"这一期已于{facts.slot_end:%m月%d日}结束，检查不能倒填。",
            "S四(一)",
            "补做一次抽查并写明原因。",
            "检查人",
        )
    ]


def slot_over(facts: InspectionFacts) -> list[Unmet]:
    """A slot is missed only after its last day."""
    if facts.slot_end is not None and facts.today > facts.slot_end:
        return []
    return [Unmet("R52", "这一期还没有结束。", "S四(一)", "期满后自动标记。", "系统")]


def finding_named(facts: InspectionFacts) -> list[Unmet]:
    """R54: a finding says what is wrong."""
    if facts.finding_text is None or facts.finding_text.strip():
        return []
    return [Unmet("R54", "没有写明发现的问题。", "S一(四)", "写明问题和依据。", "检查人")]


def statement_over(facts: InspectionFacts) -> list[Unmet]:
    """R60: the undertaker has stated its case, or had its working days to do so."""
    if facts.stated or (facts.statement is not None and has_ended(facts.statement, facts.today)):
        return []
    until = f"{facts.statement.date.month}月{facts.statement.date.day}日24:00" if facts.statement else "期满"
    return [Unmet("R60", f"承办企业陈述期至{until}。", "控制要求", "等待陈述，或期满后再确认。", "承办企业")]


def notice_complete(facts: FindingFacts) -> list[Unmet]:
    """R55: a notice has a document number, a term, and a delivery."""
    found = []
    if facts.doc_no is not None and not facts.doc_no.strip():
        found.append(Unmet("R55", "整改通知没有文号。", "S二", "填写文号。", "县商务局"))
    if facts.doc_no is not None and (facts.due_on is None or facts.due_on <= facts.today):
        found.append(Unmet("R55", "整改期限要晚于今天。", "S二", "写明整改到哪一天。", "县商务局"))
    if facts.doc_no is not None and facts.delivered_on is None:
        found.append(Unmet("R55", "没有登记送达日期。", "S二", "登记送达回执的日期。", "县商务局"))
    return found


def evidence_given(facts: FindingFacts) -> list[Unmet]:
    """A correction is shown, not claimed."""
    if facts.evidence is None or facts.evidence.strip():
        return []
    return [Unmet("R54", "没有说明怎么整改的。", "S一(四)", "写明整改情况并附照片或材料。", "承办企业")]


def other_than_inspector(facts: FindingFacts) -> list[Unmet]:
    """R59: who checks the correction is not who raised the finding."""
    if not facts.inspector_key or facts.actor_key != facts.inspector_key:
        return []
    return [Unmet("R59", "复核人员不得与原检查人员相同。", "S一(三)", "请另一名人员复核。", "县商务局")]


def due_passed(facts: FindingFacts) -> list[Unmet]:
    """The term of a notice has ended (24:00 of its day)."""
    if facts.due is not None and has_ended(facts.due, facts.today):
        return []
    until = f"（{facts.due.date:%m月%d日}）" if facts.due else ""
    return [Unmet("R55", f"整改期限{until}未届满。", "S二", "期满后自动办理。", "系统")]


def two_notices(facts: FindingFacts) -> list[Unmet]:
    """R55: only after the second notice's term has ended may termination be requested."""
    if facts.due is not None and has_ended(facts.due, facts.today):
        return []
    until = f"（{facts.due.date:%m月%d日}）" if facts.due else ""
    return [Unmet("R55", f"第二次期限{until}未届满，不能提请终止。", "S二", "期限届满后再提请。", "县商务局")]


INSPECTION = Workflow(
    key="admin.inspection",
    label="监督检查",
    article="监管制度 §4、§5",
    states=[
        State("planned", "已安排", "todo"),
        State("in_progress", "检查中", "busy"),
        State("recorded", "已记录", "busy"),
        State("awaiting_statement", "等待陈述", "busy"),
        State("confirmed", "问题已确认", "todo", final=True),
        State("dropped", "问题不成立", "ok", final=True),
        State("closed", "未发现问题", "ok", final=True),
        State("missed", "逾期未检查", "bad", final=True),
    ],
    initial="planned",
    moves=[
        Move("start", "开始检查", ["planned"], "in_progress", "admin.supervision.inspect", guards=[slot_not_over], who="县商务局检查人"),
        Move("record", "记录检查表", ["in_progress"], "recorded", "admin.supervision.inspect", guards=[checklist_complete], who="县商务局检查人"),
        Move("no_finding", "未发现问题", ["recorded"], "closed", "admin.supervision.inspect", who="县商务局检查人"),
        Move("finding", "发现问题", ["recorded"], "awaiting_statement", "admin.supervision.inspect", guards=[finding_named], who="县商务局检查人"),
        Move("statement", "陈述申辩", ["awaiting_statement"], "awaiting_statement", "admin.supervision.state_case", by="owner",
             reason=True, who="承办企业"),
        Move("confirm", "确认问题", ["awaiting_statement"], "confirmed", "admin.supervision.inspect", guards=[statement_over], who="县商务局检查人"),
        Move("drop", "问题不成立", ["awaiting_statement"], "dropped", "admin.supervision.inspect", reason=True, who="县商务局检查人"),
        Move("miss", "逾期未检查", ["planned", "in_progress"], "missed", None, by="system", guards=[slot_over]),
    ],
)  # fmt: skip

FINDING = Workflow(
    key="admin.finding",
    label="问题整改与退出",
    article="监管制度 §2",
    states=[
        State("confirmed", "已确认，待通知", "todo"),
        State("notice1_issued", "整改中（第一次通知）", "todo"),
        State("checking", "复核中", "busy"),
        State("closed", "已办结", "ok", final=True),
        State("notice1_failed", "第一次整改未到位", "bad"),
        State("notice2_issued", "整改中（第二次通知）", "todo"),
        State("checking2", "再次复核中", "busy"),
        State("notice2_failed", "第二次整改未到位", "bad"),
        State("termination_requested", "已提请终止", "bad"),
        State("terminated", "已终止", "bad", final=True),
    ],
    initial="confirmed",
    moves=[
        Move("notice1", "下达第一次整改通知", ["confirmed"], "notice1_issued", "admin.supervision.notice", guards=[notice_complete], who="县商务局"),
        Move("submit", "提交整改", ["notice1_issued"], "checking", "admin.supervision.state_case", by="owner", guards=[evidence_given], who="承办企业"),
        Move("ok", "整改到位", ["checking"], "closed", "admin.supervision.check", guards=[other_than_inspector],
             not_same_person_as=["notice1"], who="另一名人员"),
        Move("not_ok", "整改不到位", ["checking"], "notice1_failed", "admin.supervision.check", guards=[other_than_inspector],
             not_same_person_as=["notice1"], reason=True, who="另一名人员"),
        Move("due_passed", "期限届满未整改", ["notice1_issued"], "notice1_failed", None, by="system", guards=[due_passed]),
        Move("notice2", "下达第二次整改通知", ["notice1_failed"], "notice2_issued", "admin.supervision.notice", guards=[notice_complete], who="县商务局"),
        Move("submit2", "再次提交整改", ["notice2_issued"], "checking2", "admin.supervision.state_case", by="owner", guards=[evidence_given], who="承办企业"),
        Move("ok2", "再次整改到位", ["checking2"], "closed", "admin.supervision.check", guards=[other_than_inspector],
             not_same_person_as=["notice2"], who="另一名人员"),
        Move("not_ok2", "再次整改不到位", ["checking2"], "notice2_failed", "admin.supervision.check", guards=[other_than_inspector],
             not_same_person_as=["notice2"], reason=True, who="另一名人员"),
        Move("due_passed2", "第二次期限届满", ["notice2_issued"], "notice2_failed", None, by="system", guards=[due_passed]),
        Move("request", "提请终止", ["notice2_failed"], "termination_requested", "admin.supervision.notice", guards=[two_notices],
             reason=True, irreversible=True, who="县商务局"),
        Move("approve", "同意终止", ["termination_requested"], "terminated", "admin.supervision.decide", reason=True, irreversible=True, who="县政府"),
        Move("refuse", "不同意终止，另定期限", ["termination_requested"], "notice2_issued", "admin.supervision.decide", reason=True,
             guards=[notice_complete], who="县政府"),
    ],
)  # fmt: skip


def slot_end(kind: str, period_start: date) -> date | None:
    """The last day of a month or quarter; spot checks have no slot."""
    if kind == "spot":
        return None
    months = 1 if kind == "month" else 3
    month = period_start.month - 1 + months
    return date(period_start.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def slot_label(kind: str, period_start: date) -> str:
    """How a slot is called: 2026年9月, 2026年第3季度, or the day of a spot check."""
    if kind == "month":
        return f"{period_start.year}年{period_start.month}月"
    if kind == "quarter":
        return f"{period_start.year}年第{(period_start.month - 1) // 3 + 1}季度"
    return f"{period_start.year}年{period_start.month}月{period_start.day}日"
