"""Record which text counts."""

from __future__ import annotations

from datetime import date

from admin.project.service import require
from admin.target import permissions
from admin.target.models import Resolution
from admin.target.rules import TARGET_SET, TARGETS
from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput
from core.record.service import record


def resolve(target_key: str, doc_no: str, decided_on: date, actor: Actor) -> Resolution:
    """Afterwards the conflict group of ``target_key`` is read by that text; the other line stays readable."""
    require(actor, permissions.RESOLVE)
    target = next((t for t in TARGETS if t.key == target_key and t.conflict_group), None)
    if target is None:
        raise BadInput("这个目标没有不一致的口径。", code="target.no_conflict", field="target_key")
    if not doc_no.strip():
        raise BadInput("填写决议文号。", code="target.doc_no", field="doc_no")
    row = Resolution(
        target_set=TARGET_SET, conflict_group=target.conflict_group, target_key=target.key, doc_no=doc_no.strip(),
        decided_on=decided_on, recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    record("target.resolved", row, actor, target=target.key, doc_no=doc_no)
    return row
