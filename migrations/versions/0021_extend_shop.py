"""Shop additions: finding a guest order again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Requests to find an order again."""
    op.create_table(
        "shop_lookup_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("number_digest", sa.LargeBinary(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_shop_lookup_request_tries")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order_order.id"], name=op.f("fk_shop_lookup_request_order_id_shop_order_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_lookup_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_lookup_request_public_id")),
    )
    op.create_index("ix_shop_lookup_request_number", "shop_lookup_request", ["number_digest", "asked_at"])
    op.create_index("ix_shop_lookup_request_address", "shop_lookup_request", ["address_digest", "asked_at"])


def downgrade() -> None:
    """Take back what ``upgrade`` made."""
    op.drop_table("shop_lookup_request")
