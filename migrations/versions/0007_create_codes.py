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


# One round trip stores a batch of visits: inside a volatile function every statement sees what was committed while the
# rows of the codes were being locked, so that two processes never count one device twice.  Its plans are kept from the
# time when the tables were empty: the settings hold it to index look-ups, the two bounds to the partition of the month.
STORE = """
create function trace_scan_store(
  p_at timestamptz[], p_item bigint[], p_unit bigint[], p_asked text[], p_status smallint[], p_device bytea[], p_alias bytea[],
  p_oldest timestamptz, p_newest timestamptz, p_shown_item bigint[], p_shown_unit bigint[], p_lots bigint[]
) returns table (item bigint, unit bigint, visits bigint, first_at timestamptz, lot bigint, state text)
language plpgsql volatile set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
begin
  insert into trace_scan_code as c (item_id, unit, visits)
    select distinct w.i, w.u, 0 from unnest(p_item, p_unit) as w(i, u) where w.i is not null order by 1, 2
    on conflict (item_id, unit) do update set visits = c.visits;
  with w as (
    select * from unnest(p_at, p_item, p_unit, p_asked, p_status, p_device, p_alias) as w(at, i, u, asked, status, device, alias)
  ), fresh as (
    insert into trace_scan_visit (visited_at, item_id, unit, asked, status, device)
    select w.at, w.i, w.u, w.asked, w.status, w.device from w where w.i is not null and not exists (
      select 1 from trace_scan_visit v where v.item_id = w.i and v.unit = w.u and v.device in (w.device, w.alias)
      and v.visited_at > w.at - interval '10 minutes' and v.visited_at > p_oldest and v.visited_at <= p_newest)
    returning item_id, trace_scan_visit.unit, visited_at
  )
  update trace_scan_code c set visits = c.visits + n.visits, first_at = coalesce(c.first_at, n.first), last_at = n.last
  from (
    select f.item_id, f.unit, count(*) as visits, min(f.visited_at) as first, max(f.visited_at) as last from fresh f group by 1, 2
  ) n where c.item_id = n.item_id and c.unit = n.unit;
  if array_position(p_item, null) is not null then
    insert into trace_scan_visit (visited_at, asked, status, device)
    select w.at, w.asked, w.status, w.device
    from unnest(p_at, p_item, p_asked, p_status, p_device, p_alias) as w(at, i, asked, status, device, alias)
    where w.i is null and not exists (
      select 1 from trace_scan_visit v where v.item_id is null and v.unit is null and v.device in (w.device, w.alias)
      and v.asked = w.asked and v.visited_at > w.at - interval '10 minutes' and v.visited_at > p_oldest and v.visited_at <= p_newest);
  end if;
  return query select c.item_id, c.unit, c.visits, c.first_at, null::bigint, null::text
    from unnest(p_shown_item, p_shown_unit) as w(i, u) join trace_scan_code c on c.item_id = w.i and c.unit = w.u;
  return query select null::bigint, null::bigint, null::bigint, null::timestamptz, l.id,
      concat_ws(' ', l.state, l.version, coalesce(t.touched, 0), r.records, r.integrated, r.digest)
    from trace_lot_lot l left join trace_scan_touch t on t.organisation_id = l.organisation_id
    left join lateral (
      select count(*) as records, count(e.integrated_at) as integrated,
        encode(sha256(string_agg(s.payload || s.digest || e.entry, '' order by s.version)), 'hex') as digest
      from trace_signing_record s join trace_log_entry e on e.id = s.log_entry_id where s.lot_id = l.id
    ) r on true where l.id = any(p_lots);
end $$
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
    op.execute(STORE)


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
    op.execute("drop function trace_scan_store")
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
