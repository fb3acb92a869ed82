"""Use cases of the season: open one, write lines, correct a line.  Nothing written is ever changed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, RuleBroken, Unmet
from core.hooks import Hook
from core.organisation import mandates
from core.place.queries import places_by_id
from core.record.service import record
from core.taxonomy import queries as taxonomy
from trace.season import queries, rules
from trace.season.models import CATEGORIES, Entry, EntryPicture, Season
from trace.season.permissions import WRITE

if TYPE_CHECKING:
    from core.place.models import Place

Allocated = Callable[[int], dict[date, int]]
# The lot room says how many grams of a season's harvest days are in lots already (lots lie above seasons).
allocated: Hook[Allocated] = Hook("season_allocated")
Uses = Callable[[int], list[rules.LotUse]]
# The lot room also says which lots a season fed, cancelled ones included.
lot_uses: Hook[Uses] = Hook("season_lot_uses")
MAX_PICTURES = 6
ART_27_KEEPER = "农产品质量安全法第二十七条"


def _own_organisation(actor: Actor) -> int:
    if actor.organisation_id is None or not (actor.is_system or actor.can(WRITE)):
        raise Denied("生产记录由本单位的人员记。", help="请在右上角切换到本单位的身份。")
    return actor.organisation_id


def open_season(
    actor: Actor, *, place: Place, year: int, variety: str, planned_harvest_on: date | None = None
) -> Season:
    """A new season of the plot for the crop year; Conflict where there is one, BadInput for a place that is no plot."""
    organisation_id = _own_organisation(actor)
    if place.organisation_id != organisation_id or place.kind != "plot" or not place.active:
        raise BadInput("请选一块在用的地块。", code="season.place", field="place")
    this_year = clock.today().year
    if not this_year - 5 <= year <= this_year + 1:
        raise BadInput(f"年份在 {this_year - 5} 到 {this_year + 1} 之间。", code="season.year", field="year")
    word = taxonomy.term("variety", variety, field="variety")
    if db.session.scalar(select(Season.id).where(Season.place_id == place.id, Season.year == year)):
        raise Conflict(
            f"地块 {place.code} 的 {year} 生产季已经开过。",
            code="season.taken",
            field="year",
            help="从列表进入那个生产季接着记。",
        )
    _may_keep(organisation_id, place.farmer_id)
    season = Season(
        planned_harvest_on=_plan(planned_harvest_on, year),
        organisation_id=organisation_id,
        place_id=place.id,
        year=year,
        code=f"{place.code}/{year}",
        species=word.species or "",
        variety=variety,
    )
    db.session.add(season)
    db.session.flush()
    record("season.opened", season, actor, plot=place.code, year=year)
    return season


def _plan(day: date | None, year: int) -> date | None:
    if day is not None and not date(year, 1, 1) <= day <= date(year + 1, 3, 31):
        raise BadInput(f"计划采收日不在 {year} 生产季里。", code="season.plan", field="planned_harvest_on")
    return day


def plan_harvest(season: Season, actor: Actor, day: date | None) -> None:
    """The season's planned first harvest day is ``day``; reminders and stop days count back from it."""
    _may_write(season, actor)
    lock(season)
    season.planned_harvest_on = _plan(day, season.year)
    db.session.flush()
    record("season.planned", season, actor, planned=day)


def _may_keep(keeper_id: int, farmer_id: int) -> None:
    """A farmer's journal is kept by another only under a mandate in force today."""
    if keeper_id != farmer_id and not mandates.keeps_for(keeper_id, farmer_id):
        raise RuleBroken(
            unmet=[
                Unmet(
                    "season.mandate",
                    "这块地的种植户没有有效的记录委托，不能替他记。",
                    ART_27_KEEPER,
                    "到“记录委托”里续上；或由种植户自己给出委托。",
                    "种植户或本单位负责人",
                )
            ],
            field="place",
        )


def _may_write(season: Season, actor: Actor) -> None:
    if season.organisation_id != _own_organisation(actor):
        raise Denied("这个生产季由别的单位记录。", help="本单位的从列表进入；替你记录的合作社可以更正。")
    if season.archived_at is not None:
        raise Conflict("这个生产季已经归档，不能再记。", code="season.archived", help="新的记录请开新的生产季。")
    _may_keep(season.organisation_id, places_by_id([season.place_id])[season.place_id].farmer_id)


def unwritable(season: Season, actor: Actor) -> str:
    """Why the actor may not write into the season now, in words; '' where he may."""
    try:
        _may_write(season, actor)
    except RuleBroken as error:
        return "".join(u.message for u in error.unmet)
    except (Denied, Conflict) as error:
        return error.message
    return ""


def _days(season: Season, done_on: date, until: date | None) -> tuple[date, date]:
    return rules.check_days(done_on, until, year=season.year, today=clock.today())


def _write(
    season: Season,
    actor: Actor,
    line: rules.JournalEntry,
    *,
    picture_ids: Sequence[int] = (),
    corrects: Entry | None = None,
    reason: str = "",
    voids: bool = False,
    draft_key: uuid.UUID | None = None,
) -> Entry:
    """Append one line under the season's row lock, so that numbers have no gap and balances hold.

    A draft that was stored before is returned as it was stored: a phone may send it as often as it likes.
    """
    _may_write(season, actor)
    if len(picture_ids) > MAX_PICTURES:
        raise BadInput(f"一条记录最多 {MAX_PICTURES} 张照片。", code="season.pictures", field="pictures")
    lock(season)
    if draft_key is not None:
        known = queries.by_draft_key(draft_key)
        if known is not None and known.season_id == season.id:
            return known
    row = next_entry(season, actor, line)
    row.draft_key, row.correction_reason, row.voids = draft_key, reason, voids
    row.corrects_id = corrects.id if corrects else None
    db.session.add(row)
    db.session.flush()
    db.session.add_all(EntryPicture(entry_id=row.id, file_id=file_id) for file_id in picture_ids)
    if corrects is not None:
        _harvest_still_covers(season)
    record(
        "season.corrected" if corrects else "season.recorded", row, actor, season=season.code, no=row.no, kind=row.kind
    )
    return row


def next_entry(season: Season, actor: Actor, line: rules.JournalEntry) -> Entry:
    """The row of the line under the season's next number; the caller holds the season's lock and adds it."""
    season.last_no += 1
    return Entry(
        season_id=season.id,
        no=season.last_no,
        kind=line.kind,
        done_on=line.done_on,
        until=line.until,
        summary=line.summary,
        category=line.category,
        input_name=line.input_name,
        registration_no=line.registration_no,
        source=line.source,
        usage=line.usage,
        amount=line.amount,
        interval_days=line.interval_days,
        mass_g=line.mass_g,
        recorded_at=clock.now(),
        recorded_by=actor.user_id,
        writer_id=actor.organisation_id,
    )


def _harvest_still_covers(season: Season) -> None:
    harvested = rules.harvest_by_day(queries.journal(season.id))
    for ask in allocated:
        for day, taken in ask(season.id).items():
            if taken > harvested.get(day, 0):
                raise RuleBroken(
                    unmet=[
                        Unmet(
                            "season.harvest_taken",
                            f"{day:%m-%d} 的采收已有 {taken / 1000:,.0f} kg 入库，更正后不够。",
                            rules.ART_27,
                            "先作废用到它的批次，再更正采收。",
                            "本单位经办员",
                        )
                    ],
                    field="mass_g",
                )


def write_line(
    season: Season,
    actor: Actor,
    line: rules.JournalEntry,
    *,
    picture_ids: Sequence[int] = (),
    draft_key: uuid.UUID | None = None,
) -> Entry:
    """Append a line made by ``input_line``, ``plain_line`` or ``harvest_line``; once only per ``draft_key``."""
    return _write(season, actor, line, picture_ids=picture_ids, draft_key=draft_key)


def input_line(
    season: Season,
    *,
    done_on: date,
    until: date | None = None,
    category: str,
    name: str,
    source: str,
    usage: str,
    amount: str,
    registration_no: str = "",
    interval_days: int | None = None,
    summary: str = "",
    bans: Sequence[rules.Ban] | None = None,
) -> rules.JournalEntry:
    """A checked line about an input; RuleBroken with every ban it breaks (facts 3.4: it blocks).

    ``bans`` spares the query where many lines are checked.
    """
    if category not in CATEGORIES:
        raise BadInput("没有这一类投入品，请从列表里选。", code="season.category", field="category")
    first, last = _days(season, done_on, until)
    line = rules.JournalEntry(
        id=0,
        no=0,
        kind="input",
        done_on=first,
        until=last,
        summary=rules.public_text(summary, "summary", label="用途"),
        category=category,
        input_name=rules.public_text(name, "input_name", label="名称", required=True, limit=60),
        registration_no=rules.registration_no(registration_no, category=category),
        source=rules.public_text(source, "source", label="来源", required=True, limit=60),
        usage=rules.public_text(usage, "usage", label="用法", required=True, limit=60),
        amount=rules.public_text(amount, "amount", label="用量", required=True, limit=60),
        interval_days=rules.interval_days(interval_days, category=category),
    )
    known = queries.banned_rows() if bans is None else bans
    hits = rules.banned(line.input_name, known, species=season.species, on=first)
    if hits:
        raise RuleBroken(unmet=rules.unmet_bans(line.input_name, first, hits), field="input_name")
    return line


def add_input(
    season: Season,
    actor: Actor,
    *,
    done_on: date,
    category: str,
    name: str,
    source: str,
    usage: str,
    amount: str,
    registration_no: str = "",
    interval_days: int | None = None,
    until: date | None = None,
    summary: str = "",
    picture_ids: Sequence[int] = (),
) -> Entry:
    """One input line (art. 27: name, source, usage, amount, first and last day); pesticides need number and interval."""
    line = input_line(
        season, done_on=done_on, until=until, category=category, name=name, source=source, usage=usage, amount=amount,
        registration_no=registration_no, interval_days=interval_days, summary=summary,
    )  # fmt: skip
    return _write(season, actor, line, picture_ids=picture_ids)


def plain_line(
    season: Season, *, kind: str, done_on: date, summary: str, until: date | None = None
) -> rules.JournalEntry:
    """A checked line of kind ``pest`` or ``work``."""
    if kind not in ("pest", "work"):
        raise BadInput("没有这一类记录，请从列表里选。", code="season.kind", field="kind")
    first, last = _days(season, done_on, until)
    label = "病虫害和防治" if kind == "pest" else "做了什么"
    words = rules.public_text(summary, "summary", label=label, required=True)
    return rules.JournalEntry(id=0, no=0, kind=kind, done_on=first, until=last, summary=words)


def add_pest(
    season: Season,
    actor: Actor,
    *,
    done_on: date,
    summary: str,
    until: date | None = None,
    picture_ids: Sequence[int] = (),
) -> Entry:
    """One line about pests or diseases and what was done against them."""
    line = plain_line(season, kind="pest", done_on=done_on, until=until, summary=summary)
    return _write(season, actor, line, picture_ids=picture_ids)


def add_work(
    season: Season,
    actor: Actor,
    *,
    done_on: date,
    summary: str,
    until: date | None = None,
    picture_ids: Sequence[int] = (),
) -> Entry:
    """One line about farm work."""
    line = plain_line(season, kind="work", done_on=done_on, until=until, summary=summary)
    return _write(season, actor, line, picture_ids=picture_ids)


def harvest_line(season: Season, *, done_on: date, mass_g: int | None, summary: str = "") -> rules.JournalEntry:
    """A checked harvest line of one day, whole grams."""
    first, _ = _days(season, done_on, None)
    words = rules.public_text(summary, "summary", label="说明") or "采收"
    return rules.JournalEntry(
        id=0, no=0, kind="harvest", done_on=first, until=first, summary=words, mass_g=rules.harvest_mass(mass_g)
    )


def add_harvest(
    season: Season, actor: Actor, *, done_on: date, mass_g: int, summary: str = "", picture_ids: Sequence[int] = ()
) -> Entry:
    """One harvest line: day and grams.  A waiting time not over is told by the page and closes sealing, not the journal."""
    return _write(
        season, actor, harvest_line(season, done_on=done_on, mass_g=mass_g, summary=summary), picture_ids=picture_ids
    )


def correct(
    entry: Entry,
    season: Season,
    actor: Actor,
    line: rules.JournalEntry,
    *,
    reason: str,
    picture_ids: Sequence[int] = (),
) -> Entry:
    """A new line that replaces ``entry``; the old one stays readable.  Conflict where it was corrected already."""
    return _write(
        season, actor, line, corrects=_correctable(entry, season), reason=_reason(reason), picture_ids=picture_ids
    )


def strike_out(entry: Entry, season: Season, actor: Actor, *, reason: str) -> Entry:
    """A new line saying that ``entry`` did not happen; the old one stays readable, struck out."""
    line = replace(queries.entry_view(_correctable(entry, season)), recorded_at=None)
    return _write(season, actor, line, corrects=entry, reason=_reason(reason), voids=True)


def _reason(text: str) -> str:
    return rules.public_text(text, "reason", label="更正原因", required=True)


def _correctable(entry: Entry, season: Season) -> Entry:
    if entry.season_id != season.id:
        raise BadInput("这条记录不在这个生产季里。", code="season.other", field="reason")
    lock(season)
    if entry.voids or db.session.scalar(select(Entry.id).where(Entry.corrects_id == entry.id)):
        raise Conflict("这条记录已经更正过。", code="season.corrected_already", help="请更正最新的那一条。")
    return entry


def due_intervals(season: Season, harvested_on: date) -> list[rules.Interval]:
    """The waiting times that are not over for a harvest on that day, for the page to tell at once."""
    found = rules.intervals(queries.journal(season.id), [harvested_on])
    return [i for i in found if not i.over]
