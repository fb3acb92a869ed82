"""Series roots, voids, carton and pallet codes, label designs."""

from __future__ import annotations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room that owns this step."""


def downgrade() -> None:
    """Take back what ``upgrade`` made."""
