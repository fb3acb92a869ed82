"""Events as captured (never changed, by trigger), what they name, who may send and ask, and who is told.

An identifier is known by its **key**: the first 16 bytes of the SHA-256 of its canonical URI as a uuid, so that no
dictionary has to be asked while storing and walking the graph costs one narrow index (docs/adr/0032).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, PublicId
from core.seal.registry import sealed_column

ORGANISATION = "core_organisation_organisation.id"
SECRET = sealed_column("trace_event_subscription", "secret", row="public_id", purpose="webhook")


class Context(Model):
    """A ``@context`` beyond the GS1 one, kept once: the prefixes of extension fields."""

    __tablename__ = "trace_event_context"

    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    value: Mapped[Any] = mapped_column(JSONB)


class Event(Model):
    """One event of one organisation.  The same event with an error declaration is a second row of the same event id.

    ``fields`` holds what the query parameters with free names ask for (extension fields by full name, business
    transactions, sources, destinations), ``sensors`` every sensor report merged with its metadata, times in UTC.
    """

    __tablename__ = "trace_event_event"
    __table_args__ = (
        Index("uq_trace_event_event_event_id", "event_id", "organisation_id", "declared_at", unique=True, postgresql_nulls_not_distinct=True),
        Index("ix_trace_event_event_own_time", "organisation_id", "event_time", "id"),
        Index("ix_trace_event_event_own_record", "organisation_id", "record_time", "id"),
        Index("ix_trace_event_event_own_commit", "organisation_id", "txid", "id"),
        Index("ix_trace_event_event_public_time", "event_time", "id", postgresql_where=text("is_public")),
        Index("ix_trace_event_event_public_record", "record_time", "id", postgresql_where=text("is_public")),
        Index("ix_trace_event_event_declared", "organisation_id", "declared_at", postgresql_where=text("declared_at is not null")),
        Index("ix_trace_event_event_sensors", "organisation_id", "event_time", postgresql_where=text("sensors is not null")),
        Index("ix_trace_event_event_fields", "fields", postgresql_using="gin", postgresql_ops={"fields": "jsonb_path_ops"}),
        CheckConstraint("source in ('platform','api')", name="source"),
        CheckConstraint("action in ('ADD','OBSERVE','DELETE')", name="action"),
    )  # fmt: skip

    event_id: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    source: Mapped[str]
    step: Mapped[str | None]
    type: Mapped[str]
    action: Mapped[str | None]
    event_time: Mapped[datetime]
    record_time: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    biz_step: Mapped[str | None]
    disposition: Mapped[str | None]
    read_point: Mapped[str | None]
    biz_location: Mapped[str | None]
    transformation_id: Mapped[str | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    context_id: Mapped[int | None] = mapped_column(ForeignKey("trace_event_context.id"))
    capture_id: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    sensors: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)"))


class Link(Model):
    """An identifier in an event: its role, and the side it stands on (1 from, 2 to, 0 neither) for walking the graph."""

    __tablename__ = "trace_event_link"
    __table_args__ = (
        Index("ix_trace_event_link_key", "key", "side", "event_id", postgresql_include=["role", "quantity", "uom"]),
    )

    id = None  # type: ignore[assignment] # the event and the place in it are the key
    event_id: Mapped[int] = mapped_column(ForeignKey("trace_event_event.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key: Mapped[uuid.UUID]
    role: Mapped[int] = mapped_column(SmallInteger)
    side: Mapped[int] = mapped_column(SmallInteger)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric)
    uom: Mapped[str | None]


class Key(Model):
    """The URI behind a key, per organisation that used it; ``class_key`` is the key of its trade item class."""

    __tablename__ = "trace_event_key"
    __table_args__ = (
        Index("ix_trace_event_key_own", "organisation_id", "key"),
        Index("ix_trace_event_key_class", "class_key"),
        CheckConstraint("kind in ('epc','class','other')", name="kind"),
    )

    id = None  # type: ignore[assignment] # key and organisation are the key
    key: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION), primary_key=True, autoincrement=False)
    kind: Mapped[str]
    uri: Mapped[str]
    class_key: Mapped[uuid.UUID | None]


class Term(Model):
    """A business step, disposition, read point, location or event type that an organisation's events use."""

    __tablename__ = "trace_event_term"
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "value"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    kind: Mapped[str]
    value: Mapped[str]


class PublicKey(Model):
    """A lot whose signed record is public: its organisation's events about it have a public part."""

    __tablename__ = "trace_event_public"
    __table_args__ = (UniqueConstraint("key", "organisation_id"),)

    key: Mapped[uuid.UUID]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    uri: Mapped[str]
    since: Mapped[datetime]


class Master(Model):
    """Master data of a location or party, from the header of a captured document (for "with descendants")."""

    __tablename__ = "trace_event_master"
    __table_args__ = (
        UniqueConstraint("organisation_id", "uri"),
        Index("ix_trace_event_master_children", "children", postgresql_using="gin"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    uri: Mapped[str]
    vocabulary: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    children: Mapped[list[str]] = mapped_column(ARRAY(TEXT))


class Capture(PublicId, Model):
    """A capture job and how it ended."""

    __tablename__ = "trace_event_capture"
    __table_args__ = (
        Index("ix_trace_event_capture_own", "organisation_id", "id"),
        CheckConstraint("behaviour in ('rollback','proceed')", name="behaviour"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("trace_event_token.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    success: Mapped[bool]
    behaviour: Mapped[str]
    received: Mapped[int]
    stored: Mapped[int]
    known: Mapped[int]
    errors: Mapped[list[Any]] = mapped_column(JSONB)


class Token(PublicId, Model):
    """A bearer token: only its SHA-256 is kept; ``hint`` is its beginning, to tell tokens apart."""

    __tablename__ = "trace_event_token"
    __table_args__ = (Index("ix_trace_event_token_organisation_id", "organisation_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class NamedQuery(PublicId, Model):
    """A stored query of one organisation."""

    __tablename__ = "trace_event_query"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    name: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]


class Subscription(PublicId, Model):
    """Who is told of what a named query finds, when; the cursor is the last event told of, in order of commit.

    A paused one is told nothing and loses nothing: the cursor stands still and undelivered messages wait for the resume.
    """

    __tablename__ = "trace_event_subscription"
    __table_args__ = (
        Index("ix_trace_event_subscription_query_id", "query_id"),
        Index("ix_trace_event_subscription_due", "next_at", postgresql_where=text("ended_at is null")),
        CheckConstraint("stream = (schedule is null)", name="when"),
        CheckConstraint("(paused_at is null) = (paused_why is null)", name="paused_with_reason"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey(ORGANISATION))
    query_id: Mapped[int] = mapped_column(ForeignKey("trace_event_query.id"))
    dest: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    stream: Mapped[bool]
    schedule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    report_if_empty: Mapped[bool]
    initial_record_time: Mapped[datetime]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    cursor_txid: Mapped[int]
    cursor_id: Mapped[int]
    last_notified_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]
    paused_at: Mapped[datetime | None] = mapped_column(default=None)
    paused_why: Mapped[str | None] = mapped_column(default=None)


class Delivery(PublicId, Model):
    """One message to a subscriber: the events it carries are fixed, so that every try sends the same."""

    __tablename__ = "trace_event_delivery"
    __table_args__ = (
        Index("ix_trace_event_delivery_subscription", "subscription_id", "id"),
        Index("ix_trace_event_delivery_waiting", "next_at", postgresql_where=text("status = 'waiting'")),
        CheckConstraint("status in ('waiting','delivered','failed')", name="status"),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("trace_event_subscription.id"))
    events: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    answered: Mapped[int | None]
    failure: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]


class DroppedPage(Model):
    """A page token that its holder gave back before it expired."""

    __tablename__ = "trace_event_dropped"

    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
