"""EPCIS events, capture jobs, subscriptions, tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# What was said stays as it was said; an event may only come into the open, with its lot.
EVENT_GUARD = """
create function trace_event_guard_event() returns trigger language plpgsql as $$
declare
  allowed trace_event_event := old;
begin
  if tg_op = 'DELETE' then
    raise exception 'an event is never deleted' using errcode = 'restrict_violation';
  end if;
  allowed.is_public := true;
  if new is distinct from allowed then
    raise exception 'an event never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end $$
"""
LINK_GUARD = """
create function trace_event_guard_link() returns trigger language plpgsql as $$
begin
  raise exception 'what an event names never changes' using errcode = 'restrict_violation';
end $$
"""
GUARDED = (("trace_event_event", "trace_event_guard_event"), ("trace_event_link", "trace_event_guard_link"))


def upgrade() -> None:
    """Create the tables and the triggers that keep events as they are."""
    op.create_table(
        "trace_event_context",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_context")),
        sa.UniqueConstraint("digest", name=op.f("uq_trace_event_context_digest")),
    )
    op.create_table(
        "trace_event_dropped",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_dropped")),
        sa.UniqueConstraint("digest", name=op.f("uq_trace_event_dropped_digest")),
    )
    op.create_table(
        "trace_event_event",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("event_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("biz_step", sa.Text(), nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("read_point", sa.Text(), nullable=True),
        sa.Column("biz_location", sa.Text(), nullable=True),
        sa.Column("transformation_id", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("context_id", sa.BigInteger(), nullable=True),
        sa.Column("capture_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=True),
        sa.Column("sensors", postgresql.JSONB(), nullable=True),
        sa.Column(
            "txid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("action in ('ADD','OBSERVE','DELETE')", name=op.f("ck_trace_event_event_action")),
        sa.CheckConstraint("source in ('platform','api')", name=op.f("ck_trace_event_event_source")),
        sa.ForeignKeyConstraint(
            ["context_id"], ["trace_event_context.id"], name=op.f("fk_trace_event_event_context_id_trace_event_context")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_event_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_event")),
    )
    op.create_index(
        "ix_trace_event_event_declared",
        "trace_event_event",
        ["organisation_id", "declared_at"],
        unique=False,
        postgresql_where=sa.text("declared_at is not null"),
    )
    op.create_index(
        "ix_trace_event_event_fields",
        "trace_event_event",
        ["fields"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"fields": "jsonb_path_ops"},
    )
    op.create_index(
        "ix_trace_event_event_own_record",
        "trace_event_event",
        ["organisation_id", "record_time", "id"],
        unique=False,
    )
    op.create_index(
        "ix_trace_event_event_own_commit", "trace_event_event", ["organisation_id", "txid", "id"], unique=False
    )
    op.create_index(
        "ix_trace_event_event_own_time", "trace_event_event", ["organisation_id", "event_time", "id"], unique=False
    )
    op.create_index(
        "ix_trace_event_event_public_record",
        "trace_event_event",
        ["record_time", "id"],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_trace_event_event_public_time",
        "trace_event_event",
        ["event_time", "id"],
        unique=False,
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_trace_event_event_sensors",
        "trace_event_event",
        ["organisation_id", "event_time"],
        unique=False,
        postgresql_where=sa.text("sensors is not null"),
    )
    op.create_index(
        "uq_trace_event_event_event_id",
        "trace_event_event",
        ["event_id", "organisation_id", "declared_at"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "trace_event_key",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("class_key", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('epc','class','other')", name=op.f("ck_trace_event_key_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_key_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("key", "organisation_id", name=op.f("pk_trace_event_key")),
    )
    op.create_index("ix_trace_event_key_class", "trace_event_key", ["class_key"], unique=False)
    op.create_index("ix_trace_event_key_own", "trace_event_key", ["organisation_id", "key"], unique=False)
    op.create_table(
        "trace_event_master",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("vocabulary", sa.Text(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.Column("children", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_master_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_master")),
        sa.UniqueConstraint("organisation_id", "uri", name=op.f("uq_trace_event_master_organisation_id_uri")),
    )
    op.create_index(
        "ix_trace_event_master_children", "trace_event_master", ["children"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "trace_event_public",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_public_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_public")),
        sa.UniqueConstraint("key", "organisation_id", name=op.f("uq_trace_event_public_key_organisation_id")),
    )
    op.create_table(
        "trace_event_query",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_query_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_query")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_trace_event_query_organisation_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_event_query_public_id")),
    )
    op.create_table(
        "trace_event_term",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_term_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_term")),
        sa.UniqueConstraint(
            "organisation_id", "kind", "value", name=op.f("uq_trace_event_term_organisation_id_kind_value")
        ),
    )
    op.create_table(
        "trace_event_token",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_token_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_trace_event_token_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_event_token_public_id")),
    )
    op.create_index("ix_trace_event_token_organisation_id", "trace_event_token", ["organisation_id"], unique=False)
    op.create_table(
        "trace_event_capture",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("token_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("behaviour", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("errors", postgresql.JSONB(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("behaviour in ('rollback','proceed')", name=op.f("ck_trace_event_capture_behaviour")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_capture_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["trace_event_token.id"], name=op.f("fk_trace_event_capture_token_id_trace_event_token")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_capture")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_event_capture_public_id")),
    )
    op.create_index("ix_trace_event_capture_own", "trace_event_capture", ["organisation_id", "id"], unique=False)
    op.create_table(
        "trace_event_link",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("uom", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["trace_event_event.id"], name=op.f("fk_trace_event_link_event_id_trace_event_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_trace_event_link")),
    )
    op.create_index(
        "ix_trace_event_link_key",
        "trace_event_link",
        ["key", "side", "event_id"],
        unique=False,
        postgresql_include=["role", "quantity", "uom"],
    )
    op.create_table(
        "trace_event_subscription",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("query_id", sa.BigInteger(), nullable=False),
        sa.Column("dest", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("stream", sa.Boolean(), nullable=False),
        sa.Column("schedule", postgresql.JSONB(), nullable=True),
        sa.Column("report_if_empty", sa.Boolean(), nullable=False),
        sa.Column("initial_record_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor_txid", sa.BigInteger(), nullable=False),
        sa.Column("cursor_id", sa.BigInteger(), nullable=False),
        sa.Column("last_notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("stream = (schedule is null)", name=op.f("ck_trace_event_subscription_when")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_trace_event_subscription_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["trace_event_query.id"], name=op.f("fk_trace_event_subscription_query_id_trace_event_query")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_subscription")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_event_subscription_public_id")),
    )
    op.create_index(
        "ix_trace_event_subscription_due",
        "trace_event_subscription",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index("ix_trace_event_subscription_query_id", "trace_event_subscription", ["query_id"], unique=False)
    op.create_table(
        "trace_event_delivery",
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("status in ('waiting','delivered','failed')", name=op.f("ck_trace_event_delivery_status")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["trace_event_subscription.id"],
            name=op.f("fk_trace_event_delivery_subscription_id_trace_event_subscription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace_event_delivery")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trace_event_delivery_public_id")),
    )
    op.create_index(
        "ix_trace_event_delivery_subscription", "trace_event_delivery", ["subscription_id", "id"], unique=False
    )
    op.create_index(
        "ix_trace_event_delivery_waiting",
        "trace_event_delivery",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.execute(EVENT_GUARD)
    op.execute(LINK_GUARD)
    for table, function in GUARDED:
        op.execute(
            f"create trigger tr_{table}_guard before update or delete on {table} "
            f"for each row execute function {function}()"
        )


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("trace_event_delivery")
    op.drop_table("trace_event_subscription")
    op.drop_table("trace_event_link")
    op.drop_table("trace_event_capture")
    op.drop_table("trace_event_token")
    op.drop_table("trace_event_term")
    op.drop_table("trace_event_query")
    op.drop_table("trace_event_public")
    op.drop_table("trace_event_master")
    op.drop_table("trace_event_key")
    op.drop_table("trace_event_event")
    op.drop_table("trace_event_dropped")
    op.drop_table("trace_event_context")
    for _, function in GUARDED:
        op.execute(f"drop function {function}()")
