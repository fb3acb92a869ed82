"""Use case: read a workbook into the journals, wholly or its good rows, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, DomainError, RuleBroken
from core.file.queries import read_bytes
from core.record.service import record
from trace.season import queries, rules, rules_import, service, workbook
from trace.season.models import Import, Season

if TYPE_CHECKING:
    from core.file.models import StoredFile


@dataclass(frozen=True, slots=True)
class Checked:
    """What a workbook holds: lines that may be written, by row, and faults by cell."""

    good: Sequence[tuple[int, Season, rules.JournalEntry]]
    faults: Sequence[rules_import.Fault]

    @property
    def rows(self) -> int:
        return len(self.good) + self.bad_rows

    @property
    def bad_rows(self) -> int:
        return len({f.row for f in self.faults})


def check(data: bytes, actor: Actor) -> Checked:
    """Every row of the workbook read and judged against the journals as they are now; nothing is written."""
    rows = workbook.rows_of(data)
    if not rows:
        raise BadInput("表格是空的。", code="season.import_empty", field="file", help="用模板填好再传。")
    columns, wrong = rules_import.find_columns(rows[0])
    if wrong:
        raise BadInput("".join(wrong), code="season.import_heading", field="file", help="第一行的标题照模板写。")
    reads: list[rules_import.RowRead] = []
    faults: list[rules_import.Fault] = []
    for number, cells in enumerate(rows[1:], start=2):
        if rules_import.is_blank(cells):
            continue
        found = rules_import.read_row(number, cells, columns)
        if isinstance(found, list):
            faults += found
        else:
            reads.append(found)
    return _judged(reads, faults, actor)


def _judged(reads: Sequence[rules_import.RowRead], faults: list[rules_import.Fault], actor: Actor) -> Checked:
    seasons = {(place.code, season.year): season for season, place in queries.seasons_of(actor.organisation_id or 0)}
    refused = {s.id: why for s in seasons.values() if (why := service.unwritable(s, actor))}
    bans = queries.banned_rows()
    seen = _known_lines([s.id for s in seasons.values()])
    good: list[tuple[int, Season, rules.JournalEntry]] = []
    for read in reads:
        season = seasons.get((read.plot.upper(), read.year))
        if season is None:
            said = f"没有开 {read.plot} 的 {read.year} 生产季。"
            faults.append(rules_import.Fault(read.row, read.cell_of("plot"), said))
            continue
        if season.id in refused:
            faults.append(rules_import.Fault(read.row, read.cell_of("plot"), refused[season.id]))
            continue
        try:
            line = _line(season, read, bans)
        except DomainError as error:
            faults.append(rules_import.Fault(read.row, read.cell_of(error.field), _words(error)))
            continue
        key = (season.id, *rules_import.sameness(read.kind, line))
        if key in seen:
            faults.append(rules_import.Fault(read.row, read.cell_of("plot"), f"和{seen[key]}一样，不重复记。"))
            continue
        seen[key] = f"表里第 {read.row} 行"
        good.append((read.row, season, line))
    return Checked(good, sorted(faults, key=lambda f: (f.row, len(f.cell), f.cell)))


def _words(error: DomainError) -> str:
    unmet = error.unmet if isinstance(error, RuleBroken) else ()
    return "".join(u.message for u in unmet) or error.message


def _known_lines(season_ids: Sequence[int]) -> dict[tuple[object, ...], str]:
    return {
        (season_id, *rules_import.sameness(line.kind, line)): f"已记的第 {line.no} 条"
        for season_id, lines in queries.journals(season_ids).items()
        for line in rules.effective(lines)
    }


def _line(season: Season, read: rules_import.RowRead, bans: Sequence[rules.Ban]) -> rules.JournalEntry:
    v = read.values
    text = {key: v.get(key) or "" for key in ("name", "registration_no", "source", "usage", "amount", "summary")}
    if read.kind == "harvest":
        return service.harvest_line(season, done_on=v["done_on"], mass_g=v.get("mass_g"), summary=text["summary"])
    if read.kind in ("pest", "work"):
        return service.plain_line(
            season, kind=read.kind, done_on=v["done_on"], until=v.get("until"), summary=text["summary"]
        )
    return service.input_line(
        season, done_on=v["done_on"], until=v.get("until"), category=v["category"], interval_days=v.get("interval_days"),
        bans=bans, **text,
    )  # fmt: skip


def write(file: StoredFile, actor: Actor, *, mode: str) -> Import:
    """The workbook's lines stand in the journals: all of them (``all``), or those without a fault (``good``).

    Judged anew under the seasons' locks, so that two imports at once write no line twice.  RuleBroken where ``all`` was
    asked and a row has a fault, or where no row is good; then nothing is written.
    """
    if mode not in ("all", "good"):
        raise BadInput("请选怎么导入。", code="season.import_mode", field="mode")
    ids = sorted(season.id for season, _ in queries.seasons_of(actor.organisation_id or 0))
    for season in db.session.scalars(select(Season).where(Season.id.in_(ids)).order_by(Season.id)):
        lock(season)
    checked = check(read_bytes(file), actor)
    if not checked.good or (mode == "all" and checked.faults):
        raise BadInput(
            f"有 {checked.bad_rows} 行不能导入，什么都没有写。", code="season.import_faults", field="file",
            help="改好表格再传，或者选“只导入没有问题的行”。",
        )  # fmt: skip
    made = Import(
        organisation_id=actor.organisation_id,
        file_id=file.id,
        mode=mode,
        written=len(checked.good),
        left_out=checked.bad_rows if mode == "good" else 0,
        imported_at=clock.now(),
        imported_by=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    entries = []
    for _, season, line in sorted(checked.good, key=lambda g: (g[1].id, g[2].done_on, g[0])):
        entry = service.next_entry(season, actor, line)
        entry.import_id = made.id
        entries.append(entry)
    db.session.add_all(entries)
    db.session.flush()
    record(
        "season.imported", made, actor, file=file.filename, sha256=file.sha256, mode=mode, written=made.written,
        left_out=made.left_out,
    )  # fmt: skip
    return made
