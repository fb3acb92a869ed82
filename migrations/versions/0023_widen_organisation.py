"""Organisations: former names and codes, successors, the licence facts of the directory.  Members: invitations, ends at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from pypinyin import Style, lazy_pinyin

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ORG, _FORMER = "core_organisation_organisation", "core_organisation_former"
_MEMBER, _INVITATION = "core_account_membership", "core_account_invitation"
_NAMES = sa.table(_ORG, sa.column("id"), sa.column("name"), sa.column("short_name"), sa.column("search_keys"))
APPEND_ONLY = f"""
create trigger core_organisation_former_append_only before update or delete on {_FORMER}
  for each row execute function core_refuse_change()
"""


def upgrade() -> None:
    """Add columns and tables; give every organisation its keys for searching by pinyin."""
    _widen_organisation()
    _search_keys()
    _former()
    _members()


def _widen_organisation() -> None:
    for column in (
        sa.Column("search_keys", sa.Text(), nullable=False, server_default=""),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_file_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_url", sa.Text(), nullable=False, server_default=""),
        sa.Column("licence_until", sa.Date(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
    ):
        op.add_column(_ORG, column)
    op.alter_column(_ORG, "search_keys", server_default=None)
    op.alter_column(_ORG, "licence_url", server_default=None)
    op.create_foreign_key(op.f(f"fk_{_ORG}_successor_id_{_ORG}"), _ORG, _ORG, ["successor_id"], ["id"])
    op.create_foreign_key(
        op.f(f"fk_{_ORG}_licence_file_id_core_file_file"), _ORG, "core_file_file", ["licence_file_id"], ["id"]
    )
    op.create_index(op.f(f"ix_{_ORG}_successor_id"), _ORG, ["successor_id"])
    op.create_check_constraint(
        op.f(f"ck_{_ORG}_successor"), _ORG, "successor_id is null or (state = 'left' and successor_id <> id)"
    )
    op.create_check_constraint(op.f(f"ck_{_ORG}_left_on"), _ORG, "left_on is null or state = 'left'")


def _search_keys() -> None:
    bind = op.get_bind()
    rows = bind.execute(sa.select(_NAMES)).all()
    for key, name, short, _ in rows:
        texts = dict.fromkeys((name, short))
        keys = []
        for text in texts:
            keys += ["".join(lazy_pinyin(text)), "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))]
        joined = " ".join(dict.fromkeys(k.lower() for k in keys if k))
        bind.execute(_NAMES.update().where(_NAMES.c.id == key).values(search_keys=joined))


def _former() -> None:
    op.create_table(
        _FORMER,
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("kind in ('name','code','merged')", name=op.f(f"ck_{_FORMER}_kind")),
        sa.CheckConstraint("name <> '' and code <> ''", name=op.f(f"ck_{_FORMER}_named")),
        sa.ForeignKeyConstraint(["organisation_id"], [f"{_ORG}.id"], name=op.f(f"fk_{_FORMER}_organisation_id_{_ORG}")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["core_account_user.id"], name=op.f(f"fk_{_FORMER}_decided_by_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_FORMER}")),
    )
    op.create_index("ix_core_organisation_former_organisation", _FORMER, ["organisation_id", "id"])
    op.execute(APPEND_ONLY)


def _members() -> None:
    op.add_column(_MEMBER, sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f(f"ck_{_MEMBER}_ended"), _MEMBER, "ended_at is null or until_on is not null")
    name = _INVITATION
    op.create_table(
        name,
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("channel in ('sms','mail')", name=op.f(f"ck_{name}_channel")),
        sa.CheckConstraint(
            "(accepted_at is null) = (accepted_by_id is null)", name=op.f(f"ck_{name}_accepted_together")
        ),
        sa.CheckConstraint("accepted_at is null or revoked_at is null", name=op.f(f"ck_{name}_one_end")),
        sa.CheckConstraint("expires_at > made_at", name=op.f(f"ck_{name}_life")),
        sa.ForeignKeyConstraint(["organisation_id"], [f"{_ORG}.id"], name=op.f(f"fk_{name}_organisation_id_{_ORG}")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["core_account_user.id"], name=op.f(f"fk_{name}_made_by_id_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["core_account_user.id"], name=op.f(f"fk_{name}_accepted_by_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sa.UniqueConstraint("token_digest", name=op.f(f"uq_{name}_token_digest")),
    )
    op.create_index(op.f(f"ix_{name}_organisation_id"), name, ["organisation_id"])
    op.create_index(
        "uq_core_account_invitation_open",
        name,
        ["organisation_id", "address", "role"],
        unique=True,
        postgresql_where=sa.text("accepted_at is null and revoked_at is null"),
    )


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    op.drop_table(_INVITATION)
    op.drop_constraint(op.f(f"ck_{_MEMBER}_ended"), _MEMBER)
    op.drop_column(_MEMBER, "ended_at")
    op.drop_table(_FORMER)
    op.drop_constraint(op.f(f"ck_{_ORG}_left_on"), _ORG)
    op.drop_constraint(op.f(f"ck_{_ORG}_successor"), _ORG)
    op.drop_index(op.f(f"ix_{_ORG}_successor_id"), _ORG)
    for column in ("verified_on", "licence_until", "licence_url", "licence_file_id", "successor_id", "left_on"):
        op.drop_column(_ORG, column)
    op.drop_column(_ORG, "search_keys")
