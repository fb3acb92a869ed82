"""What the pages of a case show, gathered once."""

from __future__ import annotations

from typing import Any

from flask import url_for

from brand.licence import facts, queries, rules, service
from brand.licence.models import Licence
from brand.matrix import queries as matrix
from core import clock
from core.account.actor import Actor
from core.calendar.queries import deadline_of
from core.calendar.service import working_days_between
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.taxonomy.queries import labels
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for


def brand_of(licence: Licence) -> matrix.BrandView:
    """The brand the application is for."""
    return matrix.get_brand(licence.brand_id)


def case_table(actor: Actor, *, office: bool) -> Table:
    """The list of cases: with the enterprise's name for the office."""
    columns = [
        Column("case_no", "申请号", sort=Licence.case_no, link=lambda c: url_for(".show", public_id=c.public_id)),
        Column("brand_id", "品牌", value=lambda c: brand_of(c).name),
        Column("submitted_at", "提交", kind="date", sort=Licence.submitted_at, value=lambda c: _day(c.submitted_at)),
        Column("licence_no", "授权编号", sort=Licence.licence_no),
        Column("valid_until", "有效期至", kind="date", sort=Licence.valid_until),
        Column("state", "状态", kind="chip", value=state_chip),
    ]
    query = queries.cases(actor)
    search: list[Any] = [Licence.case_no, Licence.licence_no]
    if office:
        org_name, sort_key = organisations.name_of(Licence.organisation_id)
        name = Column(
            "organisation_id",
            "申请企业",
            sort=sort_key,
            value=lambda c: organisations.get_organisation(c.organisation_id).name,
        )
        columns.insert(1, name)
        search.append(org_name)
    return Table(
        query,
        columns=columns,
        filters=[
            Filter("q", "申请号、授权编号" + ("或企业" if office else ""), search=tuple(search)),
            Filter("state", "状态", column=Licence.state, choices=[(s.key, s.label) for s in rules.LICENCE.states]),
        ],
        default_sort="-case_no",
        name="licence-cases",
        empty="还没有申请。",
        scalars=True,
    )


def _day(moment: Any) -> Any:
    return clock.local(moment).date() if moment is not None else None


def state_chip(licence: Licence) -> tuple[str, str]:
    """Label and tone of a case as of today: a licence past its day reads 已到期 at once."""
    if licence.licence_no is not None and licence.state == "licensed":
        view = queries.view(licence)
        if view.state != "in_force":
            return view.state_label, "bad" if view.state == "expired" else "todo"
    state = rules.LICENCE.state(licence.state)
    return state.label, state.tone


def case_page(licence: Licence, actor: Actor) -> dict[str, Any]:
    """Everything both pages of a case need."""
    now = clock.now()
    found = facts.load_facts(licence, rules.LICENCE.move("submit"), actor, now, {})
    unmet = rules.unfit(found) if licence.decided_at is None and licence.state not in ("refused", "abandoned") else []
    deadline = deadline_of(licence, rules.DEADLINE)
    start, end = rules.default_term(clock.today())
    return {
        "licence": licence,
        "workflow": rules.LICENCE,
        "chip": state_chip(licence),
        "brand": brand_of(licence),
        "holder": organisations.get_organisation(licence.organisation_id),
        "rows": row_lines(licence, unmet),
        "evidence": evidence_lines(licence),
        "kinds": rules.EVIDENCE,
        "unmet": unmet,
        "checked": rules.condition_count(found),
        "moves": moves_for(rules.LICENCE, licence, actor),
        "history": history(rules.LICENCE, licence.id),
        "deadline": deadline,
        "days": days_used(licence) if deadline and licence.state in ("submitted", "screened") else None,
        "checks": queries.cross_checks(licence),
        "editable": licence.state in service.EDITABLE,
        "view": queries.view(licence) if licence.licence_no else None,
        "term": (start, end),
        "advice": advice(licence),
    }


def row_lines(licence: Licence, unmet: list[Any]) -> list[dict[str, Any]]:
    """The scope rows for the table: names, quantity, area, kg per mu as a plain fact, and what is unmet about them."""
    words = labels([c for r in licence.scope for c in (r.variety, r.form, r.specification)])
    named = {row.id: row.label for row in queries.scope_rows(licence)}
    lines = []
    for row in licence.scope:
        mu = row.area_m2 / 666.67 if row.area_m2 else None
        bad = next((u.message for u in unmet if u.message.startswith(named[row.id])), "")
        lines.append(
            {
                "row": row,
                "variety": words.get(row.variety, row.variety),
                "form": words.get(row.form, row.form),
                "specification": words.get(row.specification, row.specification),
                "mu": f"{mu:,.1f}" if mu else None,
                "per_mu": f"{row.yearly_grams / 1000 / mu:,.0f}" if mu else None,
                "fault": bad.partition("：")[2],
            }
        )
    return lines


def evidence_lines(licence: Licence) -> list[dict[str, Any]]:
    """The evidence for the table, the missing required kinds included."""
    files = files_by_id([e.file_id for e in licence.evidence])
    words = labels([e.specification for e in licence.evidence])
    today = clock.today()
    lines: list[dict[str, Any]] = []
    for item in licence.evidence:
        expired = item.valid_until is not None and item.valid_until < today
        old = item.kind == "test_report" and (
            item.issued_on is None or item.issued_on < rules.add_months(today, -rules.TEST_REPORT_MONTHS)
        )
        lines.append(
            {
                "item": item,
                "name": rules.EVIDENCE[item.kind],
                "about": words.get(item.specification or "", ""),
                "file": files[item.file_id],
                "chip": ("已过期", "bad") if expired else ("超过 6 个月", "bad") if old else ("已提供", "ok"),
            }
        )
    there = {e.kind for e in licence.evidence}
    lines += [
        {"item": None, "name": rules.EVIDENCE[kind], "about": "", "file": None, "chip": ("未提供", "none")}
        for kind in (*rules.REQUIRED_EVIDENCE, "packaging")
        if kind not in there
    ]
    return lines


def days_used(licence: Licence) -> tuple[int, int]:
    """Working days used since the (last) submission, and how many there are."""
    rows = [row for row in history(rules.LICENCE, licence.id) if row.move == "submit"]
    if not rows:
        return 0, rules.REVIEW_WORKING_DAYS
    used = working_days_between(clock.local(rows[-1].at).date(), clock.today()).days
    return used, rules.REVIEW_WORKING_DAYS


def advice(licence: Licence) -> str:
    """What the screener advised, for the decider: the latest screening move's label and words."""
    rows = [row for row in history(rules.LICENCE, licence.id) if row.move in ("screen", "advise_against")]
    if licence.state != "screened" or not rows:
        return ""
    label = rules.LICENCE.move(rows[-1].move).label
    return f"{label}：{rows[-1].reason}" if rows[-1].reason else label


def consequences(licence: Licence) -> list[str]:
    """What follows from the irreversible moves of a case, for the page that asks again."""
    if licence.state == "licensed":
        return [
            "从今天起授权失效，不能再新印标签。",
            "已印的标签照常可扫，页面会写明已撤销和理由。",
            "撤销会记入公开日志。",
        ]
    if licence.state == "screened":
        return ["不予授权要写明依据，申请企业会看到。"]
    return ["撤回以后不能恢复，要用请重新申请。"]
