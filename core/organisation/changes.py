"""What may become of an identity: another name, another code, a merger, leaving; upper floors are told in the same transaction.

The decision (application, papers, a second person) is made by ``admin.change``; this room writes what was decided.
"""

from __future__ import annotations

from sqlalchemy import or_, select, update

from core import clock, hooks, identifiers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, RuleBroken, Unmet
from core.organisation import queries, rules
from core.organisation.errors import CodeTaken
from core.organisation.models import FormerIdentity, Mandate, Organisation
from core.record.service import record


def rename(organisation_id: int, name: str, *, basis: str, actor: Actor) -> Organisation:
    """Afterwards the organisation bears the new name; the old one stands in its history until yesterday's end."""
    row = _active(organisation_id)
    name = identifiers.normalise_text(name)
    if unmet := rules.name_faults(name):
        raise RuleBroken(unmet=unmet, field="name")
    if name == row.name:
        raise BadInput("新名称和现在的名称一样。", code="organisation.same_name", field="name")
    former = row.name
    _keep(row.id, "name", former, row.code, basis, actor)
    if row.short_name == former[: rules.SHORT_LIMIT]:
        row.short_name = name[: rules.SHORT_LIMIT]
    row.name, row.name_pinyin = name, rules.sort_key(name)
    row.search_keys = rules.search_keys(name, row.short_name)
    record("organisation.renamed", row, actor, former=former, basis=basis)
    _tell(hooks.Succession("renamed", row.id, former, row.code, basis))
    return row


def recode(organisation_id: int, code: str, *, basis: str, actor: Actor) -> Organisation:
    """Afterwards the organisation has the new code; a closed row keeps the old one and names it as successor."""
    row = _active(organisation_id)
    checked = identifiers.check_uscc(code)
    if checked == row.code:
        raise BadInput("新代码和现在的代码一样。", code="organisation.same_code", field="code")
    if queries.find_by_code(checked) is not None:
        raise CodeTaken()
    former = row.code
    row.code, row.code_kind, row.no_uscc_reason = checked, "uscc", ""
    db.session.flush()  # the old code is free for the row that keeps it, and a race on the new one is told here
    closed = Organisation(
        kind=row.kind, name=row.name, short_name=row.short_name, code=former,
        code_kind="uscc" if identifiers.is_uscc(former) else "party",
        no_uscc_reason="" if identifiers.is_uscc(former) else "代码已补齐",
        name_pinyin=row.name_pinyin, town=row.town, registered_on=row.registered_on,
        state="left", left_on=clock.today(), successor_id=row.id,
    )  # fmt: skip
    db.session.add(closed)
    db.session.flush()  # listeners refer to it
    _keep(row.id, "code", row.name, former, basis, actor)
    record("organisation.recoded", row, actor, former=former, code=checked, basis=basis)
    _tell(hooks.Succession("recoded", row.id, row.name, former, basis, former_id=closed.id))
    return row


def merge(organisation_id: int, into_id: int, *, basis: str, actor: Actor) -> Organisation:
    """Afterwards the first has left in favour of the second: its growers follow, its mandates end, its rows stay readable."""
    if organisation_id == into_id:
        raise BadInput("不能并入自己。", code="organisation.merge_self", field="into_code")
    rows = {i: _active(i) for i in sorted((organisation_id, into_id))}  # locked in one order: no deadlock
    gone, stays = rows[organisation_id], rows[into_id]
    if gone.kind != stays.kind:
        raise BadInput("只有同一类单位可以合并。", code="organisation.merge_kind", field="into_code")
    _close(gone, f"并入{stays.name}")
    gone.successor_id = stays.id
    db.session.execute(
        update(Organisation).where(Organisation.introduced_by_id == gone.id).values(introduced_by_id=stays.id)
    )
    _keep(stays.id, "merged", gone.name, gone.code, basis, actor)
    record("organisation.merged", gone, actor, into=stays.code, basis=basis)
    _tell(hooks.Succession("merged", gone.id, gone.name, gone.code, basis, successor_id=stays.id))
    return stays


def leave(organisation_id: int, *, reason: str, actor: Actor) -> Organisation:
    """Afterwards nobody acts for the organisation any more; its records stay readable."""
    if not reason.strip():
        raise RuleBroken(
            unmet=[Unmet("organisation.reason", "要写明退出理由。", help="写清从哪天起、为什么。")], field="reason"
        )
    row = _active(organisation_id)
    _close(row, "本单位已退出")
    record("organisation.left", row, actor, reason=reason)
    _tell(hooks.Succession("left", row.id, row.name, row.code, reason))
    return row


def _active(organisation_id: int) -> Organisation:
    row = queries.load(organisation_id)
    lock(row)
    if row.state != "active":
        raise Conflict("这个单位已经退出。", code="organisation.left", help="从列表里看它的后续单位。")
    return row


def _close(row: Organisation, reason: str) -> None:
    today = clock.today()
    row.state, row.left_on = "left", today
    live = select(Mandate).where(
        or_(Mandate.keeper_id == row.id, Mandate.grower_id == row.id),
        or_(Mandate.valid_to.is_(None), Mandate.valid_to > today),
    )
    for mandate in db.session.scalars(live):
        mandate.valid_to, mandate.end_reason = max(today, mandate.valid_from), reason
    db.session.flush()  # listeners read the state


def _keep(organisation_id: int, kind: str, name: str, code: str, basis: str, actor: Actor) -> None:
    words = identifiers.normalise_text(basis)
    if not 2 <= len(words) <= 200:
        raise BadInput("写明依据，2 到 200 个字。", code="organisation.basis", field="basis")
    db.session.add(
        FormerIdentity(
            organisation_id=organisation_id, kind=kind, name=name, code=code, until_on=clock.today(), basis=words,
            at=clock.now(), decided_by_id=actor.user_id,
        )
    )  # fmt: skip
    db.session.flush()


def _tell(change: hooks.Succession) -> None:
    db.session.flush()
    for listener in hooks.organisation_changed:
        listener(change)
