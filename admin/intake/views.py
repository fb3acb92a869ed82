"""Pages of imports: upload, check, confirm, receipt; the link by which a prepared application is taken over; likely duplicates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from admin.enterprise import likeness
from admin.enterprise.twin_views import judge_page
from admin.intake import handover, permissions, queries, service, workbook
from admin.intake.forms import CloseForm, UploadForm
from admin.intake.models import Import
from admin.intake.rules import INTAKE
from admin.twin import rules as twin_rules
from admin.twin.permissions import JUDGE
from core import clock
from core.account.access import access, current_actor, public
from core.account.queries import user_names
from core.errors import DomainError
from core.file.queries import files_by_id
from core.identifiers import mask_mobile
from core.ui import flash, once
from core.ui.deed import done
from core.ui.moves import requested_move
from core.ui.tables import XLSX, Column, Filter, Table
from core.web.security import limiter
from core.workflow.engine import fire, history, moves_for

blueprint = Blueprint("intake", __name__, template_folder="templates")
SHOWN, ROWS = 200, 100


@blueprint.route("/intake/", methods=["GET", "POST"])
@access(permissions.VIEW)
def index() -> Any:
    """The imports so far, and the form that takes a workbook; nothing is written before it is confirmed."""
    form: Any = UploadForm()
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        form.claim_once()
        try:
            made = service.upload(form.file.data.stream, form.file.data.filename, current_actor())
            return redirect(url_for(".show", public_id=made.public_id))
        except DomainError as error:
            if error.status in (403, 404):
                raise
            if not form.put_error(error) and not form.form_errors:
                form.form_errors.append(f"{error.message}{error.help or ''}")
            status = error.status
    page = _table().respond("admin/intake/index.html", form=form, may=current_actor().can(permissions.IMPORT))
    return (page, status) if isinstance(page, str) else page


def _table() -> Table:
    return Table(
        queries.imports(current_actor()),
        columns=[
            Column("import_no", "导入号", sort=Import.import_no, whole=True, link=lambda i: url_for(".show", public_id=i.public_id)),
            Column("created_at", "上传", kind="moment", sort=Import.created_at),
            Column("uploaded_by_id", "上传人", value=lambda i: user_names([i.uploaded_by_id]).get(i.uploaded_by_id, "")),
            Column("growers", "种植户", kind="number"),
            Column("applications", "预填申请", kind="number"),
            Column("left_out", "没有导入", kind="number"),
            Column("state", "状态", kind="chip", sort=Import.state, value=lambda i: (INTAKE.label_of(i.state), INTAKE.state(i.state).tone)),
        ],
        filters=[
            Filter("q", "导入号", search=(Import.import_no,)),
            Filter("state", "状态", column=Import.state, choices=[(s.key, s.label) for s in INTAKE.states]),
        ],
        default_sort="-import_no", name="imports", empty="还没有导入过。",
    )  # fmt: skip


@blueprint.get("/intake/template.xlsx")
@access(permissions.VIEW)
def template() -> Response:
    """The workbook to fill in."""
    return _file(workbook.template(), "import-template")


def _file(data: bytes, name: str) -> Response:
    answer = Response(data, content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/intake/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One import: before it is confirmed every fault by its cell and likely duplicates; afterwards the receipt and its rows."""
    return _show(queries.import_for(public_id, current_actor()))


def _show(found: Import, link: str = "", status: int = 200) -> Any:
    actor = current_actor()
    checked, unread = None, ""
    if found.state == "checked":
        try:
            checked = service.checked_of(found)
        except DomainError as error:
            unread = f"{error.message}{error.help or ''}"
    people = user_names([i for i in (found.uploaded_by_id, found.confirmed_by_id) if i])
    page = render_template(
        "admin/intake/show.html", found=found, workflow=INTAKE, checked=checked, unread=unread, link=link,
        faults=checked.faults[:SHOWN] if checked else [],
        twins=service.suspects(checked)[:SHOWN] if checked else [],
        rows=queries.rows_of(found.id) if found.state == "done" else [],
        file=files_by_id([found.file_id])[found.file_id], people=people, mask=mask_mobile, now=clock.now(),
        moves=moves_for(INTAKE, found, actor), history=history(INTAKE, found.id), may=actor.can(permissions.IMPORT),
    )  # fmt: skip
    return page, status


@blueprint.get("/intake/<uuid:public_id>/progress")
@access(permissions.VIEW)
def progress(public_id: UUID) -> str:
    """How many rows are written so far."""
    return render_template("admin/intake/_progress.html", found=queries.import_for(public_id, current_actor()))


@blueprint.get("/intake/<uuid:public_id>/marked.xlsx")
@access(permissions.VIEW)
def marked(public_id: UUID) -> Response:
    """The rows with each faulty cell coloured and commented, to mend and send again."""
    found = queries.import_for(public_id, current_actor())
    checked = service.checked_of(found)
    return _file(workbook.marked(checked.raw, checked.by_cell()), f"{found.import_no}-marked")


@blueprint.post("/intake/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Confirm once, or give up; the engine checks who may."""
    found = queries.import_for(public_id, current_actor())
    back = url_for(".show", public_id=public_id)
    wish = requested_move(INTAKE, found, back=back)
    if wish.page:
        return wish.page
    fire(INTAKE, found, wish.key, current_actor(), reason=wish.reason)
    flash("已放弃，什么都没有写。" if wish.key == "drop" else "已确认，正在写入。")
    return redirect(back)


@blueprint.post("/intake/rows/<uuid:public_id>/link")
@access(permissions.IMPORT)
def link(public_id: UUID) -> Any:
    """Send the contact person a new link, shown once so that it can be passed on by hand."""
    once.claim(request.form.get("once"))
    row = queries.row_for(public_id, current_actor())
    path = handover.offer_again(row, current_actor())
    return _show(queries.import_by_id(row.import_id), request.host_url.rstrip("/") + path)


@blueprint.route("/intake/rows/<uuid:public_id>/close", methods=["GET", "POST"])
@access(permissions.IMPORT)
def close(public_id: UUID) -> Any:
    """Take a prepared application back, with the reason."""
    row = queries.row_for(public_id, current_actor())
    back = url_for(".show", public_id=queries.import_by_id(row.import_id).public_id)
    form = CloseForm()

    def page(status: int = 200) -> Any:
        return render_template("admin/intake/close.html", row=row, form=form, back=back), status

    if not form.is_submitted():
        return page()
    return done(form, lambda: handover.close(row, form.values()["reason"], current_actor()), page, "已收回。", back)


@blueprint.get("/entry/take/<token>")
@public("the link is the proof; who opens it may have no account yet")
@limiter.limit("30 per minute")
def take(token: str) -> str:
    """What the office prepared, and the way to take it over; the number is masked."""
    row = handover.find(token)
    return render_template(
        "admin/intake/take.html", row=row, token=token, address=mask_mobile(row.contact_mobile),
        signed_in=current_actor().user_id is not None,
    )  # fmt: skip


@blueprint.post("/entry/take/<token>")
@access(permissions.TAKE)
def taken(token: str) -> Any:
    """Take the prepared application over: a draft of the signed-in person."""
    once.claim(request.form.get("once"))
    application = handover.take(token, current_actor())
    flash("已接手。核对资料，补上营业执照照片，逐条确认条件，再提交。")
    return redirect(url_for("enterprise.application", public_id=application.public_id))


@blueprint.get("/intake/duplicates")
@access(permissions.VIEW)
def duplicates() -> str:
    """Likely duplicates of the whole register; a pair with a word on it is shown only where that is asked for."""
    found = likeness.judged(twin_rules.pairs(likeness.parties()))
    which = request.args.get("show", "open")
    kept: list[str | None] = [which] if which in twin_rules.VERDICTS else [None]
    rows = [row for row in found if (row[1].verdict if row[1] else None) in kept]
    counts = {key: sum((s.verdict if s else "open") == key for _, s in found) for key in ("open", "same", "other")}
    return render_template(
        "admin/intake/duplicates.html", rows=rows[:ROWS], total=len(rows), which=which, counts=counts,
        verdicts=twin_rules.VERDICTS, common=twin_rules.COMMON,
    )  # fmt: skip


@blueprint.route("/intake/duplicates/<first>/<other>", methods=["GET", "POST"])
@access(JUDGE)
def duplicate(first: str, other: str) -> Any:
    """Say of two rows of the register whether they are one."""
    return judge_page(likeness.pair_of(first, other), url_for(".duplicates"), "疑似重复")
