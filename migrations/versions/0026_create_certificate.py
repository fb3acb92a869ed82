"""Certificates that carry marks, logo packs with their downloads, misuse from report to publication."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Rows that nobody may change or delete: a trigger per table, raising under the trigger's name.
FROZEN = ("brand_certificate_check", "brand_mark_download", "brand_misuse_custody", "brand_misuse_evidence")
FREEZE = """
create function {table}_keep() returns trigger language plpgsql as $$
begin
  raise exception 'rows of {table} stay as they are' using errcode = 'integrity_constraint_violation', constraint = '{name}';
end $$;
create trigger {name} before update or delete on {table} for each row execute function {table}_keep();
"""
# Certificates with a mark stood beside plots in core_place until now; from here on each stands in one table only (ADR 0074).
MOVE = """
insert into brand_certificate_certificate
  (public_id, organisation_id, kind, number, company_code, issuer, licensor, route, area, in_conversion, valid_from,
   valid_until, file_id, note, state, version, created_at, updated_at)
select public_id, organisation_id, kind, number, case when kind = 'green' and number like 'GF%' then number else '' end, issuer,
       '', case when kind = 'gi_mark' then 'other' else '' end, '', false, valid_from, valid_to, file_id,
       trim(product || ' ' || note), 'draft', 1, created_at, updated_at
  from core_place_certificate where kind in ('green','organic','agri_gi','gi_mark');
insert into brand_certificate_plot (certificate_id, place_id)
select b.id, v.place_id from core_place_covered v join core_place_certificate c on c.id = v.certificate_id
  join brand_certificate_certificate b on b.public_id = c.public_id order by v.id;
delete from core_place_covered where certificate_id in (select id from core_place_certificate where kind in ('green','organic','agri_gi','gi_mark'));
delete from core_place_certificate where kind in ('green','organic','agri_gi','gi_mark');
"""
MOVE_BACK = """
insert into core_place_certificate
  (public_id, organisation_id, kind, number, issuer, product, valid_from, valid_to, file_id, note, version, created_at, updated_at)
select distinct on (c.organisation_id, c.kind, c.number) c.public_id, c.organisation_id, c.kind, c.number, c.issuer,
       coalesce(nullif(left(c.note, 60), ''), '见证书'), c.valid_from, c.valid_until, c.file_id, c.note, 1, c.created_at, c.updated_at
  from brand_certificate_certificate c where c.kind in ('green','organic','agri_gi','gi_mark')
   and exists (select 1 from brand_certificate_plot p where p.certificate_id = c.id)
 order by c.organisation_id, c.kind, c.number, c.valid_from desc;
insert into core_place_covered (certificate_id, place_id)
select c.id, p.place_id from brand_certificate_plot p join brand_certificate_certificate b on b.id = p.certificate_id
  join core_place_certificate c on c.public_id = b.public_id;
"""


def upgrade() -> None:
    """The tables, what keeps look-ups and evidence, and the certificates that stood in core_place until now."""
    op.create_table(
        "brand_misuse_round",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "target in ('listings','pages','shops','markets')", name=op.f("ck_brand_misuse_round_target")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["core_account_user.id"], name=op.f("fk_brand_misuse_round_opened_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_misuse_round")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_misuse_round_public_id")),
    )
    op.create_table(
        "brand_certificate_certificate",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("company_code", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("licensor", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("in_conversion", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("renews_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(kind = 'gi_mark') = (route in ('pgi','collective','certification','other'))",
            name=op.f("ck_brand_certificate_certificate_route"),
        ),
        sa.CheckConstraint(
            "company_code = '' or kind = 'green'", name=op.f("ck_brand_certificate_certificate_company_code")
        ),
        sa.CheckConstraint(
            "kind in ('green','organic','agri_gi','gi_mark','sc','other')",
            name=op.f("ck_brand_certificate_certificate_kind"),
        ),
        sa.CheckConstraint(
            "not in_conversion or kind = 'organic'", name=op.f("ck_brand_certificate_certificate_conversion")
        ),
        sa.CheckConstraint("number <> '' and issuer <> ''", name=op.f("ck_brand_certificate_certificate_whole")),
        sa.CheckConstraint(
            "state in ('draft','returned') or file_id is not null", name=op.f("ck_brand_certificate_certificate_scan")
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','returned','confirmed','suspended','revoked')",
            name=op.f("ck_brand_certificate_certificate_state"),
        ),
        sa.CheckConstraint(
            "valid_until is not null or kind in ('agri_gi','gi_mark','other')",
            name=op.f("ck_brand_certificate_certificate_long_term"),
        ),
        sa.CheckConstraint("renews_id <> id", name=op.f("ck_brand_certificate_certificate_renews_another")),
        sa.CheckConstraint(
            "valid_until is null or valid_until >= valid_from", name=op.f("ck_brand_certificate_certificate_term")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_certificate_certificate_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_certificate_certificate_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["renews_id"],
            ["brand_certificate_certificate.id"],
            name=op.f("fk_brand_certificate_certificate_renews_id_brand_certificate_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_certificate_certificate")),
        sa.UniqueConstraint(
            "organisation_id", "kind", "number", "valid_from", name="uq_brand_certificate_certificate_entry"
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_certificate_certificate_public_id")),
        sa.UniqueConstraint("renews_id", name=op.f("uq_brand_certificate_certificate_renews_id")),
    )
    op.create_index(
        "ix_brand_certificate_certificate_ending",
        "brand_certificate_certificate",
        ["valid_until"],
        unique=False,
        postgresql_where="state = 'confirmed'",
    )
    op.create_index(
        op.f("ix_brand_certificate_certificate_number"), "brand_certificate_certificate", ["number"], unique=False
    )
    op.create_index(
        op.f("ix_brand_certificate_certificate_organisation_id"),
        "brand_certificate_certificate",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_brand_certificate_certificate_state"), "brand_certificate_certificate", ["state"], unique=False
    )
    op.create_table(
        "brand_mark_pack",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.BigInteger(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "mark in ('brand','green','organic','agri_gi','gi_mark')", name=op.f("ck_brand_mark_pack_mark")
        ),
        sa.CheckConstraint("(mark = 'brand') = (brand_id is not null)", name=op.f("ck_brand_mark_pack_brand")),
        sa.CheckConstraint("number > 0 and rules <> ''", name=op.f("ck_brand_mark_pack_whole")),
        sa.CheckConstraint(
            "retired_at is null or (released_at is not null and retired_reason <> '')",
            name=op.f("ck_brand_mark_pack_retired"),
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brand_matrix_brand.id"], name=op.f("fk_brand_mark_pack_brand_id_brand_matrix_brand")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["core_account_user.id"], name=op.f("fk_brand_mark_pack_released_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_mark_pack")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_mark_pack_public_id")),
    )
    op.create_index(op.f("ix_brand_mark_pack_brand_id"), "brand_mark_pack", ["brand_id"], unique=False)
    op.create_index(
        "uq_brand_mark_pack_brand_number",
        "brand_mark_pack",
        ["brand_id", "number"],
        unique=True,
        postgresql_where="mark = 'brand'",
    )
    op.create_index(
        "uq_brand_mark_pack_mark_number",
        "brand_mark_pack",
        ["mark", "number"],
        unique=True,
        postgresql_where="mark <> 'brand'",
    )
    op.create_table(
        "brand_certificate_check",
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "outcome in ('matches','differs','not_found')", name=op.f("ck_brand_certificate_check_outcome")
        ),
        sa.CheckConstraint("register <> ''", name=op.f("ck_brand_certificate_check_register")),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["brand_certificate_certificate.id"],
            name=op.f("fk_brand_certificate_check_certificate_id_brand_certificate_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_certificate_check_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_brand_certificate_check_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_certificate_check")),
    )
    op.create_index(
        op.f("ix_brand_certificate_check_certificate_id"), "brand_certificate_check", ["certificate_id"], unique=False
    )
    op.create_table(
        "brand_certificate_plot",
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["brand_certificate_certificate.id"],
            name=op.f("fk_brand_certificate_plot_certificate_id_brand_certificate_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_brand_certificate_plot_place_id_core_place_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_certificate_plot")),
        sa.UniqueConstraint(
            "certificate_id", "place_id", name=op.f("uq_brand_certificate_plot_certificate_id_place_id")
        ),
    )
    op.create_index(op.f("ix_brand_certificate_plot_place_id"), "brand_certificate_plot", ["place_id"], unique=False)
    op.create_table(
        "brand_certificate_product",
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("variety", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("yearly_grams", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "yearly_grams is null or yearly_grams > 0", name=op.f("ck_brand_certificate_product_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["brand_certificate_certificate.id"],
            name=op.f("fk_brand_certificate_product_certificate_id_brand_certificate_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["form"], ["core_taxonomy_term.code"], name=op.f("fk_brand_certificate_product_form_core_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["variety"],
            ["core_taxonomy_term.code"],
            name=op.f("fk_brand_certificate_product_variety_core_taxonomy_term"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_certificate_product")),
        sa.UniqueConstraint(
            "certificate_id", "variety", "form", name=op.f("uq_brand_certificate_product_certificate_id_variety_form")
        ),
    )
    op.create_table(
        "brand_certificate_reminder",
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("days in (90,30,7)", name=op.f("ck_brand_certificate_reminder_days")),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["brand_certificate_certificate.id"],
            name=op.f("fk_brand_certificate_reminder_certificate_id_brand_certificate_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_certificate_reminder")),
        sa.UniqueConstraint("certificate_id", "days", name=op.f("uq_brand_certificate_reminder_certificate_id_days")),
    )
    op.create_table(
        "brand_mark_file",
        sa.Column("pack_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_left", sa.BigInteger(), nullable=False),
        sa.Column("code_top", sa.BigInteger(), nullable=False),
        sa.Column("code_width", sa.BigInteger(), nullable=False),
        sa.Column("code_height", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "code_left >= 0 and code_top >= 0 and code_width >= 0 and code_height >= 0"
            " and code_left + code_width <= 1000 and code_top + code_height <= 1000"
            " and (code_width > 0) = (code_height > 0)",
            name=op.f("ck_brand_mark_file_code_place"),
        ),
        sa.CheckConstraint("purpose in ('print','screen','black','other')", name=op.f("ck_brand_mark_file_purpose")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_mark_file_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["pack_id"], ["brand_mark_pack.id"], name=op.f("fk_brand_mark_file_pack_id_brand_mark_pack")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_mark_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_mark_file_public_id")),
    )
    op.create_index(op.f("ix_brand_mark_file_pack_id"), "brand_mark_file", ["pack_id"], unique=False)
    op.create_table(
        "brand_misuse_case",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("misuse", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("party_name", sa.Text(), nullable=False),
        sa.Column("licence_id", sa.BigInteger(), nullable=True),
        sa.Column("measures", postgresql.JSONB(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_until", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state in ('decided','published','closed')) = (decided_at is not null)",
            name=op.f("ck_brand_misuse_case_decided"),
        ),
        sa.CheckConstraint(
            "mark in ('brand','green','organic','agri_gi','gi_mark','sc')", name=op.f("ck_brand_misuse_case_mark")
        ),
        sa.CheckConstraint(
            "misuse in ('','impostor','beyond_scope','expired','over_quantity','altered','no_code')",
            name=op.f("ck_brand_misuse_case_misuse"),
        ),
        sa.CheckConstraint(
            "source in ('report','patrol','automatic','office')", name=op.f("ck_brand_misuse_case_source")
        ),
        sa.CheckConstraint(
            "state <> 'published' or published_until is not null", name=op.f("ck_brand_misuse_case_published")
        ),
        sa.CheckConstraint(
            "state in ('reported','checking','noticed','hearing','proposed','decided','published','closed','dismissed')",
            name=op.f("ck_brand_misuse_case_state"),
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_misuse_case_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_misuse_case_party_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_misuse_case")),
        sa.UniqueConstraint("case_no", name=op.f("uq_brand_misuse_case_case_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_misuse_case_public_id")),
    )
    op.create_index(op.f("ix_brand_misuse_case_party_id"), "brand_misuse_case", ["party_id"], unique=False)
    op.create_index(op.f("ix_brand_misuse_case_state"), "brand_misuse_case", ["state"], unique=False)
    op.create_table(
        "brand_certificate_booking",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("year_from", sa.Date(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("grams > 0", name=op.f("ck_brand_certificate_booking_grams")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["brand_certificate_product.id"],
            name=op.f("fk_brand_certificate_booking_product_id_brand_certificate_product"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_certificate_booking")),
        sa.UniqueConstraint("product_id", "source", name=op.f("uq_brand_certificate_booking_product_id_source")),
    )
    op.create_index("ix_brand_certificate_booking_source", "brand_certificate_booking", ["source"], unique=False)
    op.create_index(
        "ix_brand_certificate_booking_year", "brand_certificate_booking", ["product_id", "year_from"], unique=False
    )
    op.create_table(
        "brand_mark_download",
        sa.Column("mark_file_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("under_no", sa.Text(), nullable=False),
        sa.Column("pack_number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("under_no <> ''", name=op.f("ck_brand_mark_download_under")),
        sa.ForeignKeyConstraint(
            ["mark_file_id"], ["brand_mark_file.id"], name=op.f("fk_brand_mark_download_mark_file_id_brand_mark_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_mark_download_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_brand_mark_download_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_mark_download")),
    )
    op.create_index(op.f("ix_brand_mark_download_mark_file_id"), "brand_mark_download", ["mark_file_id"], unique=False)
    op.create_index(
        op.f("ix_brand_mark_download_organisation_id"), "brand_mark_download", ["organisation_id"], unique=False
    )
    op.create_table(
        "brand_misuse_evidence",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(file_id is not null) or (content <> '')", name=op.f("ck_brand_misuse_evidence_something")),
        sa.CheckConstraint(
            "kind in ('photo','page','document','statement')", name=op.f("ck_brand_misuse_evidence_kind")
        ),
        sa.CheckConstraint("length(sha256) = 64 and length(digest) = 64", name=op.f("ck_brand_misuse_evidence_hashes")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["brand_misuse_case.id"], name=op.f("fk_brand_misuse_evidence_case_id_brand_misuse_case")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_misuse_evidence_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_misuse_evidence_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_brand_misuse_evidence_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_misuse_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_misuse_evidence_public_id")),
    )
    op.create_index(op.f("ix_brand_misuse_evidence_case_id"), "brand_misuse_evidence", ["case_id"], unique=False)
    op.create_table(
        "brand_misuse_custody",
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("act in ('sealed','taken','handed_over')", name=op.f("ck_brand_misuse_custody_act")),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["brand_misuse_evidence.id"],
            name=op.f("fk_brand_misuse_custody_evidence_id_brand_misuse_evidence"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_misuse_custody_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_brand_misuse_custody_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_misuse_custody")),
    )
    op.create_index(op.f("ix_brand_misuse_custody_evidence_id"), "brand_misuse_custody", ["evidence_id"], unique=False)
    op.create_table(
        "brand_misuse_finding",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("misuse", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "mark in ('brand','green','organic','agri_gi','gi_mark','sc')", name=op.f("ck_brand_misuse_finding_mark")
        ),
        sa.CheckConstraint(
            "misuse in ('impostor','beyond_scope','expired','over_quantity','altered','no_code')",
            name=op.f("ck_brand_misuse_finding_misuse"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["brand_misuse_case.id"], name=op.f("fk_brand_misuse_finding_case_id_brand_misuse_case")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_misuse_finding_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_misuse_finding")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_misuse_finding_public_id")),
        sa.UniqueConstraint(
            "subject_kind", "subject_key", "mark", name=op.f("uq_brand_misuse_finding_subject_kind_subject_key_mark")
        ),
    )
    op.create_index(
        "ix_brand_misuse_finding_open",
        "brand_misuse_finding",
        ["seen_at"],
        unique=False,
        postgresql_where="cleared_at is null and case_id is null",
    )
    op.create_index(
        op.f("ix_brand_misuse_finding_organisation_id"), "brand_misuse_finding", ["organisation_id"], unique=False
    )
    op.create_table(
        "brand_misuse_item",
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(result = '') = (checked_at is null)", name=op.f("ck_brand_misuse_item_checked")),
        sa.CheckConstraint("result in ('','clear','suspected','gone')", name=op.f("ck_brand_misuse_item_result")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["brand_misuse_case.id"], name=op.f("fk_brand_misuse_item_case_id_brand_misuse_case")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["core_account_user.id"], name=op.f("fk_brand_misuse_item_checked_by_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_misuse_item_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_misuse_item_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["brand_misuse_round.id"], name=op.f("fk_brand_misuse_item_round_id_brand_misuse_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_misuse_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_misuse_item_public_id")),
    )
    op.create_index(op.f("ix_brand_misuse_item_round_id"), "brand_misuse_item", ["round_id"], unique=False)
    op.create_table(
        "brand_misuse_report",
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["brand_misuse_case.id"], name=op.f("fk_brand_misuse_report_case_id_brand_misuse_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_misuse_report")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_brand_misuse_report_receipt_no")),
    )
    op.create_index(op.f("ix_brand_misuse_report_case_id"), "brand_misuse_report", ["case_id"], unique=False)
    op.create_index("ix_brand_misuse_report_sender", "brand_misuse_report", ["sender", "reported_at"], unique=False)
    for table in FROZEN:
        op.execute(FREEZE.format(table=table, name=f"tg_{table}_frozen"))
    op.execute(MOVE)


def downgrade() -> None:
    """Everything this step made is gone; certificates with plots stand in core_place again."""
    op.execute(MOVE_BACK)
    for table in FROZEN:
        op.execute(f"drop trigger tg_{table}_frozen on {table}; drop function {table}_keep();")
    op.drop_index("ix_brand_misuse_report_sender", table_name="brand_misuse_report")
    op.drop_index(op.f("ix_brand_misuse_report_case_id"), table_name="brand_misuse_report")
    op.drop_table("brand_misuse_report")
    op.drop_index(op.f("ix_brand_misuse_item_round_id"), table_name="brand_misuse_item")
    op.drop_table("brand_misuse_item")
    op.drop_index(op.f("ix_brand_misuse_finding_organisation_id"), table_name="brand_misuse_finding")
    op.drop_index(
        "ix_brand_misuse_finding_open",
        table_name="brand_misuse_finding",
        postgresql_where="cleared_at is null and case_id is null",
    )
    op.drop_table("brand_misuse_finding")
    op.drop_index(op.f("ix_brand_misuse_custody_evidence_id"), table_name="brand_misuse_custody")
    op.drop_table("brand_misuse_custody")
    op.drop_index(op.f("ix_brand_misuse_evidence_case_id"), table_name="brand_misuse_evidence")
    op.drop_table("brand_misuse_evidence")
    op.drop_index(op.f("ix_brand_mark_download_organisation_id"), table_name="brand_mark_download")
    op.drop_index(op.f("ix_brand_mark_download_mark_file_id"), table_name="brand_mark_download")
    op.drop_table("brand_mark_download")
    op.drop_index("ix_brand_certificate_booking_year", table_name="brand_certificate_booking")
    op.drop_index("ix_brand_certificate_booking_source", table_name="brand_certificate_booking")
    op.drop_table("brand_certificate_booking")
    op.drop_index(op.f("ix_brand_misuse_case_state"), table_name="brand_misuse_case")
    op.drop_index(op.f("ix_brand_misuse_case_party_id"), table_name="brand_misuse_case")
    op.drop_table("brand_misuse_case")
    op.drop_index(op.f("ix_brand_mark_file_pack_id"), table_name="brand_mark_file")
    op.drop_table("brand_mark_file")
    op.drop_table("brand_certificate_reminder")
    op.drop_table("brand_certificate_product")
    op.drop_index(op.f("ix_brand_certificate_plot_place_id"), table_name="brand_certificate_plot")
    op.drop_table("brand_certificate_plot")
    op.drop_index(op.f("ix_brand_certificate_check_certificate_id"), table_name="brand_certificate_check")
    op.drop_table("brand_certificate_check")
    op.drop_index("uq_brand_mark_pack_mark_number", table_name="brand_mark_pack")
    op.drop_index("uq_brand_mark_pack_brand_number", table_name="brand_mark_pack")
    op.drop_index(op.f("ix_brand_mark_pack_brand_id"), table_name="brand_mark_pack")
    op.drop_table("brand_mark_pack")
    op.drop_index(op.f("ix_brand_certificate_certificate_state"), table_name="brand_certificate_certificate")
    op.drop_index(op.f("ix_brand_certificate_certificate_organisation_id"), table_name="brand_certificate_certificate")
    op.drop_index(op.f("ix_brand_certificate_certificate_number"), table_name="brand_certificate_certificate")
    op.drop_index(
        "ix_brand_certificate_certificate_ending",
        table_name="brand_certificate_certificate",
        postgresql_where="state = 'confirmed'",
    )
    op.drop_table("brand_certificate_certificate")
    op.drop_table("brand_misuse_round")
