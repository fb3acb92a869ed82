"""Users, memberships, and the rows that guard logins."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId, Timestamps


class User(PublicId, Timestamps, Model):
    """One natural person; key = mobile number (staff of public bodies may sign in by a login name instead)."""

    __tablename__ = "core_account_user"
    __table_args__ = (CheckConstraint("mobile is not null or login_name is not null", name="sign_in_name"),)

    mobile: Mapped[str | None] = mapped_column(unique=True)
    login_name: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(default="")
    display_name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    session_epoch: Mapped[int] = mapped_column(default=1)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    last_login_at: Mapped[datetime | None] = mapped_column(default=None)


class Membership(PublicId, Timestamps, Model):
    """Rights of one user in one organisation, in one role, from a day to a day."""

    __tablename__ = "core_account_membership"
    __table_args__ = (
        Index(
            "uq_core_account_membership_live",
            "user_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where="until_on is null",
        ),
        CheckConstraint("until_on is null or until_on >= from_on", name="period"),
        CheckConstraint("ended_at is null or until_on is not null", name="ended"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    role: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Invitation(PublicId, Model):
    """A link, sent to one phone or mail box, that makes its reader a member once; only its digest is kept."""

    __tablename__ = "core_account_invitation"
    __table_args__ = (
        CheckConstraint("channel in ('sms','mail')", name="channel"),
        CheckConstraint("(accepted_at is null) = (accepted_by_id is null)", name="accepted_together"),
        CheckConstraint("accepted_at is null or revoked_at is null", name="one_end"),
        CheckConstraint("expires_at > made_at", name="life"),
        Index(
            "uq_core_account_invitation_open",
            "organisation_id",
            "address",
            "role",
            unique=True,
            postgresql_where="accepted_at is null and revoked_at is null",
        ),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation_organisation.id"), index=True)
    role: Mapped[str]
    channel: Mapped[str]
    address: Mapped[str]
    token_digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class RoleGrant(Model):
    """One permission of one role, where the deployment differs from the declarations (imported by CLI)."""

    __tablename__ = "core_account_role_grant"
    __table_args__ = (Index("uq_core_account_role_grant_pair", "role", "permission", unique=True),)

    role: Mapped[str]
    permission: Mapped[str]
    granted: Mapped[bool]


class LoginAttempt(Model):
    """One failed or successful sign-in: limits count per (name, device) and per address, never per name alone."""

    __tablename__ = "core_account_login_attempt"
    __table_args__ = (
        Index("ix_core_account_login_attempt_name", "name_digest", "at"),
        Index("ix_core_account_login_attempt_address", "address_digest", "at"),
    )

    at: Mapped[datetime]
    kind: Mapped[str]
    name_digest: Mapped[str]
    address_digest: Mapped[str]
    device_digest: Mapped[str] = mapped_column(default="")
    succeeded: Mapped[bool]


class OneTimeCode(Model):
    """A one-time code for a password reset or a first sign-in: stored hashed, short-lived, tried at most 5 times."""

    __tablename__ = "core_account_one_time_code"

    user_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"), index=True)
    purpose: Mapped[str]
    code_hash: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("core_account_user.id"), default=None)


class KnownDevice(Model):
    """A device a user signed in from before: keeps a flood of wrong passwords elsewhere from locking them out."""

    __tablename__ = "core_account_known_device"
    __table_args__ = (Index("uq_core_account_known_device_pair", "user_id", "device_digest", unique=True),)

    user_id: Mapped[int] = mapped_column(ForeignKey("core_account_user.id"))
    device_digest: Mapped[str]
    last_seen_at: Mapped[datetime]
