"""Pages of seasons and their journal; a line takes under a minute on a phone."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor
from core.account.queries import user_names
from core.errors import DomainError, RuleBroken
from core.file.service import store
from core.organisation import queries as organisations
from core.place import queries as places
from core.taxonomy import queries as taxonomy
from core.ui import flash
from trace.season import queries, rules, service
from trace.season.forms import FORMS, PlanForm, SeasonForm, StrikeForm, correcting
from trace.season.models import CATEGORIES, KINDS, Season
from trace.season.permissions import VIEW, WRITE

bp = Blueprint(
    "season", __name__, template_folder="templates", static_folder="static", static_url_path="/static/season",
    url_prefix="/seasons",
)  # fmt: skip


@bp.get("/")
@access(VIEW)
def index() -> ResponseReturnValue:
    organisation_id = current_actor().organisation_id or 0
    archived = request.args.get("archived") == "1"
    kept = queries.seasons_of(organisation_id, archived=archived)
    grown = [] if archived else queries.seasons_grown_by(organisation_id)
    rows = [*kept, *grown]
    return render_template(
        "trace/season/index.html",
        kept=kept,
        grown=grown,
        archived=archived,
        journals=queries.journals(season.id for season, _ in rows),
        labels=taxonomy.labels(season.variety for season, _ in rows),
        parties=organisations.views([season.organisation_id for season, _ in rows] + [p.farmer_id for _, p in rows]),
        harvest_by_day=rules.harvest_by_day,
    )


@bp.route("/new", methods=["GET", "POST"])
@access(WRITE)
def new() -> ResponseReturnValue:
    actor = current_actor()
    form: Any = SeasonForm()
    organisation_id = actor.organisation_id or 0
    form.place.choices = places.choices(organisation_id, "plot")
    groups = taxonomy.grouped_choices("variety")
    form.variety.choices = [(code, f"{species} {label}") for species, rows in groups.items() for code, label in rows]
    if form.validate_on_submit():
        try:
            form.claim_once()
            place = places.pick(form.place.data, organisation_id, "plot")
            assert place is not None
            season = service.open_season(
                actor, place=place, year=form.year.data, variety=form.variety.data,
                planned_harvest_on=form.planned_harvest_on.data,
            )  # fmt: skip
            flash(f"生产季 {season.code} 已开，可以记第一笔了。")
            return redirect(url_for(".show", public_id=season.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.year.data = clock.today().year
        form.place.data = request.args.get("place", "")
        chosen = next((p for p in places.places_of(organisation_id) if str(p.public_id) == form.place.data), None)
        form.variety.data = chosen.variety if chosen else None
    return render_template("trace/season/new.html", form=form), 422 if form.errors else 200


@bp.get("/quick")
@access(WRITE)
def quick() -> ResponseReturnValue:
    """The place behind 记一笔: choose a season of this year and what was done."""
    rows = queries.seasons_of(current_actor().organisation_id or 0)
    this_year = [row for row in rows if row[0].year >= clock.today().year] or rows[:6]
    labels = taxonomy.labels(season.variety for season, _ in this_year)
    return render_template("trace/season/quick.html", rows=this_year, labels=labels, kinds=KINDS)


@bp.get("/<uuid:public_id>")
@access(VIEW)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    season = queries.get_season(public_id, actor)
    place = queries.seasons_by_id([season.id])[season.id][1]
    entries = queries.journal(season.id)
    last = queries.last_day(season.id)
    harvested = rules.harvest_by_day(entries)
    return render_template(
        "trace/season/show.html",
        season=season,
        place=place,
        entries=sorted(entries, key=lambda e: (e.done_on, e.no), reverse=True),
        replaced={e.corrects_id: e for e in entries if e.corrects_id is not None},
        pictures=queries.pictures([e.id for e in entries]),
        harvest_days=rules.harvest_days(entries, [use for ask in service.lot_uses for use in ask(season.id)]),
        intervals=rules.intervals(entries, harvested),
        labels=taxonomy.labels([season.variety]),
        kinds=KINDS,
        categories=CATEGORIES,
        keep_until=rules.keep_until(last) if last else None,
        law_until=rules.law_until(last) if last else None,
        refused=service.unwritable(season, actor),
        writers=user_names([e.recorded_by for e in entries if e.recorded_by]),
        parties=organisations.views(
            [season.organisation_id, place.farmer_id, *(e.writer_id for e in entries if e.writer_id)]
        ),
        own=season.organisation_id == actor.organisation_id,
    )


@bp.route("/<uuid:public_id>/plan", methods=["GET", "POST"])
@access(WRITE)
def plan(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    season = queries.kept_season(public_id, actor)
    form: Any = PlanForm(obj=season)
    if form.validate_on_submit():
        try:
            form.claim_once()
            service.plan_harvest(season, actor, form.planned_harvest_on.data)
            flash("计划采收日已记下，会按它提醒停用日。" if season.planned_harvest_on else "计划采收日已去掉。")
            return redirect(url_for(".show", public_id=season.public_id))
        except DomainError as error:
            if not form.put_error(error):
                raise
    return render_template("trace/season/plan.html", form=form, season=season), 422 if form.errors else 200


def stored_pictures(form: Any) -> list[int]:
    upload = form.pictures.data
    if upload is None:
        return []
    actor = current_actor()
    stored = store(
        upload.stream, upload.filename, kind="picture", owner_organisation_id=actor.organisation_id, actor=actor
    )
    return [stored.id]


def line_of(season: Season, kind: str, form: Any) -> rules.JournalEntry:
    """The checked line of what was filled in."""
    if kind == "harvest":
        return service.harvest_line(
            season, done_on=form.done_on.data, mass_g=form.mass_g.data, summary=form.summary.data
        )
    if kind in ("work", "pest"):
        return service.plain_line(
            season, kind=kind, done_on=form.done_on.data, until=form.until.data, summary=form.summary.data
        )
    return service.input_line(
        season,
        done_on=form.done_on.data,
        until=form.until.data,
        category=form.category.data,
        name=form.input_name.data,
        source=form.source.data,
        usage=form.usage.data,
        amount=form.amount.data,
        registration_no=form.registration_no.data,
        interval_days=form.interval_days.data,
        summary=form.summary.data,
    )


@bp.route("/<uuid:public_id>/add/<kind>", methods=["GET", "POST"])
@access(WRITE)
def add(public_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    if kind not in FORMS:
        abort(404)
    actor = current_actor()
    season = queries.kept_season(public_id, actor)
    form: Any = FORMS[kind]()
    if form.validate_on_submit():
        try:
            form.claim_once()
            line = line_of(season, kind, form)
            service.write_line(
                season, actor, line, picture_ids=stored_pictures(form), draft_key=uuid.UUID(form.once.data)
            )
            _tell(season, line)
            return redirect(url_for(".show", public_id=season.public_id))
        except RuleBroken as error:
            return _page(season, kind, form, unmet=error.unmet), 422
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted():
        form.done_on.data = clock.today()
        _prefill(form, kind, actor.organisation_id or 0)
    return _page(season, kind, form), 422 if form.errors else 200


def _prefill(form: Any, kind: str, organisation_id: int) -> None:
    """Fill an input with one used before: ``?like=3`` means the third of the recent ones."""
    if kind != "input":
        return
    form.category.data = form.category.data or "pesticide"
    chosen = request.args.get("like", "")
    recent = queries.recent_inputs(organisation_id)
    if chosen.isascii() and chosen.isdigit() and int(chosen) < len(recent):
        entry = recent[int(chosen)]
        for name in (
            "category",
            "input_name",
            "registration_no",
            "source",
            "usage",
            "amount",
            "interval_days",
            "summary",
        ):
            form[name].data = getattr(entry, name)


def _page(season: Season, kind: str, form: Any, *, unmet: Any = (), entry: Any = None) -> str:
    recent = queries.recent_inputs(season.organisation_id) if kind == "input" and entry is None else []
    return render_template(
        "trace/season/entry.html",
        season=season,
        kind=kind,
        kinds=KINDS,
        form=form,
        unmet=unmet,
        recent=recent,
        entry=entry,
        owner=draft_owner(),
    )


def draft_owner() -> str:
    """Whose drafts a browser may show and send: this person for this organisation."""
    actor = current_actor()
    return f"{actor.user_id}-{actor.organisation_id}"


def _tell(season: Season, line: rules.JournalEntry) -> None:
    flash(f"{line.done_on:%m-%d} 的{KINDS[line.kind]}记好了。")
    if line.kind == "harvest":
        for unmet in rules.unmet_intervals(service.due_intervals(season, line.done_on)):
            flash(unmet.message + unmet.help, "bad")


@bp.route("/entries/<uuid:public_id>/correct", methods=["GET", "POST"])
@access(WRITE)
def correct(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    entry, season = queries.get_entry(public_id, actor)
    form: Any = correcting(entry.kind)(obj=entry)
    if form.validate_on_submit():
        try:
            form.claim_once()
            line = line_of(season, entry.kind, form)
            service.correct(entry, season, actor, line, reason=form.reason.data, picture_ids=stored_pictures(form))
            flash("已更正。原来的记录仍看得到。")
            return redirect(url_for(".show", public_id=season.public_id))
        except RuleBroken as error:
            return _page(season, entry.kind, form, unmet=error.unmet, entry=entry), 422
        except DomainError as error:
            if not form.put_error(error):
                raise
    elif not form.is_submitted() and hasattr(form, "until") and entry.until == entry.done_on:
        form.until.data = None
    return _page(season, entry.kind, form, entry=entry), 422 if form.errors else 200


@bp.route("/entries/<uuid:public_id>/strike", methods=["GET", "POST"])
@access(WRITE)
def strike(public_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    entry, season = queries.get_entry(public_id, actor)
    form: Any = StrikeForm()
    if form.validate_on_submit():
        try:
            form.claim_once()
            service.strike_out(entry, season, actor, reason=form.reason.data)
            flash("已划掉。原来的记录仍看得到。")
            return redirect(url_for(".show", public_id=season.public_id))
        except RuleBroken as error:
            return render_template(
                "trace/season/strike.html", form=form, season=season, entry=entry, kinds=KINDS, unmet=error.unmet
            ), 422
        except DomainError as error:
            if not form.put_error(error):
                raise
    page = render_template("trace/season/strike.html", form=form, season=season, entry=entry, kinds=KINDS, unmet=())
    return page, 422 if form.errors else 200
