"""Create brand tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UP = """
-- One live licence per organisation, brand and combination: two grants never overlap in time.  The hash stands in for
-- equality, because the wheel's PostgreSQL has no btree_gist (TRAPS 1); halved, so that the range has an upper bound.
alter table brand_licence_scope add constraint ex_brand_licence_scope_one_live exclude using gist (
  int8range(
    hashtextextended(
      organisation_id::text || '|' || brand_id::text || '|' || variety || '|' || form || '|' || specification, 0) / 2,
    hashtextextended(
      organisation_id::text || '|' || brand_id::text || '|' || variety || '|' || form || '|' || specification, 0) / 2,
    '[]') with &&,
  daterange(valid_from, valid_until, '[]') with &&
) where (status = 'granted');

-- What was granted stays as it was granted; only its status may change (a withdrawal).
create function brand_licence_scope_frozen() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.status <> 'asked' then
      raise exception 'a decided scope row stays' using errcode = 'check_violation',
        constraint = 'tg_brand_licence_scope_frozen', table = 'brand_licence_scope';
    end if;
    return old;
  end if;
  if old.status <> 'asked' and (new.licence_id, new.organisation_id, new.brand_id, new.variety, new.form,
      new.specification, new.yearly_grams, new.valid_from, new.valid_until)
     is distinct from (old.licence_id, old.organisation_id, old.brand_id, old.variety, old.form,
      old.specification, old.yearly_grams, old.valid_from, old.valid_until) then
    raise exception 'a decided scope row stays' using errcode = 'check_violation',
      constraint = 'tg_brand_licence_scope_frozen', table = 'brand_licence_scope';
  end if;
  return new;
end $$;
create trigger tg_brand_licence_scope_frozen before update or delete on brand_licence_scope
  for each row execute function brand_licence_scope_frozen();
"""

DOWN = """drop function brand_licence_scope_frozen();"""


def _brand_matrix_brand() -> None:
    op.create_table(
        "brand_matrix_brand",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("species", sa.Text(), nullable=True),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("mark_no", sa.Text(), nullable=False),
        sa.Column("mark_kind", sa.Text(), nullable=False),
        sa.Column("mark_until", sa.Date(), nullable=True),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("gi_no", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(level = 'enterprise') = (organisation_id is not null)",
            name=op.f("ck_brand_matrix_brand_enterprise_has_owner"),
        ),
        sa.CheckConstraint(
            "(level = 'regional') = (parent_id is null)", name=op.f("ck_brand_matrix_brand_root_is_regional")
        ),
        sa.CheckConstraint("level in ('regional','county','enterprise')", name=op.f("ck_brand_matrix_brand_level")),
        sa.CheckConstraint(
            "mark_kind in ('','ordinary','collective','certification')", name=op.f("ck_brand_matrix_brand_mark_kind")
        ),
        sa.CheckConstraint(
            "mark_no <> '' or (mark_kind = '' and mark_until is null)",
            name=op.f("ck_brand_matrix_brand_mark_needs_number"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_brand_matrix_brand_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_matrix_brand_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_matrix_brand_parent_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["species"], ["core_taxonomy_term.code"], name=op.f("fk_brand_matrix_brand_species_core_taxonomy_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_matrix_brand")),
        sa.UniqueConstraint("key", name=op.f("uq_brand_matrix_brand_key")),
        sa.UniqueConstraint("name", name=op.f("uq_brand_matrix_brand_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_matrix_brand_public_id")),
    )
    op.create_index(
        op.f("ix_brand_matrix_brand_organisation_id"), "brand_matrix_brand", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_brand_matrix_brand_parent_id"), "brand_matrix_brand", ["parent_id"], unique=False)


def _brand_licence_licence() -> None:
    op.create_table(
        "brand_licence_licence",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("licence_no", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("document_file_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (ended_on is not null)", name=op.f("ck_brand_licence_licence_ended_when_withdrawn")
        ),
        sa.CheckConstraint(
            "(state in ('licensed','expired','withdrawn')) = (licence_no is not null)",
            name=op.f("ck_brand_licence_licence_numbered_when_licensed"),
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','returned','screened','licensed','refused','abandoned','expired','withdrawn')",
            name=op.f("ck_brand_licence_licence_state"),
        ),
        sa.CheckConstraint(
            "(licence_no is null) = (valid_from is null) and (licence_no is null) = (valid_until is null) and (licence_no is null) = (decided_at is null)",
            name=op.f("ck_brand_licence_licence_decided_together"),
        ),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_brand_licence_licence_term")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_licence_licence_brand_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["document_file_id"],
            ["core_file_file.id"],
            name=op.f("fk_brand_licence_licence_document_file_id_core_file_file"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_licence_licence_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_licence")),
        sa.UniqueConstraint("case_no", name=op.f("uq_brand_licence_licence_case_no")),
        sa.UniqueConstraint("licence_no", name=op.f("uq_brand_licence_licence_licence_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_licence_licence_public_id")),
    )
    op.create_index(op.f("ix_brand_licence_licence_brand_id"), "brand_licence_licence", ["brand_id"], unique=False)
    op.create_index(
        op.f("ix_brand_licence_licence_organisation_id"), "brand_licence_licence", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_brand_licence_licence_state"), "brand_licence_licence", ["state"], unique=False)


def _brand_licence_scope() -> None:
    op.create_table(
        "brand_licence_scope",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("variety", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("yearly_grams", sa.BigInteger(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(status in ('granted','ended')) = (valid_from is not null and valid_until is not null)",
            name=op.f("ck_brand_licence_scope_term_when_granted"),
        ),
        sa.CheckConstraint(
            "status in ('asked','granted','declined','ended')", name=op.f("ck_brand_licence_scope_status")
        ),
        sa.CheckConstraint("area_m2 is null or area_m2 > 0", name=op.f("ck_brand_licence_scope_area")),
        sa.CheckConstraint("yearly_grams > 0", name=op.f("ck_brand_licence_scope_quantity")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_licence_scope_brand_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["form"], ["core_taxonomy_term.code"], name=op.f("fk_brand_licence_scope_form_core_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_scope_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_licence_scope_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["specification"],
            ["core_taxonomy_term.code"],
            name=op.f("fk_brand_licence_scope_specification_core_taxonomy_term"),
        ),
        sa.ForeignKeyConstraint(
            ["variety"], ["core_taxonomy_term.code"], name=op.f("fk_brand_licence_scope_variety_core_taxonomy_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_scope")),
        sa.UniqueConstraint(
            "licence_id",
            "variety",
            "form",
            "specification",
            name=op.f("uq_brand_licence_scope_licence_id_variety_form_specification"),
        ),
    )
    op.create_index(op.f("ix_brand_licence_scope_licence_id"), "brand_licence_scope", ["licence_id"], unique=False)
    op.create_index(
        op.f("ix_brand_licence_scope_organisation_id"), "brand_licence_scope", ["organisation_id"], unique=False
    )


def _brand_licence_evidence() -> None:
    op.create_table(
        "brand_licence_evidence",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("specification", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(kind = 'packaging') = (specification is not null)",
            name=op.f("ck_brand_licence_evidence_packaging_names_specification"),
        ),
        sa.CheckConstraint(
            "kind in ('base', 'test_report', 'packaging', 'green_food', 'organic', 'other')",
            name=op.f("ck_brand_licence_evidence_kind"),
        ),
        sa.CheckConstraint(
            "valid_until is null or issued_on is null or valid_until >= issued_on",
            name=op.f("ck_brand_licence_evidence_validity"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_licence_evidence_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_evidence_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["specification"],
            ["core_taxonomy_term.code"],
            name=op.f("fk_brand_licence_evidence_specification_core_taxonomy_term"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_licence_evidence_public_id")),
    )
    op.create_index(
        op.f("ix_brand_licence_evidence_licence_id"), "brand_licence_evidence", ["licence_id"], unique=False
    )


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""
    _brand_matrix_brand()
    _brand_licence_licence()
    _brand_licence_scope()
    _brand_licence_evidence()
    op.execute(UP)


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("brand_licence_evidence")
    op.drop_table("brand_licence_scope")
    op.drop_table("brand_licence_licence")
    op.drop_table("brand_matrix_brand")
    op.execute(DOWN)
