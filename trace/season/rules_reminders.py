"""What a keeper of journals is reminded of (pure): silence in the season, stop days, waiting times against the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trace.season.rules import JournalEntry, effective

SILENT_DAYS = 15
FIRST_MONTH, LAST_MONTH = 3, 10  # orchards here are worked from March to October
TOLD_LATE = 7  # a day that passed while no worker ran is still told within a week


@dataclass(frozen=True, slots=True)
class SeasonFacts:
    """A season as the rule reads it."""

    code: str
    year: int
    opened_on: date
    planned_harvest_on: date | None
    entries: Sequence[JournalEntry]


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder; ``about`` makes it unique within its season and kind."""

    kind: str
    about: str
    title: str
    body: str


def _sprays(facts: SeasonFacts) -> list[JournalEntry]:
    return [e for e in effective(facts.entries) if e.category == "pesticide" and e.interval_days]


def due(facts: SeasonFacts, today: date) -> list[Due]:
    """Every reminder that holds on ``today``; each is sent once by its ``about``."""
    lines = effective(facts.entries)
    harvested = any(e.kind == "harvest" for e in lines)
    return [*_silence(facts, lines, harvested, today), *([] if harvested else _waiting(facts, today))]


def _silence(facts: SeasonFacts, lines: Sequence[JournalEntry], harvested: bool, today: date) -> list[Due]:
    if harvested or today.year != facts.year or not FIRST_MONTH <= today.month <= LAST_MONTH:
        return []
    since = max([facts.opened_on, date(facts.year, FIRST_MONTH, 1), *(e.until for e in lines)])
    rounds = (today - since).days // SILENT_DAYS
    if rounds < 1:
        return []
    days = (today - since).days
    body = f"从 {since:%m-%d} 起没有新的记录。做过的农事、用药、施肥请补上，记录要真实；确实没有做什么，可以不记。"
    return [Due("no_entry", f"{since}/{rounds}", f"{facts.code} 有 {days} 天没有记录", body)]


def _waiting(facts: SeasonFacts, today: date) -> list[Due]:
    found: list[Due] = []
    planned = facts.planned_harvest_on
    for spray in _sprays(facts):
        free = spray.harvest_not_before
        if free is None or spray.interval_days is None:
            continue
        if planned is not None and today <= planned:
            stop = planned - timedelta(days=spray.interval_days)
            if free > planned:
                found.append(
                    Due(
                        "interval_conflict", f"{spray.no}/{planned}", f"{facts.code} 计划采收日还在安全间隔期内",
                        f"{spray.input_name} {spray.until:%m-%d} 用过，要等到 {free:%m-%d}；计划 {planned:%m-%d} 采收。"
                        "请推迟采收，或核对记录。",
                    )
                )  # fmt: skip
            elif stop <= today <= stop + timedelta(days=TOLD_LATE):
                found.append(
                    Due(
                        "stop_reached", f"{spray.input_name}/{stop}", f"{facts.code}：{spray.input_name}到停用日",
                        f"计划 {planned:%m-%d} 采收，安全间隔期 {spray.interval_days} 天，从 {stop + timedelta(days=1):%m-%d} 起不能再用。",
                    )
                )  # fmt: skip
        if free <= today <= free + timedelta(days=TOLD_LATE):
            found.append(
                Due(
                    "interval_over", f"{spray.no}/{free}", f"{facts.code}：{spray.input_name}的安全间隔期满了",
                    f"{spray.until:%m-%d} 用药，{spray.interval_days} 天已满，{free:%m-%d} 起采收不受它限制。",
                )
            )  # fmt: skip
    return list({(d.kind, d.about): d for d in found}.values())
