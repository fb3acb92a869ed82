"""What becomes of licences when an organisation changes (``core.hooks.organisation_changed``, same transaction).

* renamed: licences hold; the brand office is asked to issue the documents anew under the new name.
* recoded, merged, left: a mark is used under one 统一社会信用代码, so licences end and open applications close; who goes
  on applies under the other code.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from brand.licence import rules
from brand.licence.models import Licence, Sublicence
from brand.licence.rules_sub import SUBLICENCE
from core.account.actor import SYSTEM
from core.db import db
from core.hooks import Succession
from core.notice.service import send_to_desk
from core.organisation import queries as organisations
from core.workflow.engine import fire

REASONS = {"recoded": "使用人的统一社会信用代码已变更", "merged": "使用人已并入另一家单位", "left": "使用人已退出"}
# The moves that close a case, by the first of them its state knows; an appealed one waits for its own decision.
CLOSING = (("withdraw",), ("abandon",), ("send_back", "abandon"))


def follow(change: Succession) -> None:
    """Afterwards no licence is in force for an identity that is gone; a new name is on the brand office's desk."""
    held = select(Licence).where(Licence.organisation_id == change.organisation_id).order_by(Licence.id)
    rows = list(db.session.scalars(held))
    if change.kind == "renamed":
        _ask_for_new_documents(change, [row for row in rows if row.state == "licensed"])
        return
    reason = f"{REASONS[change.kind]}（{change.reason}）"
    for row in rows:
        known = {move.key for move in rules.LICENCE.moves_from(row.state)}
        for key in next((keys for keys in CLOSING if keys[0] in known), ()):
            fire(rules.LICENCE, row, key, SYSTEM, reason=reason)
    _end_shares(change.organisation_id, reason)


def _end_shares(organisation_id: int, reason: str) -> None:
    """What it let partners pack, and what it packed for others, is over too."""
    side = or_(Sublicence.organisation_id == organisation_id, Sublicence.partner_id == organisation_id)
    live = select(Sublicence).where(side, Sublicence.state.in_(("offered", "active"))).order_by(Sublicence.id)
    for sub in db.session.scalars(live).all():
        key = "retract" if sub.state == "offered" else "end" if sub.organisation_id == organisation_id else "leave"
        fire(SUBLICENCE, sub, key, SYSTEM, reason=reason)


def _ask_for_new_documents(change: Succession, rows: list[Licence]) -> None:
    if not rows:
        return
    name = organisations.get_organisation(change.organisation_id).name
    send_to_desk(
        "brand_office",
        title=f"使用人更名：{change.former_name} 现为 {name}",
        body="在有效期内的授权继续有效："
        + "、".join(row.licence_no or row.case_no for row in rows)
        + "。请换发授权书。",
        link=f"/licence/{rows[0].public_id}",
    )
