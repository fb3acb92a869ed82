"""Pages of grading standards: list, one version with its history, drafts, publishing, export."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.account.access import access, current_actor
from core.errors import BadInput, DomainError
from core.organisation import queries as organisations
from core.taxonomy import queries as taxonomy
from core.ui import flash, once
from core.ui.moves import requested_move
from core.ui.tables import Column, Table
from core.workflow.engine import history, moves_for
from trace.grade import queries, rules, service
from trace.grade.forms import CopyForm, CriterionForm, GradeForm, HeadForm, StandardForm
from trace.grade.permissions import EDIT, PUBLISH, VIEW
from trace.grade.rules import MEASURES, VERSION, CriterionRow, GradeRow

bp = Blueprint("grade", __name__, template_folder="templates", url_prefix="/grades")


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    actor = current_actor()
    versions = queries.versions_for(actor.organisation_id)
    names = organisations.names([v.organisation_id for v in versions if v.organisation_id])
    groups: dict[str, list[queries.VersionView]] = {"mine": [], "office": [], "reference": []}
    for v in versions:
        mine = v.organisation_id is not None and v.organisation_id == actor.organisation_id
        groups["mine" if mine else "reference" if v.organisation_id is None else "office"].append(v)
    return render_template(
        "trace/grade/index.html", groups=groups, names=names, workflow=VERSION, species=dict(taxonomy.choices("species")),
        may_edit=actor.can(EDIT),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@access(EDIT)
def new() -> ResponseReturnValue:
    form: Any = StandardForm()
    form.species.choices = taxonomy.choices("species")
    if form.validate_on_submit():
        try:
            form.claim_once()
            made = service.add_standard(
                current_actor(), code=form.code.data, name=form.name.data, species=form.species.data
            )
            return redirect(url_for(".show", public_id=made.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    return render_template("trace/grade/new.html", form=form, original=None), 422 if form.errors else 200


@bp.route("/<uuid:public_id>/copy", methods=["GET", "POST"])
@access(EDIT)
def copy(public_id: uuid.UUID) -> ResponseReturnValue:
    """A standard of one's own out of reference data or the brand office's."""
    original = queries.version_of(public_id, current_actor())
    form: Any = CopyForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            made = service.copy_version(original, current_actor(), code=form.code.data, name=form.name.data)
            flash("已复制成本单位的草稿，核对数字后再发布。")
            return redirect(url_for(".show", public_id=made.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.name.data = original.name
    return render_template("trace/grade/new.html", form=form, original=original), 422 if form.errors else 200


@bp.get("/<uuid:public_id>")
@access(VIEW)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    return _page(public_id)


def _page(public_id: uuid.UUID, forms: dict[str, Any] | None = None) -> ResponseReturnValue:
    actor = current_actor()
    row = queries.load(public_id, actor)
    version = queries.version_of(public_id, actor)
    mine = version.organisation_id is not None and version.organisation_id == actor.organisation_id
    editable = mine and version.state == "draft" and actor.can(EDIT)
    shown = forms or {}
    if editable:
        shown = {"head": HeadForm(obj=row), "grade": GradeForm(), "criterion": CriterionForm()} | shown
        shown["criterion"].grade.choices = [(g.key, g.label) for g in version.grades]
    owner = organisations.names([version.organisation_id])[version.organisation_id] if version.organisation_id else ""
    page = render_template(
        "trace/grade/show.html", version=version, row=row, editable=editable, mine=mine, forms=shown, owner=owner,
        workflow=VERSION, moves=moves_for(VERSION, row, actor) if mine else [], history=history(VERSION, row.id),
        earlier=queries.history_of(version.standard_id, actor), measures=MEASURES, may_edit=actor.can(EDIT),
        may_publish=actor.can(PUBLISH), unmet=rules.ready(service.load_facts(row)) if editable else [],
    )  # fmt: skip
    return page, 422 if forms else 200


@bp.post("/<uuid:public_id>/head")
@access(EDIT)
def edit_head(public_id: uuid.UUID) -> ResponseReturnValue:
    return _edit(public_id, "head", HeadForm(), lambda grades, _form: grades)


@bp.post("/<uuid:public_id>/grade")
@access(EDIT)
def add_grade(public_id: uuid.UUID) -> ResponseReturnValue:
    def more(grades: list[GradeRow], form: Any) -> list[GradeRow]:
        return [*grades, GradeRow(_key(form.label.data, grades), form.label.data, len(grades) + 1)]

    return _edit(public_id, "grade", GradeForm(), more)


@bp.post("/<uuid:public_id>/criterion")
@access(EDIT)
def add_criterion(public_id: uuid.UUID) -> ResponseReturnValue:
    version = queries.version_of(public_id, current_actor())
    form: Any = CriterionForm()
    form.grade.choices = [(g.key, g.label) for g in version.grades]

    def more(grades: list[GradeRow], _form: Any) -> list[GradeRow]:
        measure = form.measure.data
        words = form.words.data or ""
        row = CriterionRow(
            measure,
            None if measure == "words" else rules.number(form.low.data or "", measure, "low"),
            None if measure == "words" else rules.number(form.high.data or "", measure, "high"),
            bool(form.high_excluded.data and (form.high.data or "").strip() and measure != "words"),
            words if measure == "words" else "", bool(form.to_be_confirmed.data), form.source.data or "",
        )  # fmt: skip
        return [replace(g, criteria=(*g.criteria, row)) if g.key == form.grade.data else g for g in grades]

    return _edit(public_id, "criterion", form, more)


def _key(label: str, grades: list[GradeRow]) -> str:
    taken = {g.key for g in grades}
    found = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
    stem = found if found and found[0].isalpha() else "g"
    n = 1
    while (key := stem if n == 1 and stem != "g" else f"{stem}{n}") in taken:
        n += 1
    return key[:30]


def _edit(public_id: uuid.UUID, name: str, form: Any, change: Any) -> ResponseReturnValue:
    actor = current_actor()
    row, version = queries.load(public_id, actor), queries.version_of(public_id, actor)
    if form.validate_on_submit():
        try:
            form.claim_once()
            head = form if name == "head" else None
            service.edit(
                row, actor, change(list(version.grades), form),
                valid_from=head.valid_from.data if head else version.valid_from,
                source=(head.source.data or "") if head else version.source,
                note=(head.note.data or "") if head else version.note,
            )  # fmt: skip
            return redirect(url_for(".show", public_id=public_id))
        except DomainError as error:
            if not form.put_error(error):
                return _page(public_id, {name: form})
    return _page(public_id, {name: form})


@bp.post("/<uuid:public_id>/rows")
@access(EDIT)
def change_row(public_id: uuid.UUID) -> ResponseReturnValue:
    """Drop a grade, drop a criterion, or take its mark 待核对 away."""
    actor = current_actor()
    row, version = queries.load(public_id, actor), queries.version_of(public_id, actor)
    once.claim(request.form.get("once"))
    action, key, at = request.form.get("action"), request.form.get("grade", ""), request.form.get("at", "")
    if action not in ("drop_grade", "drop", "confirm") or (at and not (at.isascii() and at.isdigit() and len(at) < 4)):
        raise BadInput("没有这一步，请刷新页面重试。", code="grade.action")
    grades = []
    for g in version.grades:
        criteria = list(g.criteria)
        if g.key == key and action == "drop_grade":
            continue
        if g.key == key and at and int(at) < len(criteria):
            n = int(at)
            criteria[n : n + 1] = [] if action == "drop" else [replace(criteria[n], to_be_confirmed=False)]
        grades.append(replace(g, criteria=tuple(criteria)))
    service.edit(row, actor, grades, valid_from=version.valid_from, source=version.source, note=version.note)
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<uuid:public_id>/next")
@access(EDIT)
def next_version(public_id: uuid.UUID) -> ResponseReturnValue:
    once.claim(request.form.get("once"))
    version = queries.version_of(public_id, current_actor())
    standard = queries.standard_of(version.standard_public_id, current_actor())
    made = service.next_version(standard, current_actor())
    flash(f"第 {made.number} 版草稿已开，原来的一版照样有效。")
    return redirect(url_for(".show", public_id=made.public_id))


@bp.post("/<uuid:public_id>/move")
@access(PUBLISH)
def move(public_id: uuid.UUID) -> ResponseReturnValue:
    row = queries.load(public_id, current_actor())
    back = url_for(".show", public_id=public_id)
    wish = requested_move(VERSION, row, back=back)
    if wish.page is not None:
        page: ResponseReturnValue = wish.page
        return page
    service.move(row, wish.key, current_actor(), wish.reason or "")
    flash(f"标准版本：{VERSION.label_of(row.state)}。")
    return redirect(back)


@bp.get("/<uuid:public_id>/export")
@access(VIEW)
def export(public_id: uuid.UUID) -> ResponseReturnValue:
    """The version's rows as a table, which exports itself as xlsx or CSV."""
    version = queries.version_of(public_id, current_actor())
    table = Table(
        queries.criteria_rows(version.id),
        [
            Column("label", "等级"),
            Column("measure", "指标", value=lambda r: MEASURES[r.measure][0] if r.measure else "（没有指标）"),
            Column("low", "下限", value=lambda r: "" if r.low is None else rules.plain(r.low)),
            Column("high", "上限", value=lambda r: "" if r.high is None else rules.plain(r.high)),
            Column("high_excluded", "不含上限", value=lambda r: "是" if r.high_excluded else ""),
            Column("unit", "单位", value=lambda r: MEASURES[r.measure][1] if r.measure else ""),
            Column("words", "文字描述", value=lambda r: r.words or ""),
            Column("mark", "待核对", value=lambda r: "待核对" if r.to_be_confirmed else ""),
            Column("source", "出处", value=lambda r: r.source or ""),
        ],
        name=f"grades-{version.code}-v{version.number}".replace("/", "-").replace(" ", "-"),
        caption=version.title,
        per_page=400,
        scalars=False,
    )
    page: ResponseReturnValue = table.respond("trace/grade/export.html", version=version)
    return page
