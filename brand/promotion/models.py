"""Events with their places, evidence and results; the media library with its log of downloads."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from brand.promotion import rules, rules_media
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


def _one_of(column: str, values: object) -> str:
    return f"{column} in ({','.join(repr(v) for v in values)})"  # type: ignore[attr-defined]


class PromotionEvent(PublicId, Timestamps, Model):
    """A fair, campaign or roadshow; it counts in its indicator once another person has checked the evidence."""

    __tablename__ = "brand_promotion_event"
    __table_args__ = (
        state_check(rules.EVENT),
        CheckConstraint(_one_of("kind", rules.KINDS), name="kind"),
        CheckConstraint(_one_of("level", rules.LEVELS), name="level"),
        CheckConstraint(_one_of("part", rules.PARTS), name="part"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("(state = 'evidence_checked') = (checked_at is not null)", name="checked_when_counted"),
        CheckConstraint("state in ('draft','cancelled') or announced_at is not null", name="announced_when_open"),
        Index("ix_brand_promotion_event_days", "starts_on", "ends_on"),
    )

    event_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    level: Mapped[str]
    part: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    host: Mapped[str] = mapped_column(default="")
    venue: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    hours: Mapped[str] = mapped_column(default="")
    introduction: Mapped[str] = mapped_column(default="")
    introduction_en: Mapped[str] = mapped_column(default="")
    etown_content: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    enrol_until: Mapped[datetime | None]
    licensed_only: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str] = mapped_column(default="")
    announced_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    state: Mapped[str] = state_column(rules.EVENT)
    version: Mapped[int] = version_column()


class Enrolment(PublicId, Timestamps, Model):
    """One enterprise's place or turn; the seat number is unique within the event, whoever enrols at the same time."""

    __tablename__ = "brand_promotion_enrolment"
    __table_args__ = (
        state_check(rules.ENROLMENT),
        UniqueConstraint("event_id", "seat_no"),
        CheckConstraint("(state in ('confirmed','attended','absent')) = (seat_no is not null)", name="seated"),
        CheckConstraint("seat_no > 0", name="seat_no"),
        CheckConstraint("people between 1 and 50", name="people"),
        Index(
            "uq_brand_promotion_enrolment_one_live",
            "event_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("state not in ('withdrawn','declined')"),
        ),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("brand_promotion_event.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    state: Mapped[str] = state_column(rules.ENROLMENT)
    version: Mapped[int] = version_column()
    seat_no: Mapped[int | None]
    goods: Mapped[str]
    people: Mapped[int]
    needs: Mapped[str] = mapped_column(default="")
    enrolled_at: Mapped[datetime]


class EventEvidence(PublicId, Model):
    """A file or a public link that shows the event took place."""

    __tablename__ = "brand_promotion_evidence"
    __table_args__ = (
        CheckConstraint(_one_of("kind", rules.EVIDENCE), name="kind"),
        CheckConstraint("(file_id is not null) <> (link <> '')", name="file_or_link"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("brand_promotion_event.id"), index=True)
    kind: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    link: Mapped[str] = mapped_column(default="")
    caption: Mapped[str]
    made_on: Mapped[date | None]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class EventResult(PublicId, Model):
    """A figure of what came of an event, with who says so; of one enterprise, or of the event as a whole."""

    __tablename__ = "brand_promotion_result"
    __table_args__ = (
        CheckConstraint(_one_of("kind", rules.RESULTS), name="kind"),
        CheckConstraint(_one_of("source_kind", rules.SOURCES), name="source_kind"),
        CheckConstraint("quantity is not null or amount_fen is not null", name="figure"),
        CheckConstraint("quantity >= 0 and amount_fen >= 0", name="not_negative"),
        CheckConstraint("source <> ''", name="source"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("brand_promotion_event.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    kind: Mapped[str]
    quantity: Mapped[int | None]
    amount_fen: Mapped[int | None]
    source_kind: Mapped[str]
    source: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))


class Material(PublicId, Timestamps, Model):
    """A picture, document or video link of the media library, with whose it is and until when it may be used."""

    __tablename__ = "brand_promotion_material"
    __table_args__ = (
        CheckConstraint(_one_of("kind", rules_media.KINDS), name="kind"),
        CheckConstraint(_one_of("rights", rules_media.RIGHTS), name="rights"),
        CheckConstraint(_one_of("audience", rules_media.AUDIENCES), name="audience"),
        CheckConstraint(
            "(kind = 'video') = (link <> '') and (kind = 'video') = (file_id is null)", name="file_or_link"
        ),
        CheckConstraint("caption <> '' and credit <> ''", name="told"),
    )

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("brand_promotion_event.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    caption: Mapped[str]
    credit: Mapped[str]
    rights: Mapped[str]
    rights_note: Mapped[str] = mapped_column(default="")
    rights_until: Mapped[date | None]
    audience: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    link: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = version_column()


class MaterialDownload(Model):
    """Who took what and when: a material, or the brand kit of a brand (then no material)."""

    __tablename__ = "brand_promotion_download"

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand_matrix_brand.id"))
    material_id: Mapped[int | None] = mapped_column(ForeignKey("brand_promotion_material.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    sha256: Mapped[str]
    at: Mapped[datetime]
