"""Town tables: projects, public column, supervision, acceptance, special funds, target resolutions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = (
    "admin_project_policy",
    "admin_project_project",
    "admin_project_contract",
    "admin_project_line",
    "admin_project_report",
    "admin_project_stage",
    "admin_project_evidence",
    "admin_disclosure_item",
    "admin_disclosure_opinion",
    "admin_disclosure_revision",
    "admin_supervision_inspection",
    "admin_supervision_finding",
    "admin_acceptance_case",
    "admin_acceptance_member",
    "admin_fund_batch",
    "admin_fund_retention",
    "admin_fund_claim",
    "admin_fund_invoice",
    "admin_target_resolution",
)
APPEND_ONLY = ("admin_disclosure_revision", "admin_target_resolution")


def upgrade() -> None:
    """Create the tables; published texts and resolutions are append-only."""
    _project()
    _disclosure()
    _supervision()
    _acceptance()
    _fund()
    _target()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()"
        )


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _project() -> None:
    op.create_table(
        "admin_project_policy",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publicity_start_on", sa.Date(), nullable=False),
        sa.Column("publicity_end_on", sa.Date(), nullable=False),
        sa.Column("city_filing_no", sa.Text(), nullable=False),
        sa.Column("province_filing_no", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_project_policy")),
        sa.UniqueConstraint("key", name=op.f("uq_admin_project_policy_key")),
    )
    op.create_table(
        "admin_project_project",
        sa.Column("project_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("performance_target", sa.Text(), nullable=False),
        sa.Column("responsible_post", sa.Text(), nullable=False),
        sa.Column("undertaker_id", sa.BigInteger(), nullable=False),
        sa.Column("selection_doc_no", sa.Text(), nullable=False),
        sa.Column("selection_procedure", sa.Text(), nullable=False),
        sa.Column("completion_on", sa.Date(), nullable=False),
        sa.Column("award_fen", sa.BigInteger(), nullable=False),
        sa.Column("own_fen", sa.BigInteger(), nullable=False),
        sa.Column("budget_reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("budget_reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('proposed','approved','building','suspended','operating','accepted','settled','terminated')",
            name=op.f("ck_admin_project_project_state"),
        ),
        sa.CheckConstraint("award_fen > 0 and own_fen >= 0", name=op.f("ck_admin_project_project_amounts")),
        sa.ForeignKeyConstraint(
            ["budget_reviewed_by"],
            ["core_account_user.id"],
            name=op.f("fk_admin_project_project_budget_reviewed_by_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["undertaker_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_project_project_undertaker_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_project_project")),
        sa.UniqueConstraint("project_no", name=op.f("uq_admin_project_project_project_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_project_project_public_id")),
    )
    op.create_index(op.f("ix_admin_project_project_state"), "admin_project_project", ["state"], unique=False)
    op.create_index(
        op.f("ix_admin_project_project_undertaker_id"), "admin_project_project", ["undertaker_id"], unique=False
    )
    op.create_table(
        "admin_project_contract",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_no", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("operation_clause", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("undertaker_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undertaker_signed_by", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('draft','active','completed','terminating','terminated','closed')",
            name=op.f("ck_admin_project_contract_state"),
        ),
        sa.CheckConstraint("total_fen > 0", name=op.f("ck_admin_project_contract_amount")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_admin_project_contract_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_project_contract_project_id_admin_project_project"),
        ),
        sa.ForeignKeyConstraint(
            ["undertaker_signed_by"],
            ["core_account_user.id"],
            name=op.f("fk_admin_project_contract_undertaker_signed_by_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_project_contract")),
        sa.UniqueConstraint("contract_no", name=op.f("uq_admin_project_contract_contract_no")),
        sa.UniqueConstraint("project_id", name=op.f("uq_admin_project_contract_project_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_project_contract_public_id")),
    )
    op.create_index(op.f("ix_admin_project_contract_state"), "admin_project_contract", ["state"], unique=False)
    op.create_table(
        "admin_project_line",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_admin_project_line_amount")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_project_line_project_id_admin_project_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_project_line")),
    )
    op.create_index(op.f("ix_admin_project_line_project_id"), "admin_project_line", ["project_id"], unique=False)
    op.create_table(
        "admin_project_report",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("progress_percent", sa.BigInteger(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("fund_use", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        sa.Column("days_late", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_admin_project_report_month_first")),
        sa.CheckConstraint("progress_percent between 0 and 100", name=op.f("ck_admin_project_report_percent")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_project_report_project_id_admin_project_project"),
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"],
            ["core_account_user.id"],
            name=op.f("fk_admin_project_report_submitted_by_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_project_report")),
        sa.UniqueConstraint("project_id", "month", name="uq_admin_project_report_month"),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_project_report_public_id")),
    )
    op.create_index(op.f("ix_admin_project_report_project_id"), "admin_project_report", ["project_id"], unique=False)
    op.create_table(
        "admin_project_stage",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("award_fen", sa.BigInteger(), nullable=False),
        sa.Column("completion_on", sa.Date(), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("award_fen > 0", name=op.f("ck_admin_project_stage_amount")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_project_stage_project_id_admin_project_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_project_stage")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_admin_project_stage_project_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_project_stage_public_id")),
    )
    op.create_index(op.f("ix_admin_project_stage_project_id"), "admin_project_stage", ["project_id"], unique=False)
    op.create_table(
        "admin_project_evidence",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["core_account_user.id"], name=op.f("fk_admin_project_evidence_added_by_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_admin_project_evidence_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_project_evidence_project_id_admin_project_project"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"],
            ["admin_project_stage.id"],
            name=op.f("fk_admin_project_evidence_stage_id_admin_project_stage"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_project_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_project_evidence_public_id")),
    )
    op.create_index("ix_admin_project_evidence_kind", "admin_project_evidence", ["project_id", "kind"], unique=False)


def _disclosure() -> None:
    op.create_table(
        "admin_disclosure_item",
        sa.Column("item_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("subject_table", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("publish_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state in ('published','withdrawn')) = (published_at is not null)",
            name=op.f("ck_admin_disclosure_item_published"),
        ),
        sa.CheckConstraint("kind <> 'publicity' or days >= 5", name=op.f("ck_admin_disclosure_item_days")),
        sa.CheckConstraint(
            "kind in ('plan','development','progress','funds','acceptance','publicity')",
            name=op.f("ck_admin_disclosure_item_kind"),
        ),
        sa.CheckConstraint(
            "state in ('draft','reviewing','scheduled','published','withdrawn')",
            name=op.f("ck_admin_disclosure_item_state"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_disclosure_item_project_id_admin_project_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_disclosure_item")),
        sa.UniqueConstraint("item_no", name=op.f("uq_admin_disclosure_item_item_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_disclosure_item_public_id")),
    )
    op.create_index(op.f("ix_admin_disclosure_item_project_id"), "admin_disclosure_item", ["project_id"], unique=False)
    op.create_index(op.f("ix_admin_disclosure_item_state"), "admin_disclosure_item", ["state"], unique=False)
    op.create_index(
        "ix_admin_disclosure_item_subject", "admin_disclosure_item", ["subject_table", "subject_id"], unique=False
    )
    op.create_table(
        "admin_disclosure_opinion",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at is not null)", name=op.f("ck_admin_disclosure_opinion_answered")
        ),
        sa.CheckConstraint("kind in ('opinion','objection')", name=op.f("ck_admin_disclosure_opinion_kind")),
        sa.CheckConstraint("state in ('received','answered')", name=op.f("ck_admin_disclosure_opinion_state")),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["admin_disclosure_item.id"],
            name=op.f("fk_admin_disclosure_opinion_item_id_admin_disclosure_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_disclosure_opinion")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_disclosure_opinion_public_id")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_admin_disclosure_opinion_receipt_no")),
    )
    op.create_index(op.f("ix_admin_disclosure_opinion_item_id"), "admin_disclosure_opinion", ["item_id"], unique=False)
    op.create_index(op.f("ix_admin_disclosure_opinion_state"), "admin_disclosure_opinion", ["state"], unique=False)
    op.create_table(
        "admin_disclosure_revision",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["admin_disclosure_item.id"],
            name=op.f("fk_admin_disclosure_revision_item_id_admin_disclosure_item"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_disclosure_revision")),
        sa.UniqueConstraint("item_id", "revision", name=op.f("uq_admin_disclosure_revision_item_id_revision")),
    )


def _supervision() -> None:
    op.create_table(
        "admin_supervision_inspection",
        sa.Column("inspection_no", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("methods", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("second_organ", sa.Text(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("inspector_key", sa.Text(), nullable=False),
        sa.Column("finding_text", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('month','quarter','spot')", name=op.f("ck_admin_supervision_inspection_kind")),
        sa.CheckConstraint(
            "state in ('planned','in_progress','recorded','awaiting_statement','confirmed','dropped','closed','missed')",
            name=op.f("ck_admin_supervision_inspection_state"),
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["core_file_file.id"], name=op.f("fk_admin_supervision_inspection_photo_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_supervision_inspection_project_id_admin_project_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_supervision_inspection")),
        sa.UniqueConstraint("inspection_no", name=op.f("uq_admin_supervision_inspection_inspection_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_supervision_inspection_public_id")),
    )
    op.create_index(
        op.f("ix_admin_supervision_inspection_project_id"), "admin_supervision_inspection", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_admin_supervision_inspection_state"), "admin_supervision_inspection", ["state"], unique=False
    )
    op.create_index(
        "uq_admin_supervision_inspection_slot",
        "admin_supervision_inspection",
        ["project_id", "kind", "period_start"],
        unique=True,
        postgresql_where="kind <> 'spot'",
    )
    op.create_table(
        "admin_supervision_finding",
        sa.Column("finding_no", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("inspection_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("inspector_key", sa.Text(), nullable=False),
        sa.Column("doc_no1", sa.Text(), nullable=False),
        sa.Column("due1_on", sa.Date(), nullable=True),
        sa.Column("delivered1_on", sa.Date(), nullable=True),
        sa.Column("doc_no2", sa.Text(), nullable=False),
        sa.Column("due2_on", sa.Date(), nullable=True),
        sa.Column("delivered2_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_file_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('confirmed','notice1_issued','checking','closed','notice1_failed','notice2_issued','checking2','notice2_failed','termination_requested','terminated')",
            name=op.f("ck_admin_supervision_finding_state"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_file_id"],
            ["core_file_file.id"],
            name=op.f("fk_admin_supervision_finding_evidence_file_id_core_file_file"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["admin_supervision_inspection.id"],
            name=op.f("fk_admin_supervision_finding_inspection_id_admin_supervision_inspection"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_supervision_finding_project_id_admin_project_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_supervision_finding")),
        sa.UniqueConstraint("finding_no", name=op.f("uq_admin_supervision_finding_finding_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_supervision_finding_public_id")),
    )
    op.create_index(
        op.f("ix_admin_supervision_finding_project_id"), "admin_supervision_finding", ["project_id"], unique=False
    )
    op.create_index(op.f("ix_admin_supervision_finding_state"), "admin_supervision_finding", ["state"], unique=False)


def _acceptance() -> None:
    op.create_table(
        "admin_acceptance_case",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("fix_due_on", sa.Date(), nullable=True),
        sa.Column("fix_text", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("city_filing_no", sa.Text(), nullable=False),
        sa.Column("province_filing_no", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(kind = 'stage') = (stage_id is not null)", name=op.f("ck_admin_acceptance_case_stage")),
        sa.CheckConstraint("kind in ('stage','final')", name=op.f("ck_admin_acceptance_case_kind")),
        sa.CheckConstraint(
            "state in ('draft','applied','returned','preparing','scheduled','evaluated','rectifying','overdue','rechecking','failed','passed_pending_gov','passed','published','filed')",
            name=op.f("ck_admin_acceptance_case_state"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_acceptance_case_project_id_admin_project_project"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["admin_project_stage.id"], name=op.f("fk_admin_acceptance_case_stage_id_admin_project_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_acceptance_case")),
        sa.UniqueConstraint("case_no", name=op.f("uq_admin_acceptance_case_case_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_acceptance_case_public_id")),
    )
    op.create_index(op.f("ix_admin_acceptance_case_project_id"), "admin_acceptance_case", ["project_id"], unique=False)
    op.create_index(op.f("ix_admin_acceptance_case_state"), "admin_acceptance_case", ["state"], unique=False)
    op.create_index(
        "uq_admin_acceptance_case_live",
        "admin_acceptance_case",
        ["project_id", "kind", "stage_id"],
        unique=True,
        postgresql_where="state not in ('returned','failed','overdue')",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "admin_acceptance_member",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("chair", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("approves", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(scored_at is null) = (approves is null)", name=op.f("ck_admin_acceptance_member_vote")),
        sa.CheckConstraint("score is null or score between 0 and 100", name=op.f("ck_admin_acceptance_member_score")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["admin_acceptance_case.id"],
            name=op.f("fk_admin_acceptance_member_case_id_admin_acceptance_case"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_admin_acceptance_member_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_acceptance_member")),
        sa.UniqueConstraint("case_id", "user_id", name="uq_admin_acceptance_member_person"),
    )
    op.create_index(op.f("ix_admin_acceptance_member_case_id"), "admin_acceptance_member", ["case_id"], unique=False)


def _fund() -> None:
    op.create_table(
        "admin_fund_batch",
        sa.Column("doc_no", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_admin_fund_batch_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_fund_batch")),
        sa.UniqueConstraint("doc_no", name=op.f("uq_admin_fund_batch_doc_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_fund_batch_public_id")),
    )
    op.create_table(
        "admin_fund_retention",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_ref", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('none','retention_held','retention_payable','retention_paid')",
            name=op.f("ck_admin_fund_retention_state"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_fund_retention_project_id_admin_project_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_fund_retention")),
        sa.UniqueConstraint("project_id", name=op.f("uq_admin_fund_retention_project_id")),
    )
    op.create_index(op.f("ix_admin_fund_retention_state"), "admin_fund_retention", ["state"], unique=False)
    op.create_table(
        "admin_fund_claim",
        sa.Column("claim_no", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("gross_fen", sa.BigInteger(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("inspection_no", sa.Text(), nullable=False),
        sa.Column("advice_no", sa.Text(), nullable=False),
        sa.Column("bank_ref", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("frozen_from", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(state = 'frozen') = (frozen_from <> '')", name=op.f("ck_admin_fund_claim_frozen")),
        sa.CheckConstraint(
            "state in ('draft','submitted','business_reviewed','accepted','in_publicity','objected','payable','advised','paid','returned','frozen')",
            name=op.f("ck_admin_fund_claim_state"),
        ),
        sa.CheckConstraint("gross_fen > 0", name=op.f("ck_admin_fund_claim_amount")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["admin_project_project.id"],
            name=op.f("fk_admin_fund_claim_project_id_admin_project_project"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["admin_project_stage.id"], name=op.f("fk_admin_fund_claim_stage_id_admin_project_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_fund_claim")),
        sa.UniqueConstraint("claim_no", name=op.f("uq_admin_fund_claim_claim_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_fund_claim_public_id")),
    )
    op.create_index(op.f("ix_admin_fund_claim_project_id"), "admin_fund_claim", ["project_id"], unique=False)
    op.create_index(op.f("ix_admin_fund_claim_state"), "admin_fund_claim", ["state"], unique=False)
    op.create_index(
        "uq_admin_fund_claim_live",
        "admin_fund_claim",
        ["stage_id"],
        unique=True,
        postgresql_where="state <> 'returned'",
    )
    op.create_table(
        "admin_fund_invoice",
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_no", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_admin_fund_invoice_amount")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["admin_fund_claim.id"], name=op.f("fk_admin_fund_invoice_claim_id_admin_fund_claim")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_admin_fund_invoice_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["admin_project_line.id"], name=op.f("fk_admin_fund_invoice_line_id_admin_project_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_fund_invoice")),
    )
    op.create_index(
        "uq_admin_fund_invoice_live",
        "admin_fund_invoice",
        ["invoice_no"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_index(op.f("ix_admin_fund_invoice_claim_id"), "admin_fund_invoice", ["claim_id"], unique=False)


def _target() -> None:
    op.create_table(
        "admin_target_resolution",
        sa.Column("target_set", sa.Text(), nullable=False),
        sa.Column("conflict_group", sa.Text(), nullable=False),
        sa.Column("target_key", sa.Text(), nullable=False),
        sa.Column("doc_no", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["core_account_user.id"],
            name=op.f("fk_admin_target_resolution_recorded_by_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_target_resolution")),
    )
