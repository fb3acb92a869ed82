"""Places, and the words of the county's produce with their first rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TAXONOMY = Path(__file__).resolve().parent.parent / "data" / "taxonomy.csv"


def upgrade() -> None:
    """Create the tables of places and words; load the first words."""
    op.create_table(
        "core_taxonomy_term",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("species", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(kind in ('species','form')) = (species is null)", name=op.f("ck_core_taxonomy_term_species")
        ),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9-]{1,39}$'", name=op.f("ck_core_taxonomy_term_code_shape")),
        sa.CheckConstraint(
            "kind in ('species','variety','form','specification','grade')", name=op.f("ck_core_taxonomy_term_kind")
        ),
        sa.ForeignKeyConstraint(
            ["species"], ["core_taxonomy_term.code"], name=op.f("fk_core_taxonomy_term_species_core_taxonomy_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_taxonomy_term")),
        sa.UniqueConstraint("code", name=op.f("uq_core_taxonomy_term_code")),
    )
    op.create_index("ix_core_taxonomy_term_kind", "core_taxonomy_term", ["kind", "species", "position"], unique=False)
    op.create_table(
        "core_place_place",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("farmer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village", sa.Text(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=8, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column(
            "outline",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9A-Z][0-9A-Z-]{0,19}$'", name=op.f("ck_core_place_place_code_shape")),
        sa.CheckConstraint("kind <> 'plot' or area_m2 is not null", name=op.f("ck_core_place_place_plot_has_area")),
        sa.CheckConstraint("kind in ('plot','packhouse','store','station')", name=op.f("ck_core_place_place_kind")),
        sa.CheckConstraint("(latitude is null) = (longitude is null)", name=op.f("ck_core_place_place_point_whole")),
        sa.CheckConstraint("area_m2 is null or area_m2 between 1 and 100000000", name=op.f("ck_core_place_place_area")),
        sa.CheckConstraint(
            "latitude between -90 and 90 and longitude between -180 and 180",
            name=op.f("ck_core_place_place_point_range"),
        ),
        sa.ForeignKeyConstraint(
            ["farmer_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_place_place_farmer_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_place_place_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_place_place")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_core_place_place_organisation_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_place_place_public_id")),
    )
    op.create_index(op.f("ix_core_place_place_farmer_id"), "core_place_place", ["farmer_id"], unique=False)
    op.create_index("ix_core_place_place_organisation", "core_place_place", ["organisation_id", "kind"], unique=False)
    _load_words()


def _load_words() -> None:
    term = sa.table(
        "core_taxonomy_term",
        *(sa.column(c) for c in ("code", "kind", "species", "label", "pinyin", "position", "standard", "active")),
        sa.column("attributes", postgresql.JSONB()),
    )
    with TAXONOMY.open(encoding="utf-8", newline="") as lines:
        rows = [
            {
                **row,
                "species": row["species"] or None,
                "position": int(row["position"]),
                "attributes": json.loads(row["attributes"]),
                "active": True,
            }
            for row in csv.DictReader(lines)
        ]
    op.bulk_insert(term, rows)


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("core_place_place")
    op.drop_table("core_taxonomy_term")
