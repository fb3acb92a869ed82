"""``/api/openapi.json`` and a readable page of the same."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template

from core.account.access import public
from core.api.description import document, operations

blueprint = Blueprint("api", __name__, template_folder="templates")


@blueprint.get("/api/openapi.json")
@public("the description of the public interfaces is itself public")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    response = jsonify(document(current_app.config["SETTINGS"].link_origin))
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/api/")
@public("the description of the public interfaces is itself public")
def readable() -> str:
    """The same, for people."""
    return render_template("core/api/index.html", operations=operations())
