"""The signed list of a lot's events: its public page and files, and the page where the sealer signs it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor, public
from core.db import db
from core.errors import DomainError
from core.ui import flash
from trace.event.facets import bare, instant
from trace.event.words import DISPOSITIONS, REASONS, step_word
from trace.log import queries as log
from trace.lot import queries as lots
from trace.signing import eventlist, external, queries
from trace.signing.desk import password_fits
from trace.signing.forms import EventsForm, UploadForm
from trace.signing.permissions import SEAL
from trace.signing.verification import OK
from trace.signing.views import IMMUTABLE, OPEN, open_answer

bp = Blueprint("eventlist", __name__, template_folder="templates")


@bp.get("/trace/records/<uuid:public_id>/events")
@public(OPEN)
def show(public_id: uuid.UUID) -> str:
    """The events a list names, who signed them, where the list stands in the log, and the files to check them with."""
    row, kept, listing = eventlist.of_statement(public_id)
    _, _, versions = queries.line_of(public_id)
    mine = next(version for version in versions if version.public_id == public_id)
    lot = lots.lot_by_id(kept.lot_id)
    return render_template(
        "trace/signing/events.html",
        mine=mine,
        versions=versions,
        listing=listing,
        lot=lot,
        lines=[_line(event) for event in eventlist.events_in(kept)] if mine.verification == OK else [],
        record=queries.record_for_lot(kept.lot_id),
        signer=queries.signer_of(row),
        vkey=log.vkey(),
        witness_keys=[witness.vkey for witness in log.witness_list()],
        did_path=queries.did_path(row),
        failed_text="" if mine.verification == OK else queries.reason_text(mine.verification),
    )


@bp.get("/trace/records/<uuid:public_id>/events.jsonld")
@public(OPEN)
def document(public_id: uuid.UUID) -> Response:
    """The EPCIS document itself, byte for byte as its digest was signed."""
    _, kept, _ = eventlist.of_statement(public_id)
    return open_answer(kept.document, "application/ld+json", IMMUTABLE)


def _line(event: dict[str, Any]) -> tuple[str, str, str]:
    """When, what, and how it stands after, in words."""
    note = DISPOSITIONS.get(bare(str(event.get("disposition", ""))), "")
    if declared := event.get("errorDeclaration"):
        reason = REASONS.get(bare(str(declared.get("reason", ""))), "")
        note = f"声明有误{'：' + reason if reason else ''}"
    moment = clock.local(instant(str(event["eventTime"])))
    return f"{moment:%Y-%m-%d %H:%M}", step_word(event.get("bizStep")), note


@bp.route("/trace/seal/<uuid:lot_public_id>/events", methods=["GET", "POST"])
@access(SEAL)
def sign(lot_public_id: uuid.UUID) -> ResponseReturnValue:
    """What would be listed now; then the password, and it is signed."""
    actor, form = current_actor(), EventsForm()
    lot = lots.get_lot(lot_public_id, actor)
    if form.validate_on_submit() and password_fits(form):
        form.claim_once()
        row = eventlist.sign(lot.id, actor, password_confirmed=True)
        flash("事件清单已签署。")
        return redirect(url_for(".show", public_id=row.public_id), 303)
    found = eventlist.prospect(lot.id, actor)
    return render_template(
        "trace/signing/events_sign.html",
        lot=lot,
        form=form,
        found=found,
        lines=[_line(event) for event in found.events],
        signs_itself=queries.signs_itself(lot.sealer_id),
    ), (400 if form.errors else 200)


@bp.get("/trace/seal/<uuid:lot_public_id>/events/package")
@access(SEAL)
def package(lot_public_id: uuid.UUID) -> Response:
    """What an enterprise that keeps its own key signs, as a file; writes nothing."""
    actor = current_actor()
    lot = lots.get_lot(lot_public_id, actor)
    response = Response(external.package(eventlist.to_sign(lot.id, actor)), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{lot.lot_no}-events-to-sign.json"'
    return response


@bp.route("/trace/seal/<uuid:lot_public_id>/events/signed", methods=["GET", "POST"])
@access(SEAL)
def upload(lot_public_id: uuid.UUID) -> ResponseReturnValue:
    """The signed list comes back, with the password; it must list what there is to list now."""
    actor, form = current_actor(), UploadForm()
    lot = lots.get_lot(lot_public_id, actor)
    if form.validate_on_submit() and password_fits(form):
        form.claim_once()
        try:
            given = external.read(form.signed.data or "", now=clock.now())
            row = eventlist.sign(lot.id, actor, password_confirmed=True, uploaded=given)
        except DomainError as error:
            db.session.rollback()
            if not form.put_error(error):
                raise
        else:
            flash("事件清单已签署。")
            return redirect(url_for(".show", public_id=row.public_id), 303)
    back = url_for(".sign", lot_public_id=lot.public_id)
    return render_template("trace/signing/upload.html", lot=lot, form=form, back=back), (400 if form.errors else 200)
