"""Core tables: organisations, accounts, workflow history, audit trail, jobs, files, numbers, notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCES = ("order", "case", "batch")

REFUSE_CHANGE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

APPEND_ONLY = ("core_workflow_history", "core_record_entry", "core_record_link")


def upgrade() -> None:
    """Create the tables, the append-only triggers, the sequences and the job queue's own schema."""
    op.create_table(
        "core_account_login_attempt",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_digest", sa.Text(), nullable=False),
        sa.Column("address_digest", sa.Text(), nullable=False),
        sa.Column("device_digest", sa.Text(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account_login_attempt")),
    )
    op.create_index(
        "ix_core_account_login_attempt_address", "core_account_login_attempt", ["address_digest", "at"], unique=False
    )
    op.create_index(
        "ix_core_account_login_attempt_name", "core_account_login_attempt", ["name_digest", "at"], unique=False
    )
    op.create_table(
        "core_account_role_grant",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account_role_grant")),
    )
    op.create_index("uq_core_account_role_grant_pair", "core_account_role_grant", ["role", "permission"], unique=True)
    op.create_table(
        "core_account_user",
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("login_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("session_epoch", sa.BigInteger(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "mobile is not null or login_name is not null", name=op.f("ck_core_account_user_sign_in_name")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account_user")),
        sa.UniqueConstraint("login_name", name=op.f("uq_core_account_user_login_name")),
        sa.UniqueConstraint("mobile", name=op.f("uq_core_account_user_mobile")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_account_user_public_id")),
    )
    op.create_table(
        "core_job_heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job_heartbeat")),
        sa.UniqueConstraint("name", name=op.f("uq_core_job_heartbeat_name")),
    )
    op.create_table(
        "core_notary_request",
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", postgresql.JSONB(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("verb in ('issue','log')", name=op.f("ck_core_notary_request_verb")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_notary_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_notary_request_public_id")),
    )
    op.create_index(op.f("ix_core_notary_request_done_at"), "core_notary_request", ["done_at"], unique=False)
    op.create_index(op.f("ix_core_notary_request_subject"), "core_notary_request", ["subject"], unique=False)
    op.create_table(
        "core_notice_outgoing",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(status = 'sent') = (sent_at is not null)", name=op.f("ck_core_notice_outgoing_sent_when_sent")
        ),
        sa.CheckConstraint("channel in ('sms', 'mail')", name=op.f("ck_core_notice_outgoing_channel")),
        sa.CheckConstraint(
            "status in ('shown', 'queued', 'sent', 'failed')", name=op.f("ck_core_notice_outgoing_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_notice_outgoing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_notice_outgoing_public_id")),
    )
    op.create_index(op.f("ix_core_notice_outgoing_created_at"), "core_notice_outgoing", ["created_at"], unique=False)
    op.create_table(
        "core_numbers_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_numbers_series")),
        sa.UniqueConstraint("series", "year", name=op.f("uq_core_numbers_series_series_year")),
    )
    op.create_table(
        "core_organisation_organisation",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_kind", sa.Text(), nullable=False),
        sa.Column("no_uscc_reason", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("name_pinyin", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("public_phone", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("introduced_by_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(code_kind = 'uscc') = (no_uscc_reason = '')",
            name=op.f("ck_core_organisation_organisation_reason_without_uscc"),
        ),
        sa.CheckConstraint("code_kind in ('uscc','party')", name=op.f("ck_core_organisation_organisation_code_kind")),
        sa.CheckConstraint(
            "kind in ('enterprise','grower','host','office','brand_office','bureau','platform')",
            name=op.f("ck_core_organisation_organisation_kind"),
        ),
        sa.CheckConstraint("state in ('active','left')", name=op.f("ck_core_organisation_organisation_state")),
        sa.ForeignKeyConstraint(
            ["introduced_by_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_organisation_organisation_introduced_by_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_organisation_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_core_organisation_organisation_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_organisation_organisation_public_id")),
    )
    op.create_index(
        op.f("ix_core_organisation_organisation_introduced_by_id"),
        "core_organisation_organisation",
        ["introduced_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_core_organisation_organisation_name_pinyin"),
        "core_organisation_organisation",
        ["name_pinyin"],
        unique=False,
    )
    op.create_table(
        "core_record_entry",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject_table", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column(
            "txid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_record_entry")),
    )
    op.create_index(
        op.f("ix_core_record_entry_organisation_id"), "core_record_entry", ["organisation_id"], unique=False
    )
    op.create_index("ix_core_record_entry_subject", "core_record_entry", ["subject_table", "subject_key"], unique=False)
    op.create_index(op.f("ix_core_record_entry_verb"), "core_record_entry", ["verb"], unique=False)
    op.create_table(
        "core_ui_once",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_ui_once")),
        sa.UniqueConstraint("key", name=op.f("uq_core_ui_once_key")),
    )
    op.create_index(op.f("ix_core_ui_once_used_at"), "core_ui_once", ["used_at"], unique=False)
    op.create_table(
        "core_ui_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("char_length(value) <= 2000", name=op.f("ck_core_ui_setting_value_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_ui_setting")),
        sa.UniqueConstraint("name", name=op.f("uq_core_ui_setting_name")),
    )
    op.create_table(
        "core_account_known_device",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("device_digest", sa.Text(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_core_account_known_device_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account_known_device")),
    )
    op.create_index(
        "uq_core_account_known_device_pair", "core_account_known_device", ["user_id", "device_digest"], unique=True
    )
    op.create_table(
        "core_account_membership",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("until_on is null or until_on >= from_on", name=op.f("ck_core_account_membership_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_account_membership_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_core_account_membership_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account_membership")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_account_membership_public_id")),
    )
    op.create_index(
        op.f("ix_core_account_membership_organisation_id"), "core_account_membership", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_core_account_membership_user_id"), "core_account_membership", ["user_id"], unique=False)
    op.create_index(
        "uq_core_account_membership_live",
        "core_account_membership",
        ["user_id", "organisation_id", "role"],
        unique=True,
        postgresql_where="until_on is null",
    )
    op.create_table(
        "core_account_one_time_code",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by"],
            ["core_account_user.id"],
            name=op.f("fk_core_account_one_time_code_issued_by_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_core_account_one_time_code_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_account_one_time_code")),
    )
    op.create_index(
        op.f("ix_core_account_one_time_code_user_id"), "core_account_one_time_code", ["user_id"], unique=False
    )
    op.create_table(
        "core_file_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("owner_organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("gps_removed", sa.Boolean(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("visibility in ('private','public')", name=op.f("ck_core_file_file_visibility")),
        sa.CheckConstraint("size > 0", name=op.f("ck_core_file_file_size")),
        sa.ForeignKeyConstraint(
            ["owner_organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_file_file_owner_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["core_account_user.id"], name=op.f("fk_core_file_file_uploaded_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_file_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_file_file_public_id")),
    )
    op.create_index(
        op.f("ix_core_file_file_owner_organisation_id"), "core_file_file", ["owner_organisation_id"], unique=False
    )
    op.create_index(op.f("ix_core_file_file_sha256"), "core_file_file", ["sha256"], unique=False)
    op.create_table(
        "core_notice_message",
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(organisation_id is null) <> (user_id is null)", name=op.f("ck_core_notice_message_one_addressee")
        ),
        sa.CheckConstraint(
            "(read_at is null) = (read_by_id is null)", name=op.f("ck_core_notice_message_read_together")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_notice_message_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["read_by_id"], ["core_account_user.id"], name=op.f("fk_core_notice_message_read_by_id_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_core_notice_message_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_notice_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_notice_message_public_id")),
    )
    op.create_index(
        "ix_core_notice_message_unread_organisation",
        "core_notice_message",
        ["organisation_id"],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index(
        "ix_core_notice_message_unread_user",
        "core_notice_message",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_table(
        "core_record_link",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("chained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["core_record_entry.id"], name=op.f("fk_core_record_link_entry_id_core_record_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_record_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_core_record_link_entry_id")),
    )
    op.create_table(
        "core_workflow_history",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("object_id", sa.BigInteger(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_workflow_history_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_core_workflow_history_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_workflow_history")),
    )
    op.create_index(
        "ix_core_workflow_history_object", "core_workflow_history", ["workflow", "object_id", "id"], unique=False
    )
    op.create_table(
        "core_file_rendition",
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_core_file_rendition_file_id_core_file_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_file_rendition")),
        sa.UniqueConstraint("file_id", "size", name=op.f("uq_core_file_rendition_file_id_size")),
    )
    op.create_table(
        "core_notice_case",
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("photo_file_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(answered_at is null) = (answer = '')", name=op.f("ck_core_notice_case_answered_together")),
        sa.CheckConstraint("desk in ('office', 'brand_office')", name=op.f("ck_core_notice_case_desk")),
        sa.CheckConstraint(
            "kind in ('complaint', 'code', 'misuse', 'order', 'advice', 'other')", name=op.f("ck_core_notice_case_kind")
        ),
        sa.CheckConstraint("state in ('new','accepted','answered','closed')", name=op.f("ck_core_notice_case_state")),
        sa.CheckConstraint(
            "state not in ('answered', 'closed') or answered_at is not null",
            name=op.f("ck_core_notice_case_answered_has_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_notice_case_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["photo_file_id"], ["core_file_file.id"], name=op.f("fk_core_notice_case_photo_file_id_core_file_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_notice_case")),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_notice_case_public_id")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_core_notice_case_receipt_no")),
    )
    op.create_index(op.f("ix_core_notice_case_desk"), "core_notice_case", ["desk"], unique=False)
    op.create_index(op.f("ix_core_notice_case_organisation_id"), "core_notice_case", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_core_notice_case_state"), "core_notice_case", ["state"], unique=False)
    op.execute(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER tr_{table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()"
        )
    for name in SEQUENCES:
        op.execute(f"CREATE SEQUENCE core_numbers_{name} START 1001")
    op.execute(sa.text(SchemaManager.get_schema().replace(":", "\\:")))


def downgrade() -> None:
    """Drop everything again, the job queue included."""
    op.execute(QUEUE_AWAY)
    for name in SEQUENCES:
        op.execute(f"DROP SEQUENCE core_numbers_{name}")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION core_refuse_change()")


TABLES = (
    "core_notice_case",
    "core_file_rendition",
    "core_workflow_history",
    "core_record_link",
    "core_notice_message",
    "core_file_file",
    "core_account_one_time_code",
    "core_account_membership",
    "core_account_known_device",
    "core_ui_setting",
    "core_ui_once",
    "core_record_entry",
    "core_organisation_organisation",
    "core_numbers_series",
    "core_notice_outgoing",
    "core_notary_request",
    "core_job_heartbeat",
    "core_account_user",
    "core_account_role_grant",
    "core_account_login_attempt",
)

QUEUE_AWAY = """
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname LIKE 'procrastinate%' LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', r.name);
  END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname = current_schema() AND p.proname LIKE 'procrastinate%' LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', r.name);
  END LOOP;
  FOR r IN SELECT format('%I', t.typname) AS name FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
           WHERE n.nspname = current_schema() AND t.typtype IN ('e', 'c') AND t.typname LIKE 'procrastinate%' LOOP
    EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', r.name);
  END LOOP;
END $$
"""
