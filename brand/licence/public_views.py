"""The public page of a licence, its PDF and its signed record."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, render_template

from brand.licence import public_screens, queries
from brand.licence.models import Licence
from core import notary
from core.account.access import public
from core.errors import NotFound
from core.file.queries import files_by_id, read_bytes
from core.organisation import queries as organisations
from core.ui.i18n import listed

blueprint = Blueprint("public_licence", __name__, template_folder="templates")


@blueprint.get("/licence/<uuid:public_id>")
@public("whether a licence holds is what its QR code is for")
def show(public_id: UUID) -> str:
    """State by today's date, holder, scope, term; the PDF and the record behind it."""
    licence = queries.public_licence(public_id)
    view = queries.view(licence)
    request = notary.outcome_for(str(public_id), "licence")
    return render_template(
        "brand/licence/public.html",
        view=view,
        holder=organisations.get_organisation(view.organisation_id),
        lines=[(listed(row.label), f"{row.yearly_grams / 1000:,.0f}") for row in view.rows],
        document=_document(licence),
        outcome=request.outcome if request is not None and request.done_at is not None else None,
    )


@blueprint.get("/licence/<uuid:public_id>/history")
@public("what became of a licence is as public as the licence")
def past(public_id: UUID) -> str:
    """Every step of a licence with its day and reason, what was reported of its use, and what it followed and became."""
    licence = queries.public_licence(public_id)
    return render_template("brand/licence/past.html", view=queries.view(licence), **public_screens.past(licence))


@blueprint.get("/licences/publicity")
@public("a publication period is for everybody to read and object")
def publicity() -> str:
    """Applications published before they are approved, with the last day for objections."""
    return render_template("brand/licence/publicity.html", cases=public_screens.publicised())


def _document(licence: Licence) -> Any:
    """The stored PDF, or None."""
    wanted = licence.document_file_id
    return files_by_id([wanted]).get(wanted) if wanted is not None else None


@blueprint.get("/licence/<uuid:public_id>.pdf")
@public("the licence document is public")
def document(public_id: UUID) -> Response:
    """The PDF exactly as it was issued."""
    licence = queries.public_licence(public_id)
    file = _document(licence)
    if file is None:
        raise NotFound("这份授权没有授权书文件。", help="请联系品牌办公室。")
    response = Response(read_bytes(file), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(file.filename)}"
    response.set_etag(file.sha256)
    return response


@blueprint.get("/licence/<uuid:public_id>.json")
@public("what was handed to the notary can be read by anybody")
def statement(public_id: UUID) -> Any:
    """The statement that was (or waits to be) signed: the signed record's place stands in ``outcome``."""
    queries.public_licence(public_id)
    request = notary.outcome_for(str(public_id), "licence")
    if request is None:
        raise NotFound("这份授权还没有交付签名。", help="过几分钟再看。")
    return {"statement": request.body, "signed": request.done_at is not None, "outcome": request.outcome}
