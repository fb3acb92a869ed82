"""The chapters of the demo story that have been told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of told chapters."""
    op.create_table(
        "admin_demo_chapter",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_demo_chapter")),
        sa.UniqueConstraint("key", name=op.f("uq_admin_demo_chapter_key")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("admin_demo_chapter")
