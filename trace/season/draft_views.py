"""Addresses for drafts a phone kept while it had no net: each is stored once, however often it is sent."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, jsonify
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from core.account.access import access, current_actor
from core.errors import BadInput, DomainError, RuleBroken
from trace.season import queries, rules, service
from trace.season.forms import FORMS
from trace.season.permissions import WRITE
from trace.season.views import bp, draft_owner, line_of, stored_pictures


@bp.get("/token")
@access(WRITE)
def token() -> ResponseReturnValue:
    """A fresh form token for drafts, and whose drafts may be sent with it."""
    answer = jsonify(token=generate_csrf(), owner=draft_owner())
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/<uuid:public_id>/drafts/<kind>")
@access(WRITE)
def draft(public_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """201 with the line's number, 200 where this draft was stored before, 422 with what is wrong."""
    if kind not in FORMS:
        abort(404)
    actor = current_actor()
    season = queries.kept_season(public_id, actor)
    form: Any = FORMS[kind]()
    if not form.validate_on_submit():
        return jsonify(faults=_faults(form)), 422
    try:
        key = uuid.UUID(form.once.data or "")
    except ValueError:
        raise BadInput("这份草稿没有编号。", code="season.draft_key", help="在页面上重新填写。") from None
    known = queries.by_draft_key(key)
    if known is not None and known.season_id == season.id:
        return jsonify(no=known.no, known=True), 200
    try:
        line = line_of(season, kind, form)
        entry = service.write_line(season, actor, line, picture_ids=stored_pictures(form), draft_key=key)
    except RuleBroken as error:
        return jsonify(faults=[u.message + u.help for u in error.unmet]), 422
    except DomainError as error:
        return jsonify(faults=[" ".join(filter(None, (error.message, error.help)))]), 422
    late = rules.unmet_intervals(service.due_intervals(season, line.done_on)) if kind == "harvest" else []
    return jsonify(no=entry.no, known=False, warnings=[u.message + u.help for u in late]), 201


def _faults(form: Any) -> list[str]:
    found = [f"{field.label.text}：{error}" for field in form for error in field.errors if field.name != "csrf_token"]
    if form.csrf_token.errors if hasattr(form, "csrf_token") else False:
        found.append("登录已经过期，请重新登录。")
    return found or ["没有收到内容。"]
