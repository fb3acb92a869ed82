"""Trade items, seasons with their journal, lots with edges, inspection with limits; dated tables with first rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DATA = Path(__file__).resolve().parent.parent / "data"
LIMIT_SOURCE = "公开数据集（机器识别稿），与 GB 2763 原文核对前不作执法依据"
APPEND_ONLY = (
    "trace_season_entry",
    "trace_season_picture",
    "trace_lot_edge",
    "trace_lot_loss",
    "trace_inspection_report",
    "trace_inspection_result",
    "trace_inspection_certificate",
)
# What a lot is never changes; how much of it is used, lost, and its state do.
LOT_FROZEN = """
CREATE FUNCTION trace_lot_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a lot is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.organisation_id, NEW.item_id, NEW.lot_no, NEW.producer_id, NEW.unit, NEW.pieces, NEW.mass_g,
      NEW.packing_loss_g, NEW.made_on)
     IS DISTINCT FROM
     (OLD.organisation_id, OLD.item_id, OLD.lot_no, OLD.producer_id, OLD.unit, OLD.pieces, OLD.mass_g,
      OLD.packing_loss_g, OLD.made_on) THEN
    RAISE EXCEPTION 'what a lot is never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Create the tables, the append-only triggers, and load limits and bans."""
    op.create_table(
        "trace_inspection_limit",
        sa.Column("substance", sa.Text(), nullable=False),
        sa.Column("aliases", postgresql.JSONB(), nullable=False),
        sa.Column("english", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("excludes", postgresql.JSONB(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("to_be_confirmed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name=op.f("ck_trace_inspection_limit_period")),
        sa.CheckConstraint("value > 0", name=op.f("ck_trace_inspection_limit_value")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_inspection_limit")),
        sa.UniqueConstraint(
            "substance",
            "product",
            "standard",
            "valid_from",
            name=op.f("uq_trace_inspection_limit_substance_product_standard_valid_from"),
        ),
    )
    op.create_index(
        "ix_trace_inspection_limit_substance", "trace_inspection_limit", ["substance", "product"], unique=False
    )
    op.create_table(
        "trace_season_banned",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("to_be_confirmed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("scope in ('all','fruit','apple','jujube')", name=op.f("ck_trace_season_banned_scope")),
        sa.CheckConstraint(
            "valid_to is null or valid_from is null or valid_to > valid_from",
            name=op.f("ck_trace_season_banned_period"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_season_banned")),
        sa.UniqueConstraint("name", "scope", "valid_from", name=op.f("uq_trace_season_banned_name_scope_valid_from")),
    )
    op.create_table(
        "trace_item_item",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("own_code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("variety", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("net_content_g", sa.BigInteger(), nullable=False),
        sa.Column("storage_method", sa.Text(), nullable=False),
        sa.Column("shelf_life_days", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(key_kind = 'gtin') = (gtin is not null)", name=op.f("ck_trace_item_item_gtin_key")),
        sa.CheckConstraint("(key_kind = 'own') = (own_code is not null)", name=op.f("ck_trace_item_item_own_key")),
        sa.CheckConstraint("(level = 'loose') = (net_content_g = 1)", name=op.f("ck_trace_item_item_loose_in_grams")),
        sa.CheckConstraint("gtin ~ '^[0-9]{14}$'", name=op.f("ck_trace_item_item_gtin_shape")),
        sa.CheckConstraint("key_kind in ('gtin','own')", name=op.f("ck_trace_item_item_key_kind")),
        sa.CheckConstraint("level in ('loose','box','carton')", name=op.f("ck_trace_item_item_level")),
        sa.CheckConstraint("own_code ~ '^[0-9A-Z][0-9A-Z-]{0,19}$'", name=op.f("ck_trace_item_item_own_code_shape")),
        sa.CheckConstraint("net_content_g between 1 and 1000000", name=op.f("ck_trace_item_item_net_content")),
        sa.ForeignKeyConstraint(
            ["form"], ["core_taxonomy_term.code"], name=op.f("fk_trace_item_item_form_core_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["grade"], ["core_taxonomy_term.code"], name=op.f("fk_trace_item_item_grade_core_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_item_item_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["species"], ["core_taxonomy_term.code"], name=op.f("fk_trace_item_item_species_core_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["specification"],
            ["core_taxonomy_term.code"],
            name=op.f("fk_trace_item_item_specification_core_taxonomy_term"),
        ),
        sa.ForeignKeyConstraint(
            ["variety"], ["core_taxonomy_term.code"], name=op.f("fk_trace_item_item_variety_core_taxonomy_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_item_item")),
        sa.UniqueConstraint("gtin", name=op.f("uq_trace_item_item_gtin")),
        sa.UniqueConstraint("organisation_id", "own_code", name=op.f("uq_trace_item_item_organisation_id_own_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_item_item_public_id")),
    )
    op.create_index(op.f("ix_trace_item_item_organisation_id"), "trace_item_item", ["organisation_id"], unique=False)
    op.create_table(
        "trace_lot_lot",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_no", sa.Text(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=False),
        sa.Column("sealer_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=True),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("packing_loss_g", sa.BigInteger(), nullable=False),
        sa.Column("used_g", sa.BigInteger(), nullable=False),
        sa.Column("lost_g", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("storage_method", sa.Text(), nullable=False),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("brix", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(unit = 'piece') = (pieces is not null)", name=op.f("ck_trace_lot_lot_pieces_counted")),
        sa.CheckConstraint("lot_no ~ '^[0-9A-Z-]{1,20}$'", name=op.f("ck_trace_lot_lot_lot_no_shape")),
        sa.CheckConstraint("state in ('open','sealed','held','cancelled')", name=op.f("ck_trace_lot_lot_state")),
        sa.CheckConstraint("unit in ('gram','piece')", name=op.f("ck_trace_lot_lot_unit")),
        sa.CheckConstraint("best_before is null or best_before > made_on", name=op.f("ck_trace_lot_lot_best_before")),
        sa.CheckConstraint("brix between 0 and 60", name=op.f("ck_trace_lot_lot_brix")),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_lot_lot_mass")),
        sa.CheckConstraint("packing_loss_g >= 0", name=op.f("ck_trace_lot_lot_packing_loss")),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_trace_lot_lot_pieces")),
        sa.CheckConstraint(
            "used_g >= 0 and lost_g >= 0 and used_g + lost_g <= mass_g", name=op.f("ck_trace_lot_lot_balance")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_lot_lot_holder_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_lot_lot_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_lot_lot_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_lot_lot_place_id_core_place_place")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_lot_lot_producer_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["sealer_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_lot_lot_sealer_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_lot_lot")),
        sa.UniqueConstraint("item_id", "lot_no", name=op.f("uq_trace_lot_lot_item_id_lot_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_lot_lot_public_id")),
    )
    op.create_index("ix_trace_lot_lot_organisation", "trace_lot_lot", ["organisation_id", "made_on"], unique=False)
    op.create_index(op.f("ix_trace_lot_lot_state"), "trace_lot_lot", ["state"], unique=False)
    op.create_table(
        "trace_season_season",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("variety", sa.Text(), nullable=False),
        sa.Column("last_no", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("last_no >= 0", name=op.f("ck_trace_season_season_last_no")),
        sa.CheckConstraint("year between 2000 and 2100", name=op.f("ck_trace_season_season_year")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_season_season_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_season_season_place_id_core_place_place")
        ),
        sa.ForeignKeyConstraint(
            ["species"], ["core_taxonomy_term.code"], name=op.f("fk_trace_season_season_species_core_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["variety"], ["core_taxonomy_term.code"], name=op.f("fk_trace_season_season_variety_core_taxonomy_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_season_season")),
        sa.UniqueConstraint("place_id", "year", name=op.f("uq_trace_season_season_place_id_year")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_season_season_public_id")),
    )
    op.create_index(
        op.f("ix_trace_season_season_organisation_id"), "trace_season_season", ["organisation_id"], unique=False
    )
    op.create_table(
        "trace_inspection_certificate",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("bases", postgresql.JSONB(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("form in ('producer','buyer')", name=op.f("ck_trace_inspection_certificate_form")),
        sa.CheckConstraint(
            "jsonb_array_length(bases) between 1 and 3", name=op.f("ck_trace_inspection_certificate_bases")
        ),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_inspection_certificate_mass")),
        sa.ForeignKeyConstraint(
            ["issued_by"],
            ["core_account_user.id"],
            name=op.f("fk_trace_inspection_certificate_issued_by_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_inspection_certificate_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_inspection_certificate_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_inspection_certificate")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_trace_inspection_certificate_lot_id")),
        sa.UniqueConstraint("number", name=op.f("uq_trace_inspection_certificate_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_inspection_certificate_public_id")),
    )
    op.create_index(
        op.f("ix_trace_inspection_certificate_organisation_id"),
        "trace_inspection_certificate",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "trace_inspection_report",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("report_no", sa.Text(), nullable=False),
        sa.Column("laboratory", sa.Text(), nullable=False),
        sa.Column("laboratory_kind", sa.Text(), nullable=False),
        sa.Column("laboratory_code", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("sampled_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "laboratory_kind in ('third_party','own')", name=op.f("ck_trace_inspection_report_laboratory_kind")
        ),
        sa.CheckConstraint("reported_on >= sampled_on", name=op.f("ck_trace_inspection_report_days")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_trace_inspection_report_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_inspection_report_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_inspection_report_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["core_account_user.id"],
            name=op.f("fk_trace_inspection_report_recorded_by_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_inspection_report")),
        sa.UniqueConstraint(
            "organisation_id",
            "laboratory",
            "report_no",
            name=op.f("uq_trace_inspection_report_organisation_id_laboratory_report_no"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_inspection_report_public_id")),
    )
    op.create_index(op.f("ix_trace_inspection_report_lot_id"), "trace_inspection_report", ["lot_id"], unique=False)
    op.create_table(
        "trace_lot_edge",
        sa.Column("season_id", sa.BigInteger(), nullable=True),
        sa.Column("harvested_on", sa.Date(), nullable=True),
        sa.Column("from_lot_id", sa.BigInteger(), nullable=True),
        sa.Column("to_lot_id", sa.BigInteger(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(season_id is null) <> (from_lot_id is null)", name=op.f("ck_trace_lot_edge_one_source")),
        sa.CheckConstraint("(season_id is null) = (harvested_on is null)", name=op.f("ck_trace_lot_edge_harvest_day")),
        sa.CheckConstraint("from_lot_id <> to_lot_id", name=op.f("ck_trace_lot_edge_not_itself")),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_lot_edge_mass")),
        sa.ForeignKeyConstraint(
            ["from_lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_lot_edge_from_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["trace_season_season.id"], name=op.f("fk_trace_lot_edge_season_id_trace_season_season")
        ),
        sa.ForeignKeyConstraint(
            ["to_lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_lot_edge_to_lot_id_trace_lot_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_lot_edge")),
        sa.UniqueConstraint("to_lot_id", "from_lot_id", name=op.f("uq_trace_lot_edge_to_lot_id_from_lot_id")),
        sa.UniqueConstraint(
            "to_lot_id", "season_id", "harvested_on", name=op.f("uq_trace_lot_edge_to_lot_id_season_id_harvested_on")
        ),
    )
    op.create_index("ix_trace_lot_edge_from", "trace_lot_edge", ["from_lot_id"], unique=False)
    op.create_index("ix_trace_lot_edge_season", "trace_lot_edge", ["season_id", "harvested_on"], unique=False)
    op.create_table(
        "trace_lot_loss",
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("lost_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_trace_lot_loss_reason")),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_lot_loss_mass")),
        sa.ForeignKeyConstraint(["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_lot_loss_lot_id_trace_lot_lot")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["core_account_user.id"], name=op.f("fk_trace_lot_loss_recorded_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_lot_loss")),
    )
    op.create_index(op.f("ix_trace_lot_loss_lot_id"), "trace_lot_loss", ["lot_id"], unique=False)
    op.create_table(
        "trace_season_entry",
        sa.Column("season_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("input_name", sa.Text(), nullable=False),
        sa.Column("registration_no", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("interval_days", sa.BigInteger(), nullable=True),
        sa.Column("mass_g", sa.BigInteger(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.Column("voids", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(corrects_id is null) = (correction_reason = '')", name=op.f("ck_trace_season_entry_correction_reason")
        ),
        sa.CheckConstraint(
            "(kind = 'harvest') = (mass_g is not null)", name=op.f("ck_trace_season_entry_harvest_mass")
        ),
        sa.CheckConstraint(
            "(kind = 'input') = (category is not null)", name=op.f("ck_trace_season_entry_input_category")
        ),
        sa.CheckConstraint(
            "category in ('pesticide','fertiliser','other')", name=op.f("ck_trace_season_entry_category")
        ),
        sa.CheckConstraint(
            "category is distinct from 'pesticide' or (registration_no <> '' and interval_days is not null)",
            name=op.f("ck_trace_season_entry_pesticide_whole"),
        ),
        sa.CheckConstraint(
            "kind <> 'input' or (input_name <> '' and source <> '' and usage <> '' and amount <> '')",
            name=op.f("ck_trace_season_entry_input_whole"),
        ),
        sa.CheckConstraint("kind in ('input','pest','work','harvest')", name=op.f("ck_trace_season_entry_kind")),
        sa.CheckConstraint("interval_days between 0 and 365", name=op.f("ck_trace_season_entry_interval")),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_season_entry_mass")),
        sa.CheckConstraint("not voids or corrects_id is not null", name=op.f("ck_trace_season_entry_voids_something")),
        sa.CheckConstraint("until >= done_on", name=op.f("ck_trace_season_entry_days")),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["trace_season_entry.id"],
            name=op.f("fk_trace_season_entry_corrects_id_trace_season_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["core_account_user.id"], name=op.f("fk_trace_season_entry_recorded_by_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["trace_season_season.id"], name=op.f("fk_trace_season_entry_season_id_trace_season_season")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_season_entry")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_trace_season_entry_corrects_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_season_entry_public_id")),
        sa.UniqueConstraint("season_id", "no", name=op.f("uq_trace_season_entry_season_id_no")),
    )
    op.create_index("ix_trace_season_entry_day", "trace_season_entry", ["season_id", "done_on"], unique=False)
    op.create_table(
        "trace_inspection_result",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("substance", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("detection_limit", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("limit_value", sa.Numeric(), nullable=True),
        sa.Column("limit_standard", sa.Text(), nullable=False),
        sa.Column("limit_marks", postgresql.JSONB(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(limit_value is null) = (limit_standard = '')", name=op.f("ck_trace_inspection_result_limit_whole")
        ),
        sa.CheckConstraint(
            "judgement in ('not_over','over','banned_detected','not_judgeable','no_limit')",
            name=op.f("ck_trace_inspection_result_judgement"),
        ),
        sa.CheckConstraint("detection_limit > 0", name=op.f("ck_trace_inspection_result_detection_limit")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_trace_inspection_result_value")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["trace_inspection_report.id"],
            name=op.f("fk_trace_inspection_result_report_id_trace_inspection_report"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_inspection_result")),
        sa.UniqueConstraint("report_id", "substance", name=op.f("uq_trace_inspection_result_report_id_substance")),
    )
    op.create_table(
        "trace_season_picture",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["trace_season_entry.id"], name=op.f("fk_trace_season_picture_entry_id_trace_season_entry")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_trace_season_picture_file_id_core_file_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_season_picture")),
        sa.UniqueConstraint("entry_id", "file_id", name=op.f("uq_trace_season_picture_entry_id_file_id")),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()"
        )
    op.execute(LOT_FROZEN)
    op.execute(
        "CREATE TRIGGER tr_trace_lot_frozen BEFORE UPDATE OR DELETE ON trace_lot_lot "
        "FOR EACH ROW EXECUTE FUNCTION trace_lot_frozen()"
    )
    _load_bans()
    _load_limits()


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _load_bans() -> None:
    columns = ("name", "scope", "valid_from", "valid_to", "rule", "source", "to_be_confirmed")
    table = sa.table("trace_season_banned", *(sa.column(c) for c in columns))
    op.bulk_insert(
        table,
        [
            {**row, "valid_from": _day(row["valid_from"]), "valid_to": _day(row["valid_to"]), "to_be_confirmed": True}
            for row in _lines("banned.csv")
        ],
    )


def _load_limits() -> None:
    columns = (
        "substance", "english", "product", "value", "unit", "standard", "valid_from", "valid_to", "temporary",
        "to_be_confirmed", "source",
    )  # fmt: skip
    table = sa.table(
        "trace_inspection_limit",
        *(sa.column(c) for c in columns),
        sa.column("aliases", postgresql.JSONB()),
        sa.column("excludes", postgresql.JSONB()),
    )
    op.bulk_insert(
        table,
        [
            {
                "substance": row["substance"],
                "aliases": row["aliases"].split("|") if row["aliases"] else [],
                "english": row["english"],
                "product": row["product"],
                "excludes": row["excludes"].split("|") if row["excludes"] else [],
                "value": Decimal(row["value"]),
                "unit": "mg/kg",
                "standard": row["standard"],
                "valid_from": _day(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
                "temporary": row["temporary"] == "1",
                "to_be_confirmed": True,
                "source": "；".join(filter(None, (LIMIT_SOURCE, row["note"]))),
            }
            for row in _lines("limits.csv")
        ],
    )


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("trace_season_picture")
    op.drop_table("trace_inspection_result")
    op.drop_table("trace_season_entry")
    op.drop_table("trace_lot_loss")
    op.drop_table("trace_lot_edge")
    op.drop_table("trace_inspection_report")
    op.drop_table("trace_inspection_certificate")
    op.drop_table("trace_season_season")
    op.drop_table("trace_lot_lot")
    op.drop_table("trace_item_item")
    op.drop_table("trace_season_banned")
    op.drop_table("trace_inspection_limit")
    op.execute("DROP FUNCTION trace_lot_frozen()")
