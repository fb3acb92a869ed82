"""Working-day calendar and double-entry ledger, with the triggers that keep posted entries as they are."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DATA = Path(__file__).resolve().parent.parent / "data" / "calendar_exceptions.csv"
SOURCE = "国务院办公厅历年放假通知（chinesecalendar 1.11.0）"
LOADED_AT = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = (
    "core_ledger_line", "core_ledger_entry", "core_ledger_account",
    "core_calendar_deadline", "core_calendar_year", "core_calendar_day",
)  # fmt: skip

TRIGGERS = """
CREATE FUNCTION core_ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  number bigint; legs bigint; gap numeric; foreign_legs bigint;
BEGIN
  number := CASE WHEN TG_TABLE_NAME = 'core_ledger_entry' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'entry_id')::bigint END;
  SELECT count(*), coalesce(sum(l.debit_fen - l.credit_fen), 0), count(*) FILTER (WHERE a.book <> e.book)
    INTO legs, gap, foreign_legs
    FROM core_ledger_line l JOIN core_ledger_entry e ON e.id = l.entry_id JOIN core_ledger_account a ON a.code = l.account
    WHERE l.entry_id = number;
  IF legs < 2 THEN
    RAISE EXCEPTION 'entry % has % lines', number, legs
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_core_ledger_entry_two_lines';
  END IF;
  IF gap <> 0 THEN
    RAISE EXCEPTION 'entry % is out of balance by %', number, gap
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_core_ledger_entry_balanced';
  END IF;
  IF foreign_legs > 0 THEN
    RAISE EXCEPTION 'entry % uses an account of another book', number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_core_ledger_entry_one_book';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER core_ledger_entry_balanced AFTER INSERT ON core_ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_ledger_check_entry();
CREATE CONSTRAINT TRIGGER core_ledger_line_balanced AFTER INSERT ON core_ledger_line
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_ledger_check_entry();

CREATE FUNCTION core_ledger_check_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT txid FROM core_ledger_entry WHERE id = NEW.entry_id) IS DISTINCT FROM pg_current_xact_id()::text::bigint THEN
    RAISE EXCEPTION 'entry % is posted and cannot be extended', NEW.entry_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_core_ledger_line_posted';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER core_ledger_line_not_later BEFORE INSERT ON core_ledger_line
  FOR EACH ROW EXECUTE FUNCTION core_ledger_check_line();

CREATE FUNCTION core_ledger_check_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.txid := pg_current_xact_id()::text::bigint;
  IF NEW.reverses_id IS NOT NULL AND
     (SELECT reverses_id IS NOT NULL OR book <> NEW.book FROM core_ledger_entry WHERE id = NEW.reverses_id) THEN
    RAISE EXCEPTION 'a reversal cannot be reversed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_core_ledger_entry_reversal';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER core_ledger_entry_reversal BEFORE INSERT ON core_ledger_entry
  FOR EACH ROW EXECUTE FUNCTION core_ledger_check_reversal();

CREATE FUNCTION core_ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'posted entries never change' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_core_ledger_immutable';
END $$;
CREATE TRIGGER core_ledger_entry_immutable BEFORE UPDATE OR DELETE ON core_ledger_entry
  FOR EACH ROW EXECUTE FUNCTION core_ledger_refuse_change();
CREATE TRIGGER core_ledger_line_immutable BEFORE UPDATE OR DELETE ON core_ledger_line
  FOR EACH ROW EXECUTE FUNCTION core_ledger_refuse_change();
CREATE TRIGGER core_ledger_entry_no_truncate BEFORE TRUNCATE ON core_ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION core_ledger_refuse_change();
CREATE TRIGGER core_ledger_line_no_truncate BEFORE TRUNCATE ON core_ledger_line
  FOR EACH STATEMENT EXECUTE FUNCTION core_ledger_refuse_change();
"""
FUNCTIONS = ("check_entry", "check_line", "check_reversal", "refuse_change")

ACCOUNTS = """
G1010|dr|可用指标（国库额度）
G1210|dr|应收追回款
G2110|cr|应付承办主体，待拨
G2120|cr|应付承办主体，尾款预留
G2130|cr|应付承办主体，暂停拨付
G3010|cr|资金结存，未分配
G3020|cr|资金结存，已分配项目
G3030|cr|追回待处理
U1010|dr|专户存款，专项
U1020|dr|项目存款，自筹
U1210|dr|应收退回款
U1510|dr|项目资产
U2110|cr|应付供应商
U2210|cr|应退财政款
U3010|cr|专项资金收入（专项应付）
U3020|cr|自筹投入
U5110|dr|场地改造
U5120|dr|设备
U5130|dr|平台软件
U5210|dr|培训
U5220|dr|品牌推广
U5230|dr|物流共配
U5240|dr|第三方服务
U5290|dr|其他（要写说明）
S1010|dr|平台代收款
S1110|dr|企业自收款
S1210|dr|应收买家
S1220|dr|应收企业（退款后追收）
S2110|cr|应付企业
S2120|cr|应付主播
S2210|cr|预收货款
S2220|cr|应退买家
S4110|cr|成交额
S4120|dr|退款
"""


def upgrade() -> None:
    """Create the tables and triggers; seed the accounts and the years already published."""
    _calendar_tables()
    _ledger_tables()
    op.execute(TRIGGERS)
    _seed_accounts()
    _seed_days()


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    for table in TABLES:
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION core_ledger_{function}()")


def _seed_accounts() -> None:
    table = sa.table("core_ledger_account", *(sa.column(c, sa.Text) for c in ("book", "code", "name", "side")))
    rows = [line.split("|") for line in ACCOUNTS.strip().splitlines()]
    op.bulk_insert(table, [{"book": code[0], "code": code, "side": side, "name": name} for code, side, name in rows])


def _seed_days() -> None:
    with DATA.open(encoding="utf-8") as file:
        kinds = {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(file)}
    first, last = min(d.year for d in kinds), max(d.year for d in kinds)
    days, day = [], date(first, 1, 1)
    while day.year <= last:
        kind = kinds.get(day) or ("weekend" if day.weekday() >= 5 else "work")
        days.append(
            {"date": day, "is_work": kind in ("work", "makeup"), "kind": kind, "source": SOURCE, "confirmed": True}
        )
        day += timedelta(days=1)
    columns = (
        ("date", sa.Date),
        ("is_work", sa.Boolean),
        ("kind", sa.Text),
        ("source", sa.Text),
        ("confirmed", sa.Boolean),
    )
    op.bulk_insert(sa.table("core_calendar_day", *(sa.column(n, t) for n, t in columns)), days)
    moment = sa.DateTime(timezone=True)
    columns = (
        ("year", sa.BigInteger),
        ("source", sa.Text),
        ("text", sa.Text),
        ("loaded_at", moment),
        ("confirmed_at", moment),
    )
    op.bulk_insert(
        sa.table("core_calendar_year", *(sa.column(n, t) for n, t in columns)),
        [
            {"year": y, "source": SOURCE, "text": "", "loaded_at": LOADED_AT, "confirmed_at": LOADED_AT}
            for y in range(first, last + 1)
        ],
    )


def _calendar_tables() -> None:
    op.create_table(
        "core_calendar_day",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("is_work", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("is_work = (kind in ('work','makeup'))", name=op.f("ck_core_calendar_day_work_by_kind")),
        sa.CheckConstraint("kind in ('work','makeup','weekend','holiday')", name=op.f("ck_core_calendar_day_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_day")),
        sa.UniqueConstraint("date", name=op.f("uq_core_calendar_day_date")),
    )
    op.create_table(
        "core_calendar_deadline",
        sa.Column("subject_table", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("years", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_deadline")),
        sa.UniqueConstraint(
            "subject_table",
            "subject_key",
            "purpose",
            name=op.f("uq_core_calendar_deadline_subject_table_subject_key_purpose"),
        ),
    )
    op.create_index(op.f("ix_core_calendar_deadline_due_on"), "core_calendar_deadline", ["due_on"], unique=False)
    op.create_index(
        op.f("ix_core_calendar_deadline_provisional"), "core_calendar_deadline", ["provisional"], unique=False
    )
    op.create_table(
        "core_calendar_year",
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(confirmed_at is null) or (confirmed_by is null) or (confirmed_by <> loaded_by)",
            name=op.f("ck_core_calendar_year_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["core_account_user.id"],
            name=op.f("fk_core_calendar_year_confirmed_by_core_account_user"),
        ),
        sa.ForeignKeyConstraint(
            ["loaded_by"], ["core_account_user.id"], name=op.f("fk_core_calendar_year_loaded_by_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_year")),
        sa.UniqueConstraint("year", name=op.f("uq_core_calendar_year_year")),
    )


def _ledger_tables() -> None:
    op.create_table(
        "core_ledger_account",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("side in ('dr','cr')", name=op.f("ck_core_ledger_account_side")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_ledger_account")),
        sa.UniqueConstraint("book", "code", name=op.f("uq_core_ledger_account_book_code")),
        sa.UniqueConstraint("code", name=op.f("uq_core_ledger_account_code")),
    )
    op.create_table(
        "core_ledger_entry",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_table", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column(
            "txid", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text::bigint)"), nullable=False
        ),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("book in ('G','U','S')", name=op.f("ck_core_ledger_entry_book")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_core_ledger_entry_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["core_ledger_entry.id"], name=op.f("fk_core_ledger_entry_reverses_id_core_ledger_entry")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_core_ledger_entry_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_ledger_entry")),
        sa.UniqueConstraint("book", "kind", "source_table", "source_id", name="uq_core_ledger_entry_source"),
        sa.UniqueConstraint("public_id", name=op.f("uq_core_ledger_entry_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_core_ledger_entry_reverses_id")),
    )
    op.create_table(
        "core_ledger_line",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("credit_fen", sa.BigInteger(), nullable=False),
        sa.Column("dims", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "debit_fen >= 0 and credit_fen >= 0 and (debit_fen > 0) <> (credit_fen > 0)",
            name=op.f("ck_core_ledger_line_one_side"),
        ),
        sa.ForeignKeyConstraint(
            ["account"], ["core_ledger_account.code"], name=op.f("fk_core_ledger_line_account_core_ledger_account")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["core_ledger_entry.id"], name=op.f("fk_core_ledger_line_entry_id_core_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_ledger_line")),
    )
    op.create_index(op.f("ix_core_ledger_line_account"), "core_ledger_line", ["account"], unique=False)
    op.create_index(op.f("ix_core_ledger_line_entry_id"), "core_ledger_line", ["entry_id"], unique=False)
    op.create_index("ix_core_ledger_line_dims", "core_ledger_line", ["dims"], unique=False, postgresql_using="gin")
