"""The notice and the decision on paper, for a party that is told by hand; made anew from the case at each call."""

from __future__ import annotations

from typing import Any

from brand.misuse import rules
from brand.misuse.errors import CaseNotFound
from brand.misuse.models import MisuseCase
from core import clock
from core.calendar.queries import deadline_of
from core.document.service import typeset
from core.organisation.queries import desk_id, get_organisation
from core.workflow.engine import history

TITLES = {"notice": "告知书", "decision": "决定书"}


def available(case: MisuseCase) -> list[str]:
    """Which papers the case has by now."""
    return [kind for kind, at in (("notice", case.noticed_at), ("decision", case.decided_at)) if at is not None]


def pdf(case: MisuseCase, kind: str) -> bytes:
    """The paper as PDF; CaseNotFound before there is one."""
    if kind not in available(case):
        raise CaseNotFound()
    return typeset("brand/misuse/paper.typ", content(case, kind))


def content(case: MisuseCase, kind: str) -> dict[str, Any]:
    """What stands on the paper."""
    at = case.noticed_at if kind == "notice" else case.decided_at
    assert at is not None
    desk = desk_id("brand_office")
    common = {
        "title": TITLES[kind], "case_no": case.case_no, "party": case.party_name,
        "on": clock.local(at).date().isoformat(), "issuer": get_organisation(desk).name if desk is not None else "",
        "evidence": [
            [rules.EVIDENCE[e.kind], e.title, e.digest, clock.local(e.sealed_at).strftime("%Y-%m-%d %H:%M")]
            for e in case.evidence if e.sealed_at <= at
        ],
    }  # fmt: skip
    facts = [["标志", rules.MARKS[case.mark]], ["类别", rules.misuse_label(case.misuse)]]
    facts += [[label, value] for label, value in (("地点", case.place), ("网址", case.link)) if value]
    return common | (_notice(case, facts) if kind == "notice" else _decision(case, facts))


def _notice(case: MisuseCase, facts: list[list[str]]) -> dict[str, Any]:
    told = [row for row in history(rules.MISUSE_CASE, case.id) if row.move == "notify"]
    said = max(told, key=lambda row: row.at).reason if told else ""
    until = _last_day(case, "hearing")
    return {
        "lines": _lines(said),
        "facts": facts,
        "rights": [
            f"你可以在 {until} 24:00 前向品牌办公室陈述申辩，也可以在这以前申请听证。",
            "听证由没有参加核查的人员主持。陈述申辩和申请听证不会加重处理。",
        ],
    }


def _decision(case: MisuseCase, facts: list[list[str]]) -> dict[str, Any]:
    rights = ["不服的，可以向品牌办公室的上级机关反映，或依法寻求救济。"]
    if "correct" in case.measures:
        rights.insert(0, f"请在 {_last_day(case, 'correct')} 24:00 前改正，改好后告诉品牌办公室核实。")
    facts = [*facts, ["处理", rules.measure_words(case.measures)]]
    if case.outcome:
        facts.append(["已经办的", case.outcome])
    return {"lines": _lines(case.decision), "facts": facts, "rights": rights}


def _last_day(case: MisuseCase, purpose: str) -> str:
    due = deadline_of(case, purpose)
    if due is None:
        raise CaseNotFound()
    return f"{due.date.isoformat()}（暂定）" if due.provisional else due.date.isoformat()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
