"""Shop additions: finding a guest order again."""

from __future__ import annotations

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room that owns this step."""


def downgrade() -> None:
    """Take back what ``upgrade`` made."""
