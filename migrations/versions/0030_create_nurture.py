"""Create nurture: entries of “小而美” brands and 网货 products with their evidence, counted for K09 and K10."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _entry()
    _evidence()


def downgrade() -> None:
    op.drop_table("brand_nurture_evidence")
    op.drop_table("brand_nurture_entry")


def _entry() -> None:
    op.create_table(
        "brand_nurture_entry",
        sa.Column("entry_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'removed') = (removed_at is not null)", name=op.f("ck_brand_nurture_entry_removed_with_its_day")
        ),
        sa.CheckConstraint(
            "(state in ('counted','removed')) = (counted_at is not null)",
            name=op.f("ck_brand_nurture_entry_counted_when_checked"),
        ),
        sa.CheckConstraint("kind = 'brand' or brand_id is null", name=op.f("ck_brand_nurture_entry_brand_of_a_brand")),
        sa.CheckConstraint("kind in ('brand','product')", name=op.f("ck_brand_nurture_entry_kind")),
        sa.CheckConstraint(
            "state in ('draft','submitted','returned','counted','refused','abandoned','removed')",
            name=op.f("ck_brand_nurture_entry_state"),
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_nurture_entry_brand_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_nurture_entry_entered_by_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_nurture_entry_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_nurture_entry")),
        sa.UniqueConstraint("entry_no", name=op.f("uq_brand_nurture_entry_entry_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_nurture_entry_public_id")),
    )
    op.create_index(
        op.f("ix_brand_nurture_entry_entered_by_id"), "brand_nurture_entry", ["entered_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_brand_nurture_entry_organisation_id"), "brand_nurture_entry", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_brand_nurture_entry_state"), "brand_nurture_entry", ["state"], unique=False)
    op.create_index(
        "uq_brand_nurture_entry_one_brand",
        "brand_nurture_entry",
        ["brand_id"],
        unique=True,
        postgresql_where=sa.text("state not in ('refused','abandoned','removed')"),
    )
    op.create_index(
        "uq_brand_nurture_entry_one_product",
        "brand_nurture_entry",
        ["organisation_id", "name"],
        unique=True,
        postgresql_where=sa.text("kind = 'product' and state not in ('refused','abandoned','removed')"),
    )


def _evidence() -> None:
    op.create_table(
        "brand_nurture_evidence",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('registration','photo','page','sales','report','other')",
            name=op.f("ck_brand_nurture_evidence_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["brand_nurture_entry.id"],
            name=op.f("fk_brand_nurture_evidence_entry_id_brand_nurture_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_nurture_evidence_file_id_core_file_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_nurture_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_nurture_evidence_public_id")),
    )
    op.create_index(op.f("ix_brand_nurture_evidence_entry_id"), "brand_nurture_evidence", ["entry_id"], unique=False)
