"""What the pages of a case show, gathered once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import and_, or_

from brand.licence import facts, queries, quota, review_service, rules, service, sub_service, term_service
from brand.licence.models import Licence
from brand.licence.rules_policy import LicenceTerms
from brand.licence.rules_sub import SUBLICENCE
from brand.matrix import queries as matrix
from core import clock
from core.account.actor import Actor
from core.calendar.queries import deadline_of
from core.calendar.service import working_days_between
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.policy.queries import terms
from core.taxonomy.queries import labels
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for

CASE_WORDS = {"new": "申请", "renewal": "续期申请", "change": "变更申请"}
RUNNING = ("submitted", "accepted", "screened", "publicised", "appealed")


def brand_of(licence: Licence) -> matrix.BrandView:
    """The brand the application is for."""
    return matrix.get_brand(licence.brand_id)


def case_table(actor: Actor, *, office: bool) -> Table:
    """The list of cases: one statement for the page, one for the count; with the enterprise's name for the office."""
    brand_name = matrix.name_of(Licence.brand_id)
    columns = [
        Column("case_no", "申请号", sort=Licence.case_no, link=lambda c: url_for(".show", public_id=c.public_id)),
        Column("kind", "类别", sort=Licence.kind, value=lambda c: rules.KINDS[c.kind]),
        Column("brand_name", "品牌", sort=brand_name),
        Column("submitted_at", "提交", kind="date", sort=Licence.submitted_at, value=lambda c: _day(c.submitted_at)),
        Column("licence_no", "授权编号", sort=Licence.licence_no),
        Column("valid_until", "有效期至", kind="date", sort=Licence.valid_until),
        Column("state", "状态", kind="chip", sort=Licence.state, value=state_chip),
    ]
    fields: list[Any] = [
        Licence.id, Licence.public_id, Licence.case_no, Licence.kind, Licence.submitted_at, Licence.licence_no,
        Licence.valid_from, Licence.valid_until, Licence.ended_on, Licence.state, brand_name.label("brand_name"),
    ]  # fmt: skip
    if office:
        org_name, sort_key = organisations.name_of(Licence.organisation_id)
        columns.insert(1, Column("organisation", "申请企业", sort=sort_key))
        fields.append(org_name.label("organisation"))
    today = clock.today()
    return Table(
        queries.cases(actor).with_only_columns(*fields),
        columns=columns,
        filters=[
            Filter(
                "q",
                "申请号、授权编号" + ("或企业" if office else ""),
                clause=lambda given: words_clause(given, office=office),
            ),
            Filter("state", "状态", column=Licence.state, choices=[(s.key, s.label) for s in rules.LICENCE.states]),
            Filter("kind", "类别", column=Licence.kind, choices=list(rules.KINDS.items())),
            Filter(
                "brand",
                "品牌",
                column=Licence.brand_id,
                choices=[(b.id, b.name) for b in matrix.brands(active_only=False)],
            ),
            Filter(
                "ends",
                "到期",
                choices=[("60", "60 天内到期"), ("over", "已过到期日")],
                clause=lambda given: ends_clause(given, today),
            ),
        ],
        default_sort="-case_no",
        name="licence-cases",
        empty="还没有申请。",
        scalars=False,
    )


def words_clause(given: str, *, office: bool) -> Any:
    """Cases whose numbers hold the words; for the office also those of enterprises that match, found once and not per case."""
    fits = [Licence.case_no.icontains(given, autoescape=True), Licence.licence_no.icontains(given, autoescape=True)]
    if office:
        fits.append(Licence.organisation_id.in_(organisations.matching_ids(given)))
    return or_(*fits)


def ends_clause(given: str, today: date) -> Any:
    """Licences that stand by their stored state and end soon, or whose day has passed."""
    if given == "over":
        return Licence.valid_until < today
    soon = Licence.valid_until.between(today, today + timedelta(days=60))
    return and_(soon, Licence.state.in_(("licensed", "suspended")))


def _day(moment: Any) -> Any:
    return clock.local(moment).date() if moment is not None else None


def state_chip(row: Any) -> tuple[str, str]:
    """Label and tone of a case as of today: a licence past its day reads 已到期 at once."""
    if row.state in ("licensed", "suspended"):
        today = clock.today()
        if today > row.valid_until:
            return rules.STATE_LABELS["expired"], "bad"
        if today < row.valid_from:
            return rules.STATE_LABELS["not_yet"], "todo"
    state = rules.LICENCE.state(row.state)
    return state.label, state.tone


def case_page(licence: Licence, actor: Actor) -> dict[str, Any]:
    """Everything both pages of a case need."""
    now = clock.now()
    found = facts.load_facts(licence, rules.LICENCE.move("submit"), actor, now, {})
    unmet = rules.unfit(found) if licence.decided_at is None and licence.state in rules.PENDING else []
    deadline = deadline_of(licence, rules.DEADLINE)
    start, end = facts.proposed_term(licence, clock.today())
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
        "moves": offered_moves(licence, actor, found.procedure),
        "history": (past := history(rules.LICENCE, licence.id)),
        "appeal_words": next((row.reason for row in reversed(past) if row.move == "appeal"), ""),
        "deadline": deadline,
        "days": days_used(licence) if deadline and licence.state in RUNNING else None,
        "checks": queries.cross_checks(licence),
        "editable": licence.state in service.EDITABLE,
        "view": queries.view(licence) if licence.licence_no else None,
        "term": (start, end),
        "running": licence.state in RUNNING,
        "before": facts.predecessor_of(licence),
        "kinds_of_case": CASE_WORDS,
        "use_conditions": rules.USE_CONDITIONS,
        "conclusions": review_service.CONCLUSIONS,
        "visits": visit_lines(licence),
        "opinions": review_service.opinions(licence),
        "plots": (plots := review_service.plots(licence)),
        "plot_lines": [
            (place.code, f"{place.name or place.village}，{(place.area_m2 or 0) / 666.67:,.1f} 亩", place.village)
            for place in plots
        ],
        "procedure": found.procedure,
        "publicity": publicity(licence),
        "grounds": facts.cited(licence.grounds),
        "appeal_until": deadline_of(licence, rules.APPEAL_DEADLINE) if licence.state == "refused" else None,
        "advice": advice(licence),
    }


def offered_moves(licence: Licence, actor: Actor, procedure: rules.Procedure) -> list[Any]:
    """The moves a page offers: publication only where the case's procedure knows one."""
    moves = moves_for(rules.LICENCE, licence, actor)
    return [v for v in moves if v.move.key != "publicise" or procedure.publicity_days]


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
    today, months = clock.today(), facts.terms_of(licence).test_report_months
    lines: list[dict[str, Any]] = []
    for item in licence.evidence:
        expired = item.valid_until is not None and item.valid_until < today
        old = item.kind == "test_report" and (
            item.issued_on is None or item.issued_on < rules.add_months(today, -months)
        )
        lines.append(
            {
                "item": item,
                "name": rules.EVIDENCE[item.kind],
                "about": words.get(item.specification or "", ""),
                "file": files[item.file_id],
                "chip": ("已过期", "bad") if expired else (f"超过 {months} 个月", "bad") if old else ("已提供", "ok"),
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
    rows = [row for row in history(rules.LICENCE, licence.id) if row.move in ("submit", "appeal")]
    start = clock.local(rows[-1].at).date() if rows else clock.today()
    return working_days_between(start, clock.today()).days, terms(LicenceTerms, on=start).review_wd


def advice(licence: Licence) -> str:
    """What the screener advised, for the decider: the latest screening move's label and words."""
    rows = [row for row in history(rules.LICENCE, licence.id) if row.move in ("screen", "advise_against")]
    if licence.state not in ("screened", "publicised", "appealed") or not rows:
        return ""
    label = rules.LICENCE.move(rows[-1].move).label
    return f"{label}：{rows[-1].reason}" if rows[-1].reason else label


def publicity(licence: Licence) -> dict[str, Any] | None:
    """The strip of the publication period and its last day, while it runs."""
    deadline = deadline_of(licence, rules.PUBLICITY_DEADLINE) if licence.publicised_on else None
    if deadline is None or licence.publicised_on is None:
        return None
    return {"from": licence.publicised_on, "until": deadline.date, "note": deadline.note}


def visit_lines(licence: Licence) -> list[dict[str, Any]]:
    """The visits of a case with their photos, latest first."""
    found = review_service.visits(licence)
    shots = review_service.photos_of([v.id for v in found])
    files = files_by_id([p.file_id for p in shots])
    lines: list[dict[str, Any]] = []
    for visit in reversed(found):
        tones = {"open": "busy", "fits": "ok", "does_not_fit": "bad", "cancelled": "none"}
        own = [p for p in shots if p.visit_id == visit.id]
        lines.append(
            {
                "visit": visit,
                "chip": (review_service.OUTCOMES[visit.outcome], tones[visit.outcome]),
                "photos": [
                    (files[p.file_id], clock.local(p.taken_at) if p.taken_at else None, p.latitude is not None)
                    for p in own
                ],
            }
        )
    return lines


def after_page(licence: Licence, actor: Actor) -> dict[str, Any]:
    """What an issued licence's page shows besides: quota by year, reports, reviews, shares, what may be asked for now."""
    if licence.licence_no is None:
        return {}
    today = clock.today()
    own = licence.organisation_id == actor.organisation_id and actor.can(rules.APPLY)
    reported = term_service.reports(licence)
    rows = queries.scope_rows(licence, "granted", "ended")
    report_rows = [
        (
            rules.quarter_label(r.quarter),
            row.label,
            f"{r.used_grams / 1000:,.0f}",
            f"{quota.drawn_between(row.id, *rules.quarter_span(r.quarter)) / 1000:,.0f}",
            r.note or "—",
        )
        for r in reported
        for row in rows
        if row.id == r.scope_id
    ]
    return {
        "report_rows": report_rows,
        "quota": [q for q in quota.lines(licence) if q.first_on <= today] or quota.lines(licence),
        "reports": bool(report_rows),
        "overdue": [rules.quarter_label(q) for q in term_service.overdue_reports(licence, today)],
        "use_report_days": terms(LicenceTerms, on=today).use_report_days,
        "reviews": term_service.reviews(licence),
        "shares": share_lines(sub_service.of_licence(licence)),
        "can_renew": own and licence.state in ("licensed", "expired") and queries.open_case(licence, "renewal") is None,
        "can_change": own and licence.state == "licensed" and queries.open_case(licence, "change") is None,
        "open_cases": [c for kind in ("renewal", "change") if (c := queries.open_case(licence, kind)) is not None],
        "chain": [row for row in queries.chain(licence) if row.id != licence.id and row.licence_no],
    }  # fmt: skip


def open_quarters(licence: Licence) -> list[str]:
    """Ended quarters of a licence, latest first: those that can be reported."""
    last = licence.ended_on or licence.valid_until
    if licence.valid_from is None or last is None:
        return []
    return rules.quarters_due(licence.valid_from, last, clock.today())[::-1]


def share_lines(subs: Any) -> list[dict[str, Any]]:
    """Shares for a list: both sides by name, what, how much is left, days, state as of today."""
    names = organisations.names([i for s in subs for i in (s.organisation_id, s.partner_id)])
    words = labels([c for s in subs for c in (s.variety, s.form, s.specification)])
    today, lines = clock.today(), []
    for sub in subs:
        state = SUBLICENCE.state(sub.state)
        over = sub.state == "active" and today > sub.valid_until
        lines.append(
            {
                "sub": sub,
                "holder": names[sub.organisation_id],
                "partner": names[sub.partner_id],
                "what": "，".join(words.get(c, c) for c in (sub.variety, sub.form, sub.specification)),
                "left": sub.grams - sub.used_grams,
                "chip": ("已到期", "bad") if over else (state.label, state.tone),
            }
        )
    return lines


def consequences(licence: Licence) -> list[str]:
    """What follows from the irreversible moves of a case, for the page that asks again."""
    if licence.state in ("licensed", "suspended"):
        return [
            "从今天起授权失效，不能再新印标签。",
            "已印的标签照常可扫，页面会写明已撤销和理由。",
            "撤销会记入公开日志。",
        ]
    if licence.state in ("screened", "publicised"):
        return ["不予授权要写明不符合哪一条使用条件，申请企业会看到，可以申诉一次。"]
    if licence.state == "appealed":
        return ["复核以后不能再申诉；补齐条件后可以重新申请。"]
    return ["撤回以后不能恢复，要用请重新申请。"]
