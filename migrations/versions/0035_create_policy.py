"""Dated values of the town: proposed by one person, approved by another, never backwards (town-rules C20)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def _core_policy_change() -> None:
    op.create_table(
        "core_policy_change",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('draft','proposed','approved','refused','dropped')", name=op.f("ck_core_policy_change_state")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_core_policy_change_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_policy_change_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_core_policy_change_proposed_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_policy_change")),
        sa.UniqueConstraint("case_no", name=op.f("uq_core_policy_change_case_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_policy_change_public_id")),
    )
    op.create_index(op.f("ix_core_policy_change_key"), "core_policy_change", ["key"])
    op.create_index(op.f("ix_core_policy_change_state"), "core_policy_change", ["state"])
    op.create_index(
        "uq_core_policy_change_open",
        "core_policy_change",
        ["key"],
        unique=True,
        postgresql_where=sa.text("state in ('draft','proposed')"),
    )


def _core_policy_value() -> None:
    op.create_table(
        "core_policy_value",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("valid_from > approved_on", name=op.f("ck_core_policy_value_never_backwards")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["core_policy_change.id"], name=op.f("fk_core_policy_value_change_id_core_policy_change")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_core_policy_value_proposed_by_id_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_core_policy_value_approved_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_policy_value")),
        sa.UniqueConstraint("change_id", name=op.f("uq_core_policy_value_change_id")),
    )
    op.create_index("ix_core_policy_value_key", "core_policy_value", ["key", "valid_from", "id"])


def upgrade() -> None:
    """Create proposals and dated values; a value that stands is never changed or taken away."""
    _core_policy_change()
    _core_policy_value()
    op.execute(
        "create trigger core_policy_value_append_only before update or delete on core_policy_value "
        "for each row execute function core_refuse_change()"
    )


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("core_policy_value")
    op.drop_table("core_policy_change")
