"""Pages of alerts: inbox, one alert, the overseer's list, trends, rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from core import clock
from core.account.access import access, current_actor
from core.errors import DomainError, NotFound
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.charts import Chart, Series
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for
from trace.alert import queries, rules, service
from trace.alert.forms import RuleForm
from trace.alert.models import Alert
from trace.alert.permissions import HANDLE, OVERSEE, SET
from trace.alert.rules import ALERT, LIVE, RULES

bp = Blueprint("alert", __name__, template_folder="templates", url_prefix="/trace/alerts")
YEAR = timedelta(days=365)


def _table(query: Select[Any], *, name: str, endpoint: str, with_owner: bool) -> Table:
    columns = [
        Column("title", "预警", link=lambda a: url_for(endpoint, public_id=a.public_id)),
        Column("rule", "规则", sort=Alert.rule, value=lambda a: RULES[a.rule].label),
        Column("severity", "程度", kind="chip", sort=Alert.severity, value=lambda a: (rules.SEVERITY_WORDS[a.severity], rules.SEVERITIES[a.severity][1])),
        Column("opened_at", "发现", kind="moment", sort=Alert.opened_at),
        Column("due_at", "处理期限", kind="moment", sort=Alert.due_at),
        Column("state", "状态", kind="chip", sort=Alert.state, value=_state),
    ]  # fmt: skip
    if with_owner:
        names = organisations.names(queries.owners())
        columns.insert(
            1,
            Column("owner", "单位", value=lambda a: names.get(a.organisation_id, "")),
        )
    return Table(
        query,
        columns,
        filters=[
            Filter("q", "内容", search=(Alert.title, Alert.detail)),
            Filter("rule", "规则", column=Alert.rule, choices=[(r.key, r.label) for r in RULES.values()]),
            Filter("state", "状态", column=Alert.state, choices=[(s.key, s.label) for s in ALERT.states]),
        ],
        default_sort="-opened_at",
        name=name,
        empty="没有预警。",
    )


def _state(alert: Alert) -> tuple[str, str]:
    if alert.state in LIVE and alert.due_at < clock.now():
        return ("逾期", "bad")
    return ALERT.label_of(alert.state), ALERT.state(alert.state).tone


@bp.get("/")
@access(HANDLE)
def index() -> ResponseReturnValue:
    """The organisation's own alerts."""
    own = current_actor().organisation_id or 0
    table = _table(queries.inbox(own), name="alerts", endpoint=".show", with_owner=False)
    page: ResponseReturnValue = table.respond("trace/alert/index.html", all_of_them=False, late=0)
    return page


@bp.get("/all")
@access(OVERSEE)
def overview() -> ResponseReturnValue:
    """Every alert, for the supervisor; ``late=1`` shows those past their time."""
    query = queries.everything()
    if request.args.get("late") == "1":
        query = query.where(Alert.state.in_(LIVE), Alert.due_at < clock.now())
    table = _table(query, name="all-alerts", endpoint=".oversee", with_owner=True)
    page: ResponseReturnValue = table.respond("trace/alert/index.html", all_of_them=True, late=queries.overdue_count())
    return page


@bp.get("/<uuid:public_id>")
@access(HANDLE)
def show(public_id: UUID) -> ResponseReturnValue:
    """One alert for its owner."""
    return _show(public_id, "alert.move")


@bp.get("/all/<uuid:public_id>")
@access(OVERSEE)
def oversee(public_id: UUID) -> ResponseReturnValue:
    """One alert for the supervisor."""
    return _show(public_id, "alert.oversee_move")


def _show(public_id: UUID, endpoint: str) -> ResponseReturnValue:
    actor = current_actor()
    alert = queries.get(public_id, actor)
    return render_template(
        "trace/alert/show.html",
        alert=alert, rule=RULES[alert.rule], rules=rules, ALERT=ALERT, history=history(ALERT, alert.id), state=_state(alert),
        owner=organisations.get_organisation(alert.organisation_id), moves=moves_for(ALERT, alert, actor),
        action=url_for(endpoint, public_id=public_id), own=alert.organisation_id == actor.organisation_id,
        home="alert.index" if endpoint == "alert.move" else "alert.overview",
    )  # fmt: skip


@bp.post("/<uuid:public_id>/move")
@access(HANDLE)
def move(public_id: UUID) -> ResponseReturnValue:
    """The owner handles an alert."""
    return _move(public_id, "alert.show")


@bp.post("/all/<uuid:public_id>/move")
@access(OVERSEE)
def oversee_move(public_id: UUID) -> ResponseReturnValue:
    """The supervisor dismisses or sends back."""
    return _move(public_id, "alert.oversee")


def _move(public_id: UUID, endpoint: str) -> ResponseReturnValue:
    actor = current_actor()
    alert = queries.get(public_id, actor)
    back = url_for(endpoint, public_id=public_id)
    wish = requested_move(ALERT, alert, back=back)
    if wish.page is not None:
        page: ResponseReturnValue = wish.page
        return page
    service.move(alert, wish.key, actor, wish.reason)
    flash(f"已记下：{ALERT.move(wish.key).label}。")
    return redirect(back)


@bp.get("/trends")
@access(OVERSEE)
def trends() -> ResponseReturnValue:
    """A year of alerts by month, and which rules find most."""
    since = clock.now() - YEAR
    months = queries.months(since)
    chart = Chart(
        title="每月新出现的预警", unit="条", note="按发现日期", labels=[m.month for m in months],
        series=[
            Series(rules.SEVERITY_WORDS[key], [m.opened.get(key, 0) for m in months], kind="bar") for key in rules.SEVERITIES
        ],
    )  # fmt: skip
    waits = Chart(
        title="多久开始处理（中位数）", unit="小时", note="没有开始处理的不计", labels=[m.month for m in months],
        series=[Series("小时", [None if m.median_hours is None else round(m.median_hours, 1) for m in months], kind="line")],
    )  # fmt: skip
    return render_template(
        "trace/alert/trends.html", chart=chart, waits=waits, RULES=RULES, by_rule=queries.by_rule(since),
        late=queries.overdue_count(), waiting=queries.open_count(None),
    )  # fmt: skip


@bp.get("/rules")
@access(OVERSEE)
def rule_list() -> ResponseReturnValue:
    """Every rule as it is set now."""
    return render_template(
        "trace/alert/rules.html", RULES=RULES, settings=queries.settings(), words=rules.SEVERITY_WORDS
    )


@bp.route("/rules/<key>", methods=["GET", "POST"])
@access(SET)
def edit_rule(key: str) -> ResponseReturnValue:
    """Set a rule, with the reason; earlier settings stay readable."""
    rule = RULES.get(key)
    if rule is None:
        raise NotFound("没有这条规则。", code="alert.no_rule", help="请从规则列表进入。")
    form: Any = RuleForm(data=_shown(key))
    if rule.days is None:
        del form.days
    else:
        form.days.label.text = rule.days_label
    status = 200
    if form.is_submitted():
        status = 400
        if form.validate():
            form.claim_once()
            try:
                service.set_rule(
                    key, current_actor(), enabled=form.enabled.data, severity=form.severity.data, hours=form.hours.data,
                    days=form.days.data if rule.days is not None else None, reason=form.reason.data,
                )  # fmt: skip
            except DomainError as error:
                if not form.put_error(error):
                    raise
            else:
                flash(f"“{rule.label}”已改，从现在起按新的算。")
                return redirect(url_for(".rule_list"))
    page = render_template(
        "trace/alert/rule.html", rule=rule, form=form, past=queries.history_of(key), words=rules.SEVERITY_WORDS
    )
    return page, status


def _shown(key: str) -> dict[str, Any]:
    now = queries.setting(RULES[key])
    return {"enabled": now.enabled, "severity": now.severity, "hours": now.hours, "days": now.days}
