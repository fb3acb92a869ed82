"""Pages of the trace: search, one lot's graph with table and warnings, and its files."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.account.actor import Actor
from core.errors import NotFound
from core.ui.tables import XLSX, safe_name
from trace.graph import beyond, draw, export, queries, rules
from trace.graph.permissions import OVERSEE, VIEW
from trace.lot import queries as lots
from trace.lot.queries import LotView

bp = Blueprint("graph", __name__, template_folder="templates", url_prefix="/trace/graph")
DIRECTIONS = {"": "上下游", "back": "往上：从哪里来", "onward": "往下：到哪里去"}


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    """The search of an enterprise, for its own lots."""
    return _search("graph.show")


@bp.get("/all")
@access(OVERSEE)
def all_lots() -> ResponseReturnValue:
    """The search of the inspection, over every lot."""
    return _search("graph.oversee")


def _search(endpoint: str) -> ResponseReturnValue:
    typed = request.args.get("q", "").strip()[:300]
    if typed:
        lot = queries.find(typed, current_actor())
        if lot is not None:
            return redirect(url_for(endpoint, public_id=lot.public_id))
    return render_template("trace/graph/index.html", typed=typed), 404 if typed else 200


@bp.get("/lots/<uuid:public_id>")
@access(VIEW)
def show(public_id: UUID) -> ResponseReturnValue:
    """One lot's graph for its own enterprise."""
    return _show(public_id, "graph.show")


@bp.get("/all/lots/<uuid:public_id>")
@access(OVERSEE)
def oversee(public_id: UUID) -> ResponseReturnValue:
    """The same for the inspection."""
    return _show(public_id, "graph.oversee")


def _show(public_id: UUID, endpoint: str) -> ResponseReturnValue:
    actor = current_actor()
    lot = queries.start_lot(public_id, actor)
    direction = request.args.get("direction", "")
    if direction not in DIRECTIONS:
        raise NotFound("没有这个方向。", help="请用页面上的按钮切换。")
    graph = queries.collect([lot.id], actor, back=direction != "onward", onward=direction != "back")
    found = rules.warnings(graph)
    parties = queries.parties_of(_lot_ids(graph), actor) if direction != "back" else []
    if request.args.get("format") == "xlsx":
        return spreadsheet(export.workbook(graph, found, parties), f"trace-{lot.lot_no}")
    if request.args.get("format") == "epcis":
        return _epcis(graph, lot, actor)
    return render_template(
        "trace/graph/show.html",
        lot=lot, graph=graph, warnings=found, parties=parties[:200], more=max(0, len(parties) - 200),
        drawing=draw.draw(graph), tabs=_tabs(endpoint, lot, direction), rows=_rows(graph), kg=rules.kg, kinds=rules.KINDS,
        export_href=url_for(endpoint, public_id=lot.public_id, direction=direction or None, format="xlsx"),
        epcis_href=url_for(endpoint, public_id=lot.public_id, direction=direction or None, format="epcis"),
        home="graph.index" if endpoint == "graph.show" else "graph.all_lots",
    )  # fmt: skip


def _lot_ids(graph: rules.Graph) -> list[int]:
    return [int(key.split(":")[1]) for key, node in graph.nodes.items() if node.kind == "lot"]


def _tabs(endpoint: str, lot: LotView, direction: str) -> list[tuple[str, str, bool, None]]:
    return [
        (label, url_for(endpoint, public_id=lot.public_id, direction=key or None), key == direction, None)
        for key, label in DIRECTIONS.items()
    ]


def _rows(graph: rules.Graph) -> list[dict[str, Any]]:
    """The links as rows, from the left of the drawing to the right."""
    ordered = sorted(
        graph.links,
        key=lambda li: (graph.layer_of.get(li.source, 0), graph.layer_of.get(li.target, 0), li.source, li.target),
    )
    return [
        {"source": graph.nodes[li.source], "target": graph.nodes[li.target], "link": li}
        for li in ordered
        if li.source in graph.nodes and li.target in graph.nodes
    ]


def _epcis(graph: rules.Graph, lot: LotView, actor: Actor) -> Response:
    """Every event of the lots in the graph as one EPCIS 2.0 document."""
    uris = [view.uri for view in lots.lots_by_id(_lot_ids(graph)).values()]
    document = beyond.epcis_document(uris, queries.events_seen_by(actor))
    response = Response(json.dumps(document, ensure_ascii=False), content_type="application/ld+json")
    response.headers["Content-Disposition"] = f'attachment; filename="{safe_name(f"trace-{lot.lot_no}")}.epcis.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def spreadsheet(data: bytes, title: str) -> Response:
    """The workbook as a download that nobody keeps."""
    response = Response(data, content_type=XLSX)
    name = safe_name(title)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response
