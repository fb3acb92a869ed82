"""Reads of seasons, their journal, and the dated table of bans."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.file.queries import files_by_id
from core.place.queries import places_by_id, worked_by
from trace.season import rules
from trace.season.models import BannedSubstance, Entry, EntryPicture, Import, Season

if TYPE_CHECKING:
    from core.place.models import Place


def get_season(public_id: uuid.UUID | str, actor: Actor) -> Season:
    """The season, if the actor's organisation keeps it or grows on its plot; NotFound otherwise."""
    try:
        key = uuid.UUID(str(public_id))
    except ValueError:
        raise NotFound("没有找到这个生产季。", help="请从列表重新进入。") from None
    row = db.session.scalar(select(Season).where(Season.public_id == key))
    if row is None or not _may_read(row, actor):
        raise NotFound("没有找到这个生产季。", help="请从列表重新进入。")
    return row


def _may_read(season: Season, actor: Actor) -> bool:
    if actor.is_system or season.organisation_id == actor.organisation_id:
        return True
    return places_by_id([season.place_id])[season.place_id].farmer_id == actor.organisation_id


def kept_season(public_id: uuid.UUID | str, actor: Actor) -> Season:
    """The season, if the actor's organisation keeps it, for what writes; NotFound otherwise."""
    season = get_season(public_id, actor)
    if not actor.is_system and season.organisation_id != actor.organisation_id:
        raise NotFound("没有找到这个生产季。", help="它由别的单位记录；要更正请找替你记录的合作社。")
    return season


def pick(public_id: str | uuid.UUID, organisation_id: int) -> Season:
    """The season chosen in a form; BadInput where it is not the organisation's."""
    try:
        key = uuid.UUID(str(public_id))
    except ValueError:
        raise BadInput("没有这个生产季，请从列表里选。", code="season.unknown", field="season") from None
    row = db.session.scalar(select(Season).where(Season.public_id == key, Season.organisation_id == organisation_id))
    if row is None:
        raise BadInput("没有这个生产季，请从列表里选。", code="season.unknown", field="season")
    return row


def seasons_of(organisation_id: int, year: int | None = None, *, archived: bool = False) -> list[tuple[Season, Place]]:
    """The seasons the organisation keeps with their plots, latest year first; archived ones only where asked for."""
    query = select(Season).where(Season.organisation_id == organisation_id)
    query = query.where(Season.archived_at.is_not(None) if archived else Season.archived_at.is_(None))
    if year is not None:
        query = query.where(Season.year == year)
    return sorted(_with_places(db.session.scalars(query).all()), key=lambda pair: (-pair[0].year, pair[1].code))


def seasons_grown_by(farmer_id: int) -> list[tuple[Season, Place]]:
    """Seasons on the grower's plots that another organisation keeps for him, latest year first."""
    query = select(Season).where(Season.place_id.in_(worked_by(farmer_id)), Season.organisation_id != farmer_id)
    return sorted(_with_places(db.session.scalars(query).all()), key=lambda pair: (-pair[0].year, pair[1].code))


def seasons_by_id(ids: Iterable[int]) -> dict[int, tuple[Season, Place]]:
    """Seasons with plots by row id, once for a whole screen."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(Season).where(Season.id.in_(wanted))).all()
    return {season.id: (season, place) for season, place in _with_places(rows)}


def _with_places(rows: Sequence[Season]) -> list[tuple[Season, Place]]:
    places = places_by_id(season.place_id for season in rows)
    return [(season, places[season.place_id]) for season in rows]


def entry_view(row: Entry) -> rules.JournalEntry:
    """The frozen line of a row."""
    return rules.JournalEntry(
        id=row.id,
        no=row.no,
        kind=row.kind,
        done_on=row.done_on,
        until=row.until,
        summary=row.summary,
        category=row.category,
        input_name=row.input_name,
        registration_no=row.registration_no,
        source=row.source,
        usage=row.usage,
        amount=row.amount,
        interval_days=row.interval_days,
        mass_g=row.mass_g,
        corrects_id=row.corrects_id,
        correction_reason=row.correction_reason,
        voids=row.voids,
        public_id=row.public_id,
        season_id=row.season_id,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        writer_id=row.writer_id,
        imported=row.import_id is not None,
    )


def journal(season_id: int) -> list[rules.JournalEntry]:
    """Every line of a season as recorded, corrected and struck-out ones included."""
    rows = db.session.scalars(select(Entry).where(Entry.season_id == season_id).order_by(Entry.no))
    return [entry_view(row) for row in rows]


def journals(season_ids: Iterable[int]) -> dict[int, list[rules.JournalEntry]]:
    """All lines by season, once for a whole screen."""
    wanted = set(season_ids)
    found: dict[int, list[rules.JournalEntry]] = {season_id: [] for season_id in wanted}
    if wanted:
        for row in db.session.scalars(select(Entry).where(Entry.season_id.in_(wanted)).order_by(Entry.no)):
            found[row.season_id].append(entry_view(row))
    return found


def effective_journal(season_id: int) -> list[rules.JournalEntry]:
    """The lines that count, by day."""
    return rules.effective(journal(season_id))


def get_entry(public_id: uuid.UUID, actor: Actor) -> tuple[Entry, Season]:
    """An entry with its season, if the actor's organisation keeps it; NotFound otherwise."""
    row = db.session.execute(
        select(Entry, Season).join(Season, Season.id == Entry.season_id).where(Entry.public_id == public_id)
    ).first()
    if row is None or (not actor.is_system and row[1].organisation_id != actor.organisation_id):
        raise NotFound("没有找到这条记录。", help="请从生产季重新进入。")
    return row[0], row[1]


def by_draft_key(key: uuid.UUID) -> Entry | None:
    """The line that a phone sent under this key, or None."""
    return db.session.scalar(select(Entry).where(Entry.draft_key == key))


def pictures(entry_ids: Sequence[int]) -> dict[int, list[uuid.UUID]]:
    """Public ids of the pictures of each entry."""
    found: dict[int, list[uuid.UUID]] = {}
    if not entry_ids:
        return found
    rows = db.session.scalars(
        select(EntryPicture).where(EntryPicture.entry_id.in_(entry_ids)).order_by(EntryPicture.id)
    ).all()
    files = files_by_id([row.file_id for row in rows])
    for row in rows:
        found.setdefault(row.entry_id, []).append(files[row.file_id].public_id)
    return found


def banned_rows() -> list[rules.Ban]:
    """The whole dated table of bans."""
    return [
        rules.Ban(r.name, r.scope, r.valid_from, r.valid_to, r.rule, r.source, r.to_be_confirmed)
        for r in db.session.scalars(select(BannedSubstance).order_by(BannedSubstance.name))
    ]


def recent_inputs(organisation_id: int, limit: int = 12) -> list[rules.JournalEntry]:
    """The organisation's latest distinct inputs, to fill a new line with one touch."""
    rows = db.session.scalars(
        select(Entry)
        .join(Season, Season.id == Entry.season_id)
        .where(Season.organisation_id == organisation_id, Entry.kind == "input", ~Entry.voids)
        .order_by(Entry.id.desc())
        .limit(100)
    )
    found: dict[str, rules.JournalEntry] = {}
    for row in rows:
        found.setdefault(row.input_name, entry_view(row))
    return list(found.values())[:limit]


def imports_of(organisation_id: int) -> list[Import]:
    """The organisation's imports, latest first."""
    return list(
        db.session.scalars(
            select(Import).where(Import.organisation_id == organisation_id).order_by(Import.id.desc()).limit(20)
        )
    )


def last_day(season_id: int) -> date | None:
    """The latest day in the season's journal."""
    return db.session.scalar(select(func.max(Entry.until)).where(Entry.season_id == season_id))


def progress(organisation_id: int) -> dict[str, int]:
    """Seasons and journal lines of the organisation, for the guided start."""
    seasons = db.session.scalar(select(func.count()).where(Season.organisation_id == organisation_id)) or 0
    lines = (
        db.session.scalar(
            select(func.count(Entry.id))
            .join(Season, Season.id == Entry.season_id)
            .where(Season.organisation_id == organisation_id)
        )
        or 0
    )
    return {"seasons": int(seasons), "entries": int(lines)}


# --- facts for the rules that watch (set-based; the caller is a timer or an overseer) --------------------------------


def _counting() -> ColumnElement[bool]:
    """SQL of ``rules.effective``: neither replaced nor striking one out."""
    later = aliased(Entry)
    return and_(~Entry.voids, ~select(later.id).where(later.corrects_id == Entry.id).exists())


@dataclass(frozen=True, slots=True)
class SprayFact:
    """A pesticide line that counts, with the first day on which harvest is allowed after it."""

    entry_id: int
    season_id: int
    season_code: str
    organisation_id: int
    place_id: int
    species: str
    input_name: str
    used_until: date
    interval_days: int
    harvest_not_before: date


def sprays(*, used_since: date, organisation_id: int | None = None) -> list[SprayFact]:
    """Pesticide lines that count, last used on or after the day, oldest first; of one organisation where given."""
    query = (
        select(Entry, Season)
        .join(Season, Season.id == Entry.season_id)
        .where(Entry.category == "pesticide", Entry.interval_days.is_not(None), Entry.until >= used_since, _counting())
        .order_by(Entry.until, Entry.id)
    )
    if organisation_id is not None:
        query = query.where(Season.organisation_id == organisation_id)
    return [
        SprayFact(
            e.id, s.id, s.code, s.organisation_id, s.place_id, s.species, e.input_name, e.until, days,
            e.until + timedelta(days=days),
        )
        for e, s in db.session.execute(query)
        if (days := e.interval_days) is not None
    ]  # fmt: skip


def harvests(season_ids: Iterable[int]) -> dict[int, dict[date, int]]:
    """Grams harvested by season and day, of the lines that count."""
    found: dict[int, dict[date, int]] = {}
    query = (
        select(Entry.season_id, Entry.done_on, func.sum(Entry.mass_g).label("grams"))
        .where(Entry.season_id.in_(set(season_ids)), Entry.kind == "harvest", _counting())
        .group_by(Entry.season_id, Entry.done_on)
        .order_by(Entry.season_id, Entry.done_on)
    )
    for row in db.session.execute(query):
        found.setdefault(row.season_id, {})[row.done_on] = int(row.grams)
    return found


def early_harvests(*, used_since: date) -> list[tuple[SprayFact, date]]:
    """Each spray with a harvest day of its season that lay inside its waiting time."""
    found = sprays(used_since=used_since)
    days = harvests(s.season_id for s in found)
    return [
        (spray, day)
        for spray in found
        for day in days.get(spray.season_id, ())
        if spray.used_until <= day < spray.harvest_not_before
    ]


def banned_inputs(*, recorded_since: datetime) -> list[tuple[rules.JournalEntry, Season, list[rules.Ban]]]:
    """Input lines that count and break a ban of their day, also one that entered the table after they were written."""
    bans = banned_rows()
    query = (
        select(Entry, Season)
        .join(Season, Season.id == Entry.season_id)
        .where(Entry.kind == "input", Entry.recorded_at >= recorded_since, _counting())
        .order_by(Entry.id)
    )
    checked = [
        (entry_view(e), s, rules.banned(e.input_name, bans, species=s.species, on=e.done_on))
        for e, s in db.session.execute(query)
    ]
    return [row for row in checked if row[2]]


def silent_seasons(*, last_before: date, year: int) -> list[tuple[Season, date | None]]:
    """Seasons of the year that are not archived, not harvested, and without a line since the day; with their last day."""
    last = select(Entry.season_id, func.max(Entry.until).label("day")).group_by(Entry.season_id).subquery()
    picked = select(Entry.id).where(Entry.season_id == Season.id, Entry.kind == "harvest")
    query = (
        select(Season, last.c.day)
        .outerjoin(last, last.c.season_id == Season.id)
        .where(
            Season.year == year,
            Season.archived_at.is_(None),
            or_(last.c.day.is_(None), last.c.day < last_before),
            ~picked.exists(),
        )
        .order_by(Season.id)
    )
    return [(row.Season, row.day) for row in db.session.execute(query)]
