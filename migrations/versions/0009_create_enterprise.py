"""Create enterprise tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _admin_enterprise_conditions() -> None:
    op.create_table(
        "admin_enterprise_conditions",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_enterprise_conditions_published_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_enterprise_conditions")),
        sa.UniqueConstraint("version", name=op.f("uq_admin_enterprise_conditions_version")),
    )


def _admin_enterprise_application() -> None:
    op.create_table(
        "admin_enterprise_application",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("business", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_mobile", sa.Text(), nullable=False),
        sa.Column("licence_file_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_until", sa.Date(), nullable=True),
        sa.Column("lawful_use", sa.Boolean(), nullable=False),
        sa.Column("conditions_id", sa.BigInteger(), nullable=True),
        sa.Column("promised", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("visit_note", sa.Text(), nullable=False),
        sa.Column("visit_waiver", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('enterprise','undertaker')", name=op.f("ck_admin_enterprise_application_kind")),
        sa.CheckConstraint(
            "organisation_id is null or state = 'approved'",
            name=op.f("ck_admin_enterprise_application_organisation_when_approved"),
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','supplement','under_review','approved','rejected')",
            name=op.f("ck_admin_enterprise_application_state"),
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_enterprise_application_applicant_id_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["conditions_id"],
            ["admin_enterprise_conditions.id"],
            name=op.f("fk_admin_enterprise_application_conditions_id_admin_enterprise_conditions"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_file_id"],
            ["core_file_file.id"],
            name=op.f("fk_admin_enterprise_application_licence_file_id_core_file_file"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_enterprise_application_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_enterprise_application")),
        sa.UniqueConstraint("case_no", name=op.f("uq_admin_enterprise_application_case_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_enterprise_application_public_id")),
    )
    op.create_index(
        op.f("ix_admin_enterprise_application_applicant_id"),
        "admin_enterprise_application",
        ["applicant_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_admin_enterprise_application_organisation_id"),
        "admin_enterprise_application",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_admin_enterprise_application_state"), "admin_enterprise_application", ["state"], unique=False
    )
    op.create_index(
        "uq_admin_enterprise_application_open_code",
        "admin_enterprise_application",
        ["code"],
        unique=True,
        postgresql_where=sa.text("code <> '' and state in ('submitted','supplement','under_review')"),
    )


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""
    _admin_enterprise_conditions()
    _admin_enterprise_application()


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("admin_enterprise_application")
    op.drop_table("admin_enterprise_conditions")
