"""Visits are counted by one statement: a table of recent visits decides the ten-minute rule by its key.

The function of 0007 locked every code, looked into the partitions and joined its own lists: its time grew with the
square of the batch (docs/measurements-codes.md).
"""

from __future__ import annotations

import runpy
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# The settings keep one plan for good (planning over the partitions costs more than running) and hold it to index look-ups:
# it is made when the tables are empty.  What is stored comes from the row of the recent visit itself, because joining the
# lists of a batch grows with its square.  Rows are taken in the order of their keys everywhere, so that two processes
# never wait for each other in a circle.  A code counted by this statement comes back twice, as it stood and as it stands:
# the reader takes the larger.
COUNT = """
create function trace_scan_count(
  p_at timestamptz[], p_item bigint[], p_key bigint[], p_asked text[], p_status smallint[],
  p_device bytea[], p_alias bytea[], p_shown_item bigint[], p_shown_unit bigint[], p_lots bigint[]
) returns table (item bigint, unit bigint, visits bigint, first_at timestamptz, lot bigint, state text)
language plpgsql volatile set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off as $$
#variable_conflict use_column
begin
  return query with fresh as (
    insert into trace_scan_recent as r (item_id, unit, device, visited_at, asked, status)
    select w.item, w.key, w.device, w.at, w.asked, w.status
    from unnest(p_at, p_item, p_key, p_asked, p_status, p_device, p_alias)
      as w(at, item, key, asked, status, device, alias)
    where not exists (
      select 1 from trace_scan_recent o where o.item_id = w.item and o.unit = w.key and o.device = w.alias
      and o.visited_at > w.at - interval '10 minutes')
    order by 1, 2, 3
    on conflict (item_id, unit, device) do update
      set visited_at = excluded.visited_at, asked = excluded.asked, status = excluded.status
      where r.visited_at <= excluded.visited_at - interval '10 minutes'
    returning r.*
  ), stored as (
    insert into trace_scan_visit (visited_at, item_id, unit, asked, status, device)
    select f.visited_at, nullif(f.item_id, 0), case when f.item_id <> 0 then f.unit end, f.asked, f.status, f.device
    from fresh f
  ), counted as (
    insert into trace_scan_code as c (item_id, unit, visits, first_at, last_at)
    select f.item_id, f.unit, count(*), min(f.visited_at), max(f.visited_at) from fresh f
    where f.item_id <> 0 group by 1, 2 order by 1, 2
    on conflict (item_id, unit) do update set visits = c.visits + excluded.visits,
      first_at = coalesce(c.first_at, excluded.first_at), last_at = excluded.last_at
    returning c.item_id, c.unit, c.visits, c.first_at
  )
  select c.item_id, c.unit, c.visits, c.first_at, null::bigint, null::text from counted c
  union all
  select c.item_id, c.unit, c.visits, c.first_at, null::bigint, null::text
    from unnest(p_shown_item, p_shown_unit) as s(item, unit)
    join trace_scan_code c on c.item_id = s.item and c.unit = s.unit
  union all
  select null::bigint, null::bigint, null::bigint, null::timestamptz, l.id,
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
    """One table to look up, one function that inserts."""
    op.create_table(
        "trace_scan_recent",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", "unit", "device", name=op.f("pk_trace_scan_recent")),
    )
    op.execute("drop function trace_scan_store")
    op.drop_index("ix_trace_scan_visit_unit", "trace_scan_visit")
    op.create_index("ix_trace_scan_visit_unit", "trace_scan_visit", ["item_id", "unit", "visited_at"])
    op.execute(COUNT)


def downgrade() -> None:
    """The function of 0007 again."""
    op.execute("drop function trace_scan_count")
    op.drop_index("ix_trace_scan_visit_unit", "trace_scan_visit")
    op.create_index("ix_trace_scan_visit_unit", "trace_scan_visit", ["item_id", "unit", "device", "visited_at"])
    op.execute(runpy.run_path(str(Path(__file__).with_name("0007_create_codes.py")))["STORE"])
    op.drop_table("trace_scan_recent")
