"""Recalls: the recall, its lots, whom it reaches, where every gram is.  Recoveries and their reversals never change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of recalls and the trigger that keeps recoveries as they were written."""
    op.create_table(
        "trace_recall_recall",
        sa.Column("recall_no", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("refund", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name=op.f("ck_trace_recall_recall_closed")),
        sa.CheckConstraint(
            "(state in ('running','reported','closed')) = (began_at is not null)",
            name=op.f("ck_trace_recall_recall_began"),
        ),
        sa.CheckConstraint("level in ('one','two','three')", name=op.f("ck_trace_recall_recall_level")),
        sa.CheckConstraint(
            "state in ('draft','proposed','running','reported','closed','refused')",
            name=op.f("ck_trace_recall_recall_state"),
        ),
        sa.CheckConstraint("began_at is null or due_on is not null", name=op.f("ck_trace_recall_recall_due")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_recall_recall_ordered_by_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_recall_recall_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_recall_recall")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_recall_recall_public_id")),
        sa.UniqueConstraint("recall_no", name=op.f("uq_trace_recall_recall_recall_no")),
    )
    op.create_index(
        "ix_trace_recall_recall_organisation", "trace_recall_recall", ["organisation_id", "id"], unique=False
    )
    op.create_index(op.f("ix_trace_recall_recall_state"), "trace_recall_recall", ["state"], unique=False)
    op.create_table(
        "trace_recall_lot",
        sa.Column("recall_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("depth", sa.BigInteger(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("gone_g", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("mass_g >= 0 and gone_g >= 0", name=op.f("ck_trace_recall_lot_mass")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_recall_lot_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["trace_recall_recall.id"], name=op.f("fk_trace_recall_lot_recall_id_trace_recall_recall")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_recall_lot")),
        sa.UniqueConstraint("recall_id", "lot_id", name=op.f("uq_trace_recall_lot_recall_id_lot_id")),
    )
    op.create_index("ix_trace_recall_lot_lot", "trace_recall_lot", ["lot_id"], unique=False)
    op.create_table(
        "trace_recall_party",
        sa.Column("recall_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=True),
        sa.Column("went_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("channel in ('','sms','inbox','manual')", name=op.f("ck_trace_recall_party_channel")),
        sa.CheckConstraint(
            "channel is distinct from '' or note <> '' or told_at is null",
            name=op.f("ck_trace_recall_party_unreachable_reason"),
        ),
        sa.CheckConstraint("told_at is null or channel is not null", name=op.f("ck_trace_recall_party_told")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_recall_party_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_recall_party_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["trace_recall_recall.id"], name=op.f("fk_trace_recall_party_recall_id_trace_recall_recall")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_recall_party")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_recall_party_public_id")),
        sa.UniqueConstraint("recall_id", "key", name=op.f("uq_trace_recall_party_recall_id_key")),
    )
    op.create_index(
        "ix_trace_recall_party_waiting",
        "trace_recall_party",
        ["recall_id", "id"],
        unique=False,
        postgresql_where="tried_at is null",
    )
    op.create_table(
        "trace_recall_recovery",
        sa.Column("recall_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mass_g", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('kept','returned','destroyed','consumed')", name=op.f("ck_trace_recall_recovery_kind")
        ),
        sa.CheckConstraint("note <> ''", name=op.f("ck_trace_recall_recovery_note")),
        sa.CheckConstraint("mass_g > 0", name=op.f("ck_trace_recall_recovery_mass")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_trace_recall_recovery_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_recall_recovery_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"],
            ["trace_recall_recall.id"],
            name=op.f("fk_trace_recall_recovery_recall_id_trace_recall_recall"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["core_account_user.id"],
            name=op.f("fk_trace_recall_recovery_recorded_by_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["trace_recall_recovery.id"],
            name=op.f("fk_trace_recall_recovery_reverses_id_trace_recall_recovery"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_recall_recovery")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_recall_recovery_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_trace_recall_recovery_reverses_id")),
    )
    op.create_index("ix_trace_recall_recovery_recall", "trace_recall_recovery", ["recall_id", "lot_id"], unique=False)

    op.execute(
        "create trigger tr_trace_recall_recovery_immutable before update or delete on trace_recall_recovery "
        "for each row execute function core_refuse_change()"
    )


def downgrade() -> None:
    """Drop what ``upgrade`` made."""
    op.drop_index("ix_trace_recall_recovery_recall", table_name="trace_recall_recovery")
    op.drop_table("trace_recall_recovery")
    op.drop_index("ix_trace_recall_party_waiting", table_name="trace_recall_party", postgresql_where="tried_at is null")
    op.drop_table("trace_recall_party")
    op.drop_index("ix_trace_recall_lot_lot", table_name="trace_recall_lot")
    op.drop_table("trace_recall_lot")
    op.drop_index(op.f("ix_trace_recall_recall_state"), table_name="trace_recall_recall")
    op.drop_index("ix_trace_recall_recall_organisation", table_name="trace_recall_recall")
    op.drop_table("trace_recall_recall")
