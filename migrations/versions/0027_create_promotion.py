"""Create promotion: events, places, evidence, results, media and their downloads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

UP = """
-- A seat lies within the capacity, whoever writes it; and a capacity never falls below a seat that is taken.
create function brand_promotion_seat_fits() returns trigger language plpgsql as $$
begin
  if new.seat_no is not null and not exists (
      select 1 from brand_promotion_event e where e.id = new.event_id and e.capacity >= new.seat_no) then
    raise exception 'no such seat' using errcode = 'check_violation',
      constraint = 'tg_brand_promotion_seat_fits', table = 'brand_promotion_enrolment';
  end if;
  return new;
end $$;
create trigger tg_brand_promotion_seat_fits before insert or update on brand_promotion_enrolment
  for each row execute function brand_promotion_seat_fits();

create function brand_promotion_capacity_holds() returns trigger language plpgsql as $$
begin
  if new.capacity is distinct from old.capacity and exists (
      select 1 from brand_promotion_enrolment p
       where p.event_id = new.id and p.seat_no > coalesce(new.capacity, 0)) then
    raise exception 'a taken seat stays' using errcode = 'check_violation',
      constraint = 'tg_brand_promotion_capacity_holds', table = 'brand_promotion_event';
  end if;
  return new;
end $$;
create trigger tg_brand_promotion_capacity_holds before update on brand_promotion_event
  for each row execute function brand_promotion_capacity_holds();
"""

DOWN = """
drop function brand_promotion_capacity_holds();
drop function brand_promotion_seat_fits();
"""


def _brand_promotion_event() -> None:
    op.create_table(
        "brand_promotion_event",
        sa.Column("event_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=True),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("introduction_en", sa.Text(), nullable=False),
        sa.Column("etown_content", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("enrol_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("licensed_only", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'evidence_checked') = (checked_at is not null)",
            name=op.f("ck_brand_promotion_event_checked_when_counted"),
        ),
        sa.CheckConstraint("kind in ('fair','roadshow','campaign')", name=op.f("ck_brand_promotion_event_kind")),
        sa.CheckConstraint(
            "level in ('national','provincial','municipal','county')", name=op.f("ck_brand_promotion_event_level")
        ),
        sa.CheckConstraint("part in ('hosted','joined')", name=op.f("ck_brand_promotion_event_part")),
        sa.CheckConstraint(
            "state in ('draft','cancelled') or announced_at is not null",
            name=op.f("ck_brand_promotion_event_announced_when_open"),
        ),
        sa.CheckConstraint(
            "state in ('draft','enrolling','held','evidence_checked','cancelled')",
            name=op.f("ck_brand_promotion_event_state"),
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_brand_promotion_event_capacity")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_brand_promotion_event_days")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_promotion_event_brand_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_promotion_event_office_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_promotion_event")),
        sa.UniqueConstraint("event_no", name=op.f("uq_brand_promotion_event_event_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_promotion_event_public_id")),
    )
    op.create_index(op.f("ix_brand_promotion_event_brand_id"), "brand_promotion_event", ["brand_id"], unique=False)
    op.create_index("ix_brand_promotion_event_days", "brand_promotion_event", ["starts_on", "ends_on"], unique=False)
    op.create_index(op.f("ix_brand_promotion_event_office_id"), "brand_promotion_event", ["office_id"], unique=False)
    op.create_index(op.f("ix_brand_promotion_event_state"), "brand_promotion_event", ["state"], unique=False)


def _brand_promotion_enrolment() -> None:
    op.create_table(
        "brand_promotion_enrolment",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("seat_no", sa.BigInteger(), nullable=True),
        sa.Column("goods", sa.Text(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state in ('confirmed','attended','absent')) = (seat_no is not null)",
            name=op.f("ck_brand_promotion_enrolment_seated"),
        ),
        sa.CheckConstraint(
            "state in ('waiting','confirmed','withdrawn','declined','attended','absent')",
            name=op.f("ck_brand_promotion_enrolment_state"),
        ),
        sa.CheckConstraint("people between 1 and 50", name=op.f("ck_brand_promotion_enrolment_people")),
        sa.CheckConstraint("seat_no > 0", name=op.f("ck_brand_promotion_enrolment_seat_no")),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["brand_promotion_event.id"],
            name=op.f("fk_brand_promotion_enrolment_event_id_brand_promotion_event"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_promotion_enrolment_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_promotion_enrolment")),
        sa.UniqueConstraint("event_id", "seat_no", name=op.f("uq_brand_promotion_enrolment_event_id_seat_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_promotion_enrolment_public_id")),
    )
    op.create_index(
        op.f("ix_brand_promotion_enrolment_event_id"), "brand_promotion_enrolment", ["event_id"], unique=False
    )
    op.create_index(
        op.f("ix_brand_promotion_enrolment_organisation_id"),
        "brand_promotion_enrolment",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_brand_promotion_enrolment_state"), "brand_promotion_enrolment", ["state"], unique=False)
    op.create_index(
        "uq_brand_promotion_enrolment_one_live",
        "brand_promotion_enrolment",
        ["event_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("state not in ('withdrawn','declined')"),
    )


def _brand_promotion_evidence() -> None:
    op.create_table(
        "brand_promotion_evidence",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(file_id is not null) <> (link <> '')", name=op.f("ck_brand_promotion_evidence_file_or_link")
        ),
        sa.CheckConstraint(
            "kind in ('notice','photo','attendance','media','contract','other')",
            name=op.f("ck_brand_promotion_evidence_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["brand_promotion_event.id"],
            name=op.f("fk_brand_promotion_evidence_event_id_brand_promotion_event"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_promotion_evidence_file_id_core_file_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_promotion_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_promotion_evidence_public_id")),
    )
    op.create_index(
        op.f("ix_brand_promotion_evidence_event_id"), "brand_promotion_evidence", ["event_id"], unique=False
    )


def _brand_promotion_material() -> None:
    op.create_table(
        "brand_promotion_material",
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("rights_note", sa.Text(), nullable=False),
        sa.Column("rights_until", sa.Date(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(kind = 'video') = (link <> '') and (kind = 'video') = (file_id is null)",
            name=op.f("ck_brand_promotion_material_file_or_link"),
        ),
        sa.CheckConstraint("audience in ('licensees','public')", name=op.f("ck_brand_promotion_material_audience")),
        sa.CheckConstraint("caption <> '' and credit <> ''", name=op.f("ck_brand_promotion_material_told")),
        sa.CheckConstraint("kind in ('picture','document','video')", name=op.f("ck_brand_promotion_material_kind")),
        sa.CheckConstraint("rights in ('owned','licensed','open')", name=op.f("ck_brand_promotion_material_rights")),
        sa.ForeignKeyConstraint(
            ["brand_id"],
            ["brand_matrix_brand.id"],
            name=op.f("fk_brand_promotion_material_brand_id_brand_matrix_brand"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["brand_promotion_event.id"],
            name=op.f("fk_brand_promotion_material_event_id_brand_promotion_event"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_promotion_material_file_id_core_file_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_promotion_material")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_promotion_material_public_id")),
    )
    op.create_index(
        op.f("ix_brand_promotion_material_brand_id"), "brand_promotion_material", ["brand_id"], unique=False
    )
    op.create_index(
        op.f("ix_brand_promotion_material_event_id"), "brand_promotion_material", ["event_id"], unique=False
    )


def _brand_promotion_result() -> None:
    op.create_table(
        "brand_promotion_result",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('leads','orders','contracts','visitors','reports')", name=op.f("ck_brand_promotion_result_kind")
        ),
        sa.CheckConstraint("source <> ''", name=op.f("ck_brand_promotion_result_source")),
        sa.CheckConstraint(
            "source_kind in ('self','office','third')", name=op.f("ck_brand_promotion_result_source_kind")
        ),
        sa.CheckConstraint("quantity >= 0 and amount_fen >= 0", name=op.f("ck_brand_promotion_result_not_negative")),
        sa.CheckConstraint(
            "quantity is not null or amount_fen is not null", name=op.f("ck_brand_promotion_result_figure")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["brand_promotion_event.id"],
            name=op.f("fk_brand_promotion_result_event_id_brand_promotion_event"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_promotion_result_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["core_account_user.id"],
            name=op.f("fk_brand_promotion_result_recorded_by_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_promotion_result")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_promotion_result_public_id")),
    )
    op.create_index(op.f("ix_brand_promotion_result_event_id"), "brand_promotion_result", ["event_id"], unique=False)
    op.create_index(
        op.f("ix_brand_promotion_result_organisation_id"), "brand_promotion_result", ["organisation_id"], unique=False
    )


def _brand_promotion_download() -> None:
    op.create_table(
        "brand_promotion_download",
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("material_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"],
            ["brand_matrix_brand.id"],
            name=op.f("fk_brand_promotion_download_brand_id_brand_matrix_brand"),
        ),
        sa.ForeignKeyConstraint(
            ["material_id"],
            ["brand_promotion_material.id"],
            name=op.f("fk_brand_promotion_download_material_id_brand_promotion_material"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_promotion_download_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_brand_promotion_download_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_promotion_download")),
    )
    op.create_index(
        op.f("ix_brand_promotion_download_material_id"), "brand_promotion_download", ["material_id"], unique=False
    )
    op.create_index(
        op.f("ix_brand_promotion_download_organisation_id"),
        "brand_promotion_download",
        ["organisation_id"],
        unique=False,
    )


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""
    _brand_promotion_event()
    _brand_promotion_enrolment()
    _brand_promotion_evidence()
    _brand_promotion_material()
    _brand_promotion_result()
    _brand_promotion_download()
    op.execute(UP)


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table("brand_promotion_download")
    op.drop_table("brand_promotion_result")
    op.drop_table("brand_promotion_material")
    op.drop_table("brand_promotion_evidence")
    op.drop_table("brand_promotion_enrolment")
    op.drop_table("brand_promotion_event")
    op.execute(DOWN)
