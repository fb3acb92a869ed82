"""Licences with scope, evidence and plots; what the office finds; suspensions, quotas and draws; reports; sub-licences."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brand.licence.rules import EVIDENCE, ISSUED, KINDS, LICENCE, PENDING
from brand.licence.rules_sub import SUBLICENCE
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


def _listed(words: object) -> str:
    return ",".join(f"'{word}'" for word in words)  # type: ignore[attr-defined]


_KINDS = ", ".join(f"'{k}'" for k in EVIDENCE)


class Licence(PublicId, Timestamps, Model):
    """One application and, once approved, the licence with its number and term."""

    __tablename__ = "brand_licence_licence"
    __table_args__ = (
        state_check(LICENCE),
        CheckConstraint(f"(state in ({_listed(ISSUED)})) = (licence_no is not null)", name="numbered_when_licensed"),
        CheckConstraint(
            "(licence_no is null) = (valid_from is null) and (licence_no is null) = (valid_until is null) "
            "and (licence_no is null) = (decided_at is null) and (licence_no is null) = (anchor_on is null)",
            name="decided_together",
        ),
        CheckConstraint("valid_until >= valid_from", name="term"),
        CheckConstraint("(state in ('withdrawn','replaced')) = (ended_on is not null)", name="ended_when_withdrawn"),
        CheckConstraint(f"kind in ({_listed(KINDS)})", name="kind"),
        CheckConstraint("(kind = 'new') = (predecessor_id is null)", name="stands_on_predecessor"),
        # One renewal and one change at a time: two of them would grant the same term twice.
        Index(
            "uq_brand_licence_licence_one_open_case",
            "predecessor_id",
            "kind",
            unique=True,
            postgresql_where=text(f"state in ({_listed(PENDING)})"),
        ),
        Index("ix_brand_licence_licence_predecessor_id", "predecessor_id"),
        # The lists of the office: newest first, by day of submission, by last day, by state.
        Index("ix_brand_licence_licence_submitted_at", "submitted_at"),
        Index("ix_brand_licence_licence_valid_until", "valid_until"),
    )

    case_no: Mapped[str] = mapped_column(unique=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(default="new")
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("brand_licence_licence.id"))
    state: Mapped[str] = state_column(LICENCE)
    version: Mapped[int] = version_column()
    note: Mapped[str] = mapped_column(default="")
    rules_version: Mapped[str] = mapped_column(default="")
    quality_promised_on: Mapped[date | None]
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("brand_licence_procedure.id"))
    submitted_at: Mapped[datetime | None]
    licence_no: Mapped[str | None] = mapped_column(unique=True)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    anchor_on: Mapped[date | None]
    conditions: Mapped[str] = mapped_column(default="")
    grounds: Mapped[str] = mapped_column(default="")
    publicised_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(default="")
    document_file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))

    scope: Mapped[list[Scope]] = relationship(
        back_populates="licence", order_by="Scope.id", cascade="all, delete-orphan"
    )
    evidence: Mapped[list[EvidenceFile]] = relationship(
        back_populates="licence", order_by="EvidenceFile.id", cascade="all, delete-orphan"
    )


class Scope(Model):
    """One row of the scope: asked, granted, declined, or ended by a withdrawal."""

    __tablename__ = "brand_licence_scope"
    __table_args__ = (
        UniqueConstraint("licence_id", "variety", "form", "specification"),
        CheckConstraint("status in ('asked','granted','declined','ended')", name="status"),
        CheckConstraint("yearly_grams > 0", name="quantity"),
        CheckConstraint("area_m2 is null or area_m2 > 0", name="area"),
        CheckConstraint(
            "(status in ('granted','ended')) = (valid_from is not null and valid_until is not null)",
            name="term_when_granted",
        ),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"))
    variety: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    form: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    specification: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    yearly_grams: Mapped[int]
    area_m2: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="asked")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    licence: Mapped[Licence] = relationship(back_populates="scope")


class EvidenceFile(PublicId, Model):
    """One file handed in, where it comes from and how long it is valid."""

    __tablename__ = "brand_licence_evidence"
    __table_args__ = (
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint("valid_until is null or issued_on is null or valid_until >= issued_on", name="validity"),
        CheckConstraint("(kind = 'packaging') = (specification is not null)", name="packaging_names_specification"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"), index=True)
    kind: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    issuer: Mapped[str] = mapped_column(default="")
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    specification: Mapped[str | None] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    added_at: Mapped[datetime]

    licence: Mapped[Licence] = relationship(back_populates="evidence")


class Plot(Model):
    """A registered plot the application stands on."""

    __tablename__ = "brand_licence_plot"
    __table_args__ = (UniqueConstraint("licence_id", "place_id"),)

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("core_place_place.id"))


class ProcedureRow(Model):
    """One version of how applications are handled, from a day on; the newest one begun by then holds."""

    __tablename__ = "brand_licence_procedure"
    __table_args__ = (
        CheckConstraint("publicity_days between 0 and 60", name="publicity"),
        CheckConstraint("renewal_days between 1 and 180", name="renewal"),
    )

    version: Mapped[int] = mapped_column(unique=True)
    valid_from: Mapped[date]
    publicity_days: Mapped[int]
    visit_required: Mapped[bool]
    expert_required: Mapped[bool]
    renewal_days: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Visit(PublicId, Model):
    """A site visit: the appointment, then where and when it took place and what was found."""

    __tablename__ = "brand_licence_visit"
    __table_args__ = (
        CheckConstraint("outcome in ('open','fits','does_not_fit','cancelled')", name="outcome"),
        CheckConstraint(
            "(outcome in ('fits','does_not_fit')) = (visited_at is not null and latitude is not null "
            "and longitude is not null and findings <> '')",
            name="found_when_done",
        ),
        CheckConstraint("latitude between -90 and 90 and longitude between -180 and 180", name="point"),
        CheckConstraint("accuracy_m is null or accuracy_m between 0 and 100000", name="accuracy"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"), index=True)
    appointed_for: Mapped[datetime]
    place: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="open")
    visited_at: Mapped[datetime | None]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    accuracy_m: Mapped[int | None]
    findings: Mapped[str] = mapped_column(default="")
    person_key: Mapped[str]
    recorded_at: Mapped[datetime | None]


class VisitPhoto(Model):
    """A photo of a visit; place and time of taking as the camera wrote them, where it did."""

    __tablename__ = "brand_licence_visit_photo"
    __table_args__ = (UniqueConstraint("visit_id", "file_id"),)

    visit_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_visit.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("core_file_file.id"))
    taken_at: Mapped[datetime | None]
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))


class Opinion(Model):
    """What an expert (named by post) says of an application."""

    __tablename__ = "brand_licence_opinion"
    __table_args__ = (
        CheckConstraint("conclusion in ('for','conditional','against')", name="conclusion"),
        CheckConstraint("post <> '' and words <> ''", name="whole"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"), index=True)
    post: Mapped[str]
    conclusion: Mapped[str]
    words: Mapped[str]
    given_on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Suspension(Model):
    """A licence is suspended from a day on; the day it is lifted counts again.  One is open at a time."""

    __tablename__ = "brand_licence_suspension"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("lifted_on is null or lifted_on >= from_on", name="term"),
        Index(
            "uq_brand_licence_suspension_one_open",
            "licence_id",
            unique=True,
            postgresql_where=text("lifted_on is null"),
        ),
        Index("ix_brand_licence_suspension_licence_id", "licence_id"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"))
    from_on: Mapped[date]
    reason: Mapped[str]
    lifted_on: Mapped[date | None]
    lift_reason: Mapped[str] = mapped_column(default="")


class Quota(Model):
    """How many grams may be labelled in one licence year of one granted row, and how many have been; never more."""

    __tablename__ = "brand_licence_quota"
    __table_args__ = (
        UniqueConstraint("scope_id", "year_no"),
        CheckConstraint("used_grams between 0 and granted_grams", name="not_overdrawn"),
        CheckConstraint("year_no >= 1 and last_on >= first_on", name="year"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"), index=True)
    scope_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_scope.id"))
    year_no: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    granted_grams: Mapped[int]
    used_grams: Mapped[int] = mapped_column(default=0)


class Draw(Model):
    """One movement of a quota: labels drawn, given back, or carried over by a changed licence.  Append-only (trigger)."""

    __tablename__ = "brand_licence_draw"
    __table_args__ = (
        CheckConstraint("kind in ('draw','return','carried')", name="kind"),
        CheckConstraint("pieces >= 0 and net_grams >= 0 and grams > 0", name="amount"),
        Index("ix_brand_licence_draw_quota", "quota_id", "drawn_at"),
    )

    quota_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_quota.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    sublicence_id: Mapped[int | None] = mapped_column(ForeignKey("brand_licence_sublicence.id"))
    kind: Mapped[str]
    source: Mapped[str] = mapped_column(unique=True)
    about: Mapped[str] = mapped_column(default="")
    pieces: Mapped[int]
    net_grams: Mapped[int]
    grams: Mapped[int]
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class UseReport(Model):
    """What the enterprise reports of a quarter for one granted row; a later report of the quarter replaces the figure."""

    __tablename__ = "brand_licence_use_report"
    __table_args__ = (
        UniqueConstraint("scope_id", "quarter"),
        CheckConstraint("quarter ~ '^[0-9]{4}Q[1-4]$'", name="quarter"),
        CheckConstraint("used_grams >= 0", name="amount"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"), index=True)
    scope_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_scope.id"))
    quarter: Mapped[str]
    used_grams: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime]
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Review(Model):
    """The yearly review of a licence year, as the office found it."""

    __tablename__ = "brand_licence_review"
    __table_args__ = (
        UniqueConstraint("licence_id", "year_no"),
        CheckConstraint("result in ('in_order','to_mend')", name="result"),
        CheckConstraint("words <> ''", name="words"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"))
    year_no: Mapped[int]
    result: Mapped[str]
    words: Mapped[str]
    reviewed_at: Mapped[datetime]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Reminder(Model):
    """A reminder that was sent: each once."""

    __tablename__ = "brand_licence_reminder"
    __table_args__ = (UniqueConstraint("licence_id", "key"),)

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"))
    key: Mapped[str]
    sent_at: Mapped[datetime]


class Sublicence(PublicId, Timestamps, Model):
    """A holder lets a named partner pack one granted combination under its licence, up to a quantity, from–to."""

    __tablename__ = "brand_licence_sublicence"
    __table_args__ = (
        state_check(SUBLICENCE),
        CheckConstraint("partner_id <> organisation_id", name="not_itself"),
        CheckConstraint("grams > 0 and used_grams between 0 and grams", name="not_overdrawn"),
        CheckConstraint("valid_until >= valid_from", name="term"),
        CheckConstraint("(state = 'ended') = (ended_on is not null)", name="ended"),
        Index("ix_brand_licence_sublicence_partner", "partner_id", "state"),
    )

    licence_id: Mapped[int] = mapped_column(ForeignKey("brand_licence_licence.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    variety: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    form: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    specification: Mapped[str] = mapped_column(ForeignKey("core_taxonomy_term.code"))
    grams: Mapped[int]
    used_grams: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    state: Mapped[str] = state_column(SUBLICENCE)
    version: Mapped[int] = version_column()
    note: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(default="")
