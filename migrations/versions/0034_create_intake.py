"""Imports of enterprises and growers with the rows they wrote; what clerks said of likely duplicates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_twin_verdict",
        sa.Column("first_key", sa.Text(), nullable=False),
        sa.Column("second_key", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_admin_twin_verdict_reason")),
        sa.CheckConstraint("verdict in ('other','same')", name=op.f("ck_admin_twin_verdict_verdict")),
        sa.CheckConstraint("first_key < second_key", name=op.f("ck_admin_twin_verdict_in_order")),
        sa.ForeignKeyConstraint(
            ["judged_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_twin_verdict_judged_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_twin_verdict")),
    )
    op.create_index("ix_admin_twin_verdict_pair", "admin_twin_verdict", ["first_key", "second_key", "id"], unique=False)
    op.create_index("ix_admin_twin_verdict_second_key", "admin_twin_verdict", ["second_key"], unique=False)
    op.create_table(
        "admin_intake_import",
        sa.Column("import_no", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("good", sa.BigInteger(), nullable=False),
        sa.Column("bad", sa.BigInteger(), nullable=False),
        sa.Column("growers", sa.BigInteger(), nullable=False),
        sa.Column("applications", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("progress", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("mode in ('','all','good')", name=op.f("ck_admin_intake_import_mode")),
        sa.CheckConstraint("state <> 'done' or finished_at is not null", name=op.f("ck_admin_intake_import_finished")),
        sa.CheckConstraint(
            "state in ('checked','writing','done','dropped')", name=op.f("ck_admin_intake_import_state")
        ),
        sa.CheckConstraint(
            "growers >= 0 and applications >= 0 and left_out >= 0 and progress >= 0",
            name=op.f("ck_admin_intake_import_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_intake_import_confirmed_by_id_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_admin_intake_import_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_intake_import_office_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_intake_import_uploaded_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_intake_import")),
        sa.UniqueConstraint("import_no", name=op.f("uq_admin_intake_import_import_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_intake_import_public_id")),
    )
    op.create_index(op.f("ix_admin_intake_import_state"), "admin_intake_import", ["state"], unique=False)
    op.create_table(
        "admin_intake_row",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("business", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_mobile", sa.Text(), nullable=False),
        sa.Column("licence_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("application_id", sa.BigInteger(), nullable=True),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(kind = 'grower') = (organisation_id is not null)", name=op.f("ck_admin_intake_row_grower_is_made")
        ),
        sa.CheckConstraint(
            "closed_at is null or (closed_why <> '' and application_id is null)",
            name=op.f("ck_admin_intake_row_closed"),
        ),
        sa.CheckConstraint("kind in ('enterprise','grower')", name=op.f("ck_admin_intake_row_kind")),
        sa.CheckConstraint(
            "(application_id is null) = (taken_at is null)", name=op.f("ck_admin_intake_row_taken_together")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["admin_enterprise_application.id"],
            name=op.f("fk_admin_intake_row_application_id_admin_enterprise_application"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["admin_intake_import.id"], name=op.f("fk_admin_intake_row_import_id_admin_intake_import")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_intake_row_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_intake_row")),
        sa.UniqueConstraint("import_id", "row", name=op.f("uq_admin_intake_row_import_id_row")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_intake_row_public_id")),
    )
    op.create_index(op.f("ix_admin_intake_row_application_id"), "admin_intake_row", ["application_id"], unique=False)
    op.create_index(op.f("ix_admin_intake_row_organisation_id"), "admin_intake_row", ["organisation_id"], unique=False)
    op.create_index(
        "uq_admin_intake_row_token_digest",
        "admin_intake_row",
        ["token_digest"],
        unique=True,
        postgresql_where=sa.text("token_digest <> ''"),
    )
    op.create_index(
        "uq_admin_intake_row_waiting_code",
        "admin_intake_row",
        ["code"],
        unique=True,
        postgresql_where=sa.text("kind = 'enterprise' and application_id is null and closed_at is null"),
    )
    op.execute(
        "create trigger tr_admin_twin_verdict_guard before update or delete on admin_twin_verdict "
        "for each row execute function core_refuse_change()"
    )


def downgrade() -> None:
    op.drop_index(
        "uq_admin_intake_row_waiting_code",
        table_name="admin_intake_row",
        postgresql_where=sa.text("kind = 'enterprise' and application_id is null and closed_at is null"),
    )
    op.drop_index(
        "uq_admin_intake_row_token_digest",
        table_name="admin_intake_row",
        postgresql_where=sa.text("token_digest <> ''"),
    )
    op.drop_index(op.f("ix_admin_intake_row_organisation_id"), table_name="admin_intake_row")
    op.drop_index(op.f("ix_admin_intake_row_application_id"), table_name="admin_intake_row")
    op.drop_table("admin_intake_row")
    op.drop_index(op.f("ix_admin_intake_import_state"), table_name="admin_intake_import")
    op.drop_table("admin_intake_import")
    op.drop_index("ix_admin_twin_verdict_second_key", table_name="admin_twin_verdict")
    op.drop_index("ix_admin_twin_verdict_pair", table_name="admin_twin_verdict")
    op.drop_table("admin_twin_verdict")
