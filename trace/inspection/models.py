"""Limits by date; reports and their results, judged once and frozen; the certificate, issued once per lot."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId

LABORATORY_KINDS = {"third_party": "委托检测", "own": "自行检测", "official": "监督抽检"}


class Limit(PublicId, Model):
    """One row of a residue standard: substance × product or class, from one day to another."""

    __tablename__ = "trace_inspection_limit"
    __table_args__ = (
        UniqueConstraint("substance", "product", "standard", "valid_from"),
        CheckConstraint("value > 0", name="value"),
        CheckConstraint("valid_to is null or valid_to > valid_from", name="period"),
        Index("ix_trace_inspection_limit_substance", "substance", "product"),
    )

    substance: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(JSONB, default=list)
    english: Mapped[str] = mapped_column(default="")
    product: Mapped[str]
    excludes: Mapped[list[str]] = mapped_column(JSONB, default=list)
    value: Mapped[Decimal] = mapped_column(Numeric)
    unit: Mapped[str] = mapped_column(default="mg/kg")
    standard: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    temporary: Mapped[bool] = mapped_column(default=False)
    to_be_confirmed: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Report(PublicId, Model):
    """A test report about a sample of one lot."""

    __tablename__ = "trace_inspection_report"
    __table_args__ = (
        UniqueConstraint("organisation_id", "laboratory", "report_no"),
        CheckConstraint("laboratory_kind in ('third_party','own','official')", name="laboratory_kind"),
        CheckConstraint("retest_of_id <> id", name="not_its_own_retest"),
        CheckConstraint("reported_on >= sampled_on", name="days"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"), index=True)
    report_no: Mapped[str]
    laboratory: Mapped[str]
    laboratory_kind: Mapped[str]
    laboratory_code: Mapped[str] = mapped_column(default="")
    product: Mapped[str]
    standard: Mapped[str]
    sampled_on: Mapped[date]
    reported_on: Mapped[date]
    judged_on: Mapped[date]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    retest_of_id: Mapped[int | None] = mapped_column(ForeignKey("trace_inspection_report.id"))


class Result(Model):
    """One item of a report, judged by the limit in force on the harvest day; never changed (trigger)."""

    __tablename__ = "trace_inspection_result"
    __table_args__ = (
        UniqueConstraint("report_id", "substance"),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("detection_limit > 0", name="detection_limit"),
        CheckConstraint(
            "judgement in ('not_over','over','banned_detected','not_judgeable','no_limit')", name="judgement"
        ),
        CheckConstraint("(limit_value is null) = (limit_standard = '')", name="limit_whole"),
    )

    report_id: Mapped[int] = mapped_column(ForeignKey("trace_inspection_report.id"))
    position: Mapped[int]
    substance: Mapped[str]
    value: Mapped[Decimal | None] = mapped_column(Numeric)
    detection_limit: Mapped[Decimal | None] = mapped_column(Numeric)
    unit: Mapped[str] = mapped_column(default="mg/kg")
    method: Mapped[str] = mapped_column(default="")
    limit_value: Mapped[Decimal | None] = mapped_column(Numeric)
    limit_standard: Mapped[str] = mapped_column(default="")
    limit_marks: Mapped[list[str]] = mapped_column(JSONB, default=list)
    judgement: Mapped[str]


class Certificate(PublicId, Model):
    """A 承诺达标合格证 for one lot; kept at least two years, never changed (trigger)."""

    __tablename__ = "trace_inspection_certificate"
    __table_args__ = (
        CheckConstraint("form in ('producer','buyer')", name="form"),
        CheckConstraint("jsonb_array_length(bases) between 1 and 3", name="bases"),
        CheckConstraint("mass_g > 0", name="mass"),
        CheckConstraint("issue >= 1", name="issue"),
        UniqueConstraint("lot_id", "issue"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("trace_lot_lot.id"))
    issue: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(unique=True)
    form: Mapped[str]
    statement: Mapped[str]
    bases: Mapped[list[str]] = mapped_column(JSONB)
    product_name: Mapped[str]
    mass_g: Mapped[int]
    place: Mapped[str]
    telephone: Mapped[str]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class CertificateVoid(Model):
    """A certificate that no longer counts, and why; the certificate itself stays as it was issued."""

    __tablename__ = "trace_inspection_certificate_void"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    certificate_id: Mapped[int] = mapped_column(ForeignKey("trace_inspection_certificate.id"), unique=True)
    reason: Mapped[str]
    voided_at: Mapped[datetime]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class CertificatePrint(Model):
    """A print of a certificate; the first needs no reason, each later one does."""

    __tablename__ = "trace_inspection_certificate_print"
    __table_args__ = (
        UniqueConstraint("certificate_id", "no"),
        CheckConstraint("copies between 1 and 200", name="copies"),
        CheckConstraint("no = 1 or reason <> ''", name="reprint_reason"),
    )

    certificate_id: Mapped[int] = mapped_column(ForeignKey("trace_inspection_certificate.id"))
    no: Mapped[int]
    copies: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    printed_at: Mapped[datetime]
    printed_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
