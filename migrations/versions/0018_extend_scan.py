"""Check policy, verdict states, reports with pictures, anomalies."""

from __future__ import annotations

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room that owns this step."""


def downgrade() -> None:
    """Take back what ``upgrade`` made."""
