"""Signed lists of a lot's public events; subscriptions that pause instead of ending."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_KINDS = "'record','addendum','correction','withdrawal','licence','series','series_change','recall'"
_WITHOUT_LOT = "'licence','series','series_change','recall'"
_WITHOUT_REASON = "'record','licence','series'"


def _checks(more: str) -> dict[str, str]:
    return {
        "kind": f"kind in ({_KINDS}{more})",
        "lot_by_kind": f"(lot_id is null) = (kind in ({_WITHOUT_LOT}{more}))",
        "reason": f"kind in ({_WITHOUT_REASON}{more}) or reason <> ''",
    }


def _replace(checks: dict[str, str]) -> None:
    for name, sql in checks.items():
        full = op.f(f"ck_trace_signing_record_{name}")
        op.drop_constraint(full, "trace_signing_record", type_="check")
        op.create_check_constraint(full, "trace_signing_record", sql)


def upgrade() -> None:
    _replace(_checks(",'events'"))
    op.create_table(
        "trace_signing_event_list",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("events > 0", name=op.f("ck_trace_signing_event_list_events")),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["trace_signing_record.id"],
            name=op.f("fk_trace_signing_event_list_record_id_trace_signing_record"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_signing_event_list_lot_id_trace_lot_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_signing_event_list")),
        sa.UniqueConstraint("record_id", name=op.f("uq_trace_signing_event_list_record_id")),
    )
    op.create_index(op.f("ix_trace_signing_event_list_lot_id"), "trace_signing_event_list", ["lot_id"])
    op.execute(
        "create trigger tr_trace_signing_event_list_guard before update or delete on trace_signing_event_list "
        "for each row execute function core_refuse_change()"
    )
    op.add_column("trace_event_subscription", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("trace_event_subscription", sa.Column("paused_why", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_trace_event_subscription_paused_with_reason"),
        "trace_event_subscription",
        "(paused_at is null) = (paused_why is null)",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("ck_trace_event_subscription_paused_with_reason"), "trace_event_subscription", type_="check"
    )
    op.drop_column("trace_event_subscription", "paused_why")
    op.drop_column("trace_event_subscription", "paused_at")
    op.drop_table("trace_signing_event_list")
    _replace(_checks(""))
