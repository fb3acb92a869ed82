"""Places: variety, pictures, certificates over plots.  Organisations: mandates of growers to those who keep their journals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ONE_MANDATE = """
alter table core_organisation_mandate add constraint ex_core_organisation_mandate_one_at_a_time exclude using gist (
  int8range(keeper_id, keeper_id, '[]') with &&, int8range(grower_id, grower_id, '[]') with &&,
  daterange(valid_from, valid_to, '[]') with &&)
"""
# Growers registered by an enterprise before there were mandates: theirs runs from the day they were registered.
STANDING = """
insert into core_organisation_mandate
  (keeper_id, grower_id, valid_from, valid_to, given_by, end_reason, public_id, created_at, updated_at)
select introduced_by_id, id, (created_at at time zone 'Asia/Shanghai')::date, null, 'keeper', '', gen_random_uuid(),
       created_at, created_at
  from core_organisation_organisation where kind = 'grower' and introduced_by_id is not null
"""


def upgrade() -> None:
    """Add the tables and give every grower introduced by an enterprise a mandate to it."""
    op.add_column("core_place_place", sa.Column("variety", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_core_place_place_variety_core_taxonomy_term"),
        "core_place_place",
        "core_taxonomy_term",
        ["variety"],
        ["code"],
    )
    _mandates()
    _pictures()
    _certificates()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _public() -> list[sa.Column[object]]:
    return [
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _mandates() -> None:
    name = "core_organisation_mandate"
    op.create_table(
        name,
        sa.Column("keeper_id", sa.BigInteger(), nullable=False),
        sa.Column("grower_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        *_public(),
        _id(),
        sa.CheckConstraint("keeper_id <> grower_id", name=op.f(f"ck_{name}_two_parties")),
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name=op.f(f"ck_{name}_period")),
        sa.CheckConstraint("given_by in ('grower','keeper')", name=op.f(f"ck_{name}_given_by")),
        sa.CheckConstraint("end_reason = '' or valid_to is not null", name=op.f(f"ck_{name}_reason_of_end")),
        _to(name, "keeper_id", "core_organisation_organisation"),
        _to(name, "grower_id", "core_organisation_organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    op.create_index(op.f(f"ix_{name}_keeper_id"), name, ["keeper_id"])
    op.create_index(op.f(f"ix_{name}_grower_id"), name, ["grower_id"])
    op.execute(ONE_MANDATE)
    op.execute(STANDING)


def _pictures() -> None:
    name = "core_place_picture"
    op.create_table(
        name,
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        _id(),
        _to(name, "place_id", "core_place_place"),
        _to(name, "file_id", "core_file_file"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("place_id", "file_id", name=op.f(f"uq_{name}_place_id_file_id")),
    )


def _certificates() -> None:
    name = "core_place_certificate"
    op.create_table(
        name,
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *_public(),
        _id(),
        sa.CheckConstraint(
            "kind in ('green','organic','agri_gi','gi_mark','base','gap','other')", name=op.f(f"ck_{name}_kind")
        ),
        sa.CheckConstraint("number <> '' and issuer <> '' and product <> ''", name=op.f(f"ck_{name}_whole")),
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name=op.f(f"ck_{name}_period")),
        _to(name, "organisation_id", "core_organisation_organisation"),
        _to(name, "file_id", "core_file_file"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sa.UniqueConstraint("organisation_id", "kind", "number", name=op.f(f"uq_{name}_organisation_id_kind_number")),
    )
    covered = "core_place_covered"
    op.create_table(
        covered,
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        _id(),
        _to(covered, "certificate_id", name),
        _to(covered, "place_id", "core_place_place"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{covered}")),
        sa.UniqueConstraint("certificate_id", "place_id", name=op.f(f"uq_{covered}_certificate_id_place_id")),
    )
    op.create_index(op.f(f"ix_{covered}_place_id"), covered, ["place_id"])


def downgrade() -> None:
    """Take back what :func:`upgrade` made."""
    op.drop_table("core_place_covered")
    op.drop_table("core_place_certificate")
    op.drop_table("core_place_picture")
    op.drop_table("core_organisation_mandate")
    op.drop_constraint(op.f("fk_core_place_place_variety_core_taxonomy_term"), "core_place_place", type_="foreignkey")
    op.drop_column("core_place_place", "variety")
