"""Alerts and the settings of their rules; a setting is never changed, the newest counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The two tables, and the trigger that keeps settings."""
    op.create_table(
        "trace_alert_alert",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("severity in ('stop','act','look')", name=op.f("ck_trace_alert_alert_severity")),
        sa.CheckConstraint(
            "state in ('open','acknowledged','resolved','cleared','dismissed')", name=op.f("ck_trace_alert_alert_state")
        ),
        sa.CheckConstraint("due_at >= opened_at", name=op.f("ck_trace_alert_alert_due")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_alert_alert_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_alert_alert")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_alert_alert_public_id")),
        sa.UniqueConstraint("rule", "subject", name=op.f("uq_trace_alert_alert_rule_subject")),
    )
    op.create_index(
        "ix_trace_alert_alert_due",
        "trace_alert_alert",
        ["due_at"],
        unique=False,
        postgresql_where="state in ('open','acknowledged')",
    )
    op.create_index("ix_trace_alert_alert_opened", "trace_alert_alert", ["opened_at"], unique=False)
    op.create_index(
        "ix_trace_alert_alert_organisation", "trace_alert_alert", ["organisation_id", "state"], unique=False
    )
    op.create_index(op.f("ix_trace_alert_alert_state"), "trace_alert_alert", ["state"], unique=False)
    op.create_table(
        "trace_alert_setting",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_trace_alert_setting_reason")),
        sa.CheckConstraint("severity in ('stop','act','look')", name=op.f("ck_trace_alert_setting_severity")),
        sa.CheckConstraint("days between 1 and 1000", name=op.f("ck_trace_alert_setting_days")),
        sa.CheckConstraint("hours between 1 and 1440", name=op.f("ck_trace_alert_setting_hours")),
        sa.ForeignKeyConstraint(
            ["set_by"], ["core_account_user.id"], name=op.f("fk_trace_alert_setting_set_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_alert_setting")),
    )
    op.create_index("ix_trace_alert_setting_rule", "trace_alert_setting", ["rule", "id"], unique=False)

    op.execute(
        "create trigger tr_trace_alert_setting_immutable before update or delete on trace_alert_setting "
        "for each row execute function core_refuse_change()"
    )


def downgrade() -> None:
    """Drop what ``upgrade`` made."""
    op.drop_index("ix_trace_alert_setting_rule", table_name="trace_alert_setting")
    op.drop_table("trace_alert_setting")
    op.drop_index(op.f("ix_trace_alert_alert_state"), table_name="trace_alert_alert")
    op.drop_index("ix_trace_alert_alert_organisation", table_name="trace_alert_alert")
    op.drop_index("ix_trace_alert_alert_opened", table_name="trace_alert_alert")
    op.drop_index(
        "ix_trace_alert_alert_due", table_name="trace_alert_alert", postgresql_where="state in ('open','acknowledged')"
    )
    op.drop_table("trace_alert_alert")
