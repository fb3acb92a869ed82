"""What the pages of events show, gathered once."""

from __future__ import annotations

from typing import Any

from flask import url_for

from brand.promotion import queries, rules
from brand.promotion.models import PromotionEvent
from core import clock
from core.account.actor import Actor
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for


def event_table() -> Table:
    """The office's list of events."""
    return Table(
        queries.events(),
        columns=[
            Column("event_no", "编号", sort=PromotionEvent.event_no, link=_link, whole=True),
            Column("title", "活动", sort=PromotionEvent.title),
            Column("kind", "类别", value=lambda e: f"{rules.KINDS[e.kind]}（{rules.INDICATORS[e.kind]}）"),
            Column("starts_on", "开始", kind="date", sort=PromotionEvent.starts_on),
            Column("ends_on", "结束", kind="date"),
            Column("state", "状态", kind="chip", value=state_chip),
        ],
        filters=[
            Filter("q", "编号或活动", search=(PromotionEvent.event_no, PromotionEvent.title, PromotionEvent.venue)),
            Filter("kind", "类别", column=PromotionEvent.kind, choices=list(rules.KINDS.items())),
            Filter(
                "state", "状态", column=PromotionEvent.state, choices=[(s.key, s.label) for s in rules.EVENT.states]
            ),
        ],
        default_sort="-starts_on",
        name="promotion-events",
        empty="还没有登记活动。",
        scalars=True,
    )


def _link(event: PromotionEvent) -> str:
    return url_for("promotion.show", public_id=event.public_id)


def state_chip(event: PromotionEvent) -> tuple[str, str]:
    """Label and tone of an event's state."""
    state = rules.EVENT.state(event.state)
    return state.label, state.tone


def indicator_lines(year: int) -> list[dict[str, Any]]:
    """The three indicators with what counts, and what waits for its check."""
    found = queries.counted(year)
    return [
        {
            "code": rules.INDICATORS[kind],
            "label": rules.INDICATOR_LABELS[kind],
            "article": rules.ARTICLES[kind],
            "year": found[kind].this_year,
            "ever": found[kind].ever,
            "waiting": found[kind].waiting,
        }
        for kind in rules.KINDS
    ]


def event_facts(event: PromotionEvent) -> list[tuple[str, Any]]:
    """The plan of an event as label and value; what was not given is left out."""
    names = queries.brand_names([event])
    seats = queries.seats(event)
    days = event.starts_on.isoformat()
    if event.ends_on != event.starts_on:
        days += f" 至 {event.ends_on.isoformat()}"
    rows = [
        ("日期", f"{days}，{event.hours}" if event.hours else days),
        ("地点", event.venue),
        ("主办单位", event.host),
        ("级别", f"{rules.LEVELS[event.level]}，{rules.PARTS[event.part]}"),
        ("公用品牌", names.get(event.brand_id or 0, "")),
        ("宣传乡村e镇的内容", event.etown_content),
        ("联系电话", event.phone),
        ("展位", f"{seats.capacity} 个，已定 {seats.taken} 个，候补 {seats.waiting} 家" if seats.capacity else ""),
        ("报名截止", f"{clock.local(event.enrol_until):%Y-%m-%d %H:%M}" if event.enrol_until else ""),
        ("谁能报名", "获得品牌授权的企业" if event.licensed_only else ""),
    ]
    return [(label, value) for label, value in rows if value]


def evidence_lines(event: PromotionEvent) -> list[dict[str, Any]]:
    """The evidence for the table, missing required kinds included."""
    given = queries.evidence(event.id)
    files = files_by_id([e.file_id for e in given if e.file_id is not None])
    lines: list[dict[str, Any]] = [
        {
            "id": e.id,
            "name": rules.EVIDENCE[e.kind],
            "caption": e.caption,
            "on": e.made_on,
            "file": files.get(e.file_id or 0),
            "link": e.link,
        }
        for e in given
    ]
    there = {e.kind for e in given}
    lines += [
        {"id": None, "name": rules.EVIDENCE[kind], "caption": "", "on": None, "file": None, "link": ""}
        for kind in rules.REQUIRED_EVIDENCE[event.kind]
        if kind not in there
    ]
    return lines


def result_lines(event: PromotionEvent, organisation_id: int | None = None) -> list[dict[str, Any]]:
    """Reported figures with their source; of one enterprise only where it is named."""
    rows = queries.results(event.id, organisation_id)
    names = organisations.names([r.organisation_id for r in rows if r.organisation_id is not None])
    return [
        {
            "id": r.id,
            "who": names.get(r.organisation_id or 0, "活动合计"),
            "label": rules.RESULTS[r.kind][0],
            "quantity": r.quantity,
            "unit": rules.RESULTS[r.kind][1],
            "amount_fen": r.amount_fen,
            "source": f"{rules.SOURCES[r.source_kind]}，{r.source}",
            "note": r.note,
            "own": r.organisation_id == organisation_id,
        }
        for r in rows
    ]


def place_lines(event: PromotionEvent, actor: Actor) -> list[dict[str, Any]]:
    """Who enrolled, with the moves the actor may make."""
    places = queries.enrolments(event.id)
    names = organisations.views([p.organisation_id for p in places])
    return [
        {
            "place": p,
            "holder": names[p.organisation_id],
            "state": rules.ENROLMENT.state(p.state),
            "moves": [v for v in moves_for(rules.ENROLMENT, p, actor) if v.allowed and v.move.by == "office"],
        }
        for p in places
    ]


def event_page(event: PromotionEvent, actor: Actor) -> dict[str, Any]:
    """Everything the office's page of an event needs."""
    return {
        "event": event,
        "workflow": rules.EVENT,
        "indicator": (rules.INDICATORS[event.kind], rules.INDICATOR_LABELS[event.kind], rules.ARTICLES[event.kind]),
        "kind": rules.KINDS[event.kind],
        "facts": event_facts(event),
        "moves": moves_for(rules.EVENT, event, actor),
        "history": history(rules.EVENT, event.id),
        "evidence": evidence_lines(event),
        "results": result_lines(event),
        "totals": rules.totals([(r.kind, r.quantity, r.amount_fen) for r in queries.results(event.id)]),
        "result_words": rules.RESULTS,
        "places": place_lines(event, actor),
        "seats": queries.seats(event),
        "open": event.state in ("draft", "enrolling", "held"),
        "today": clock.today(),
    }
