"""Create codes tables: item keys, counters, series, print register; visits by month, checks, limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# No two series of one item share a unit number; the item stands as a range because the server has no btree_gist.
NO_OVERLAP = """
alter table trace_code_series add constraint ex_trace_code_series_units exclude using gist (
  int8range(item_id, item_id, '[]') with &&, int8range(start_unit, start_unit + unit_count) with &&)
"""
IMMUTABLE = ("trace_code_series", "trace_code_print")
# Partitions stand in a schema of their own, so that comparing models and tables sees the parent only.
PARTITIONS = """
create schema visits;
create table visits.visit_rest partition of trace_scan_visit default;
do $$
declare month date := '2026-09-01';
begin
  while month < '2028-01-01' loop
    execute format('create table visits.visit_%s partition of trace_scan_visit for values from (%L) to (%L)',
      to_char(month, 'YYYY_MM'), month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
    month := month + interval '1 month';
  end loop;
end $$;
"""


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""
    _scan_tables()
    _code_tables()
    op.execute(NO_OVERLAP)
    for table in IMMUTABLE:
        op.execute(
            f"create trigger tr_{table}_immutable before update or delete on {table} "
            "for each row execute function core_refuse_change()"
        )
    op.execute(PARTITIONS)


def _scan_tables() -> None:
    op.create_table(
        "trace_scan_check",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_check")),
    )
    op.create_index(
        "ix_trace_scan_check_unit", "trace_scan_check", ["item_id", "unit", "device", "checked_at"], unique=False
    )
    op.create_table(
        "trace_scan_code",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("visits >= 0", name=op.f("ck_trace_scan_code_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_code")),
        sa.UniqueConstraint("item_id", "unit", name=op.f("uq_trace_scan_code_item_id_unit")),
    )
    op.create_table(
        "trace_scan_first_check",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_first_check")),
        sa.UniqueConstraint("item_id", "unit", name=op.f("uq_trace_scan_first_check_item_id_unit")),
    )
    op.create_table(
        "trace_scan_limit",
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_limit")),
        sa.UniqueConstraint("who", "window_start", name=op.f("uq_trace_scan_limit_who_window_start")),
    )
    op.create_index(op.f("ix_trace_scan_limit_window_start"), "trace_scan_limit", ["window_start"], unique=False)
    op.create_table(
        "trace_scan_visit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("status in (200, 400, 404, 409)", name=op.f("ck_trace_scan_visit_status")),
        sa.PrimaryKeyConstraint("id", "visited_at", name=op.f("pk_trace_scan_visit")),
        postgresql_partition_by="RANGE (visited_at)",
    )
    op.create_index(
        "ix_trace_scan_visit_unit", "trace_scan_visit", ["item_id", "unit", "device", "visited_at"], unique=False
    )


def _code_tables() -> None:
    op.create_table(
        "trace_scan_touch",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("touched", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_touch")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_trace_scan_touch_organisation_id")),
    )
    op.create_table(
        "trace_code_counter",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("next_unit", sa.BigInteger(), nullable=False),
        sa.Column("next_no", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("next_unit >= 1 and next_no >= 1", name=op.f("ck_trace_code_counter_positive")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_code_counter_item_id_trace_item_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_code_counter")),
        sa.UniqueConstraint("item_id", name=op.f("uq_trace_code_counter_item_id")),
    )
    op.create_table(
        "trace_code_key",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("purpose in ('serial','covered')", name=op.f("ck_trace_code_key_purpose")),
        sa.CheckConstraint("version between 1 and 65535", name=op.f("ck_trace_code_key_version")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_code_key_item_id_trace_item_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_code_key")),
        sa.UniqueConstraint("item_id", "purpose", "version", name=op.f("uq_trace_code_key_item_id_purpose_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_code_key_public_id")),
    )
    op.create_table(
        "trace_code_series",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("series_no", sa.BigInteger(), nullable=False),
        sa.Column("start_unit", sa.BigInteger(), nullable=False),
        sa.Column("unit_count", sa.BigInteger(), nullable=False),
        sa.Column("key_version", sa.BigInteger(), nullable=False),
        sa.Column("covered_version", sa.BigInteger(), nullable=True),
        sa.Column("link_prefix", sa.Text(), nullable=False),
        sa.Column("licence_no", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("start_unit >= 1 and unit_count >= 1", name=op.f("ck_trace_code_series_range")),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["core_account_user.id"], name=op.f("fk_trace_code_series_issued_by_id_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_code_series_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_code_series_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["core_organisation_organisation.id"]),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_code_series")),
        sa.UniqueConstraint("item_id", "series_no", name=op.f("uq_trace_code_series_item_id_series_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_code_series_public_id")),
    )
    op.create_index("ix_trace_code_series_lot", "trace_code_series", ["lot_id"], unique=False)
    op.create_index(
        "ix_trace_code_series_organisation", "trace_code_series", ["organisation_id", "issued_at"], unique=False
    )
    op.create_table(
        "trace_code_print",
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("first_unit", sa.BigInteger(), nullable=False),
        sa.Column("last_unit", sa.BigInteger(), nullable=False),
        sa.Column("reprint", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("format in ('a4','roll','test')", name=op.f("ck_trace_code_print_format")),
        sa.CheckConstraint("not reprint or reason <> ''", name=op.f("ck_trace_code_print_reprint_reason")),
        sa.CheckConstraint("first_unit >= 1 and last_unit >= first_unit", name=op.f("ck_trace_code_print_range")),
        sa.ForeignKeyConstraint(
            ["printed_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_trace_code_print_printed_by_id_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["trace_code_series.id"], name=op.f("fk_trace_code_print_series_id_trace_code_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_code_print")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_code_print_public_id")),
    )
    op.create_index(op.f("ix_trace_code_print_series_id"), "trace_code_print", ["series_id"], unique=False)


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("trace_scan_touch")
    op.drop_index(op.f("ix_trace_code_print_series_id"), table_name="trace_code_print")
    op.drop_table("trace_code_print")
    op.drop_index("ix_trace_code_series_organisation", table_name="trace_code_series")
    op.drop_index("ix_trace_code_series_lot", table_name="trace_code_series")
    op.drop_table("trace_code_series")
    op.drop_table("trace_code_key")
    op.drop_table("trace_code_counter")
    op.drop_index("ix_trace_scan_visit_unit", table_name="trace_scan_visit")
    op.drop_table("trace_scan_visit")
    op.drop_index(op.f("ix_trace_scan_limit_window_start"), table_name="trace_scan_limit")
    op.drop_table("trace_scan_limit")
    op.drop_table("trace_scan_first_check")
    op.drop_table("trace_scan_code")
    op.drop_index("ix_trace_scan_check_unit", table_name="trace_scan_check")
    op.drop_table("trace_scan_check")
    op.execute("drop schema visits")
