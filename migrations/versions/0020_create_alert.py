"""Alert rules and the inbox of alerts."""

from __future__ import annotations

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room that owns this step."""


def downgrade() -> None:
    """Take back what ``upgrade`` made."""
