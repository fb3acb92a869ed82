"""What became of units (sold, destroyed); the log entries' indexes are swept by number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# While they stand, no two ranges of one kind of one item overlap (ranges, as there is no btree_gist).
NO_OVERLAP = """
alter table trace_code_departure add constraint ex_trace_code_departure_sold exclude using gist (
  int8range(item_id, item_id, '[]') with &&, int8range(first_unit, last_unit, '[]') with &&)
  where (kind = 'sold' and undone_at is null);
alter table trace_code_departure add constraint ex_trace_code_departure_destroyed exclude using gist (
  int8range(item_id, item_id, '[]') with &&, int8range(first_unit, last_unit, '[]') with &&)
  where (kind = 'destroyed' and undone_at is null);
"""
# What became of a unit is never deleted nor rewritten; a row may be ended once, by the reversal of its deed.
ONLY_ENDS = """
create function trace_code_departure_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.undone_at is not null or new.undone_at is null
     or (to_jsonb(new) - 'undone_at') is distinct from (to_jsonb(old) - 'undone_at')
  then raise exception 'what became of units is ended, never changed' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger tr_trace_code_departure_guard before update or delete on trace_code_departure
  for each row execute function trace_code_departure_guard();
"""


# The partial indexes of waiting entries turn over with every entry: dead tuples must go by number, not by share.
SWEPT_SOON = """
alter table trace_log_entry set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.02);
"""


def upgrade() -> None:
    op.create_table(
        "trace_code_departure",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("first_unit", sa.BigInteger(), nullable=False),
        sa.Column("last_unit", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("deed_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(kind = 'destroyed') = (deed_id is not null)", name=op.f("ck_trace_code_departure_deed")),
        sa.CheckConstraint("kind in ('sold','destroyed')", name=op.f("ck_trace_code_departure_kind")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_trace_code_departure_source")),
        sa.CheckConstraint("first_unit >= 1 and last_unit >= first_unit", name=op.f("ck_trace_code_departure_range")),
        sa.ForeignKeyConstraint(
            ["deed_id"], ["trace_lot_deed.id"], name=op.f("fk_trace_code_departure_deed_id_trace_lot_deed")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_code_departure_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_code_departure_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_trace_code_departure_recorded_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_code_departure")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_code_departure_public_id")),
    )
    op.create_index(op.f("ix_trace_code_departure_deed_id"), "trace_code_departure", ["deed_id"], unique=False)
    op.create_index("ix_trace_code_departure_lot", "trace_code_departure", ["lot_id"], unique=False)
    op.create_index("ix_trace_code_departure_units", "trace_code_departure", ["item_id", "first_unit"], unique=False)
    op.execute(NO_OVERLAP)
    op.execute(ONLY_ENDS)
    op.execute(SWEPT_SOON)


def downgrade() -> None:
    op.execute(
        "alter table trace_log_entry reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, "
        "autovacuum_analyze_scale_factor)"
    )
    op.drop_table("trace_code_departure")
    op.execute("drop function trace_code_departure_guard()")
