"""The start pages of enterprises and offices."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from admin.workbench import permissions, queries, rules
from core import clock
from core.account.access import access, current_actor
from core.errors import NotFound
from core.notice.queries import unread_count
from core.ui.charts import Chart, Series
from shop.order.queries import seven_days

blueprint = Blueprint("workbench", __name__, template_folder="templates")
WEEKDAYS = "一二三四五六日"


@blueprint.get("/workbench")
@access(permissions.ENTERPRISE)
def enterprise() -> str:
    """The enterprise's day: guided start, to-dos, lots with mass balance, sales, reminders."""
    organisation_id = current_actor().organisation_id
    if organisation_id is None:
        raise NotFound("你还没有代表任何单位。", help="先在右上角选一个单位，或者申请入驻。")
    steps = rules.guide(queries.progress(organisation_id))
    now = next((s for s in steps if s.state == "now"), None)
    heading = rules.guide_heading(steps)
    today = clock.today()
    todos = queries.enterprise_todos(organisation_id)
    return render_template(
        "admin/workbench/enterprise.html",
        weekday=WEEKDAYS[today.weekday()],
        heading=heading,
        folded=not heading or request.args.get("guide") == "0",
        steps=[_drawn(s) for s in steps],
        step_number=steps.index(now) + 1 if now else len(steps),
        now=now,
        button=queries.href(now.text.endpoint) if now else None,
        next_lot=queries.next_lot(organisation_id),
        todos=[_row(t, today, first=n == 0) for n, t in enumerate(todos)],
        lots=queries.lot_lines(organisation_id),
        all_lots=queries.href("lot.index"),
        receive=queries.href("lot.receive"),
        quick=queries.href("season.quick"),
        **_sales(organisation_id),
        reminders=queries.reminders(organisation_id),
        unread=unread_count(current_actor()),
    )


def _drawn(step: rules.Step) -> dict[str, Any]:
    link = queries.href(step.text.endpoint) if step.state != "done" or step.key != "registered" else None
    return {"title": step.title, "note": step.note, "state": step.state, "href": link}


def _row(todo: rules.Todo, today: Any, *, first: bool) -> dict[str, Any]:
    return {
        "chip": todo.chip(today),
        "title": todo.title,
        "note": todo.note,
        "action": todo.action,
        "href": todo.href,
        "primary": first and not todo.waiting,
    }


def _sales(organisation_id: int) -> dict[str, Any]:
    days = seven_days(organisation_id)
    total, count = sum(d.gross_fen for d in days), sum(d.orders for d in days)
    labels = [f"{d.on.day}日" for d in days[:-1]] + ["今天"]
    values = [d.gross_fen / 100 for d in days]
    chart = Chart(
        title="近 7 天销售", unit="元", note="已确认的订单，不含取消", labels=labels, series=[Series("销售", values)]
    )
    return {"sales_fen": total, "sales_orders": count, "chart": chart if count else None}


@blueprint.get("/desk")
@access(permissions.OFFICE)
def office() -> str:
    """An office's day: how many cases wait in each room, and the most urgent ones."""
    actor, today = current_actor(), clock.today()
    todos = queries.office_todos(actor)
    return render_template(
        "admin/workbench/office.html",
        weekday=WEEKDAYS[today.weekday()],
        rooms=queries.waiting_rooms(actor),
        todos=[_row(t, today, first=n == 0) for n, t in enumerate(todos)],
    )
