"""What anybody may see of a code series: its root, who signed it, where it stands in the log, the proof of one unit."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from core.account.access import public
from core.db import db
from core.errors import DomainError
from trace.code import queries, roots
from trace.code.serial import normalise
from trace.item.queries import item_by_id
from trace.log import queries as log
from trace.lot.models import Lot

bp = Blueprint("series", __name__, template_folder="templates", url_prefix="/trace/series")
_OPEN = "a code series is published so that anybody can check a unit against its root"


@bp.get("/<uuid:public_id>")
@public(_OPEN)
def show(public_id: uuid.UUID) -> str | Redirect:
    """The series in words; with ``?serial=`` on to that unit's page."""
    series = queries.series_by_public_id(public_id)
    problem = ""
    if asked := request.args.get("serial", "").strip():
        try:
            return redirect(url_for(".unit", public_id=public_id, serial=normalise(asked)))
        except DomainError as error:
            problem = error.message
    statement = roots.statement_of(series)
    return render_template(
        "trace/code/series.html", series=series, item=item_by_id(series.item_id), lot=db.session.get_one(Lot, series.lot_id),
        root=roots.root_of(series.id), statement=statement, asked=asked, problem=problem,
        place=log.place_of(statement.log_entry_id) if statement else None,
    )  # fmt: skip


@bp.get("/<uuid:public_id>/units/<serial>")
@public(_OPEN)
def unit(public_id: uuid.UUID, serial: str) -> str | Redirect:
    """One unit: in the series or not, voided or not, and its proof to download."""
    series = queries.series_by_public_id(public_id)
    if (plain := normalise(serial)) != serial:
        return redirect(url_for(".unit", public_id=public_id, serial=plain))
    number = queries.unit_in(series, serial)
    return render_template(
        "trace/code/unit.html", series=series, serial=serial, place=number - series.start_unit + 1,
        void=queries.void_of(series.item_id, number), statement=roots.statement_of(series),
        lot=db.session.get_one(Lot, series.lot_id), item=item_by_id(series.item_id),
    )  # fmt: skip


@bp.get("/<uuid:public_id>/units/<serial>.proof")
@public(_OPEN)
def unit_proof(public_id: uuid.UUID, serial: str) -> Response:
    """The proof file of one unit, for ``python -m trace.verify unit``."""
    series = queries.series_by_public_id(public_id)
    body = roots.unit_proof_file(series, normalise(serial))
    headers = {"Content-Disposition": f'attachment; filename="{normalise(serial)}.proof"', "Cache-Control": "no-cache"}
    return Response(body, content_type="application/json", headers=headers)
