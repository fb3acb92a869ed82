"""Licences with their scope rows and evidence."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brand.licence.rules import EVIDENCE, LICENCE
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column

_KINDS = ", ".join(f"'{k}'" for k in EVIDENCE)


class Licence(PublicId, Timestamps, Model):
    """One application and, once approved, the licence with its number and term."""

    __tablename__ = "brand_licence_licence"
    __table_args__ = (
        state_check(LICENCE),
        CheckConstraint(
            "(state in ('licensed','expired','withdrawn')) = (licence_no is not null)", name="numbered_when_licensed"
        ),
        CheckConstraint(
            "(licence_no is null) = (valid_from is null) and (licence_no is null) = (valid_until is null) "
            "and (licence_no is null) = (decided_at is null)",
            name="decided_together",
        ),
        CheckConstraint("valid_until >= valid_from", name="term"),
        CheckConstraint("(state = 'withdrawn') = (ended_on is not null)", name="ended_when_withdrawn"),
    )

    case_no: Mapped[str] = mapped_column(unique=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    state: Mapped[str] = state_column(LICENCE)
    version: Mapped[int] = version_column()
    note: Mapped[str] = mapped_column(default="")
    rules_version: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime | None]
    licence_no: Mapped[str | None] = mapped_column(unique=True)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    decided_at: Mapped[datetime | None]
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
