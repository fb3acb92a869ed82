"""What the public pages of licences show: the past of one, and the applications in their publication period."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from brand.licence import queries, rules, term_service
from brand.licence.models import Licence
from brand.matrix import queries as matrix
from core import clock
from core.calendar.queries import deadline_of
from core.db import db
from core.organisation import queries as organisations
from core.ui.i18n import listed
from core.workflow.engine import history

# Steps of a licence that are public, with the words of the public page; the examination before them is not.
PUBLIC_MOVES = {
    "publicise": "批准前公示", "approve": "批准授权", "suspend": "暂停", "lift": "解除暂停", "withdraw": "撤销",
    "hand_back": "使用人放弃", "expire": "到期", "replace": "由变更后的授权换发",
}  # fmt: skip
WITH_REASON = ("suspend", "lift", "withdraw", "hand_back")


def past(licence: Licence) -> dict[str, Any]:
    """The steps of an issued licence, oldest first; an end by date that nobody wrote down yet stands there too."""
    view = queries.view(licence)
    steps = [
        {
            "at": clock.local(row.at).date(),
            "title": _(PUBLIC_MOVES[row.move]),
            "note": row.reason if row.move in WITH_REASON else "",
            "mark": "seal" if row.move == "approve" else "event",
            "source": "office",
        }
        for row in history(rules.LICENCE, licence.id)
        if row.move in PUBLIC_MOVES
    ]
    if view.state == "expired" and licence.state in ("licensed", "suspended"):
        steps.append({"at": view.valid_until, "title": _("到期"), "note": "", "mark": "now", "source": "platform"})
    rows = {row.id: row.label for row in queries.scope_rows(licence, "granted", "ended")}
    return {
        "steps": steps,
        "reports": [
            (r.quarter, listed(rows[r.scope_id]), f"{r.used_grams / 1000:,.0f}")
            for r in term_service.reports(licence)
            if r.scope_id in rows
        ],
        "chain": [queries.view(row) for row in queries.chain(licence) if row.id != licence.id and row.licence_no],
        "holder": organisations.get_organisation(licence.organisation_id),
    }


def publicised() -> list[dict[str, Any]]:
    """Applications in their publication period, the earliest ending first: who asks for what, until when."""
    query = select(Licence).where(Licence.state == "publicised").order_by(Licence.publicised_on, Licence.id)
    found = db.session.scalars(query).all()
    holders = organisations.views([row.organisation_id for row in found])
    brands = matrix.names([row.brand_id for row in found])
    lines = []
    for row in found:
        deadline = deadline_of(row, rules.PUBLICITY_DEADLINE)
        lines.append(
            {
                "case_no": row.case_no,
                "holder": holders[row.organisation_id],
                "brand": brands[row.brand_id],
                "rows": [(listed(r.label), f"{r.yearly_grams / 1000:,.0f}") for r in queries.scope_rows(row)],
                "from": row.publicised_on,
                "until": deadline.date if deadline else None,
                "provisional": bool(deadline and deadline.provisional),
            }
        )
    return lines
