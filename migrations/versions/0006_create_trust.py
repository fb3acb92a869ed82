"""Create trust tables."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
