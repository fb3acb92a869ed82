"""The office's pages: anomalies by place and time, stopped codes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor
from core.errors import BadInput, DomainError
from core.ui import flash
from core.ui.charts import Chart, Series
from core.ui.fields import read_date
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for
from trace.scan import anomalies, blocks
from trace.scan.forms import BlockForm
from trace.scan.models import Block
from trace.scan.permissions import BLOCK, WATCH
from trace.scan.rules import BLOCK as BLOCK_FLOW
from trace.scan.views import bp


def _day(given: str) -> Any:
    try:
        return anomalies.day_start(read_date(given))
    except ValueError as wrong:
        raise BadInput(str(wrong), code="scan.bad_day", help="日期写成 2026-11-25 的样子。") from wrong


@bp.get("/office/scans")
@access(WATCH)
def watch() -> ResponseReturnValue:
    """What looks wrong in checks and visits of the last 90 days."""
    until = clock.now() + timedelta(minutes=1)
    query, found = anomalies.anomaly_table(until - anomalies.WINDOW, until)
    table = Table(
        query,
        columns=[
            Column("kind", "异常", value=lambda r: anomalies.KINDS[r.kind]),
            Column("subject", "对象", sort=found.c.subject),
            Column("serial", "编号", value=_serial, link=_stop_link),
            Column("times", "次数", kind="number", sort=found.c.times),
            Column("devices", "设备", kind="number", sort=found.c.devices),
            Column("cities", "自报城市", value=lambda r: r.cities or "未填"),
            Column("first_at", "最早", kind="moment", sort=found.c.first_at),
            Column("last_at", "最近", kind="moment", sort=found.c.last_at),
        ],
        filters=[
            Filter("kind", "异常", column=found.c.kind, choices=list(anomalies.KINDS.items())),
            Filter("q", "商品、批次或地址", search=(found.c.subject,)),
            Filter("city", "城市", search=(found.c.cities,)),
            Filter("since", "从哪天", clause=lambda given: found.c.last_at >= _day(given)),
            Filter("until", "到哪天", clause=lambda given: found.c.first_at < _day(given) + timedelta(days=1)),
        ],
        default_sort="-last_at", name="scan-anomalies", empty="这段时间没有异常。", scalars=False,
    )  # fmt: skip
    answer: ResponseReturnValue = table.respond(
        "trace/scan/watch.html", chart=_chart(), places=anomalies.by_place(until - anomalies.WINDOW, until)
    )
    return answer


def _serial(row: Any) -> str:
    if row.unit is None:
        return ""
    return anomalies.serials([(row.item_id, row.unit)]).get((row.item_id, row.unit), "")


def _stop_link(row: Any) -> str | None:
    if row.unit is None or not current_actor().can(BLOCK):
        return None
    return url_for("scan.block_new", address=blocks.address_of(row.item_id, row.lot_id, _serial(row)))


def _chart() -> Chart:
    days = anomalies.by_day(clock.today() - timedelta(days=29), clock.today())
    return Chart(
        title="每天的防伪码查验", unit="次", note="同一部设备 24 小时内算一次",
        labels=[f"{one.day:%m-%d}" for one in days],
        series=[
            Series("查验", [one.checks for one in days], kind="bar"),
            Series("其中存疑或报警", [one.alarms for one in days], kind="line"),
        ],
    )  # fmt: skip


@bp.get("/office/blocks", endpoint="blocks")
@access(BLOCK)
def blocks_index() -> ResponseReturnValue:
    """Every code that was ever stopped."""
    table = Table(
        blocks.blocks(),
        columns=[
            Column("serial", "编号", kind="code", link=lambda r: url_for("scan.block_show", public_id=r.public_id)),
            Column("item_name", "商品项"),
            Column("lot_no", "批次"),
            Column("state", "状态", kind="chip", sort=Block.state, value=_state),
            Column("reason", "最近的原因"),
        ],
        filters=[
            Filter("q", "编号或原因", search=(Block.serial, Block.reason)),
            Filter("state", "状态", column=Block.state, choices=[(s.key, s.label) for s in BLOCK_FLOW.states]),
        ],
        name="blocks", empty="还没有停用过编号。",
    )  # fmt: skip
    answer: ResponseReturnValue = table.respond("trace/scan/blocks.html")
    return answer


def _state(row: Any) -> tuple[str, str]:
    return BLOCK_FLOW.label_of(row.state), BLOCK_FLOW.state(row.state).tone


@bp.route("/office/blocks/new", methods=["GET", "POST"])
@access(BLOCK)
def block_new() -> ResponseReturnValue:
    """Stop a code."""
    form = BlockForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            block = blocks.block_code(str(form.address.data), current_actor(), reason=str(form.reason.data))
            flash("编号已停用，扫码和查防伪码都会这样说。")
            return redirect(url_for(".block_show", public_id=block.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.address.data = request.args.get("address", "")[:300]
    return render_template("trace/scan/block_new.html", form=form), 422 if form.errors else 200


@bp.get("/office/blocks/<uuid:public_id>")
@access(BLOCK)
def block_show(public_id: uuid.UUID) -> ResponseReturnValue:
    """One stopped code: what was done with it, and what may be done."""
    block = blocks.get_block(public_id)
    return render_template(
        "trace/scan/block.html", block=block, moves=moves_for(BLOCK_FLOW, block, current_actor()), workflow=BLOCK_FLOW,
        history=history(BLOCK_FLOW, block.id), address=blocks.address_of(block.item_id, block.lot_id, block.serial),
    )  # fmt: skip


@bp.post("/office/blocks/<uuid:public_id>/move")
@access(BLOCK)
def block_move(public_id: uuid.UUID) -> ResponseReturnValue:
    """Stop again or let go."""
    block = blocks.get_block(public_id)
    back = url_for(".block_show", public_id=public_id)
    wish = requested_move(BLOCK_FLOW, block, back=back)
    if wish.page:
        page: ResponseReturnValue = wish.page
        return page
    blocks.move_block(public_id, wish.key, current_actor(), reason=wish.reason)
    flash(f"已办理：{BLOCK_FLOW.move(wish.key).label}。")
    return redirect(back)
