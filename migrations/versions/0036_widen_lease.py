"""Leases: which notice of a coming end went out, each step once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_lease_reminder",
        sa.Column("lease_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("step >= 0", name=op.f("ck_admin_lease_reminder_step")),
        sa.ForeignKeyConstraint(
            ["lease_id"], ["admin_lease_lease.id"], name=op.f("fk_admin_lease_reminder_lease_id_admin_lease_lease")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_lease_reminder")),
        sa.UniqueConstraint("lease_id", "step", name=op.f("uq_admin_lease_reminder_lease_id_step")),
    )


def downgrade() -> None:
    op.drop_table("admin_lease_reminder")
