"""Checks of the covered code: the first is one atomic insert; the verdict is the rules'.  Never commits.

A hit and a miss run the same statements in the same order, so that the time tells nothing (test_checks proves it).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, Text, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from core import clock
from core.db import db, separate_unit
from core.errors import BadInput
from core.hooks import unit_fates
from trace.code import keys
from trace.code import queries as codes
from trace.code.models import Series
from trace.code.serial import normalise
from trace.lot.models import Lot
from trace.scan import policies, rules
from trace.scan.cities import city_of
from trace.scan.limits import address_hash
from trace.scan.models import Block, Check, FirstCheck, Try
from trace.scan.resolve import Target
from trace.scan.rules import CheckFacts, Fate, Judgement, PastCheck

TRIES_KEPT = timedelta(days=30)
_FIRST = text(
    "insert into trace_scan_first_check (item_id, unit, checked_at, device) select :item, :unit, :now, :device where :hit "
    "on conflict (item_id, unit) do nothing"
).bindparams(bindparam("device", type_=LargeBinary))
_COUNT = text(
    "insert into trace_scan_check (item_id, unit, lot_id, checked_at, device, city, state, reasons, policy_version) "
    "select :item, :unit, :lot, :now, :device, :city, :state, :reasons, :policy where :counts"
).bindparams(bindparam("device", type_=LargeBinary), bindparam("reasons", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who checks: the device, the address it came from, the city typed ('' where none), and whether it counts."""

    device: bytes
    address: str
    city: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says, the code as read, the city kept, and whether a typed city was not understood."""

    judgement: Judgement
    code: str
    city: str = ""
    city_unknown: bool = False
    sold_at: datetime | None = None

    @property
    def state(self) -> str:
        return self.judgement.state


def check(target: Target, typed: str, asker: Asker) -> Verdict:
    """The verdict for the covered code typed on a unit's page; a repeat of the same device within 24 hours is one check."""
    assert target.item_id is not None
    assert target.unit is not None
    now = clock.now()
    try:
        code = normalise(typed)
    except BadInput:
        _keep_malformed(target, asker, now)
        raise
    hit = _fits(target.item_id, target.unit, code)
    city = city_of(asker.city)
    if asker.counts:
        db.session.add(_a_try(target, asker, now, "hit" if hit else "wrong", city))
        db.session.flush()
    one = {"item": target.item_id, "unit": target.unit, "device": asker.device, "now": now}
    db.session.execute(_FIRST, {**one, "hit": hit and asker.counts})
    past = _past(target.item_id, target.unit)
    mine = max((c.at for c in past if c.device == asker.device), default=None)
    fresh = rules.counts_again(mine, now)
    if hit and fresh:
        past = (*past, PastCheck(now, asker.device, city))
    policy, facts = policies.policy_of(target.item_id), _facts(target, asker.device, now, hit, past)
    judged = rules.judge(facts, policy)
    db.session.execute(
        _COUNT,
        {
            **one, "lot": target.lot_id, "city": city, "state": judged.state, "reasons": list(judged.reasons),
            "policy": policy.version, "counts": hit and fresh and asker.counts,
        },
    )  # fmt: skip
    return Verdict(judged, code, city, bool(asker.city.strip()) and not city, facts.fate.sold_at)


def _fits(item_id: int, unit: int, code: str) -> bool:
    """Whether ``code`` is the covered code of this unit, compared in equal time."""
    version = db.session.scalar(
        select(Series.covered_version)
        .where(Series.item_id == item_id, Series.start_unit <= unit)
        .order_by(Series.start_unit.desc())
        .limit(1)
    )
    if version is None:
        return False
    expected = keys.version(item_id, "covered", version).serial(unit)
    return hmac.compare_digest(expected.encode("ascii"), code.encode("ascii"))


def _past(item_id: int, unit: int) -> tuple[PastCheck, ...]:
    """The counted checks of a unit, oldest first, read under the lock of its first check: two at once stand in a row."""
    db.session.execute(
        select(FirstCheck.id).where(FirstCheck.item_id == item_id, FirstCheck.unit == unit).with_for_update()
    )
    rows = db.session.execute(
        select(Check.checked_at, Check.device, Check.city)
        .where(Check.item_id == item_id, Check.unit == unit)
        .order_by(Check.checked_at, Check.id)
    )
    return tuple(PastCheck(row.checked_at, row.device, row.city) for row in rows)


def _facts(target: Target, device: bytes, now: datetime, hit: bool, past: tuple[PastCheck, ...]) -> CheckFacts:
    held = db.session.scalar(select(Lot.state).where(Lot.id == target.lot_id)) == "held"
    blocked = db.session.scalar(
        select(Block.id).where(Block.item_id == target.item_id, Block.unit == target.unit, Block.state == "blocked")
    )
    return CheckFacts(
        now=now,
        device=device,
        issued=hit,
        recalled=held,
        blocked=blocked is not None,
        fate=fate_of(target),
        checks=past,
    )


def fate_of(target: Target) -> Fate:
    """What all rooms together record of a unit: shipped if one says so, not shipped only if one says it is not."""
    assert target.item_id is not None
    assert target.lot_id is not None
    assert target.unit is not None
    told = [hook(item_id=target.item_id, lot_id=target.lot_id, unit=target.unit) for hook in unit_fates]
    known = [fate for fate in told if fate is not None]
    shipped = {fate.shipped for fate in known if fate.shipped is not None}
    return Fate(
        shipped=True if True in shipped else False if shipped else None,
        sold_at=min((fate.sold_at for fate in known if fate.sold_at is not None), default=None),
        destroyed=any(fate.destroyed for fate in known),
        voided=codes.void_of(target.item_id, target.unit) is not None,
    )


def _a_try(target: Target, asker: Asker, now: datetime, outcome: str, city: str) -> Try:
    return Try(
        tried_at=now, item_id=target.item_id, lot_id=target.lot_id, unit=target.unit, outcome=outcome,
        device=asker.device, address=address_hash(asker.address, now), city=city,
    )  # fmt: skip


def _keep_malformed(target: Target, asker: Asker, now: datetime) -> None:
    """What is refused with 400 is rolled back; that it was tried is kept apart."""
    if asker.counts:
        with separate_unit() as session:
            session.add(_a_try(target, asker, now, "malformed", ""))


def forget_tries(now: datetime) -> int:
    """Tries, and with them the hashes of addresses, older than 30 days are deleted; returns how many."""
    gone = db.session.execute(delete(Try).where(Try.tried_at < now - TRIES_KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
