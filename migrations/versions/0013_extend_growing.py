"""Seasons: drafts, imports, reminders, archive.  Inspection: official tests, kept limits and bans, voided and printed certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ENTRY, SEASON, REPORT = "trace_season_entry", "trace_season_season", "trace_inspection_report"
CERTIFICATE = "trace_inspection_certificate"
KEPT_TABLES = ("trace_inspection_limit", "trace_season_banned")
APPEND_ONLY = ("trace_season_import", f"{CERTIFICATE}_void", f"{CERTIFICATE}_print")
# A journal line is never changed.  It may be removed only by the retention use case, which states its day, and only
# when two years have passed since the deed (农产品质量安全法 art. 27): the database refuses anything earlier.
KEEP = """
CREATE FUNCTION trace_season_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stated text := coalesce(current_setting('yidun.retention_day', true), '');
BEGIN
  IF TG_OP = 'DELETE' AND stated <> '' THEN
    IF TG_TABLE_NAME = 'trace_season_entry' THEN
      IF OLD.until + interval '2 years' < stated::date THEN
        RETURN OLD;
      END IF;
    ELSIF EXISTS (SELECT FROM trace_season_entry e
                   WHERE e.id = OLD.entry_id AND e.until + interval '2 years' < stated::date) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'a journal line is never changed, and kept for two years' USING ERRCODE = 'restrict_violation';
END $$
"""


def _append_only(table: str, function: str = "core_refuse_change") -> None:
    op.execute(
        f"CREATE TRIGGER tr_{table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _reference(table: str, column: str, target: str) -> None:
    op.create_foreign_key(op.f(f"fk_{table}_{column}_{target}"), table, target, [column], ["id"])


def upgrade() -> None:
    """Extend the tables, fill the new columns of rows that exist, guard them by triggers."""
    _seasons()
    _entries()
    _kept_tables()
    _reports()
    _certificates()


def _seasons() -> None:
    op.add_column(SEASON, sa.Column("planned_harvest_on", sa.Date(), nullable=True))
    op.add_column(SEASON, sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(SEASON, sa.Column("journal_sha256", sa.Text(), nullable=False, server_default=""))
    op.alter_column(SEASON, "journal_sha256", server_default=None)
    op.create_check_constraint(
        op.f(f"ck_{SEASON}_archived_whole"), SEASON, "(archived_at is null) = (journal_sha256 = '')"
    )
    name = "trace_season_reminder"
    op.create_table(
        name,
        sa.Column("season_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        _id(),
        _to(name, "season_id", SEASON),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("season_id", "kind", "about", name=op.f(f"uq_{name}_season_id_kind_about")),
    )


def _entries() -> None:
    name = "trace_season_import"
    op.create_table(
        name,
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _id(),
        sa.CheckConstraint("mode in ('all','good')", name=op.f(f"ck_{name}_mode")),
        sa.CheckConstraint("written >= 0 and left_out >= 0", name=op.f(f"ck_{name}_counts")),
        sa.CheckConstraint("mode = 'good' or left_out = 0", name=op.f(f"ck_{name}_all_means_all")),
        _to(name, "organisation_id", "core_organisation_organisation"),
        _to(name, "file_id", "core_file_file"),
        _to(name, "imported_by", "core_account_user"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    )
    op.create_index(op.f(f"ix_{name}_organisation_id"), name, ["organisation_id"])
    op.add_column(ENTRY, sa.Column("writer_id", sa.BigInteger(), nullable=True))
    op.add_column(ENTRY, sa.Column("draft_key", sa.Uuid(), nullable=True))
    op.add_column(ENTRY, sa.Column("import_id", sa.BigInteger(), nullable=True))
    for table in (ENTRY, "trace_season_picture"):
        op.execute(f"DROP TRIGGER tr_{table}_append_only ON {table}")
    op.execute(f"update {ENTRY} e set writer_id = s.organisation_id from {SEASON} s where s.id = e.season_id")  # noqa: S608 (names above)
    op.alter_column(ENTRY, "writer_id", nullable=False)
    _reference(ENTRY, "writer_id", "core_organisation_organisation")
    _reference(ENTRY, "import_id", name)
    op.create_unique_constraint(op.f(f"uq_{ENTRY}_draft_key"), ENTRY, ["draft_key"])
    op.create_index(op.f(f"ix_{ENTRY}_import_id"), ENTRY, ["import_id"])
    op.execute(KEEP)
    for table in (ENTRY, "trace_season_picture"):
        _append_only(table, "trace_season_keep")
    _append_only(name)


def _kept_tables() -> None:
    for table in KEPT_TABLES:
        op.add_column(table, sa.Column("public_id", sa.Uuid(), nullable=True))
        op.execute(f"update {table} set public_id = gen_random_uuid()")  # noqa: S608 (names above)
        op.alter_column(table, "public_id", nullable=False)
        op.create_unique_constraint(op.f(f"uq_{table}_public_id"), table, ["public_id"])
        op.add_column(table, sa.Column("added_by", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("confirmed_by", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
        op.alter_column(table, "version", server_default=None)
        for column in ("added_by", "confirmed_by"):
            _reference(table, column, "core_account_user")


def _reports() -> None:
    op.add_column(REPORT, sa.Column("entered_by_id", sa.BigInteger(), nullable=True))
    op.add_column(REPORT, sa.Column("retest_of_id", sa.BigInteger(), nullable=True))
    op.execute(f"DROP TRIGGER tr_{REPORT}_append_only ON {REPORT}")
    op.execute(f"update {REPORT} set entered_by_id = organisation_id")  # noqa: S608 (name above)
    _append_only(REPORT)
    op.alter_column(REPORT, "entered_by_id", nullable=False)
    _reference(REPORT, "entered_by_id", "core_organisation_organisation")
    _reference(REPORT, "retest_of_id", REPORT)
    op.create_check_constraint(op.f(f"ck_{REPORT}_not_its_own_retest"), REPORT, "retest_of_id <> id")
    _kinds("'third_party','own','official'")


def _kinds(words: str) -> None:
    name = op.f(f"ck_{REPORT}_laboratory_kind")
    op.drop_constraint(name, REPORT, type_="check")
    op.create_check_constraint(name, REPORT, f"laboratory_kind in ({words})")


def _certificates() -> None:
    op.add_column(CERTIFICATE, sa.Column("issue", sa.BigInteger(), nullable=False, server_default="1"))
    op.alter_column(CERTIFICATE, "issue", server_default=None)
    op.drop_constraint(op.f(f"uq_{CERTIFICATE}_lot_id"), CERTIFICATE, type_="unique")
    op.create_unique_constraint(op.f(f"uq_{CERTIFICATE}_lot_id_issue"), CERTIFICATE, ["lot_id", "issue"])
    op.create_check_constraint(op.f(f"ck_{CERTIFICATE}_issue"), CERTIFICATE, "issue >= 1")
    void, prints = f"{CERTIFICATE}_void", f"{CERTIFICATE}_print"
    op.create_table(
        void,
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_by", sa.BigInteger(), nullable=True),
        _id(),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{void}_reason")),
        _to(void, "certificate_id", CERTIFICATE),
        _to(void, "voided_by", "core_account_user"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{void}")),
        sa.UniqueConstraint("certificate_id", name=op.f(f"uq_{void}_certificate_id")),
    )
    op.create_table(
        prints,
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.BigInteger(), nullable=False),
        sa.Column("copies", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.BigInteger(), nullable=True),
        _id(),
        sa.CheckConstraint("copies between 1 and 200", name=op.f(f"ck_{prints}_copies")),
        sa.CheckConstraint("no = 1 or reason <> ''", name=op.f(f"ck_{prints}_reprint_reason")),
        _to(prints, "certificate_id", CERTIFICATE),
        _to(prints, "printed_by", "core_account_user"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{prints}")),
        sa.UniqueConstraint("certificate_id", "no", name=op.f(f"uq_{prints}_certificate_id_no")),
    )
    _append_only(void)
    _append_only(prints)


def downgrade() -> None:
    """Take back what :func:`upgrade` made; official reports and second certificates of a lot must not exist then."""
    op.drop_table(f"{CERTIFICATE}_print")
    op.drop_table(f"{CERTIFICATE}_void")
    op.drop_constraint(op.f(f"ck_{CERTIFICATE}_issue"), CERTIFICATE, type_="check")
    op.drop_constraint(op.f(f"uq_{CERTIFICATE}_lot_id_issue"), CERTIFICATE, type_="unique")
    op.create_unique_constraint(op.f(f"uq_{CERTIFICATE}_lot_id"), CERTIFICATE, ["lot_id"])
    op.drop_column(CERTIFICATE, "issue")
    _kinds("'third_party','own'")
    op.drop_constraint(op.f(f"ck_{REPORT}_not_its_own_retest"), REPORT, type_="check")
    op.drop_column(REPORT, "retest_of_id")
    op.drop_column(REPORT, "entered_by_id")
    for table in KEPT_TABLES:
        for column in ("version", "confirmed_at", "confirmed_by", "added_by", "public_id"):
            op.drop_column(table, column)
    for table in (ENTRY, "trace_season_picture"):
        op.execute(f"DROP TRIGGER tr_{table}_append_only ON {table}")
        _append_only(table)
    op.execute("DROP FUNCTION trace_season_keep()")
    for column in ("import_id", "draft_key", "writer_id"):
        op.drop_column(ENTRY, column)
    op.drop_table("trace_season_import")
    op.drop_table("trace_season_reminder")
    op.drop_constraint(op.f(f"ck_{SEASON}_archived_whole"), SEASON, type_="check")
    for column in ("journal_sha256", "archived_at", "planned_harvest_on"):
        op.drop_column(SEASON, column)
