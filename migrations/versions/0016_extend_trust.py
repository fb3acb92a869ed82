"""Status lists, witnesses, series roots in the log."""

from __future__ import annotations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room that owns this step."""


def downgrade() -> None:
    """Take back what ``upgrade`` made."""
