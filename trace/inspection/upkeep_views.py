"""The office's pages: residue limits, banned substances, official samplings."""

from __future__ import annotations

import re
import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.account.access import access, current_actor
from core.errors import DomainError, NotFound
from core.organisation import queries as organisations
from core.ui import flash, once
from core.ui.tables import Column, Filter, Table
from trace.inspection import queries, rules, upkeep
from trace.inspection.forms import BanForm, CloseForm, ConfirmForm, FindLotForm, LimitForm, ReportForm
from trace.inspection.models import LABORATORY_KINDS, Limit
from trace.inspection.permissions import LIMITS, OFFICIAL
from trace.inspection.views import bp, limit_period, limit_product, report_page, show_report
from trace.item.rules import plain
from trace.lot import queries as lots
from trace.season.models import BannedSubstance

SCOPES = {"all": "所有作物", "fruit": "果树", "apple": "苹果", "jujube": "枣"}


def _state(row: Any) -> tuple[str, str]:
    if row.to_be_confirmed:
        return "待确认", "todo"
    return ("已核对", "ok") if row.valid_to is None else ("已核对，有失效日", "none")


@bp.get("/office/limits")
@access(LIMITS)
def office_limits() -> ResponseReturnValue:
    table = Table(
        queries.limit_table(),
        [
            Column(
                "substance", "农药", sort=Limit.substance,
                link=lambda r: url_for("inspection.office_limit", public_id=r.public_id),
            ),
            Column("product", "食品", sort=Limit.product, value=limit_product),
            Column("value", "限量（mg/kg）", sort=Limit.value, align="right", value=lambda r: rules.decimal_text(r.value)),
            Column("standard", "标准", sort=Limit.standard),
            Column("valid_from", "有效", value=limit_period, sort=Limit.valid_from),
            Column("state", "核对", kind="chip", value=_state),
        ],
        filters=[
            Filter("q", "农药名称", search=(Limit.substance, Limit.english)),
            Filter("mark", "核对", column=Limit.to_be_confirmed, choices=[(True, "待确认"), (False, "已核对")]),
        ],
        default_sort="substance", name="limits", scalars=True,
    )  # fmt: skip
    found: ResponseReturnValue = table.respond("trace/inspection/office_limits.html")
    return found


@bp.get("/office/bans")
@access(LIMITS)
def office_bans() -> ResponseReturnValue:
    table = Table(
        select(BannedSubstance),
        [
            Column(
                "name", "物质", sort=BannedSubstance.name,
                link=lambda r: url_for("inspection.office_ban", public_id=r.public_id),
            ),
            Column("scope", "管什么", value=lambda r: SCOPES[r.scope], sort=BannedSubstance.scope),
            Column("valid_from", "从哪天起", kind="date", sort=BannedSubstance.valid_from),
            Column("valid_to", "到哪天前", kind="date", sort=BannedSubstance.valid_to),
            Column("rule", "规定"),
            Column("state", "核对", kind="chip", value=_state),
        ],
        filters=[
            Filter("q", "物质", search=(BannedSubstance.name,)),
            Filter("mark", "核对", column=BannedSubstance.to_be_confirmed, choices=[(True, "待确认"), (False, "已核对")]),
        ],
        default_sort="name", name="bans", scalars=True,
    )  # fmt: skip
    found: ResponseReturnValue = table.respond("trace/inspection/office_bans.html")
    return found


def _list(text: str | None) -> list[str]:
    return [part for part in re.split(r"[\n、,，;；]+", text or "") if part.strip()]


@bp.route("/office/limits/new", methods=["GET", "POST"])
@access(LIMITS)
def new_limit() -> ResponseReturnValue:
    form: Any = LimitForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            given = form.values() | {"aliases": _list(form.aliases.data), "excludes": _list(form.excludes.data)}
            row = upkeep.add_limit(current_actor(), **given)
            flash(f"{row.substance}的限量已加上，请另一位同事和原文核对。")
            return redirect(url_for(".office_limit", public_id=row.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template(
        "trace/inspection/kept_form.html", form=form, title="加一条限量", back=url_for(".office_limits")
    )
    return page, 422 if form.errors else 200


@bp.route("/office/bans/new", methods=["GET", "POST"])
@access(LIMITS)
def new_ban() -> ResponseReturnValue:
    form: Any = BanForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            row = upkeep.add_ban(current_actor(), **form.values())
            flash(f"{row.name}已列为禁用，从现在起记不进生产记录。请另一位同事和原文核对。")
            return redirect(url_for(".office_ban", public_id=row.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template(
        "trace/inspection/kept_form.html", form=form, title="加一种禁用物质", back=url_for(".office_bans")
    )
    return page, 422 if form.errors else 200


@bp.route("/office/limits/<uuid:public_id>", methods=["GET", "POST"])
@access(LIMITS)
def office_limit(public_id: uuid.UUID) -> ResponseReturnValue:
    row = upkeep.get_limit(public_id)
    facts = [
        ("农药", row.substance, "、".join(row.aliases)),
        ("食品", limit_product(row)),
        ("限量", f"{rules.decimal_text(row.value)} {row.unit}", "临时限量" if row.temporary else ""),
        ("标准", row.standard),
        ("有效", limit_period(row)),
        ("依据", row.source),
    ]
    return _kept(row, row.substance, facts, ".office_limit", ".office_limits")


@bp.route("/office/bans/<uuid:public_id>", methods=["GET", "POST"])
@access(LIMITS)
def office_ban(public_id: uuid.UUID) -> ResponseReturnValue:
    row = upkeep.get_ban(public_id)
    facts = [
        ("物质", row.name),
        ("管什么", SCOPES[row.scope]),
        ("从哪天起禁用", row.valid_from.isoformat() if row.valid_from else "一直禁用"),
        ("到哪天前", row.valid_to.isoformat() if row.valid_to else "还在禁用"),
        ("规定", row.rule),
        ("出处", row.source),
    ]
    return _kept(row, row.name, facts, ".office_ban", ".office_bans")


def _kept(row: Any, name: str, facts: list[Any], here: str, back: str) -> ResponseReturnValue:
    """One row with its two deeds: confirm it, or give it a last day."""
    confirming: Any = ConfirmForm(prefix="confirm-", obj=None)
    closing: Any = CloseForm(prefix="close-", obj=None)
    for form, deed in ((confirming, upkeep.confirm), (closing, upkeep.close)):
        if form.once.name not in request.form:
            form.once.data = once.new_key()
            continue
        if not form.validate_on_submit():
            continue
        try:
            form.claim_once()
            deed(row, current_actor(), **form.values())
            flash("已核对。" if form is confirming else "失效日已记下；以前的判定不变。")
            return redirect(url_for(here, public_id=row.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    bad = bool(confirming.errors or closing.errors)
    page = render_template(
        "trace/inspection/kept.html", row=row, name=name, facts=facts, state=_state(row), confirming=confirming,
        closing=closing, back=url_for(back), back_label="残留限量" if back == ".office_limits" else "禁用物质",
    )  # fmt: skip
    return page, 422 if bad else 200


@bp.route("/office/official", methods=["GET", "POST"])
@access(OFFICIAL)
def official() -> ResponseReturnValue:
    """Find the lot that was sampled, then enter the official report."""
    form: Any = FindLotForm()
    if form.validate_on_submit():
        try:
            organisation = organisations.get_by_code(form.code.data)
            number = plain(form.lot_no.data)
            found = [x for x in lots.lots_of(organisation.id) if x.lot_no == number]
            if not found:
                raise NotFound("这个单位没有这个批号。", help="请核对抽样单。")
            return redirect(url_for(".official_report", public_id=found[0].public_id))
        except DomainError as error:
            form.form_errors.append(" ".join(filter(None, (error.message, error.help))))
    reports = queries.official_reports()
    page = render_template(
        "trace/inspection/official.html", form=form, reports=reports, lots=lots.lots_by_id([r.lot_id for r in reports])
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/office/official/<uuid:public_id>", methods=["GET", "POST"])
@access(OFFICIAL)
def official_report(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    row = queries.sampled_lot(public_id, actor)
    form: Any = ReportForm()
    form.laboratory_kind.choices = [("official", LABORATORY_KINDS["official"])]
    if not form.is_submitted():
        form.laboratory_kind.data = "official"
    return report_page(form, lots.lot_by_id(row.id), row, actor)


@bp.get("/office/reports/<uuid:public_id>")
@access(OFFICIAL)
def office_report(public_id: uuid.UUID) -> ResponseReturnValue:
    """Any report, for the office that follows up what was found."""
    return show_report(queries.get_report(public_id, current_actor()))
