"""Lots after harvest: deeds, grades, storage with readings, shipments; parts of lots at other organisations."""

from __future__ import annotations

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

DATA = Path(__file__).resolve().parent.parent / "data"
DEEDS = (
    "'receive','outside','pack','grade','split','merge','repack','loss','sample','destroy','send','arrive','reversal'"
)
LOSSES = "'loss','waste','sample','destroy','transit','damage'"
APPEND_ONLY = (
    "trace_lot_deed",
    "trace_lot_outside",
    "trace_lot_measure",
    "trace_storage_entry",
    "trace_storage_reading",
    "trace_storage_limit",
)
FROZEN = """
CREATE OR REPLACE FUNCTION trace_lot_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a lot is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.organisation_id, NEW.item_id, NEW.lot_no, NEW.producer_id, NEW.unit, NEW.pieces, NEW.mass_g,
      NEW.packing_loss_g, NEW.made_on{new})
     IS DISTINCT FROM
     (OLD.organisation_id, OLD.item_id, OLD.lot_no, OLD.producer_id, OLD.unit, OLD.pieces, OLD.mass_g,
      OLD.packing_loss_g, OLD.made_on{old}) {more}THEN
    RAISE EXCEPTION 'what a lot is never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""
# A grade is given once, while the lot is open.
GRADED_ONCE = (
    "OR ((NEW.grade_version_id, NEW.grade_key) IS DISTINCT FROM (OLD.grade_version_id, OLD.grade_key) "
    "AND (OLD.grade_key <> '' OR OLD.state <> 'open')) "
)
GRADE_FROZEN = """
CREATE FUNCTION trace_grade_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched bigint;
  found_state text;
BEGIN
  IF TG_TABLE_NAME = 'trace_grade_version' THEN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'a version is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (NEW.standard_id, NEW.number, NEW.valid_from, NEW.source, NEW.note)
       IS DISTINCT FROM (OLD.standard_id, OLD.number, OLD.valid_from, OLD.source, OLD.note) THEN
      RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_TABLE_NAME = 'trace_grade_grade' THEN
    touched := CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
  ELSE
    SELECT g.version_id INTO touched FROM trace_grade_grade g
     WHERE g.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.grade_id ELSE NEW.grade_id END;
  END IF;
  SELECT v.state INTO found_state FROM trace_grade_version v WHERE v.id = touched;
  IF found_state IS DISTINCT FROM 'draft' THEN
    RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
# What was sent never changes; what was received is written once, or taken back by a reversal.
SENT_FROZEN = """
CREATE FUNCTION trace_movement_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a shipment is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.shipment_id, NEW.lot_id, NEW.mass_g) IS DISTINCT FROM (OLD.shipment_id, OLD.lot_id, OLD.mass_g) THEN
    RAISE EXCEPTION 'what was sent never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Create the tables, widen lots, edges and losses, freeze what is published or sent, load the reference grades."""

    op.create_table(
        "trace_grade_standard",
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9A-Z][0-9A-Z/. -]{0,29}$'", name=op.f("ck_trace_grade_standard_code_shape")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_trace_grade_standard_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_grade_standard_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["species"], ["core_taxonomy_term.code"], name=op.f("fk_trace_grade_standard_species_core_taxonomy_term")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_grade_standard")),
        sa.UniqueConstraint(
            "organisation_id",
            "code",
            name=op.f("uq_trace_grade_standard_organisation_id_code"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_grade_standard_public_id")),
    )
    op.create_table(
        "trace_lot_deed",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(kind = 'reversal') = (reverses_id is not null)", name=op.f("ck_trace_lot_deed_reversal")),
        sa.CheckConstraint("kind <> 'reversal' or reason <> ''", name=op.f("ck_trace_lot_deed_reason")),
        sa.CheckConstraint(
            "kind in ('receive','outside','pack','grade','split','merge','repack','loss','sample','destroy','send','arrive','reversal')",
            name=op.f("ck_trace_lot_deed_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_lot_deed_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["core_account_user.id"], name=op.f("fk_trace_lot_deed_recorded_by_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["trace_lot_deed.id"], name=op.f("fk_trace_lot_deed_reverses_id_trace_lot_deed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_lot_deed")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_lot_deed_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_trace_lot_deed_reverses_id")),
    )
    op.create_index("ix_trace_lot_deed_organisation", "trace_lot_deed", ["organisation_id", "done_on"], unique=False)
    op.create_table(
        "trace_grade_version",
        sa.Column("standard_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(state = 'draft') or valid_from is not null", name=op.f("ck_trace_grade_version_dated")),
        sa.CheckConstraint("state in ('draft','published','ended')", name=op.f("ck_trace_grade_version_state")),
        sa.CheckConstraint("number > 0", name=op.f("ck_trace_grade_version_number")),
        sa.ForeignKeyConstraint(
            ["standard_id"],
            ["trace_grade_standard.id"],
            name=op.f("fk_trace_grade_version_standard_id_trace_grade_standard"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_grade_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_grade_version_public_id")),
        sa.UniqueConstraint("standard_id", "number", name=op.f("uq_trace_grade_version_standard_id_number")),
    )
    op.create_index(op.f("ix_trace_grade_version_state"), "trace_grade_version", ["state"], unique=False)
    op.create_table(
        "trace_lot_outside",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("supplier_code", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("certificate_no", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("supplier <> '' and origin <> ''", name=op.f("ck_trace_lot_outside_declared")),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_lot_outside_mass")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_trace_lot_outside_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_lot_outside_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["core_account_user.id"], name=op.f("fk_trace_lot_outside_recorded_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_lot_outside")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_lot_outside_public_id")),
    )
    op.create_index(
        op.f("ix_trace_lot_outside_organisation_id"), "trace_lot_outside", ["organisation_id"], unique=False
    )
    op.create_table(
        "trace_movement_shipment",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("receiver_id", sa.BigInteger(), nullable=False),
        sa.Column("from_place_id", sa.BigInteger(), nullable=True),
        sa.Column("to_place_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("waybill_no", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_by", sa.BigInteger(), nullable=True),
        sa.Column("send_deed_id", sa.BigInteger(), nullable=False),
        sa.Column("receive_deed_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('in_transit','received','differs','refused','void')",
            name=op.f("ck_trace_movement_shipment_state"),
        ),
        sa.CheckConstraint("receiver_id <> organisation_id", name=op.f("ck_trace_movement_shipment_other_party")),
        sa.ForeignKeyConstraint(
            ["from_place_id"],
            ["core_place_place.id"],
            name=op.f("fk_trace_movement_shipment_from_place_id_core_place_place"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_movement_shipment_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["receive_deed_id"],
            ["trace_lot_deed.id"],
            name=op.f("fk_trace_movement_shipment_receive_deed_id_trace_lot_deed"),
        ),
        sa.ForeignKeyConstraint(
            ["received_by"],
            ["core_account_user.id"],
            name=op.f("fk_trace_movement_shipment_received_by_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_movement_shipment_receiver_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["send_deed_id"], ["trace_lot_deed.id"], name=op.f("fk_trace_movement_shipment_send_deed_id_trace_lot_deed")
        ),
        sa.ForeignKeyConstraint(
            ["to_place_id"],
            ["core_place_place.id"],
            name=op.f("fk_trace_movement_shipment_to_place_id_core_place_place"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_movement_shipment")),
        sa.UniqueConstraint("number", name=op.f("uq_trace_movement_shipment_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_movement_shipment_public_id")),
        sa.UniqueConstraint("receive_deed_id", name=op.f("uq_trace_movement_shipment_receive_deed_id")),
        sa.UniqueConstraint("send_deed_id", name=op.f("uq_trace_movement_shipment_send_deed_id")),
    )
    op.create_index(
        "ix_trace_movement_shipment_receiver", "trace_movement_shipment", ["receiver_id", "sent_on"], unique=False
    )
    op.create_index(
        "ix_trace_movement_shipment_sender", "trace_movement_shipment", ["organisation_id", "sent_on"], unique=False
    )
    op.create_index(op.f("ix_trace_movement_shipment_state"), "trace_movement_shipment", ["state"], unique=False)
    op.create_table(
        "trace_storage_limit",
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("low", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("high", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("tolerated_minutes", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("measure in ('temperature','humidity')", name=op.f("ck_trace_storage_limit_measure")),
        sa.CheckConstraint("low is not null or high is not null", name=op.f("ck_trace_storage_limit_bounded")),
        sa.CheckConstraint("low is null or high is null or low < high", name=op.f("ck_trace_storage_limit_range")),
        sa.CheckConstraint("tolerated_minutes between 0 and 10080", name=op.f("ck_trace_storage_limit_tolerated")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_storage_limit_place_id_core_place_place")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["core_account_user.id"], name=op.f("fk_trace_storage_limit_set_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_storage_limit")),
        sa.UniqueConstraint(
            "place_id", "measure", "valid_from", name=op.f("uq_trace_storage_limit_place_id_measure_valid_from")
        ),
    )
    op.create_table(
        "trace_storage_logger",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("interval_minutes", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_hint", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9A-Z][0-9A-Z-]{0,19}$'", name=op.f("ck_trace_storage_logger_code_shape")),
        sa.CheckConstraint("interval_minutes between 1 and 1440", name=op.f("ck_trace_storage_logger_interval")),
        sa.CheckConstraint("length(token_hash) = 32", name=op.f("ck_trace_storage_logger_token_hash")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_storage_logger_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_storage_logger_place_id_core_place_place")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"],
            ["core_account_user.id"],
            name=op.f("fk_trace_storage_logger_registered_by_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_storage_logger")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_trace_storage_logger_organisation_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_storage_logger_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_trace_storage_logger_token_hash")),
    )
    op.create_index(op.f("ix_trace_storage_logger_place_id"), "trace_storage_logger", ["place_id"], unique=False)
    op.create_table(
        "trace_grade_grade",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("key ~ '^[a-z][a-z0-9-]{0,29}$'", name=op.f("ck_trace_grade_grade_key_shape")),
        sa.CheckConstraint("label <> ''", name=op.f("ck_trace_grade_grade_label")),
        sa.CheckConstraint("rank between 1 and 20", name=op.f("ck_trace_grade_grade_rank")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["trace_grade_version.id"], name=op.f("fk_trace_grade_grade_version_id_trace_grade_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_grade_grade")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_trace_grade_grade_version_id_key")),
        sa.UniqueConstraint("version_id", "rank", name=op.f("uq_trace_grade_grade_version_id_rank")),
    )
    op.create_table(
        "trace_storage_day",
        sa.Column("logger_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("readings", sa.BigInteger(), nullable=False),
        sa.Column("temperature_low", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("temperature_high", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("temperature_mean", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("humidity_low", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("humidity_high", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("humidity_mean", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("readings > 0", name=op.f("ck_trace_storage_day_readings")),
        sa.ForeignKeyConstraint(
            ["logger_id"], ["trace_storage_logger.id"], name=op.f("fk_trace_storage_day_logger_id_trace_storage_logger")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_storage_day_place_id_core_place_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_storage_day")),
        sa.UniqueConstraint("logger_id", "day", name=op.f("uq_trace_storage_day_logger_id_day")),
    )
    op.create_index("ix_trace_storage_day_place", "trace_storage_day", ["place_id", "day"], unique=False)
    op.create_table(
        "trace_storage_reading",
        sa.Column("logger_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("temperature", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("humidity", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("suspect", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("source in ('http','csv')", name=op.f("ck_trace_storage_reading_source")),
        sa.CheckConstraint("humidity between 0 and 100", name=op.f("ck_trace_storage_reading_humidity")),
        sa.CheckConstraint("temperature between -60 and 80", name=op.f("ck_trace_storage_reading_temperature")),
        sa.CheckConstraint(
            "temperature is not null or humidity is not null", name=op.f("ck_trace_storage_reading_something")
        ),
        sa.ForeignKeyConstraint(
            ["logger_id"],
            ["trace_storage_logger.id"],
            name=op.f("fk_trace_storage_reading_logger_id_trace_storage_logger"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_storage_reading_place_id_core_place_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_storage_reading")),
        sa.UniqueConstraint("logger_id", "at", name=op.f("uq_trace_storage_reading_logger_id_at")),
    )
    op.create_index("ix_trace_storage_reading_place", "trace_storage_reading", ["place_id", "at"], unique=False)
    op.create_table(
        "trace_grade_criterion",
        sa.Column("grade_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("low", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("high", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("high_excluded", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("to_be_confirmed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(measure = 'words') = (words <> '')", name=op.f("ck_trace_grade_criterion_words")),
        sa.CheckConstraint(
            "measure = 'words' or low is not null or high is not null", name=op.f("ck_trace_grade_criterion_bounded")
        ),
        sa.CheckConstraint("low >= 0 and high >= 0", name=op.f("ck_trace_grade_criterion_not_negative")),
        sa.CheckConstraint("low is null or high is null or low <= high", name=op.f("ck_trace_grade_criterion_range")),
        sa.CheckConstraint(
            "not high_excluded or high is not null", name=op.f("ck_trace_grade_criterion_excluded_bound")
        ),
        sa.ForeignKeyConstraint(
            ["grade_id"], ["trace_grade_grade.id"], name=op.f("fk_trace_grade_criterion_grade_id_trace_grade_grade")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_grade_criterion")),
    )
    op.create_index("ix_trace_grade_criterion_grade", "trace_grade_criterion", ["grade_id", "position"], unique=False)
    op.create_table(
        "trace_lot_measure",
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_trace_lot_measure_value")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_lot_measure_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["core_account_user.id"], name=op.f("fk_trace_lot_measure_recorded_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_lot_measure")),
    )
    op.create_index("ix_trace_lot_measure_lot", "trace_lot_measure", ["lot_id", "measure", "id"], unique=False)
    op.create_table(
        "trace_movement_line",
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("taken_g", sa.BigInteger(), nullable=True),
        sa.Column("damaged_g", sa.BigInteger(), nullable=True),
        sa.Column("short_g", sa.BigInteger(), nullable=True),
        sa.Column("refused_g", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("part_lot_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_movement_line_mass")),
        sa.CheckConstraint(
            "num_nulls(taken_g, damaged_g, short_g, refused_g) in (0, 4)",
            name=op.f("ck_trace_movement_line_answered_whole"),
        ),
        sa.CheckConstraint(
            "taken_g + damaged_g + short_g + refused_g = mass_g", name=op.f("ck_trace_movement_line_balance")
        ),
        sa.CheckConstraint(
            "taken_g >= 0 and damaged_g >= 0 and short_g >= 0 and refused_g >= 0",
            name=op.f("ck_trace_movement_line_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_movement_line_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["part_lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_movement_line_part_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["trace_movement_shipment.id"],
            name=op.f("fk_trace_movement_line_shipment_id_trace_movement_shipment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_movement_line")),
        sa.UniqueConstraint("shipment_id", "lot_id", name=op.f("uq_trace_movement_line_shipment_id_lot_id")),
    )
    op.create_index("ix_trace_movement_line_lot", "trace_movement_line", ["lot_id"], unique=False)
    op.create_table(
        "trace_storage_entry",
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("direction in ('in','out')", name=op.f("ck_trace_storage_entry_direction")),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_storage_entry_mass")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_storage_entry_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_storage_entry_place_id_core_place_place")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["core_account_user.id"], name=op.f("fk_trace_storage_entry_recorded_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_storage_entry")),
    )
    op.create_index("ix_trace_storage_entry_lot", "trace_storage_entry", ["lot_id", "at"], unique=False)
    op.create_index("ix_trace_storage_entry_place", "trace_storage_entry", ["place_id", "at"], unique=False)
    op.create_table(
        "trace_storage_holding",
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("mass_g >= 0", name=op.f("ck_trace_storage_holding_balance")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_storage_holding_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_trace_storage_holding_place_id_core_place_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_storage_holding")),
        sa.UniqueConstraint("lot_id", "place_id", name=op.f("uq_trace_storage_holding_lot_id_place_id")),
    )
    op.create_index(op.f("ix_trace_storage_holding_place_id"), "trace_storage_holding", ["place_id"], unique=False)
    op.add_column("trace_lot_edge", sa.Column("outside_id", sa.BigInteger(), nullable=True))
    op.add_column("trace_lot_edge", sa.Column("kind", sa.Text(), nullable=True))
    op.execute("ALTER TABLE trace_lot_edge DISABLE TRIGGER tr_trace_lot_edge_append_only")
    op.execute("UPDATE trace_lot_edge SET kind = CASE WHEN season_id IS NULL THEN 'pack' ELSE 'receive' END")
    op.execute("ALTER TABLE trace_lot_edge ENABLE TRIGGER tr_trace_lot_edge_append_only")
    op.alter_column("trace_lot_edge", "kind", nullable=False)
    op.add_column("trace_lot_edge", sa.Column("deed_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_trace_lot_edge_deed_id"), "trace_lot_edge", ["deed_id"], unique=False)
    op.create_unique_constraint(op.f("uq_trace_lot_edge_outside_id"), "trace_lot_edge", ["outside_id"])
    op.create_foreign_key(
        op.f("fk_trace_lot_edge_outside_id_trace_lot_outside"),
        "trace_lot_edge",
        "trace_lot_outside",
        ["outside_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_trace_lot_edge_deed_id_trace_lot_deed"), "trace_lot_edge", "trace_lot_deed", ["deed_id"], ["id"]
    )
    op.add_column("trace_lot_loss", sa.Column("kind", sa.Text(), nullable=True))
    op.execute("ALTER TABLE trace_lot_loss DISABLE TRIGGER tr_trace_lot_loss_append_only")
    op.execute("UPDATE trace_lot_loss SET kind = 'loss'")
    op.execute("ALTER TABLE trace_lot_loss ENABLE TRIGGER tr_trace_lot_loss_append_only")
    op.alter_column("trace_lot_loss", "kind", nullable=False)
    op.add_column("trace_lot_loss", sa.Column("deed_id", sa.BigInteger(), nullable=True))
    op.add_column("trace_lot_loss", sa.Column("reverses_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_trace_lot_loss_deed_id"), "trace_lot_loss", ["deed_id"], unique=False)
    op.create_unique_constraint(op.f("uq_trace_lot_loss_reverses_id"), "trace_lot_loss", ["reverses_id"])
    op.create_foreign_key(
        op.f("fk_trace_lot_loss_reverses_id_trace_lot_loss"),
        "trace_lot_loss",
        "trace_lot_loss",
        ["reverses_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_trace_lot_loss_deed_id_trace_lot_deed"), "trace_lot_loss", "trace_lot_deed", ["deed_id"], ["id"]
    )
    op.add_column("trace_lot_lot", sa.Column("root_id", sa.BigInteger(), nullable=True))
    op.add_column("trace_lot_lot", sa.Column("deed_id", sa.BigInteger(), nullable=True))
    op.add_column("trace_lot_lot", sa.Column("grade_version_id", sa.BigInteger(), nullable=True))
    op.add_column("trace_lot_lot", sa.Column("grade_key", sa.Text(), nullable=True))
    op.execute("UPDATE trace_lot_lot SET grade_key = ''")
    op.alter_column("trace_lot_lot", "grade_key", nullable=False)
    op.drop_constraint(op.f("uq_trace_lot_lot_item_id_lot_no"), "trace_lot_lot", type_="unique")
    op.create_index(
        "uq_trace_lot_lot_item_id_lot_no",
        "trace_lot_lot",
        ["item_id", "lot_no"],
        unique=True,
        postgresql_where=sa.text("root_id is null"),
    )
    op.create_index(op.f("ix_trace_lot_lot_deed_id"), "trace_lot_lot", ["deed_id"], unique=False)
    op.create_index(op.f("ix_trace_lot_lot_root_id"), "trace_lot_lot", ["root_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_trace_lot_lot_grade_version_id_trace_grade_version"),
        "trace_lot_lot",
        "trace_grade_version",
        ["grade_version_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_trace_lot_lot_root_id_trace_lot_lot"), "trace_lot_lot", "trace_lot_lot", ["root_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_trace_lot_lot_deed_id_trace_lot_deed"), "trace_lot_lot", "trace_lot_deed", ["deed_id"], ["id"]
    )
    op.drop_constraint("ck_trace_lot_edge_one_source", "trace_lot_edge", type_="check")
    op.drop_constraint("ck_trace_lot_edge_not_itself", "trace_lot_edge", type_="check")
    op.create_check_constraint(
        op.f("ck_trace_lot_edge_one_source"), "trace_lot_edge", "num_nonnulls(season_id, from_lot_id, outside_id) = 1"
    )
    op.create_check_constraint(op.f("ck_trace_lot_edge_made_later"), "trace_lot_edge", "from_lot_id < to_lot_id")
    op.create_check_constraint(op.f("ck_trace_lot_edge_kind"), "trace_lot_edge", f"kind in ({DEEDS})")
    op.create_check_constraint(op.f("ck_trace_lot_loss_kind"), "trace_lot_loss", f"kind in ({LOSSES})")
    op.create_check_constraint(
        op.f("ck_trace_lot_lot_graded_whole"), "trace_lot_lot", "(grade_version_id is null) = (grade_key = '')"
    )
    op.create_check_constraint(op.f("ck_trace_lot_lot_part_after_root"), "trace_lot_lot", "root_id < id")
    op.drop_constraint("ck_trace_lot_lot_state", "trace_lot_lot", type_="check")
    op.create_check_constraint(
        op.f("ck_trace_lot_lot_state"), "trace_lot_lot", "state in ('open','sealed','held','withdrawn','cancelled')"
    )
    op.execute(
        "UPDATE trace_lot_lot SET state = 'withdrawn' WHERE state IN ('sealed', 'held') AND id IN "
        "(SELECT lot_id FROM trace_signing_record WHERE kind = 'withdrawal')"
    )
    op.execute(FROZEN.format(new=", NEW.root_id, NEW.deed_id", old=", OLD.root_id, OLD.deed_id", more=GRADED_ONCE))
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()"
        )
    _load_grades()
    op.execute(GRADE_FROZEN)
    for table, events in (
        ("version", "UPDATE OR DELETE"),
        ("grade", "INSERT OR UPDATE OR DELETE"),
        ("criterion", "INSERT OR UPDATE OR DELETE"),
    ):
        op.execute(
            f"CREATE TRIGGER tr_trace_grade_{table}_frozen BEFORE {events} ON trace_grade_{table} "
            "FOR EACH ROW EXECUTE FUNCTION trace_grade_frozen()"
        )
    op.execute(SENT_FROZEN)
    op.execute(
        "CREATE TRIGGER tr_trace_movement_line_frozen BEFORE UPDATE OR DELETE ON trace_movement_line "
        "FOR EACH ROW EXECUTE FUNCTION trace_movement_frozen()"
    )


def _load_grades() -> None:
    """Reference standards without owner: drafts to be copied and checked, every figure marked 待核对."""
    connection = op.get_bind()
    standards: dict[str, int] = {}
    grades: dict[tuple[str, str], int] = {}
    places: dict[int, int] = {}
    with (DATA / "grades.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["code"] not in standards:
                standard = connection.scalar(
                    sa.text(
                        "INSERT INTO trace_grade_standard (organisation_id, species, code, name, public_id, created_at, "
                        "updated_at) VALUES (NULL, :species, :code, :name, gen_random_uuid(), "
                        "'2026-11-01 00:00:00+08', '2026-11-01 00:00:00+08') RETURNING id"
                    ),
                    {k: row[k] for k in ("species", "code", "name")},
                )
                standards[row["code"]] = connection.scalar(
                    sa.text(
                        "INSERT INTO trace_grade_version (standard_id, number, source, note, state, version, public_id, "
                        "created_at, updated_at) VALUES (:s, 1, :source, '', 'draft', 1, gen_random_uuid(), "
                        "'2026-11-01 00:00:00+08', '2026-11-01 00:00:00+08') RETURNING id"
                    ),
                    {"s": standard, "source": row["version_source"]},
                )
            at = (row["code"], row["key"])
            if at not in grades:
                grades[at] = connection.scalar(
                    sa.text(
                        "INSERT INTO trace_grade_grade (version_id, key, label, rank) VALUES (:v, :key, :label, :rank) "
                        "RETURNING id"
                    ),
                    {"v": standards[row["code"]], "key": row["key"], "label": row["label"], "rank": int(row["rank"])},
                )
            places[grades[at]] = places.get(grades[at], 0) + 1
            connection.execute(
                sa.text(
                    "INSERT INTO trace_grade_criterion (grade_id, position, measure, low, high, high_excluded, words, "
                    "to_be_confirmed, source) VALUES (:g, :p, :m, :low, :high, :x, :w, true, :s)"
                ),
                {
                    "g": grades[at], "p": places[grades[at]], "m": row["measure"],
                    "low": row["low"] or None, "high": row["high"] or None, "x": row["high_excluded"] == "1",
                    "w": row["words"], "s": row["source"],
                },
            )  # fmt: skip


def downgrade() -> None:
    """Take back what :func:`upgrade` made; refused by the old constraints where parts or outside goods exist."""
    for table in ("version", "grade", "criterion"):
        op.execute(f"DROP TRIGGER tr_trace_grade_{table}_frozen ON trace_grade_{table}")
    op.execute("DROP FUNCTION trace_grade_frozen()")
    op.execute("DROP TRIGGER tr_trace_movement_line_frozen ON trace_movement_line")
    op.execute("DROP FUNCTION trace_movement_frozen()")
    op.execute(FROZEN.format(new="", old="", more=""))
    op.drop_constraint("ck_trace_lot_lot_state", "trace_lot_lot", type_="check")
    op.execute("UPDATE trace_lot_lot SET state = 'held' WHERE state = 'withdrawn'")
    op.create_check_constraint(
        op.f("ck_trace_lot_lot_state"), "trace_lot_lot", "state in ('open','sealed','held','cancelled')"
    )
    op.drop_constraint("ck_trace_lot_lot_part_after_root", "trace_lot_lot", type_="check")
    op.drop_constraint("ck_trace_lot_lot_graded_whole", "trace_lot_lot", type_="check")
    op.drop_constraint("ck_trace_lot_loss_kind", "trace_lot_loss", type_="check")
    op.drop_constraint("ck_trace_lot_edge_kind", "trace_lot_edge", type_="check")
    op.drop_constraint("ck_trace_lot_edge_made_later", "trace_lot_edge", type_="check")
    op.drop_constraint("ck_trace_lot_edge_one_source", "trace_lot_edge", type_="check")
    op.create_check_constraint(op.f("ck_trace_lot_edge_not_itself"), "trace_lot_edge", "from_lot_id <> to_lot_id")
    op.create_check_constraint(
        op.f("ck_trace_lot_edge_one_source"), "trace_lot_edge", "(season_id is null) <> (from_lot_id is null)"
    )
    op.drop_constraint(op.f("fk_trace_lot_lot_deed_id_trace_lot_deed"), "trace_lot_lot", type_="foreignkey")
    op.drop_constraint(op.f("fk_trace_lot_lot_root_id_trace_lot_lot"), "trace_lot_lot", type_="foreignkey")
    op.drop_constraint(
        op.f("fk_trace_lot_lot_grade_version_id_trace_grade_version"), "trace_lot_lot", type_="foreignkey"
    )
    op.drop_index(op.f("ix_trace_lot_lot_root_id"), table_name="trace_lot_lot")
    op.drop_index(op.f("ix_trace_lot_lot_deed_id"), table_name="trace_lot_lot")
    op.drop_index(
        "uq_trace_lot_lot_item_id_lot_no", table_name="trace_lot_lot", postgresql_where=sa.text("root_id is null")
    )
    op.create_unique_constraint(
        op.f("uq_trace_lot_lot_item_id_lot_no"),
        "trace_lot_lot",
        ["item_id", "lot_no"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("trace_lot_lot", "grade_key")
    op.drop_column("trace_lot_lot", "grade_version_id")
    op.drop_column("trace_lot_lot", "deed_id")
    op.drop_column("trace_lot_lot", "root_id")
    op.drop_constraint(op.f("fk_trace_lot_loss_deed_id_trace_lot_deed"), "trace_lot_loss", type_="foreignkey")
    op.drop_constraint(op.f("fk_trace_lot_loss_reverses_id_trace_lot_loss"), "trace_lot_loss", type_="foreignkey")
    op.drop_constraint(op.f("uq_trace_lot_loss_reverses_id"), "trace_lot_loss", type_="unique")
    op.drop_index(op.f("ix_trace_lot_loss_deed_id"), table_name="trace_lot_loss")
    op.drop_column("trace_lot_loss", "reverses_id")
    op.drop_column("trace_lot_loss", "deed_id")
    op.drop_column("trace_lot_loss", "kind")
    op.drop_constraint(op.f("fk_trace_lot_edge_deed_id_trace_lot_deed"), "trace_lot_edge", type_="foreignkey")
    op.drop_constraint(op.f("fk_trace_lot_edge_outside_id_trace_lot_outside"), "trace_lot_edge", type_="foreignkey")
    op.drop_constraint(op.f("uq_trace_lot_edge_outside_id"), "trace_lot_edge", type_="unique")
    op.drop_index(op.f("ix_trace_lot_edge_deed_id"), table_name="trace_lot_edge")
    op.drop_column("trace_lot_edge", "deed_id")
    op.drop_column("trace_lot_edge", "kind")
    op.drop_column("trace_lot_edge", "outside_id")
    op.drop_index(op.f("ix_trace_storage_holding_place_id"), table_name="trace_storage_holding")
    op.drop_table("trace_storage_holding")
    op.drop_index("ix_trace_storage_entry_place", table_name="trace_storage_entry")
    op.drop_index("ix_trace_storage_entry_lot", table_name="trace_storage_entry")
    op.drop_table("trace_storage_entry")
    op.drop_index("ix_trace_movement_line_lot", table_name="trace_movement_line")
    op.drop_table("trace_movement_line")
    op.drop_index("ix_trace_lot_measure_lot", table_name="trace_lot_measure")
    op.drop_table("trace_lot_measure")
    op.drop_index("ix_trace_grade_criterion_grade", table_name="trace_grade_criterion")
    op.drop_table("trace_grade_criterion")
    op.drop_index("ix_trace_storage_reading_place", table_name="trace_storage_reading")
    op.drop_table("trace_storage_reading")
    op.drop_index("ix_trace_storage_day_place", table_name="trace_storage_day")
    op.drop_table("trace_storage_day")
    op.drop_table("trace_grade_grade")
    op.drop_index(op.f("ix_trace_storage_logger_place_id"), table_name="trace_storage_logger")
    op.drop_table("trace_storage_logger")
    op.drop_table("trace_storage_limit")
    op.drop_index(op.f("ix_trace_movement_shipment_state"), table_name="trace_movement_shipment")
    op.drop_index("ix_trace_movement_shipment_sender", table_name="trace_movement_shipment")
    op.drop_index("ix_trace_movement_shipment_receiver", table_name="trace_movement_shipment")
    op.drop_table("trace_movement_shipment")
    op.drop_index(op.f("ix_trace_lot_outside_organisation_id"), table_name="trace_lot_outside")
    op.drop_table("trace_lot_outside")
    op.drop_index(op.f("ix_trace_grade_version_state"), table_name="trace_grade_version")
    op.drop_table("trace_grade_version")
    op.drop_index("ix_trace_lot_deed_organisation", table_name="trace_lot_deed")
    op.drop_table("trace_lot_deed")
    op.drop_table("trace_grade_standard")
