"""Pages of deeds on lots: grade, measure, split, merge, reverse, name the sealer."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import clock
from core.account.access import access, current_actor
from core.db import db
from core.errors import BadInput, DomainError, NotFound, RuleBroken
from core.ui import flash
from core.ui.forms import WeightField
from trace.grade import queries as grades
from trace.grade.rules import MEASURES, number
from trace.item import queries as items
from trace.lot import deeds, operations, queries, reversal, rules, service
from trace.lot.forms_deeds import GradeForm, MeasureForm, MergeForm, ReverseForm, SealerForm, SplitForm
from trace.lot.models import Deed, Lot
from trace.lot.operations import Output
from trace.lot.permissions import MAKE

if TYPE_CHECKING:
    from collections.abc import Callable

bp = Blueprint("lot_deed", __name__, template_folder="templates", url_prefix="/lots")
SPLITS = 6


class _Bounds:
    """The bounds that the weight field's own reading asks for."""

    minimum_g, maximum_g = 0, 10**11


_WEIGHT: Any = _Bounds()


def grams(name: str, word: str) -> int:
    """Grams typed into the field ``name``; 0 where left empty."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return 0
    try:
        value: int = WeightField.parse(_WEIGHT, typed)
    except ValueError as wrong:
        raise BadInput(f"{word}：{wrong}", code="lot.take", field="outputs") from None
    return value


def _own(public_id: uuid.UUID) -> tuple[Lot, queries.LotView]:
    """The lot of the actor's own organisation: who only seals or oversees it makes no deeds on it."""
    actor = current_actor()
    row = queries.load(public_id, actor)
    if row.organisation_id != actor.organisation_id:
        raise NotFound("没有找到这个批次。", help="请从列表重新进入。")
    return row, queries.get_lot(public_id, actor)


def _answer(form: Any, deed: Callable[[], str], page: Callable[[Any], str]) -> ResponseReturnValue:
    """Run the deed of a sent form, or show the page again with everything that is wrong."""
    unmet: Any = ()
    if form.validate_on_submit():
        try:
            form.claim_once()
            return redirect(deed())
        except RuleBroken as error:
            unmet = error.unmet
        except DomainError as error:
            form.put_error(error)
    return page(unmet), 422 if unmet or form.errors else 200


@bp.route("/<uuid:public_id>/grade", methods=["GET", "POST"])
@access(MAKE)
def grade(public_id: uuid.UUID) -> ResponseReturnValue:
    """One loose lot sorted into grades; what is thrown out has a reason."""
    row, lot = _own(public_id)
    actor, form = current_actor(), GradeForm()
    fields: Any = form
    versions = grades.usable_by(lot.organisation_id, lot.item.species)
    fields.version.choices = [(str(v.id), v.title) for v in versions]
    picked = next((v for v in versions if str(v.id) == (fields.version.data or request.args.get("version"))), None)
    chosen = picked or (versions[0] if versions else None)
    loose = [i for i in items.items_of(lot.organisation_id, loose=True) if i.variety == lot.item.variety]
    if not form.is_submitted():
        fields.done_on.data, fields.taken_g.data = clock.today(), lot.remainder_g
        fields.version.data = str(chosen.id) if chosen else None

    def deed() -> str:
        assert chosen is not None
        made = operations.grade(
            actor, row, _outputs(chosen, loose), taken_g=fields.taken_g.data, waste_g=fields.waste_g.data or 0,
            waste_reason=fields.waste_reason.data or "", version_id=chosen.id, done_on=fields.done_on.data,
        )  # fmt: skip
        flash(
            f"分成 {len(made.lots)} 批："
            + "、".join(f"{x.lot_no}（{rules.kg(x.mass_g)} kg）" for x in made.lots)
            + "。"
        )
        return url_for("lot.show", public_id=public_id)

    def page(unmet: Any) -> str:
        return render_template(
            "trace/lot/grade.html", lot=lot, form=form, version=chosen, versions=versions, loose=loose, unmet=unmet,
            measures=_measures(chosen), words=MEASURES,
        )  # fmt: skip

    return _answer(form, deed, page)


def _measures(version: grades.VersionView | None) -> list[str]:
    """The measures a version asks for, in its own order."""
    if version is None:
        return []
    return list(dict.fromkeys(c.measure for g in version.grades for c in g.criteria if c.measure != "words"))


def _outputs(version: grades.VersionView, loose: list[items.ItemView]) -> list[Output]:
    known = {str(i.public_id): i.id for i in loose}
    found = []
    for g in version.grades:
        mass = grams(f"mass-{g.key}", f"等级“{g.label}”")
        if not mass:
            continue
        item_id = known.get(request.form.get(f"item-{g.key}", ""))
        if item_id is None:
            raise BadInput(f"等级“{g.label}”要选记在哪个商品项名下。", code="lot.grade_item", field="outputs")
        found.append(Output(item_id, mass, g.key, values=_values(_measures(version), g.key)))
    return found


def _values(measures: list[str], key: str) -> dict[str, Decimal]:
    typed = {m: number(request.form.get(f"{m}-{key}", ""), m, "values") for m in measures}
    return {m: value for m, value in typed.items() if value is not None}


@bp.route("/<uuid:public_id>/measure", methods=["GET", "POST"])
@access(MAKE)
def measure(public_id: uuid.UUID) -> ResponseReturnValue:
    """What was measured on the lot, judged at once against the standard it was graded by."""
    row, lot = _own(public_id)
    form: Any = MeasureForm()
    version = grades.versions_by_id([lot.grade_version_id]).get(lot.grade_version_id or 0)
    asked = _measures(version) or [m for m in MEASURES if m != "words"]
    if not form.is_submitted():
        form.measured_on.data = clock.today()

    def deed() -> str:
        values = _values(asked, "value")
        if not values:
            raise BadInput("至少填一个测量值。", code="lot.measure", field="values")
        operations.measure(row, current_actor(), values, measured_on=form.measured_on.data)
        flash("测量值已记，以前的值照样保存。")
        return url_for("lot.show", public_id=public_id)

    def page(unmet: Any) -> str:
        return render_template(
            "trace/lot/measure.html", lot=lot, form=form, asked=asked, measures=MEASURES, unmet=unmet
        )

    return _answer(form, deed, page)


@bp.route("/<uuid:public_id>/split", methods=["GET", "POST"])
@access(MAKE)
def split(public_id: uuid.UUID) -> ResponseReturnValue:
    row, lot = _own(public_id)
    form: Any = SplitForm()
    if not form.is_submitted():
        form.done_on.data = clock.today()

    def deed() -> str:
        masses = [mass for n in range(1, SPLITS + 1) if (mass := grams(f"mass-{n}", f"第 {n} 批"))]
        made = operations.split(current_actor(), row, masses, done_on=form.done_on.data)
        flash("分出批次 " + "、".join(x.lot_no for x in made.lots) + "。")
        return url_for("lot.show", public_id=public_id)

    def page(unmet: Any) -> str:
        return render_template("trace/lot/split.html", lot=lot, form=form, unmet=unmet, count=SPLITS)

    return _answer(form, deed, page)


@bp.route("/<uuid:public_id>/merge", methods=["GET", "POST"])
@access(MAKE)
def merge(public_id: uuid.UUID) -> ResponseReturnValue:
    """This lot and others of its item become one."""
    row, lot = _own(public_id)
    form: Any = MergeForm()
    others = [
        x for x in queries.lots_of(lot.organisation_id, item_id=lot.item.id, states=deeds.USABLE)
        if x.remainder_g > 0 and not (x.is_packed and x.state == "sealed")
    ]  # fmt: skip
    version = grades.versions_by_id([lot.grade_version_id]).get(lot.grade_version_id or 0)
    form.downgrade.choices = [(g.key, g.label) for g in version.grades] if version else []
    if not form.is_submitted():
        form.done_on.data = clock.today()

    def deed() -> str:
        sources = [
            (queries.pick(x.public_id, lot.organisation_id), mass)
            for x in others
            if (mass := grams(f"take-{x.public_id}", f"批次 {x.lot_no}"))
        ]
        if not sources:
            raise BadInput("并批至少选两批。", code="lot.merge_two", field="source")
        made = operations.merge(
            current_actor(), sources, downgrade_key=form.downgrade.data or "", lot_no=form.lot_no.data or "",
            done_on=form.done_on.data,
        )  # fmt: skip
        flash(f"并成批次 {made.lots[0].lot_no}，{rules.kg(made.lots[0].mass_g)} kg。")
        return url_for("lot.show", public_id=made.lots[0].public_id)

    def page(unmet: Any) -> str:
        return render_template("trace/lot/merge.html", lot=row, item=lot.item, form=form, others=others, unmet=unmet)

    return _answer(form, deed, page)


@bp.route("/deeds/<uuid:public_id>/reverse", methods=["GET", "POST"])
@access(MAKE)
def reverse(public_id: uuid.UUID) -> ResponseReturnValue:
    """A whole deed is taken back by a reversal; what stands on it is listed first."""
    actor, form = current_actor(), ReverseForm()
    row = db.session.scalar(select(Deed).where(Deed.public_id == public_id))
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound("没有找到这一次操作。", help="请从批次页重新进入。")
    made = reversal.made_by(row.id)

    def deed() -> str:
        reversal.reverse(row, actor, form.reason.data or "")
        flash(f"这一次{rules.DEEDS[row.kind]}已冲正，数量都回到原来的批次。")
        return url_for("lot.index")

    def page(unmet: Any) -> str:
        return render_template(
            "trace/lot/reverse.html", deed=row, made=made, form=form, kind=rules.DEEDS[row.kind],
            unmet=unmet or reversal.stands_on([x for x in made if x.state != "cancelled"]),
            done=reversal.reversed_by(row.id), in_kg=rules.in_kg,
        )  # fmt: skip

    return _answer(form, deed, page)


@bp.route("/<uuid:public_id>/sealer", methods=["GET", "POST"])
@access(MAKE)
def sealer(public_id: uuid.UUID) -> ResponseReturnValue:
    """Another organisation seals the lot: a co-operative for its farmers."""
    row, lot = _own(public_id)
    form: Any = SealerForm()

    def deed() -> str:
        service.set_sealer(row, current_actor(), form.code.data or "")
        flash("封存单位已定，由它的负责人封存。" if row.sealer_id != row.organisation_id else "改回本单位封存。")
        return url_for("lot.show", public_id=public_id)

    return _answer(form, deed, lambda unmet: render_template("trace/lot/sealer.html", lot=lot, form=form, unmet=unmet))
