"""Signing: an organisation whose code changed gets a DID of its new code; the old one stays, so several belong to it."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_UNIQUE, _INDEX = "uq_trace_signing_did_organisation_id", "ix_trace_signing_did_organisation_id"


def upgrade() -> None:
    """Several DIDs may belong to one organisation, one per code it had (each is unique itself)."""
    op.drop_constraint(_UNIQUE, "trace_signing_did", type_="unique")
    op.create_index(_INDEX, "trace_signing_did", ["organisation_id"])


def downgrade() -> None:
    """One DID per organisation again; refused by the database where one has several."""
    op.drop_index(_INDEX, "trace_signing_did")
    op.create_unique_constraint(_UNIQUE, "trace_signing_did", ["organisation_id"])
