"""Pages of imports from a workbook and of the end of retention."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.account.queries import user_names
from core.errors import BadInput, DomainError, NotFound, RuleBroken
from core.file.queries import files_by_id, read_bytes, visible_file
from core.file.service import store
from core.ui import flash, once
from core.ui.forms import Form
from core.ui.tables import XLSX
from trace.season import imports, queries, retention, workbook
from trace.season.forms import ForgetForm, ImportForm
from trace.season.permissions import FORGET, WRITE
from trace.season.views import bp

SHOWN_FAULTS = 300


@bp.get("/import/template.xlsx")
@access(WRITE)
def import_template() -> ResponseReturnValue:
    rows = queries.seasons_of(current_actor().organisation_id or 0)
    data = workbook.template([(place.code, place.village, season.year) for season, place in rows])
    answer = Response(data, content_type=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="journal-template.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/import", methods=["GET", "POST"])
@access(WRITE)
def import_journal() -> ResponseReturnValue:
    """Check a workbook and show every fault by its cell; nothing is written before it is confirmed."""
    actor = current_actor()
    form: Any = ImportForm()
    if form.validate_on_submit():
        try:
            upload = form.file.data
            file = store(
                upload.stream, upload.filename, kind="table", owner_organisation_id=actor.organisation_id, actor=actor
            )
            if not file.filename.endswith(".xlsx"):
                raise BadInput("请传 xlsx 表格。", code="season.import_file", field="file", help="用模板填好再传。")
            return _report(file, imports.check(read_bytes(file), actor))
        except DomainError as error:
            if not form.put_error(error):
                form.form_errors.append(" ".join(filter(None, (error.message, error.help))))
    made = queries.imports_of(actor.organisation_id or 0)
    page = render_template(
        "trace/season/import.html",
        form=form,
        imports=made,
        files=files_by_id([i.file_id for i in made]),
        names=user_names([i.imported_by for i in made if i.imported_by]),
    )
    return page, 422 if form.is_submitted() else 200


def _report(file: Any, checked: imports.Checked, message: str = "") -> ResponseReturnValue:
    page = render_template(
        "trace/season/import_report.html", file=file, checked=checked, faults=checked.faults[:SHOWN_FAULTS],
        message=message,
    )  # fmt: skip
    return page, 422 if message else 200


@bp.post("/import/<uuid:file_id>")
@access(WRITE)
def import_confirm(file_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    file = visible_file(file_id, actor)
    if file.owner_organisation_id != actor.organisation_id or file.kind != "table":
        raise NotFound("没有找到这份表格。", help="请重新上传。")
    once.claim(request.form.get("once"))
    try:
        made = imports.write(file, actor, mode=request.form.get("mode", ""))
    except BadInput as error:
        if error.code != "season.import_faults":
            raise
        return _report(file, imports.check(read_bytes(file), actor), error.message + (error.help or ""))
    left = f"，{made.left_out} 行没有导入" if made.left_out else ""
    flash(f"导入了 {made.written} 条记录{left}。")
    return redirect(url_for(".index"))


@bp.route("/<uuid:public_id>/forget", methods=["GET", "POST"])
@access(FORGET)
def forget(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    season = queries.kept_season(public_id, actor)
    form: Any = ForgetForm()
    unmet: Any = retention.forget_unmet(season)
    if form.validate_on_submit():
        try:
            form.claim_once()
            code = season.code
            retention.forget(season, actor, reason=form.reason.data)
            flash(f"{code} 的生产记录已删除，审计记录里留有摘要。")
            return redirect(url_for(".index"))
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template("trace/season/forget.html", form=form, season=season, unmet=unmet)
    return page, 422 if isinstance(form, Form) and form.is_submitted() else 200
