"""What the pages of misuse cases show, gathered once."""

from __future__ import annotations

from typing import Any

from flask import url_for

from brand.certificate.rules import MISUSE
from brand.licence import queries as licences
from brand.misuse import evidence, paper, queries, rules
from brand.misuse.models import MisuseCase
from core import clock
from core.account.actor import Actor
from core.calendar.queries import deadline_of
from core.calendar.service import working_days_between
from core.file.queries import files_by_id
from core.organisation.queries import desk_id, names
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for


def chip(case: MisuseCase) -> tuple[str, str]:
    """Label and tone."""
    state = rules.MISUSE_CASE.state(case.state)
    return state.label, state.tone


def table(actor: Actor, *, office: bool) -> Table:
    """The list of cases."""
    columns = [
        Column("case_no", "案号", sort=MisuseCase.case_no, link=lambda c: url_for(".show", public_id=c.public_id)),
        Column("title", "事情", sort=MisuseCase.title),
        Column("mark", "标志", value=lambda c: rules.MARKS[c.mark]),
        Column("misuse", "类别", value=lambda c: rules.misuse_label(c.misuse) or "未定"),
        Column(
            "opened_at", "来件", kind="date", sort=MisuseCase.opened_at, value=lambda c: clock.local(c.opened_at).date()
        ),
        Column("due", "办理期限", value=_due_words),
        Column("state", "状态", kind="chip", value=chip),
    ]
    if office:
        columns.insert(
            3, Column("party_name", "当事人", sort=MisuseCase.party_name, value=lambda c: c.party_name or "未查明")
        )
    return Table(
        queries.listed(actor),
        columns=columns,
        filters=[
            Filter("q", "案号、事情或当事人", search=(MisuseCase.case_no, MisuseCase.title, MisuseCase.party_name)),
            Filter(
                "state", "状态", column=MisuseCase.state, choices=[(s.key, s.label) for s in rules.MISUSE_CASE.states]
            ),
            Filter("mark", "标志", column=MisuseCase.mark, choices=list(rules.MARKS.items())),
        ],
        name="misuse-cases",
        caption="标志监督",
        empty="没有案子。",
        scalars=True,
    )


def _due_words(case: MisuseCase) -> str:
    if case.state not in rules.RUNS:
        return "—"
    due = deadline_of(case, rules.RUNS[case.state])
    if due is None:
        return "—"
    over = "，已过" if case.state == "noticed" else "，已逾期"  # the party's own time: nobody is late with it
    late = over if due.date < clock.today() else "，暂定" if due.provisional else ""
    return f"{due.date.isoformat()}{late}"


def clock_of(case: MisuseCase) -> dict[str, Any] | None:
    """The working-day strip of the present step, or None."""
    if case.state not in rules.RUNS:
        return None
    purpose = rules.RUNS[case.state]
    due = deadline_of(case, purpose)
    if due is None:
        return None
    rows = history(rules.MISUSE_CASE, case.id)
    start = clock.local(
        next(
            (r.at for r in reversed(rows) if r.to_state == case.state and r.move not in ("answer", "note_correction")),
            case.opened_at,
        )
    )
    used = working_days_between(start.date(), clock.today()).days
    total = queries.working_days(purpose, start.date())
    answered = purpose == "hearing" and queries.answered(case)
    return {
        "label": rules.DEADLINES[purpose], "due": due, "used": used, "total": total, "answered": answered,
        "over": "已过" if purpose == "hearing" else "已逾期",
    }  # fmt: skip


def _takers(case: MisuseCase) -> list[int]:
    found = [desk_id("brand_office"), *(e.organisation_id for e in case.evidence)]
    return [each for each in found if each is not None]


def page(case: MisuseCase, actor: Actor) -> dict[str, Any]:
    """Everything the page of a case needs; the party gets nothing of who reported."""
    office = queries.in_office(actor)
    files = files_by_id([e.file_id for e in case.evidence if e.file_id is not None])
    return {
        "case": case,
        "workflow": rules.MISUSE_CASE,
        "office": office,
        "chip": chip(case),
        "marks": rules.MARKS,
        "classes": MISUSE,
        "sources": rules.SOURCES,
        "kinds": rules.EVIDENCE,
        "measures": rules.MEASURES,
        "measure_words": rules.measure_words(case.measures),
        "evidence": case.evidence,
        "files": files,
        "custody": evidence.custody_of(list(case.evidence)) if office else {},
        "acts": rules.ACTS,
        "papers": [(kind, paper.TITLES[kind]) for kind in paper.available(case)],
        "posts": names(_takers(case)),
        "correct_by": deadline_of(case, "correct") if "correct" in case.measures and case.decided_at else None,
        "takes": actor.can(rules.HANDLE) or actor.can(rules.DECIDE),
        "standing": evidence.standing(list(case.evidence), case.case_no),
        "reports": list(case.reports) if office and actor.can(rules.HANDLE) else [],
        "moves": moves_for(rules.MISUSE_CASE, case, actor),
        "history": history(rules.MISUSE_CASE, case.id),
        "clock": clock_of(case),
        "handles": actor.can(rules.HANDLE),
        "stating": actor.can(rules.HANDLE) and case.state in ("reported", "checking"),
        "gathering": actor.can(rules.HANDLE) and case.state in ("reported", "checking", "noticed", "proposed"),
        "licence": licences.licence_by_id(case.licence_id) if case.licence_id is not None else None,
    }


def licence_choices(case: MisuseCase) -> list[tuple[str, str]]:
    """The party's licences for a select field."""
    if case.party_id is None:
        return []
    return [
        (str(v.public_id), f"{v.licence_no}，{v.brand_name}，{v.state_label}")
        for v in licences.licences_of(case.party_id)
    ]
