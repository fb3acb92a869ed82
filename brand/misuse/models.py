"""Cases with their reports and sealed evidence, findings of the automatic patrol, rounds of the walked one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from brand.certificate.rules import MISUSE
from brand.misuse.rules import ACTS, EVIDENCE, MARKS, MISUSE_CASE, RESULTS, SOURCES, TARGETS, UNDECIDED
from core.db import Model, PublicId, Timestamps
from core.workflow.models import state_check, state_column, version_column


def _listed(words: Any) -> str:
    return ",".join(f"'{w}'" for w in words)


class MisuseCase(PublicId, Timestamps, Model):
    """One suspected misuse; ``party_id`` where the party is on the platform, else ``party_name`` alone.

    ``noticed_at`` is when this party was last told; from then on it sees the case.  Of one listing, mark and class one
    case at a time is undecided.
    """

    __tablename__ = "brand_misuse_case"
    __table_args__ = (
        state_check(MISUSE_CASE),
        CheckConstraint(f"source in ({_listed(SOURCES)})", name="source"),
        CheckConstraint(f"mark in ({_listed(MARKS)})", name="mark"),
        CheckConstraint(f"misuse in ({_listed(['', *MISUSE])})", name="misuse"),
        CheckConstraint("(state in ('decided','published','closed')) = (decided_at is not null)", name="decided"),
        CheckConstraint("state <> 'published' or published_until is not null", name="published"),
        Index(
            "uq_brand_misuse_case_one_undecided", "subject_kind", "subject_key", "mark", "misuse", unique=True,
            postgresql_where=text(f"subject_key <> '' and state in ({_listed(UNDECIDED)})"),
        ),
    )  # fmt: skip

    case_no: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    mark: Mapped[str]
    misuse: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_key: Mapped[str] = mapped_column(default="")
    party_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    party_name: Mapped[str] = mapped_column(default="")
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("brand_licence_licence.id"))
    measures: Mapped[list[str]] = mapped_column(JSONB, default=list)
    decision: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    published_on: Mapped[date | None]
    published_until: Mapped[date | None]
    state: Mapped[str] = state_column(MISUSE_CASE)
    version: Mapped[int] = version_column()

    evidence: Mapped[list[MisuseEvidence]] = relationship(order_by="MisuseEvidence.id")
    reports: Mapped[list[MisuseReport]] = relationship(order_by="MisuseReport.id")


class MisuseReport(Model):
    """What somebody sent in without signing in; the secret is kept as a keyed hash, the sender as the day's hash."""

    __tablename__ = "brand_misuse_report"
    __table_args__ = (Index("ix_brand_misuse_report_sender", "sender", "reported_at"),)

    receipt_no: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[bytes]
    case_id: Mapped[int] = mapped_column(ForeignKey("brand_misuse_case.id"), index=True)
    contact: Mapped[str] = mapped_column(default="")
    sender: Mapped[bytes]
    reported_at: Mapped[datetime]


class MisuseEvidence(PublicId, Model):
    """A frozen piece of evidence: a file by its SHA-256 or a text, with the digest that was logged.  Never changed."""

    __tablename__ = "brand_misuse_evidence"
    __table_args__ = (
        CheckConstraint(f"kind in ({_listed(EVIDENCE)})", name="kind"),
        CheckConstraint("(file_id is not null) or (content <> '')", name="something"),
        CheckConstraint("length(sha256) = 64 and length(digest) = 64", name="hashes"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("brand_misuse_case.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    content: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str]
    digest: Mapped[str]
    sealed_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))


class MisuseCustody(Model):
    """One act on a piece of evidence: taken in, taken out, handed over, to whom, and whether it was unchanged then."""

    __tablename__ = "brand_misuse_custody"
    __table_args__ = (CheckConstraint(f"act in ({_listed(ACTS)})", name="act"),)

    evidence_id: Mapped[int] = mapped_column(ForeignKey("brand_misuse_evidence.id"), index=True)
    act: Mapped[str]
    receiver: Mapped[str] = mapped_column(default="")
    unchanged: Mapped[bool]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))


class MisuseFinding(PublicId, Model):
    """What the automatic patrol found in words that claim a mark; open until it is gone or became a case."""

    __tablename__ = "brand_misuse_finding"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_key", "mark"),
        CheckConstraint(f"mark in ({_listed(MARKS)})", name="mark"),
        CheckConstraint(f"misuse in ({_listed(MISUSE)})", name="misuse"),
        Index("ix_brand_misuse_finding_open", "seen_at", postgresql_where="cleared_at is null and case_id is null"),
    )

    subject_kind: Mapped[str]
    subject_key: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    title: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    mark: Mapped[str]
    misuse: Mapped[str]
    words: Mapped[str]
    context: Mapped[str]
    reason: Mapped[str]
    texts: Mapped[dict[str, str]] = mapped_column(JSONB)
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("brand_misuse_case.id"))


class PatrolRound(PublicId, Timestamps, Model):
    """A round over listings, pages, shops or market stalls, with a day to be done by."""

    __tablename__ = "brand_misuse_round"
    __table_args__ = (CheckConstraint(f"target in ({_listed(TARGETS)})", name="target"),)

    title: Mapped[str]
    target: Mapped[str]
    due_on: Mapped[date]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    closed_at: Mapped[datetime | None]

    items: Mapped[list[PatrolItem]] = relationship(order_by="PatrolItem.id")


class PatrolItem(PublicId, Model):
    """One thing to look at, and what was seen."""

    __tablename__ = "brand_misuse_item"
    __table_args__ = (
        CheckConstraint(f"result in ({_listed(['', *RESULTS])})", name="result"),
        CheckConstraint("(result = '') = (checked_at is null)", name="checked"),
        CheckConstraint(f"mark in ({_listed(['', *MARKS])})", name="mark"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("brand_misuse_round.id"), index=True)
    title: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_key: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("core_organisation_organisation.id"))
    result: Mapped[str] = mapped_column(default="")
    mark: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("core_file_file.id"))
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("brand_misuse_case.id"))
