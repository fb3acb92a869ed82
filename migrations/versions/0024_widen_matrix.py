"""Widen the brand matrix: product lines, register facts, pictures, rules of use by version, counted figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = """
-- Brands in two languages with register facts; a product line hangs below an enterprise brand.
alter table brand_matrix_brand
  add column name_en text not null default '',
  add column introduction_en text not null default '',
  add column story text not null default '',
  add column story_en text not null default '',
  add column mark_classes integer[] not null default '{}',
  add column mark_from date,
  add column source text not null default '',
  add column checked_on date;
alter table brand_matrix_brand
  alter column name_en drop default, alter column introduction_en drop default, alter column story drop default,
  alter column story_en drop default, alter column mark_classes drop default, alter column source drop default;
alter table brand_matrix_brand
  drop constraint ck_brand_matrix_brand_level,
  drop constraint ck_brand_matrix_brand_enterprise_has_owner,
  drop constraint ck_brand_matrix_brand_mark_needs_number,
  add constraint ck_brand_matrix_brand_level check (level in ('regional','county','enterprise','product')),
  add constraint ck_brand_matrix_brand_owned_has_owner
    check ((level in ('enterprise','product')) = (organisation_id is not null)),
  add constraint ck_brand_matrix_brand_mark_needs_number check (
    mark_no <> '' or (mark_kind = '' and mark_until is null and mark_from is null and mark_classes = '{}')),
  add constraint ck_brand_matrix_brand_mark_classes check (1 <= all (mark_classes) and 45 >= all (mark_classes)),
  add constraint ck_brand_matrix_brand_mark_term check (mark_until > mark_from);
"""

UP = """
-- A published version stays word for word; its document file alone is added, once.
create function brand_matrix_rules_frozen() returns trigger language plpgsql as $$
begin
  if old.state <> 'published' then
    return case when tg_op = 'DELETE' then old else new end;
  end if;
  if tg_op = 'UPDATE' and (old.document_file_id is null or new.document_file_id = old.document_file_id)
     and (to_jsonb(new) - 'document_file_id' - 'updated_at') = (to_jsonb(old) - 'document_file_id' - 'updated_at') then
    return new;
  end if;
  raise exception 'a published version stays' using errcode = 'check_violation',
    constraint = 'tg_brand_matrix_rules_frozen', table = 'brand_matrix_rules';
end $$;
create trigger tg_brand_matrix_rules_frozen before update or delete on brand_matrix_rules
  for each row execute function brand_matrix_rules_frozen();

create function brand_matrix_charge_frozen() returns trigger language plpgsql as $$
declare frozen boolean;
begin
  select bool_or(state = 'published') into frozen from brand_matrix_rules
    where id in (case when tg_op <> 'INSERT' then old.rules_id end, case when tg_op <> 'DELETE' then new.rules_id end);
  if frozen then
    raise exception 'charges of a published version stay' using errcode = 'check_violation',
      constraint = 'tg_brand_matrix_charge_frozen', table = 'brand_matrix_charge';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger tg_brand_matrix_charge_frozen before insert or update or delete on brand_matrix_charge
  for each row execute function brand_matrix_charge_frozen();
"""

DOWN = """
drop function brand_matrix_charge_frozen();
drop function brand_matrix_rules_frozen();
delete from brand_matrix_brand where level = 'product';
alter table brand_matrix_brand
  drop constraint ck_brand_matrix_brand_level,
  drop constraint ck_brand_matrix_brand_owned_has_owner,
  drop constraint ck_brand_matrix_brand_mark_needs_number,
  drop constraint ck_brand_matrix_brand_mark_classes,
  drop constraint ck_brand_matrix_brand_mark_term,
  add constraint ck_brand_matrix_brand_level check (level in ('regional','county','enterprise')),
  add constraint ck_brand_matrix_brand_enterprise_has_owner
    check ((level = 'enterprise') = (organisation_id is not null)),
  add constraint ck_brand_matrix_brand_mark_needs_number
    check (mark_no <> '' or (mark_kind = '' and mark_until is null));
alter table brand_matrix_brand
  drop column name_en, drop column introduction_en, drop column story, drop column story_en,
  drop column mark_classes, drop column mark_from, drop column source, drop column checked_on;
"""


def _brand_matrix_figure() -> None:
    op.create_table(
        "brand_matrix_figure",
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_brand_matrix_figure_value")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_matrix_figure_brand_id_brand_matrix_brand")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_matrix_figure")),
        sa.UniqueConstraint(
            "brand_id", "key", "counted_on", name=op.f("uq_brand_matrix_figure_brand_id_key_counted_on")
        ),
    )


def _brand_matrix_picture() -> None:
    op.create_table(
        "brand_matrix_picture",
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("caption_en", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("caption <> '' and credit <> ''", name=op.f("ck_brand_matrix_picture_told")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_matrix_picture_brand_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_matrix_picture_file_id_core_file_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_matrix_picture")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_matrix_picture_public_id")),
    )
    op.create_index(op.f("ix_brand_matrix_picture_brand_id"), "brand_matrix_picture", ["brand_id"], unique=False)


def _brand_matrix_rules() -> None:
    op.create_table(
        "brand_matrix_rules",
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("change_note", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document_file_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (number is not null) and (number is null) = (published_at is null) and (number is null) = (digest = '')",
            name=op.f("ck_brand_matrix_rules_published_together"),
        ),
        sa.CheckConstraint(
            "state <> 'published' or effective_from is not null",
            name=op.f("ck_brand_matrix_rules_dated_when_published"),
        ),
        sa.CheckConstraint(
            "state in ('draft','proposed','published','discarded')", name=op.f("ck_brand_matrix_rules_state")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_brand_matrix_rules_number")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_matrix_rules_brand_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["document_file_id"],
            ["core_file_file.id"],
            name=op.f("fk_brand_matrix_rules_document_file_id_core_file_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_matrix_rules")),
        sa.UniqueConstraint("brand_id", "number", name=op.f("uq_brand_matrix_rules_brand_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_matrix_rules_public_id")),
    )
    op.create_index(
        "ix_brand_matrix_rules_in_force", "brand_matrix_rules", ["brand_id", "effective_from"], unique=False
    )
    op.create_index(op.f("ix_brand_matrix_rules_state"), "brand_matrix_rules", ["state"], unique=False)
    op.create_index(
        "uq_brand_matrix_rules_one_draft",
        "brand_matrix_rules",
        ["brand_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft','proposed')"),
    )


def _brand_matrix_charge() -> None:
    op.create_table(
        "brand_matrix_charge",
        sa.Column("rules_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('fee','deposit')", name=op.f("ck_brand_matrix_charge_kind")),
        sa.CheckConstraint(
            "period in ('once','yearly','per_thousand_labels')", name=op.f("ck_brand_matrix_charge_period")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_brand_matrix_charge_amount")),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["brand_matrix_rules.id"], name=op.f("fk_brand_matrix_charge_rules_id_brand_matrix_rules")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_matrix_charge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_matrix_charge_public_id")),
    )
    op.create_index(op.f("ix_brand_matrix_charge_rules_id"), "brand_matrix_charge", ["rules_id"], unique=False)


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""
    op.execute(BEFORE)
    _brand_matrix_figure()
    _brand_matrix_picture()
    _brand_matrix_rules()
    _brand_matrix_charge()
    op.execute(UP)


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("brand_matrix_charge")
    op.drop_table("brand_matrix_rules")
    op.drop_table("brand_matrix_picture")
    op.drop_table("brand_matrix_figure")
    op.execute(DOWN)
