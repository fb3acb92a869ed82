"""Serve files: private ones by permission, public pictures to anybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, request

from core.account.access import access, current_actor, public
from core.file import queries
from core.file.models import StoredFile
from core.file.permissions import READ
from core.file.reading import SIZES

blueprint = Blueprint("file", __name__)


def _answer(file: StoredFile, data: bytes, media_type: str, cache: str) -> Response:
    response = Response(data, mimetype=media_type)
    inline = media_type.startswith("image/") or media_type == "application/pdf"
    response.headers["Content-Disposition"] = (
        f"{'inline' if inline and 'download' not in request.args else 'attachment'}; filename*=UTF-8''{quote(file.filename)}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = cache
    response.set_etag(file.sha256)
    response.make_conditional(request)
    return response


@blueprint.get("/files/<uuid:public_id>")
@access(READ)
def private(public_id: Any) -> Response:
    """A file of one's own organisation, or one the office may read."""
    file = queries.visible_file(public_id, current_actor())
    size = request.args.get("size", type=int)
    if size in SIZES and file.media_type.startswith("image/"):
        return _answer(file, queries.rendition(file, size), "image/jpeg", "private, max-age=3600")
    return _answer(file, queries.read_bytes(file), file.media_type, "private, max-age=3600")


@blueprint.get("/media/<uuid:public_id>/<int:size>.jpg")
@public("pictures an enterprise published on its listings and scan pages")
def picture(public_id: Any, size: int) -> Response:
    """A rendition of a published picture."""
    file = queries.get_file(public_id)
    if file.visibility != "public" or size not in SIZES:
        abort(404)
    return _answer(file, queries.rendition(file, size), "image/jpeg", "public, max-age=86400, immutable")
