"""Season, journal entry (never changed: a trigger refuses), pictures of an entry, substances banned by date."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps

KINDS = {"input": "投入品", "pest": "病虫害", "work": "农事", "harvest": "采收"}
CATEGORIES = {"pesticide": "农药", "fertiliser": "肥料", "other": "其他投入品"}


class Season(PublicId, Timestamps, Model):
    """One plot in one crop year; ``code`` = plot code / year."""

    __tablename__ = "trace_season_season"
    __table_args__ = (
        UniqueConstraint("place_id", "year"),
        CheckConstraint("year between 2000 and 2100", name="year"),
        CheckConstraint("last_no >= 0", name="last_no"),
        CheckConstraint("(archived_at is null) = (journal_sha256 = '')", name="archived_whole"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))
    year: Mapped[int]
    code: Mapped[str]
    species: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    variety: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    last_no: Mapped[int] = mapped_column(default=0)
    planned_harvest_on: Mapped[date | None] = mapped_column(default=None)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)
    journal_sha256: Mapped[str] = mapped_column(default="")


class Entry(PublicId, Model):
    """One journal line.  ``corrects_id`` replaces an earlier one; with ``voids`` it only strikes it out."""

    __tablename__ = "trace_season_entry"
    __table_args__ = (
        UniqueConstraint("season_id", "no"),
        CheckConstraint("kind in ('input','pest','work','harvest')", name="kind"),
        CheckConstraint("until >= done_on", name="days"),
        CheckConstraint("(kind = 'harvest') = (mass_g is not null)", name="harvest_mass"),
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("(kind = 'input') = (category is not null)", name="input_category"),
        CheckConstraint("category in ('pesticide','fertiliser','other')", name="category"),
        CheckConstraint("kind <> 'input' or (input_name <> '' and source <> '' and usage <> '' and amount <> '')", name="input_whole"),
        CheckConstraint("category is distinct from 'pesticide' or (registration_no <> '' and interval_days is not null)", name="pesticide_whole"),
        CheckConstraint("interval_days between 0 and 365", name="interval"),
        CheckConstraint("(corrects_id is null) = (correction_reason = '')", name="correction_reason"),
        CheckConstraint("not voids or corrects_id is not null", name="voids_something"),
        Index("ix_trace_season_entry_day", "season_id", "done_on"),
    )  # fmt: skip

    season_id: Mapped[int] = mapped_column(ForeignKey("trace_season_season.id"))
    no: Mapped[int]
    kind: Mapped[str]
    done_on: Mapped[date]
    until: Mapped[date]
    summary: Mapped[str] = mapped_column(default="")
    category: Mapped[str | None]
    input_name: Mapped[str] = mapped_column(default="")
    registration_no: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    usage: Mapped[str] = mapped_column(default="")
    amount: Mapped[str] = mapped_column(default="")
    interval_days: Mapped[int | None]
    mass_g: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("trace_season_entry.id"), unique=True)
    correction_reason: Mapped[str] = mapped_column(default="")
    voids: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    writer_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    draft_key: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("trace_season_import.id"), index=True)


class Import(PublicId, Model):
    """One workbook read into the journals: what came, how many rows were written and how many left out."""

    __tablename__ = "trace_season_import"
    __table_args__ = (
        CheckConstraint("mode in ('all','good')", name="mode"),
        CheckConstraint("written >= 0 and left_out >= 0", name="counts"),
        CheckConstraint("mode = 'good' or left_out = 0", name="all_means_all"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    mode: Mapped[str]
    written: Mapped[int]
    left_out: Mapped[int]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Reminder(Model):
    """A reminder that was sent, so that it is sent once."""

    __tablename__ = "trace_season_reminder"
    __table_args__ = (UniqueConstraint("season_id", "kind", "about"),)

    season_id: Mapped[int] = mapped_column(ForeignKey("trace_season_season.id"))
    kind: Mapped[str]
    about: Mapped[str]
    sent_at: Mapped[datetime]


class EntryPicture(Model):
    """A picture taken with an entry."""

    __tablename__ = "trace_season_picture"
    __table_args__ = (UniqueConstraint("entry_id", "file_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("trace_season_entry.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))


class BannedSubstance(PublicId, Model):
    """A substance that may not be used, from one day to another, on everything, fruit trees or one species."""

    __tablename__ = "trace_season_banned"
    __table_args__ = (
        UniqueConstraint("name", "scope", "valid_from"),
        CheckConstraint("scope in ('all','fruit','apple','jujube')", name="scope"),
        CheckConstraint("valid_to is null or valid_from is null or valid_to > valid_from", name="period"),
    )

    name: Mapped[str]
    scope: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    rule: Mapped[str]
    source: Mapped[str]
    to_be_confirmed: Mapped[bool] = mapped_column(default=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
