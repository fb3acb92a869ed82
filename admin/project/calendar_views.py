"""The page where the office enters and confirms the holidays of a year."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from admin.project import permissions
from admin.project.forms import YearForm
from admin.project.screens import form_page
from core import clock
from core.account.access import access, current_actor
from core.calendar import queries, service
from core.ui import flash

blueprint = Blueprint("workcalendar", __name__, url_prefix="/calendar", template_folder="templates")


@blueprint.get("/")
@access(permissions.CALENDAR_VIEW)
def index() -> Any:
    """Entered years and the exceptions of one of them."""
    years = queries.years()
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdigit() and len(asked) == 4 else clock.today().year
    return render_template(
        "admin/project/calendar.html", years=years, year=year, days=queries.exceptions(year), actor=current_actor()
    )


@blueprint.route("/load", methods=["GET", "POST"])
@access(permissions.CALENDAR_LOAD)
def load() -> Any:
    """Enter a year's notice; it counts once another person has confirmed it."""
    actor = current_actor()
    return form_page(
        YearForm(), lambda values: service.load_year(values["year"], values["text"], actor), title="录入放假安排",
        back=lambda row: url_for(".index", year=row.year), submit="录入", crumbs=[("工作日历", url_for(".index")), ("录入", None)],
        lead="录入后要由另一人对照通知确认，确认前用到这一年的期限都标为暂定。", done="已录入，等另一人确认。",
    )  # fmt: skip


@blueprint.post("/<int:year>/confirm")
@access(permissions.CALENDAR_LOAD)
def confirm(year: int) -> Any:
    """Confirm a year: provisional deadlines are computed anew."""
    changed = service.confirm_year(year, current_actor())
    flash(f"{year} 年放假安排已确认，重算了 {len(changed)} 个暂定期限。")
    return redirect(url_for(".index", year=year))
