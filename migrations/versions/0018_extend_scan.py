"""Check policy, verdict states, tries, blocks, reports and contacts of the code page; links of the resolver."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = (
    "recalled", "unissued", "destroyed", "blocked", "voided", "not_shipped", "suspicious", "sold", "repeat", "first",
)  # fmt: skip
# A policy is a version: the newest counts, none is ever changed.  A link may only be ended.
IMMUTABLE_LINK = """
create function trace_resolver_keep_link() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.ended_at is not null
     or (to_jsonb(new) - '{ended_at,ended_by_id,end_reason}'::text[]) is distinct from (to_jsonb(old) - '{ended_at,ended_by_id,end_reason}'::text[]) then
    raise exception 'a link is ended, never changed' using errcode = '23001';
  end if;
  return new;
end $$
"""
# Checks made before this step were told "first" or "repeat" only; which one follows from their order.
TOLD = """
update trace_scan_check c set
  lot_id = (select s.lot_id from trace_code_series s where s.item_id = c.item_id and s.start_unit <= c.unit and c.unit < s.start_unit + s.unit_count),
  state = case when exists (select 1 from trace_scan_check e where e.item_id = c.item_id and e.unit = c.unit and e.id < c.id) then 'repeat' else 'first' end
"""


def upgrade() -> None:
    """Create the tables of this step; checks learn what they were told."""
    _resolver()
    _check_tables()
    _report_tables()
    _extend_checks()
    op.execute(
        "create trigger tr_trace_scan_policy_immutable before update or delete on trace_scan_policy "
        "for each row execute function core_refuse_change()"
    )
    op.execute(IMMUTABLE_LINK)
    op.execute(
        "create trigger tr_trace_resolver_link_keep before update or delete on trace_resolver_link "
        "for each row execute function trace_resolver_keep_link()"
    )


def _extend_checks() -> None:
    listed = ", ".join(f"'{state}'" for state in STATES)
    for column in (
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("city", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.Text(), nullable=False, server_default="first"),
        sa.Column("reasons", postgresql.ARRAY(Text()), nullable=False, server_default="{}"),
        sa.Column("policy_version", sa.BigInteger(), nullable=False, server_default="0"),
    ):
        op.add_column("trace_scan_check", column)
    op.execute(TOLD)
    for name in ("city", "state", "reasons", "policy_version"):
        op.alter_column("trace_scan_check", name, server_default=None)
    op.create_check_constraint(op.f("ck_trace_scan_check_state"), "trace_scan_check", f"state in ({listed})")
    op.create_index("ix_trace_scan_check_at", "trace_scan_check", ["checked_at"], unique=False)


def _resolver() -> None:
    op.create_table(
        "trace_resolver_link",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("link_type", sa.Text(), nullable=False),
        sa.Column("href", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("forward_query", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "ended_at is null or end_reason <> ''", name=op.f("ck_trace_resolver_link_ended_with_reason")
        ),
        sa.CheckConstraint("href like 'https://%' and length(href) <= 500", name=op.f("ck_trace_resolver_link_href")),
        sa.CheckConstraint("link_type ~ '^[a-zA-Z]{2,40}$'", name=op.f("ck_trace_resolver_link_link_type")),
        sa.CheckConstraint(
            "(ended_at is null) = (ended_by_id is null)", name=op.f("ck_trace_resolver_link_ended_together")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["core_account_user.id"], name=op.f("fk_trace_resolver_link_ended_by_id_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_resolver_link_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_resolver_link_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["core_account_user.id"], name=op.f("fk_trace_resolver_link_made_by_id_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_resolver_link_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_resolver_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_resolver_link_public_id")),
    )
    op.create_index(
        op.f("ix_trace_resolver_link_organisation_id"), "trace_resolver_link", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_trace_resolver_link_live",
        "trace_resolver_link",
        ["item_id", sa.literal_column("coalesce(lot_id, 0)"), "link_type", "href", "media_type", "language"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def _check_tables() -> None:
    op.create_table(
        "trace_scan_policy",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("many_devices", sa.BigInteger(), nullable=False),
        sa.Column("many_checks", sa.BigInteger(), nullable=False),
        sa.Column("jump_km", sa.BigInteger(), nullable=False),
        sa.Column("jump_hours", sa.BigInteger(), nullable=False),
        sa.Column("area", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("shipping_recorded", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "many_devices >= 1 and many_checks >= 2 and jump_km >= 1 and jump_hours >= 1",
            name=op.f("ck_trace_scan_policy_numbers"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_trace_scan_policy_version")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_scan_policy_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["core_account_user.id"], name=op.f("fk_trace_scan_policy_made_by_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_policy")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_trace_scan_policy_item_id_version")),
    )
    op.create_table(
        "trace_scan_try",
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("outcome in ('hit', 'wrong', 'malformed')", name=op.f("ck_trace_scan_try_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_try")),
    )
    op.create_index("ix_trace_scan_try_at", "trace_scan_try", ["tried_at"], unique=False)
    op.create_table(
        "trace_scan_block",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state in ('clear','blocked')", name=op.f("ck_trace_scan_block_state")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_trace_scan_block_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_scan_block_lot_id_trace_lot_lot")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_scan_block_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_block")),
        sa.UniqueConstraint("item_id", "unit", name=op.f("uq_trace_scan_block_item_id_unit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_scan_block_public_id")),
    )
    op.create_index(op.f("ix_trace_scan_block_lot_id"), "trace_scan_block", ["lot_id"], unique=False)
    op.create_index(op.f("ix_trace_scan_block_state"), "trace_scan_block", ["state"], unique=False)


def _report_tables() -> None:
    op.create_table(
        "trace_scan_report",
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.BigInteger(), nullable=True),
        sa.Column("bought_at", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_scan_report_public_id")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_trace_scan_report_receipt_no")),
    )
    op.create_index(op.f("ix_trace_scan_report_lot_id"), "trace_scan_report", ["lot_id"], unique=False)
    op.create_index(op.f("ix_trace_scan_report_reported_at"), "trace_scan_report", ["reported_at"], unique=False)
    op.create_table(
        "trace_scan_contact",
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary(), nullable=False),
        sa.Column("contact_hash", sa.LargeBinary(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words_version", sa.BigInteger(), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("purpose in ('recall')", name=op.f("ck_trace_scan_contact_purpose")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_trace_scan_contact_lot_id_trace_lot_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_scan_contact")),
        sa.UniqueConstraint(
            "lot_id", "purpose", "contact_hash", name=op.f("uq_trace_scan_contact_lot_id_purpose_contact_hash")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_scan_contact_public_id")),
    )
    op.create_index("ix_trace_scan_contact_delete_on", "trace_scan_contact", ["delete_on"], unique=False)


def downgrade() -> None:
    """Take back what ``upgrade`` made; what checks were told is lost."""
    op.drop_index("ix_trace_scan_check_at", table_name="trace_scan_check")
    for name in ("policy_version", "reasons", "state", "city", "lot_id"):
        op.drop_column("trace_scan_check", name)
    for table in (
        "trace_scan_contact", "trace_scan_report", "trace_scan_block", "trace_scan_try", "trace_scan_policy",
        "trace_resolver_link",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("drop function trace_resolver_keep_link")
