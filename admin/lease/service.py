"""Units are surveyed, leases offered, confirmed, begun and ended.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from admin.lease import queries, rules
from admin.lease.models import Lease, Reminder, Unit
from admin.lease.rules_policy import LeaseTerms
from core import clock
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import BadInput, Denied, RuleBroken
from core.identifiers import normalise_text
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.policy.queries import terms
from core.record.service import record
from core.ui.filters import day_cn
from core.workflow.engine import MoveContext, fire


def add_unit(actor: Actor, *, code: str, building: str, area_m2: int, uses: Sequence[str]) -> Unit:
    """Afterwards a surveyed unit can be let."""
    _office(actor)
    code = normalise_text(code)
    if not 1 <= len(code) <= 30:
        raise BadInput("单元编号要 1 到 30 个字。", code="lease.unit", field="code")
    if not 0 < area_m2 <= rules.LARGEST_M2:
        raise BadInput("面积要大于 0。", code="lease.area", field="area_m2", help="按测绘面积填整数平方米。")
    if not uses or set(uses) - set(rules.USES):
        raise BadInput("至少选一种允许的用途。", code="lease.uses", field="uses")
    unit = Unit(code=code, building=normalise_text(building), area_m2=area_m2, uses=sorted(uses))
    db.session.add(unit)
    db.session.flush()
    record("lease.unit_added", unit, actor, code=code, area_m2=area_m2)
    return unit


def offer(
    unit: Unit, actor: Actor, *, code: str, area_m2: int, starts_on: date, ends_on: date, purpose: str,
    monthly_rent_fen: int, deposit_fen: int = 0,
) -> Lease:  # fmt: skip
    """Afterwards the enterprise of this code is asked to confirm; the unit is held until it answers (R96)."""
    _office(actor)
    tenant = organisations.get_by_code(code)
    if tenant.kind != "enterprise" or not tenant.is_active:
        raise BadInput("没有这个代码的在册企业。", code="lease.tenant", field="code", help="先办入驻，再签租。")
    lock(unit)  # two offers of one unit: the second sees the first
    terms = rules.Terms(
        unit.code, unit.area_m2, area_m2, starts_on, ends_on, purpose, monthly_rent_fen, deposit_fen,
        queries.rival(unit.id, starts_on, ends_on), tuple(unit.uses),
    )  # fmt: skip
    if unmet := rules.offer_faults(terms):
        raise RuleBroken(unmet=unmet)
    lease = Lease(
        unit_id=unit.id, organisation_id=tenant.id, area_m2=area_m2, starts_on=starts_on, ends_on=ends_on,
        purpose=purpose, monthly_rent_fen=monthly_rent_fen, deposit_fen=deposit_fen,
    )  # fmt: skip
    db.session.add(lease)
    db.session.flush()  # a race is told here
    record("lease.offered", lease, actor, unit=unit.code)
    send(
        title=f"请确认租赁：{unit.code}",
        body=f"{area_m2} 平方米，{day_cn(starts_on)}至{day_cn(ends_on)}。核对面积、租期和租金后确认。",
        link=f"/leases/{lease.public_id}",
        to_organisation_id=tenant.id,
    )
    return lease


def accept(lease: Lease, actor: Actor) -> None:
    """Afterwards the enterprise has confirmed the terms."""
    fire(rules.LEASE, lease, "accept", actor)


def start(organisation_id: int) -> int:
    """Effect of signing: every confirmed lease of the organisation runs; how many."""
    rows = _of(organisation_id, ("accepted",))
    for lease in rows:
        fire(rules.LEASE, lease, "start", SYSTEM)
    return len(rows)


def end_all(organisation_id: int, day: date | None = None) -> int:
    """Effect of leaving: running leases end on the day (today), what waits is retracted; how many."""
    rows = _of(organisation_id, queries.HOLDING)
    for lease in rows:
        if lease.state == "running":
            fire(rules.LEASE, lease, "end", SYSTEM, payload={"ended_on": day or clock.today()})
        else:
            fire(rules.LEASE, lease, "retract", SYSTEM, reason="企业退出")
    return len(rows)


def remind() -> int:
    """Afterwards tenant and office have each notice of a coming end that is due today; each step is sent once; how many."""
    today, told = clock.today(), 0
    steps = terms(LeaseTerms, on=today).reminder_days
    rows = queries.ending()
    sent, units = queries.reminded([row.id for row in rows]), queries.unit_codes([row.unit_id for row in rows])
    for lease in rows:
        step = rules.reminder_due(lease.starts_on, lease.ends_on, today, sent.get(lease.id, ()), steps)
        if step is None:
            continue
        put = insert(Reminder).values(lease_id=lease.id, step=step, sent_at=clock.now()).on_conflict_do_nothing()
        if db.session.execute(put.returning(Reminder.id)).scalar() is not None:
            _tell_both(lease, units[lease.unit_id], (lease.ends_on - today).days)
            told += 1
    return told


def _tell_both(lease: Lease, unit: str, left: int) -> None:
    when = rules.left_words(left)
    last, link = f"租到{day_cn(lease.ends_on)}为止。", f"/leases/{lease.public_id}"
    send(
        title=f"租赁{when}：{unit}",
        body=f"{last}要续租的，和e镇办公室商定下一个租期；不续的，到期前腾空并办交接。",
        link=link,
        to_organisation_id=lease.organisation_id,
    )
    name = organisations.get_organisation(lease.organisation_id).name
    send_to_desk(
        "office",
        title=f"{name}租赁{when}：{unit}",
        body=f"{last}续租的，登记下一个租期，请企业确认；不续的，约好验房和交接。",
        link=link,
    )


def end_followed() -> int:
    """Afterwards every lease whose last day is over and that a running lease of its tenant follows has ended; how many."""
    over = select(Lease).where(Lease.state == "running", Lease.ends_on < clock.today(), queries.followed(("running",)))
    rows = list(db.session.scalars(over.order_by(Lease.id)))
    for lease in rows:
        fire(rules.LEASE, lease, "end", SYSTEM, payload={"ended_on": lease.ends_on})
    return len(rows)


def on_ended(lease: Lease, ctx: MoveContext) -> None:
    """Effect of ``end``: the last day stands with the state."""
    lease.ended_on = ctx.payload["ended_on"]


def _of(organisation_id: int, states: Sequence[str]) -> list[Lease]:
    query = select(Lease).where(Lease.organisation_id == organisation_id, Lease.state.in_(states)).order_by(Lease.id)
    return list(db.session.scalars(query))


def _office(actor: Actor) -> None:
    if not actor.can(rules.OFFER):
        raise Denied("园区单元和租赁由e镇办公室登记。", help="请换一个身份办理。")
