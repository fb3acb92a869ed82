"""Entry in full (B10): handover, units and leases, changes of identity, information, support with its payment list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_APPLICATION = "admin_enterprise_application"
# Nothing is let twice on one day; what ended before its time frees the unit from that day (R96).
ONE_LEASE = """
alter table admin_lease_lease add constraint ex_admin_lease_lease_one_at_a_time exclude using gist (
  int8range(unit_id, unit_id, '[]') with &&,
  (case when ended_on is null then daterange(starts_on, ends_on, '[]')
        else daterange(starts_on, greatest(starts_on, ended_on), '[)') end) with &&)
  where (state in ('offered', 'accepted', 'running', 'ended'))
"""
# R87: of one kind of support an organisation has one live claim for any day.
ONE_CLAIM = """
alter table admin_support_claim add constraint ex_admin_support_claim_once exclude using gist (
  int8range(organisation_id, organisation_id, '[]') with &&,
  int4range(ascii(kind), ascii(kind), '[]') with &&,
  daterange(period_from, period_to, '[]') with &&)
  where (state not in ('refused', 'dropped'))
"""
ONE_VERSION = """
alter table admin_support_version add constraint ex_admin_support_version_one_in_force exclude using gist (
  int4range(ascii(kind), ascii(kind), '[]') with &&, daterange(from_on, until_on, '[]') with &&)
"""
KEPT = (
    "admin_support_version",
    "admin_support_payment",
    "admin_information_revision",
    "admin_information_confirmation",
)


def _admin_lease_unit() -> None:
    op.create_table(
        "admin_lease_unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("building", sa.Text(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=False),
        sa.Column("uses", postgresql.JSONB(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("area_m2 > 0", name=op.f("ck_admin_lease_unit_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_lease_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_admin_lease_unit_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_lease_unit_public_id")),
    )


def _admin_information_reminder() -> None:
    op.create_table(
        "admin_information_reminder",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_information_reminder_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_information_reminder")),
        sa.UniqueConstraint(
            "organisation_id", "year", "step", name=op.f("uq_admin_information_reminder_organisation_id_year_step")
        ),
    )


def _admin_information_revision() -> None:
    op.create_table(
        "admin_information_revision",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_admin_information_revision_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_information_revision_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_information_revision_saved_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_information_revision")),
        sa.UniqueConstraint(
            "organisation_id", "number", name=op.f("uq_admin_information_revision_organisation_id_number")
        ),
    )


def _admin_lease_lease() -> None:
    op.create_table(
        "admin_lease_lease",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("monthly_rent_fen", sa.BigInteger(), nullable=False),
        sa.Column("deposit_fen", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(state = 'ended') = (ended_on is not null)", name=op.f("ck_admin_lease_lease_ended")),
        sa.CheckConstraint(
            "state in ('offered','accepted','running','ended','declined','retracted')",
            name=op.f("ck_admin_lease_lease_state"),
        ),
        sa.CheckConstraint(
            "area_m2 > 0 and monthly_rent_fen >= 0 and deposit_fen >= 0", name=op.f("ck_admin_lease_lease_amounts")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_admin_lease_lease_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_lease_lease_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["admin_lease_unit.id"], name=op.f("fk_admin_lease_lease_unit_id_admin_lease_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_lease_lease")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_lease_lease_public_id")),
    )
    op.create_index(
        op.f("ix_admin_lease_lease_organisation_id"), "admin_lease_lease", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_admin_lease_lease_state"), "admin_lease_lease", ["state"], unique=False)
    op.create_index(op.f("ix_admin_lease_lease_unit_id"), "admin_lease_lease", ["unit_id"], unique=False)


def _admin_support_version() -> None:
    op.create_table(
        "admin_support_version",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('rent','tax','innovation','performance')", name=op.f("ck_admin_support_version_kind")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_admin_support_version_number")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_admin_support_version_period")),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_support_version_published_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_support_version")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_admin_support_version_kind_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_support_version_public_id")),
    )


def _admin_change_change() -> None:
    op.create_table(
        "admin_change_change",
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("new_name", sa.Text(), nullable=False),
        sa.Column("new_code", sa.Text(), nullable=False),
        sa.Column("into_id", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("former_name", sa.Text(), nullable=False),
        sa.Column("former_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('name','code','merge')", name=op.f("ck_admin_change_change_kind")),
        sa.CheckConstraint(
            "state in ('draft','submitted','returned','screened','done','refused','dropped')",
            name=op.f("ck_admin_change_change_state"),
        ),
        sa.CheckConstraint(
            "into_id is null or into_id <> organisation_id", name=op.f("ck_admin_change_change_two_parties")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_admin_change_change_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_change_change_into_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_change_change_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_change_change")),
        sa.UniqueConstraint("case_no", name=op.f("uq_admin_change_change_case_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_change_change_public_id")),
    )
    op.create_index(op.f("ix_admin_change_change_into_id"), "admin_change_change", ["into_id"], unique=False)
    op.create_index(
        op.f("ix_admin_change_change_organisation_id"), "admin_change_change", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_admin_change_change_state"), "admin_change_change", ["state"], unique=False)
    op.create_index(
        "uq_admin_change_change_open",
        "admin_change_change",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft','submitted','returned','screened')"),
    )


def _admin_information_confirmation() -> None:
    op.create_table(
        "admin_information_confirmation",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("year > 2000", name=op.f("ck_admin_information_confirmation_year")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_information_confirmation_confirmed_by_id_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_information_confirmation_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["admin_information_revision.id"],
            name=op.f("fk_admin_information_confirmation_revision_id_admin_information_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_information_confirmation")),
        sa.UniqueConstraint(
            "organisation_id", "year", name=op.f("uq_admin_information_confirmation_organisation_id_year")
        ),
    )


def _admin_support_claim() -> None:
    op.create_table(
        "admin_support_claim",
        sa.Column("claim_no", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("stated", sa.BigInteger(), nullable=True),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('draft','returned','dropped','refused') or amount_fen > 0",
            name=op.f("ck_admin_support_claim_amount_when_sent"),
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','returned','reviewed','publicity','listed','refused','dropped')",
            name=op.f("ck_admin_support_claim_state"),
        ),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_admin_support_claim_amount")),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_admin_support_claim_period")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_admin_support_claim_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_support_claim_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["admin_support_version.id"],
            name=op.f("fk_admin_support_claim_version_id_admin_support_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_support_claim")),
        sa.UniqueConstraint("claim_no", name=op.f("uq_admin_support_claim_claim_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_admin_support_claim_public_id")),
    )
    op.create_index(
        op.f("ix_admin_support_claim_organisation_id"), "admin_support_claim", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_admin_support_claim_state"), "admin_support_claim", ["state"], unique=False)
    op.create_index(op.f("ix_admin_support_claim_version_id"), "admin_support_claim", ["version_id"], unique=False)


def _admin_enterprise_handover() -> None:
    op.create_table(
        "admin_enterprise_handover",
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("concerns", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("concerns or note <> ''", name=op.f("ck_admin_enterprise_handover_reason_where_none")),
        sa.CheckConstraint(
            "(done_on is null) = (done_by_id is null)", name=op.f("ck_admin_enterprise_handover_done_together")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["admin_enterprise_application.id"],
            name=op.f("fk_admin_enterprise_handover_application_id_admin_enterprise_application"),
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_admin_enterprise_handover_done_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_enterprise_handover")),
        sa.UniqueConstraint("application_id", "key", name=op.f("uq_admin_enterprise_handover_application_id_key")),
    )


def _admin_support_payment() -> None:
    op.create_table(
        "admin_support_payment",
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("list_no", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_admin_support_payment_amount")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["admin_support_claim.id"], name=op.f("fk_admin_support_payment_claim_id_admin_support_claim")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_admin_support_payment_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["core_account_user.id"], name=op.f("fk_admin_support_payment_sent_by_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_support_payment")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_admin_support_payment_claim_id")),
        sa.UniqueConstraint("list_no", name=op.f("uq_admin_support_payment_list_no")),
    )
    op.create_index(
        op.f("ix_admin_support_payment_organisation_id"), "admin_support_payment", ["organisation_id"], unique=False
    )


def _widen_application() -> None:
    op.add_column(_APPLICATION, sa.Column("grounds", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.alter_column(_APPLICATION, "grounds", server_default=None)
    op.add_column(_APPLICATION, sa.Column("leave_asked_at", sa.DateTime(timezone=True), nullable=True))
    _check(
        "state",
        "state in ('draft','submitted','supplement','under_review','approved','rejected','resident','probation','left')",
    )
    _check(
        "organisation_when_approved", "organisation_id is null or state in ('approved','resident','probation','left')"
    )


def _check(name: str, condition: str) -> None:
    full = op.f(f"ck_{_APPLICATION}_{name}")
    op.drop_constraint(full, _APPLICATION)
    op.create_check_constraint(full, _APPLICATION, condition)


def upgrade() -> None:
    """Create the tables, constraints and triggers of this step."""
    _admin_lease_unit()
    _admin_information_reminder()
    _admin_information_revision()
    _admin_lease_lease()
    _admin_support_version()
    _admin_change_change()
    _admin_information_confirmation()
    _admin_support_claim()
    _admin_enterprise_handover()
    _admin_support_payment()
    _widen_application()
    for constraint in (ONE_LEASE, ONE_CLAIM, ONE_VERSION):
        op.execute(constraint)
    for table in KEPT:
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table} "
            "for each row execute function core_refuse_change()"
        )


def downgrade() -> None:
    """Drop what :func:`upgrade` made; entered enterprises that went further count as approved again."""
    op.drop_table("admin_support_payment")
    op.drop_table("admin_enterprise_handover")
    op.drop_table("admin_support_claim")
    op.drop_table("admin_information_confirmation")
    op.drop_table("admin_change_change")
    op.drop_table("admin_support_version")
    op.drop_table("admin_lease_lease")
    op.drop_table("admin_information_revision")
    op.drop_table("admin_information_reminder")
    op.drop_table("admin_lease_unit")
    op.execute(f"update {_APPLICATION} set state = 'approved' where state in ('resident','probation','left')")  # noqa: S608
    _check("state", "state in ('draft','submitted','supplement','under_review','approved','rejected')")
    _check("organisation_when_approved", "organisation_id is null or state = 'approved'")
    op.drop_column(_APPLICATION, "leave_asked_at")
    op.drop_column(_APPLICATION, "grounds")
