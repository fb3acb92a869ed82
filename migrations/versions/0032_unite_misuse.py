"""One undecided case of one listing, mark and class; the mark a patrol suspected stands with what it saw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_UNDECIDED = "state in ('reported','checking','noticed','hearing','proposed')"
# Cases that were opened twice go on; only the tie of the later ones to the listing is taken off.
_LATER_ONES = """
update brand_misuse_case set subject_kind = '', subject_key = '' where id in (
  select id from (
    select id, row_number() over (partition by subject_kind, subject_key, mark, misuse order by id) as place
    from brand_misuse_case where subject_key <> '' and state in ('reported','checking','noticed','hearing','proposed')
  ) as cases where place > 1
)
"""
_MARKS = "'','brand','green','organic','agri_gi','gi_mark','sc'"


def upgrade() -> None:
    op.execute(_LATER_ONES)
    op.create_index(
        "uq_brand_misuse_case_one_undecided",
        "brand_misuse_case",
        ["subject_kind", "subject_key", "mark", "misuse"],
        unique=True,
        postgresql_where=sa.text(f"subject_key <> '' and {_UNDECIDED}"),
    )
    op.add_column("brand_misuse_item", sa.Column("mark", sa.Text(), nullable=False, server_default=""))
    op.execute("update brand_misuse_item set mark = 'brand' where case_id is not null")
    op.alter_column("brand_misuse_item", "mark", server_default=None)
    op.create_check_constraint(op.f("ck_brand_misuse_item_mark"), "brand_misuse_item", f"mark in ({_MARKS})")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_brand_misuse_item_mark"), "brand_misuse_item", type_="check")
    op.drop_column("brand_misuse_item", "mark")
    op.drop_index("uq_brand_misuse_case_one_undecided", "brand_misuse_case")
