"""The journal's rules (pure): what an entry must hold, which entries count, waiting times, banned substances.

Clauses: 农产品质量安全法 art. 27 (what is recorded, kept two years, never altered), 食品安全法 art. 49 (安全间隔期,
no banned pesticides).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from core.errors import BadInput, Unmet
from core.identifiers import looks_like_resident_id, normalise_text

ART_27 = "农产品质量安全法第二十七条"
ART_49 = "食品安全法第四十九条"
LEGAL_YEARS = 2
RETENTION_YEARS = 3  # the law asks two; e-commerce law art. 31 asks three for what is sold online
MAX_HARVEST_G = 1_000_000_000  # 1,000 t in one entry is a slip of the unit
_REGISTRATION = re.compile(r"(PD|LS|WP)[0-9][0-9A-Z-]{3,24}")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal as rules and screens read it."""

    id: int
    no: int
    kind: str
    done_on: date
    until: date
    summary: str = ""
    category: str | None = None
    input_name: str = ""
    registration_no: str = ""
    source: str = ""
    usage: str = ""
    amount: str = ""
    interval_days: int | None = None
    mass_g: int | None = None
    corrects_id: int | None = None
    correction_reason: str = ""
    voids: bool = False
    public_id: UUID | None = None
    season_id: int = 0
    recorded_at: datetime | None = None
    recorded_by: int | None = None
    writer_id: int | None = None
    imported: bool = False

    @property
    def harvest_not_before(self) -> date | None:
        """The first day on which harvest is allowed after this input, where it has a waiting time."""
        return self.until + timedelta(days=self.interval_days) if self.interval_days is not None else None


@dataclass(frozen=True, slots=True)
class Ban:
    """A dated row of the table of banned substances."""

    name: str
    scope: str
    valid_from: date | None
    valid_to: date | None
    rule: str
    source: str = ""
    to_be_confirmed: bool = True

    def applies(self, species: str, on: date) -> bool:
        """Whether it binds for ``species`` on that day; ``valid_to`` is the first day it no longer does."""
        if self.scope not in ("all", "fruit", species):
            return False
        return (self.valid_from is None or on >= self.valid_from) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Interval:
    """A spray measured against a harvest day."""

    name: str
    sprayed_on: date
    harvested_on: date
    required: int

    @property
    def actual(self) -> int:
        return (self.harvested_on - self.sprayed_on).days

    @property
    def over(self) -> bool:
        """The waiting time is over when at least ``required`` days lie between the last use and the harvest."""
        return self.actual >= self.required


# --- what an entry must hold -----------------------------------------------------------------------------------------


def check_days(done_on: date, until: date | None, *, year: int, today: date) -> tuple[date, date]:
    """First and last day of a deed: not in the future, in order, within the crop year or the year before it."""
    last = until or done_on
    if last < done_on:
        raise BadInput("停用日期早于使用日期，请核对。", code="season.days_order", field="until")
    if last > today:
        raise BadInput("日期还没到，做完再记。", code="season.future", field="done_on")
    if not date(year - 1, 7, 1) <= done_on <= date(year + 1, 3, 31):
        raise BadInput(
            f"日期不在 {year} 生产季里，请核对年份。", code="season.other_year", field="done_on",
            help=f"{year} 生产季从 {year - 1}年7月 算到 {year + 1}年3月。",
        )  # fmt: skip
    if (last - done_on).days > 60:
        raise BadInput("一条记录最多跨 60 天，请分开记。", code="season.too_long", field="until")
    return done_on, last


def registration_no(text: str, *, category: str) -> str:
    """A pesticide's registration number in canonical form (needed for pesticides), '' elsewhere when empty."""
    code = unicodedata.normalize("NFKC", normalise_text(text)).upper().replace(" ", "")
    if category != "pesticide":
        return code[:40]
    if not code:
        raise BadInput(
            "农药要填登记证号。",
            code="season.registration_missing",
            field="registration_no",
            help="印在瓶身或袋子上，PD 开头。",
        )
    if not _REGISTRATION.fullmatch(code):
        raise BadInput(
            "登记证号写成 PD、LS 或 WP 开头加数字，例如 PD20091234。",
            code="season.registration_shape",
            field="registration_no",
        )
    return code


def interval_days(value: int | None, *, category: str) -> int | None:
    """The waiting time in days, 0 to 365; needed for pesticides."""
    if value is None:
        if category == "pesticide":
            raise BadInput(
                "农药要填安全间隔期。",
                code="season.interval_missing",
                field="interval_days",
                help="标签上写着，按天数填；标签写“不需要”就填 0。",
            )
        return None
    if not 0 <= value <= 365:
        raise BadInput("安全间隔期在 0 到 365 天之间。", code="season.interval", field="interval_days")
    return value


def harvest_mass(grams: int | None) -> int:
    """A harvested mass in grams, more than nothing and at most 1,000 t."""
    if grams is None or grams <= 0:
        raise BadInput("采收量要大于 0。", code="season.mass", field="mass_g")
    if grams > MAX_HARVEST_G:
        raise BadInput("一次采收超过 1000 吨，请核对单位是不是公斤。", code="season.mass", field="mass_g")
    return grams


def holds_personal_data(text: str) -> bool:
    """Whether text looks like holding a phone or resident ID number, which no public record may (TRUST 6)."""
    plain = unicodedata.normalize("NFKC", text)
    squeezed = re.sub(r"(?<=\d)[ -](?=\d)", "", plain)
    return bool(_MOBILE.search(squeezed) or _LANDLINE.search(plain) or looks_like_resident_id(plain))


def public_text(text: str, field: str, *, label: str, required: bool = False, limit: int = 120) -> str:
    """Text that will stand in a public record: NFC, short, without phone or ID numbers."""
    clean = normalise_text(text)
    if not clean and required:
        raise BadInput(f"还没有填{label}。", code=f"season.{field}_missing", field=field, help=f"{ART_27}要求记录。")
    if len(clean) > limit:
        raise BadInput(f"{label}最多 {limit} 个字。", code=f"season.{field}_long", field=field)
    if holds_personal_data(clean):
        raise BadInput(
            f"{label}里像有电话或身份证号码，请删去。",
            code="season.personal_data",
            field=field,
            help="这些内容会公开，不写个人信息。",
        )
    return clean


# --- which entries count ---------------------------------------------------------------------------------------------


def effective(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """The entries that count: neither replaced by a correction nor striking one out; by day, then as recorded."""
    everything = list(entries)
    replaced = {e.corrects_id for e in everything if e.corrects_id is not None}
    return sorted((e for e in everything if e.id not in replaced and not e.voids), key=lambda e: (e.done_on, e.id))


def harvest_by_day(entries: Iterable[JournalEntry]) -> dict[date, int]:
    """Grams harvested per day, of the entries that count."""
    days: dict[date, int] = {}
    for entry in effective(entries):
        if entry.kind == "harvest" and entry.mass_g:
            days[entry.done_on] = days.get(entry.done_on, 0) + entry.mass_g
    return days


# --- waiting times and bans ------------------------------------------------------------------------------------------


def intervals(entries: Iterable[JournalEntry], harvest_days: Iterable[date]) -> list[Interval]:
    """Every pesticide use measured against the first harvest day on or after it."""
    days = sorted(set(harvest_days))
    found = []
    for entry in effective(entries):
        if entry.kind != "input" or entry.category != "pesticide" or entry.interval_days is None:
            continue
        following = [day for day in days if day >= entry.done_on]
        if following:
            found.append(Interval(entry.input_name, entry.until, following[0], entry.interval_days))
    return found


def unmet_intervals(found: Sequence[Interval]) -> list[Unmet]:
    """One unmet rule for each waiting time that was not over on the harvest day."""
    return [
        Unmet(
            "season.interval",
            f"{i.harvested_on:%m-%d} 采收时，{i.name}的安全间隔期还没满：要 {i.required} 天，实际 {i.actual} 天。",
            ART_49,
            f"这天采收的果子不能上市。{i.sprayed_on + timedelta(days=i.required):%m-%d} 起采收的可以；日期记错了就去更正。",
            "本单位经办员",
        )
        for i in found
        if not i.over
    ]


def plain_name(text: str) -> str:
    """A substance or product name for comparing: NFKC, no blanks, no brackets."""
    return re.sub(r"[\s()（）\[\]·.,，、-]", "", unicodedata.normalize("NFKC", text)).lower()


def banned(name: str, bans: Iterable[Ban], *, species: str, on: date) -> list[Ban]:
    """The bans an input of this name breaks on that day: a product name that contains the substance counts."""
    plain = plain_name(name)
    hits = [b for b in bans if b.applies(species, on) and plain_name(b.name) in plain]
    longest = [b for b in hits if not any(b.name != o.name and b.name in o.name for o in hits)]
    return sorted(longest, key=lambda b: b.name)


def unmet_bans(name: str, on: date, hits: Sequence[Ban]) -> list[Unmet]:
    """One unmet rule for each ban broken, with its source."""
    return [
        Unmet(
            "season.banned_input",
            f"{name}含有禁用物质“{b.name}”，{on:%Y-%m-%d} 不能用在果树上。",
            b.rule or ART_49,
            "不要使用；已经用过的，停止采收并联系县农业农村部门。名称写错了就改正后再记。",
            "本单位负责人",
        )
        for b in hits
    ]


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def keep_until(last_day: date) -> date:
    """The last day a season's journal is kept by our own rule (three years), counted from its last entry."""
    return _years_later(last_day, RETENTION_YEARS)


def law_until(last_day: date) -> date:
    """The last day a season's journal must be kept by law (two years), counted from its last entry."""
    return _years_later(last_day, LEGAL_YEARS)


@dataclass(frozen=True, slots=True)
class LotUse:
    """Grams of one harvest day that went into a lot, as the lot room answers."""

    harvested_on: date
    lot_no: str
    lot_public_id: UUID
    mass_g: int
    live: bool = True


@dataclass(frozen=True, slots=True)
class HarvestDay:
    """One harvest day: what was picked, what is in lots, what is left, and into which lots it went."""

    on: date
    harvested_g: int
    uses: tuple[LotUse, ...]

    @property
    def taken_g(self) -> int:
        return sum(u.mass_g for u in self.uses if u.live)

    @property
    def left_g(self) -> int:
        return self.harvested_g - self.taken_g


def harvest_days(entries: Iterable[JournalEntry], uses: Iterable[LotUse]) -> list[HarvestDay]:
    """Harvest days in order, each with the lots it fed."""
    by_day: dict[date, list[LotUse]] = {}
    for use in uses:
        by_day.setdefault(use.harvested_on, []).append(use)
    return [
        HarvestDay(day, grams, tuple(by_day.get(day, ()))) for day, grams in sorted(harvest_by_day(entries).items())
    ]


def unmet_forget(*, code: str, last_day: date | None, today: date, archived: bool, used_by_lots: bool) -> list[Unmet]:
    """Every reason why a season's journal may not be deleted now; empty means it may."""
    unmet = []
    if last_day is not None and today <= keep_until(last_day):
        unmet.append(
            Unmet(
                "season.retention",
                f"{code} 的生产记录要保存到 {keep_until(last_day):%Y-%m-%d}，现在不能删。",
                ART_27,
                f"法定至少到 {law_until(last_day):%Y-%m-%d}，平台保存三年。到期以后再来。",
                "本单位负责人",
            )
        )
    elif not archived:
        unmet.append(
            Unmet(
                "season.not_archived", f"{code} 还没有归档。", ART_27, "到期后系统每天自动归档，归档后才能删。", "系统"
            )
        )
    if used_by_lots:
        unmet.append(
            Unmet(
                "season.used",
                f"{code} 的采收进了批次，批次的记录要靠它说明来源。",
                "农产品质量安全法第四十一条",
                "保留它；归档后不再出现在日常列表里。",
                "本单位负责人",
            )
        )
    return unmet
