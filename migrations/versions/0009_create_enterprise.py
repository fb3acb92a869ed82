"""Create enterprise tables."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
