"""Procedure, visits, opinions, publicity, appeal, renewal, change and suspension of licences; quotas, reports, sub-licences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LICENCE = "brand_licence_licence"
ISSUED = "'licensed','suspended','expired','withdrawn','replaced'"
TOGETHER = (
    "(licence_no is null) = (valid_from is null) and (licence_no is null) = (valid_until is null) "
    "and (licence_no is null) = (decided_at is null)"
)
# name: (as it was, as it is)
CHECKS = {
    "state": (
        "state in ('draft','submitted','returned','screened','licensed','refused','abandoned','expired','withdrawn')",
        "state in ('draft','submitted','returned','accepted','screened','publicised','licensed','suspended','refused','appealed','upheld','abandoned','expired','withdrawn','replaced')",
    ),
    "numbered_when_licensed": (
        "(state in ('licensed','expired','withdrawn')) = (licence_no is not null)",
        f"(state in ({ISSUED})) = (licence_no is not null)",
    ),
    "ended_when_withdrawn": (
        "(state = 'withdrawn') = (ended_on is not null)",
        "(state in ('withdrawn','replaced')) = (ended_on is not null)",
    ),
    "decided_together": (TOGETHER, TOGETHER + " and (licence_no is null) = (anchor_on is null)"),
}
NEW_CHECKS = {
    "kind": "kind in ('new','renewal','change')",
    "stands_on_predecessor": "(kind = 'new') = (predecessor_id is null)",
}
# Licences granted before this step are counted down too: a quota for each row and licence year of the term.
OPEN_QUOTAS = """
insert into brand_licence_quota (licence_id, scope_id, year_no, first_on, last_on, granted_grams, used_grams)
select s.licence_id, s.id, n, (s.valid_from + make_interval(years => n - 1))::date,
       (s.valid_from + make_interval(years => n) - interval '1 day')::date, s.yearly_grams, 0
  from brand_licence_scope s cross join generate_series(1, 3) n
 where s.status in ('granted', 'ended') and (s.valid_from + make_interval(years => n - 1))::date <= s.valid_until
"""
# Movements and procedures are added, never changed.
KEPT = ("brand_licence_draw", "brand_licence_procedure")


def upgrade() -> None:
    """Create the tables of this step; licences get their kind, predecessor, anchor day and quotas."""
    _brand_licence_procedure()
    _brand_licence_opinion()
    _brand_licence_plot()
    _brand_licence_reminder()
    _brand_licence_review()
    _brand_licence_sublicence()
    _brand_licence_suspension()
    _brand_licence_visit()
    _brand_licence_quota()
    _brand_licence_use_report()
    _brand_licence_visit_photo()
    _brand_licence_draw()
    _alter_licence()
    op.execute(OPEN_QUOTAS)
    for table in KEPT:
        op.execute(
            f"create trigger tr_{table}_immutable before update or delete on {table} "
            "for each row execute function core_refuse_change()"
        )


def downgrade() -> None:
    """Take the columns and tables of this step away; cases in a state the step before does not know stay where they fit."""
    op.execute(BACK)
    for name in NEW_CHECKS:
        op.drop_constraint(op.f(f"ck_{LICENCE}_{name}"), LICENCE, type_="check")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_{LICENCE}_{name}"), LICENCE, type_="check")
    _restore_licence()
    for name, (before, _) in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{LICENCE}_{name}"), LICENCE, before)
    for table in (
        "brand_licence_draw",
        "brand_licence_visit_photo",
        "brand_licence_use_report",
        "brand_licence_quota",
        "brand_licence_visit",
        "brand_licence_suspension",
        "brand_licence_sublicence",
        "brand_licence_review",
        "brand_licence_reminder",
        "brand_licence_plot",
        "brand_licence_opinion",
        "brand_licence_procedure",
    ):
        op.drop_table(table)


# A suspended licence holds no mark: before this step it can only be written as withdrawn; a changed one likewise.
BACK = """
update brand_licence_licence set state = case
    when state in ('accepted') then 'submitted'
    when state in ('publicised') then 'screened'
    when state in ('appealed', 'upheld') then 'refused'
    when state in ('suspended', 'replaced') then 'withdrawn' else state end,
  ended_on = case when state = 'suspended' then coalesce(ended_on, updated_at::date) else ended_on end
"""


def _alter_licence() -> None:
    op.add_column("brand_licence_licence", sa.Column("kind", sa.Text(), nullable=False, server_default="new"))
    op.add_column("brand_licence_licence", sa.Column("predecessor_id", sa.BigInteger(), nullable=True))
    op.add_column("brand_licence_licence", sa.Column("quality_promised_on", sa.Date(), nullable=True))
    op.add_column("brand_licence_licence", sa.Column("procedure_id", sa.BigInteger(), nullable=True))
    op.add_column("brand_licence_licence", sa.Column("anchor_on", sa.Date(), nullable=True))
    op.add_column("brand_licence_licence", sa.Column("conditions", sa.Text(), nullable=False, server_default=""))
    op.add_column("brand_licence_licence", sa.Column("grounds", sa.Text(), nullable=False, server_default=""))
    op.add_column("brand_licence_licence", sa.Column("publicised_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_brand_licence_licence_predecessor_id", "brand_licence_licence", ["predecessor_id"], unique=False
    )
    op.create_index("ix_brand_licence_licence_submitted_at", "brand_licence_licence", ["submitted_at"], unique=False)
    op.create_index("ix_brand_licence_licence_valid_until", "brand_licence_licence", ["valid_until"], unique=False)
    op.create_index(
        "uq_brand_licence_licence_one_open_case",
        "brand_licence_licence",
        ["predecessor_id", "kind"],
        unique=True,
        postgresql_where=sa.text(
            "state in ('draft','submitted','returned','accepted','screened','publicised','appealed')"
        ),
    )
    op.create_foreign_key(
        op.f("fk_brand_licence_licence_procedure_id_brand_licence_procedure"),
        "brand_licence_licence",
        "brand_licence_procedure",
        ["procedure_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_brand_licence_licence_predecessor_id_brand_licence_licence"),
        "brand_licence_licence",
        "brand_licence_licence",
        ["predecessor_id"],
        ["id"],
    )
    for column in ("kind", "conditions", "grounds"):
        op.alter_column(LICENCE, column, server_default=None)
    op.execute("update brand_licence_licence set anchor_on = valid_from where licence_no is not null")
    for name, (_, after) in CHECKS.items():
        op.drop_constraint(op.f(f"ck_{LICENCE}_{name}"), LICENCE, type_="check")
        op.create_check_constraint(op.f(f"ck_{LICENCE}_{name}"), LICENCE, after)
    for name, text in NEW_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{LICENCE}_{name}"), LICENCE, text)


def _restore_licence() -> None:
    op.drop_constraint(
        op.f("fk_brand_licence_licence_predecessor_id_brand_licence_licence"),
        "brand_licence_licence",
        type_="foreignkey",
    )
    op.drop_constraint(
        op.f("fk_brand_licence_licence_procedure_id_brand_licence_procedure"),
        "brand_licence_licence",
        type_="foreignkey",
    )
    op.drop_index(
        "uq_brand_licence_licence_one_open_case",
        table_name="brand_licence_licence",
        postgresql_where=sa.text(
            "state in ('draft','submitted','returned','accepted','screened','publicised','appealed')"
        ),
    )
    op.drop_index("ix_brand_licence_licence_valid_until", table_name="brand_licence_licence")
    op.drop_index("ix_brand_licence_licence_submitted_at", table_name="brand_licence_licence")
    op.drop_index("ix_brand_licence_licence_predecessor_id", table_name="brand_licence_licence")
    op.drop_column("brand_licence_licence", "publicised_on")
    op.drop_column("brand_licence_licence", "grounds")
    op.drop_column("brand_licence_licence", "conditions")
    op.drop_column("brand_licence_licence", "anchor_on")
    op.drop_column("brand_licence_licence", "procedure_id")
    op.drop_column("brand_licence_licence", "quality_promised_on")
    op.drop_column("brand_licence_licence", "predecessor_id")
    op.drop_column("brand_licence_licence", "kind")


def _brand_licence_procedure() -> None:
    op.create_table(
        "brand_licence_procedure",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("publicity_days", sa.BigInteger(), nullable=False),
        sa.Column("visit_required", sa.Boolean(), nullable=False),
        sa.Column("expert_required", sa.Boolean(), nullable=False),
        sa.Column("renewal_days", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("publicity_days between 0 and 60", name=op.f("ck_brand_licence_procedure_publicity")),
        sa.CheckConstraint("renewal_days between 1 and 180", name=op.f("ck_brand_licence_procedure_renewal")),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_brand_licence_procedure_made_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_procedure")),
        sa.UniqueConstraint("version", name=op.f("uq_brand_licence_procedure_version")),
    )


def _brand_licence_opinion() -> None:
    op.create_table(
        "brand_licence_opinion",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "conclusion in ('for','conditional','against')", name=op.f("ck_brand_licence_opinion_conclusion")
        ),
        sa.CheckConstraint("post <> '' and words <> ''", name=op.f("ck_brand_licence_opinion_whole")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_licence_opinion_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_opinion_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_brand_licence_opinion_recorded_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_opinion")),
    )
    op.create_index(op.f("ix_brand_licence_opinion_licence_id"), "brand_licence_opinion", ["licence_id"], unique=False)


def _brand_licence_plot() -> None:
    op.create_table(
        "brand_licence_plot",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_plot_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["core_place_place.id"], name=op.f("fk_brand_licence_plot_place_id_core_place_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_plot")),
        sa.UniqueConstraint("licence_id", "place_id", name=op.f("uq_brand_licence_plot_licence_id_place_id")),
    )


def _brand_licence_reminder() -> None:
    op.create_table(
        "brand_licence_reminder",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_reminder_licence_id_brand_licence_licence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_reminder")),
        sa.UniqueConstraint("licence_id", "key", name=op.f("uq_brand_licence_reminder_licence_id_key")),
    )


def _brand_licence_review() -> None:
    op.create_table(
        "brand_licence_review",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("year_no", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("result in ('in_order','to_mend')", name=op.f("ck_brand_licence_review_result")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_brand_licence_review_words")),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_review_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_brand_licence_review_reviewed_by_id_core_account_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_review")),
        sa.UniqueConstraint("licence_id", "year_no", name=op.f("uq_brand_licence_review_licence_id_year_no")),
    )


def _brand_licence_sublicence() -> None:
    op.create_table(
        "brand_licence_sublicence",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=False),
        sa.Column("variety", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("used_grams", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_on is not null)", name=op.f("ck_brand_licence_sublicence_ended")
        ),
        sa.CheckConstraint(
            "state in ('offered','active','declined','retracted','ended')",
            name=op.f("ck_brand_licence_sublicence_state"),
        ),
        sa.CheckConstraint(
            "grams > 0 and used_grams between 0 and grams", name=op.f("ck_brand_licence_sublicence_not_overdrawn")
        ),
        sa.CheckConstraint("partner_id <> organisation_id", name=op.f("ck_brand_licence_sublicence_not_itself")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_brand_licence_sublicence_term")),
        sa.ForeignKeyConstraint(
            ["form"], ["core_taxonomy_term.code"], name=op.f("fk_brand_licence_sublicence_form_core_taxonomy_term")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_sublicence_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_licence_sublicence_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_licence_sublicence_partner_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["specification"],
            ["core_taxonomy_term.code"],
            name=op.f("fk_brand_licence_sublicence_specification_core_taxonomy_term"),
        ),
        sa.ForeignKeyConstraint(
            ["variety"],
            ["core_taxonomy_term.code"],
            name=op.f("fk_brand_licence_sublicence_variety_core_taxonomy_term"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_sublicence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_licence_sublicence_public_id")),
    )
    op.create_index(
        op.f("ix_brand_licence_sublicence_licence_id"), "brand_licence_sublicence", ["licence_id"], unique=False
    )
    op.create_index(
        op.f("ix_brand_licence_sublicence_organisation_id"),
        "brand_licence_sublicence",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_brand_licence_sublicence_partner", "brand_licence_sublicence", ["partner_id", "state"], unique=False
    )
    op.create_index(op.f("ix_brand_licence_sublicence_state"), "brand_licence_sublicence", ["state"], unique=False)


def _brand_licence_suspension() -> None:
    op.create_table(
        "brand_licence_suspension",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_brand_licence_suspension_reason")),
        sa.CheckConstraint("lifted_on is null or lifted_on >= from_on", name=op.f("ck_brand_licence_suspension_term")),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_suspension_licence_id_brand_licence_licence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_suspension")),
    )
    op.create_index("ix_brand_licence_suspension_licence_id", "brand_licence_suspension", ["licence_id"], unique=False)
    op.create_index(
        "uq_brand_licence_suspension_one_open",
        "brand_licence_suspension",
        ["licence_id"],
        unique=True,
        postgresql_where=sa.text("lifted_on is null"),
    )


def _brand_licence_visit() -> None:
    op.create_table(
        "brand_licence_visit",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("appointed_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=8, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("accuracy_m", sa.BigInteger(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(outcome in ('fits','does_not_fit')) = (visited_at is not null and latitude is not null and longitude is not null and findings <> '')",
            name=op.f("ck_brand_licence_visit_found_when_done"),
        ),
        sa.CheckConstraint(
            "outcome in ('open','fits','does_not_fit','cancelled')", name=op.f("ck_brand_licence_visit_outcome")
        ),
        sa.CheckConstraint(
            "accuracy_m is null or accuracy_m between 0 and 100000", name=op.f("ck_brand_licence_visit_accuracy")
        ),
        sa.CheckConstraint(
            "latitude between -90 and 90 and longitude between -180 and 180", name=op.f("ck_brand_licence_visit_point")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_visit_licence_id_brand_licence_licence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_visit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_brand_licence_visit_public_id")),
    )
    op.create_index(op.f("ix_brand_licence_visit_licence_id"), "brand_licence_visit", ["licence_id"], unique=False)


def _brand_licence_quota() -> None:
    op.create_table(
        "brand_licence_quota",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("year_no", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("granted_grams", sa.BigInteger(), nullable=False),
        sa.Column("used_grams", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("used_grams between 0 and granted_grams", name=op.f("ck_brand_licence_quota_not_overdrawn")),
        sa.CheckConstraint("year_no >= 1 and last_on >= first_on", name=op.f("ck_brand_licence_quota_year")),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_quota_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"], ["brand_licence_scope.id"], name=op.f("fk_brand_licence_quota_scope_id_brand_licence_scope")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_quota")),
        sa.UniqueConstraint("scope_id", "year_no", name=op.f("uq_brand_licence_quota_scope_id_year_no")),
    )
    op.create_index(op.f("ix_brand_licence_quota_licence_id"), "brand_licence_quota", ["licence_id"], unique=False)


def _brand_licence_use_report() -> None:
    op.create_table(
        "brand_licence_use_report",
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("used_grams", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("quarter ~ '^[0-9]{4}Q[1-4]$'", name=op.f("ck_brand_licence_use_report_quarter")),
        sa.CheckConstraint("used_grams >= 0", name=op.f("ck_brand_licence_use_report_amount")),
        sa.ForeignKeyConstraint(
            ["licence_id"],
            ["brand_licence_licence.id"],
            name=op.f("fk_brand_licence_use_report_licence_id_brand_licence_licence"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"],
            ["core_account_user.id"],
            name=op.f("fk_brand_licence_use_report_reported_by_id_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["scope_id"],
            ["brand_licence_scope.id"],
            name=op.f("fk_brand_licence_use_report_scope_id_brand_licence_scope"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_use_report")),
        sa.UniqueConstraint("scope_id", "quarter", name=op.f("uq_brand_licence_use_report_scope_id_quarter")),
    )
    op.create_index(
        op.f("ix_brand_licence_use_report_licence_id"), "brand_licence_use_report", ["licence_id"], unique=False
    )


def _brand_licence_visit_photo() -> None:
    op.create_table(
        "brand_licence_visit_photo",
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=8, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_brand_licence_visit_photo_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"],
            ["brand_licence_visit.id"],
            name=op.f("fk_brand_licence_visit_photo_visit_id_brand_licence_visit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_visit_photo")),
        sa.UniqueConstraint("visit_id", "file_id", name=op.f("uq_brand_licence_visit_photo_visit_id_file_id")),
    )


def _brand_licence_draw() -> None:
    op.create_table(
        "brand_licence_draw",
        sa.Column("quota_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("sublicence_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("net_grams", sa.BigInteger(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('draw','return','carried')", name=op.f("ck_brand_licence_draw_kind")),
        sa.CheckConstraint("pieces >= 0 and net_grams >= 0 and grams > 0", name=op.f("ck_brand_licence_draw_amount")),
        sa.ForeignKeyConstraint(
            ["drawn_by_id"], ["core_account_user.id"], name=op.f("fk_brand_licence_draw_drawn_by_id_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_brand_licence_draw_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["quota_id"], ["brand_licence_quota.id"], name=op.f("fk_brand_licence_draw_quota_id_brand_licence_quota")
        ),
        sa.ForeignKeyConstraint(
            ["sublicence_id"],
            ["brand_licence_sublicence.id"],
            name=op.f("fk_brand_licence_draw_sublicence_id_brand_licence_sublicence"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_licence_draw")),
        sa.UniqueConstraint("source", name=op.f("uq_brand_licence_draw_source")),
    )
    op.create_index(
        op.f("ix_brand_licence_draw_organisation_id"), "brand_licence_draw", ["organisation_id"], unique=False
    )
    op.create_index("ix_brand_licence_draw_quota", "brand_licence_draw", ["quota_id", "drawn_at"], unique=False)
