"""However a claim is walked, an enterprise is never paid twice for one day under one kind of support (issue 4, section 6)."""

from __future__ import annotations

import random
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from admin.disclosure import queries as disclosure
from admin.disclosure import service as disclosure_service
from admin.enterprise import service as entry
from admin.information import service as information
from admin.support import rules, service
from admin.support.models import Claim, Payment, PolicyVersion
from core.db import db
from core.errors import DomainError
from tests.factories import admin_enterprise as make

FIGURES = {"stores": "", "brands": "示例红", "staff": 12, "staff_local": 10, "land_m2": 66_000, "store_m3": 0,
           "turnover_fen": 50_000_000, "retail_fen": 20_000_000, "tax_fen": 0}  # fmt: skip
PERIODS = [
    rules.quarter(2026, 1), rules.quarter(2026, 1), rules.quarter(2026, 2), rules.quarter(2026, 2), rules.quarter(2026, 3),
    (date(2026, 5, 1), date(2026, 7, 31)), (date(2026, 3, 31), date(2026, 4, 1)), (date(2026, 1, 1), date(2026, 6, 30)),
]  # fmt: skip
MOVES = [m.key for m in rules.SUPPORT.moves]
STEPS = 70


class Walk:
    """Claims of one enterprise taken anywhere the rules let them be taken, by whoever tries."""

    def __init__(self, cast: SimpleNamespace, seed: int) -> None:
        self.cast, self.chance = cast, random.Random(seed)
        self.claims: list[Claim] = []
        self.sent = 0

    def step(self) -> None:
        deed = self.chance.choices(
            [self.open, self.forward, self.any_move, self.fill, self.version, self.publish], [4, 9, 3, 1, 1, 3]
        )[0]
        try:
            with db.session.begin_nested():
                deed()
        except DomainError:
            pass

    def forward(self) -> None:
        """The next step of the straight way."""
        straight = {
            "draft": "submit",
            "submitted": "review",
            "reviewed": "decide",
            "publicity": "send",
            "returned": "submit",
        }
        waiting = [c for c in self.claims if c.state in straight]
        if waiting:
            claim = self.chance.choice(waiting)
            self.fire(claim, straight[claim.state])

    def any_move(self) -> None:
        if self.claims:
            self.fire(self.chance.choice(self.claims), self.chance.choice(MOVES))

    def fire(self, claim: Claim, key: str) -> None:
        who = {"submit": self.cast.owner, "drop": self.cast.owner, "decide": self.cast.head, "refuse": self.cast.head}
        actor = who.get(key, self.cast.sender if key == "send" else self.cast.clerk)
        service.move(claim, key, actor, reason="材料与数字不符。")
        self.sent += key == "send"

    def open(self) -> None:
        version = self.chance.choice(db.session.scalars(select(PolicyVersion)).all())
        self.claims.append(
            service.open_claim(
                version, self.cast.owner, period=self.chance.choice(PERIODS), stated=1_000_000,
                file=(make.picture(), "完税证明.jpg"),
            )
        )  # fmt: skip

    def fill(self) -> None:
        if self.claims:
            service.fill_in(
                self.chance.choice(self.claims), self.cast.owner, stated=self.chance.choice([0, 500_000, 2_000_000])
            )

    def version(self) -> None:
        """A new version of the policy, or one that overlaps and is refused."""
        first = self.chance.choice([date(2026, 7, 1), date(2026, 9, 1)])
        publish(self.cast, first, date(2026, 12, 31))

    def publish(self) -> None:
        """The publicity of a decided claim is published and runs out."""
        for claim in self.claims:
            found = disclosure.publicity_of(Claim.__tablename__, claim.id)
            if claim.state == "publicity" and found and found[0].state == "draft":
                disclosure_service.submit(found[0], self.cast.drafter)
                disclosure_service.approve(found[0], self.cast.head, secrecy_checked=True)
                disclosure_service.run_timers()
        self.cast.clock.advance(days=10)
        disclosure_service.run_timers()


def publish(cast: SimpleNamespace, first: date, last: date) -> PolicyVersion:
    return service.publish(
        cast.head, rule=rules.Rule("tax", percent_bp=3000), title="示例奖励办法", document="示例文件〔2026〕1 号",
        from_on=first, until_on=last,
    )  # fmt: skip


def paid_days() -> list[tuple[int, date]]:
    rows = db.session.execute(select(Claim, Payment).join(Payment, Payment.claim_id == Claim.id)).all()
    return [
        (claim.organisation_id, date.fromordinal(day))
        for claim, _ in rows
        for day in range(claim.period_from.toordinal(), claim.period_to.toordinal() + 1)
    ]


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    person, clerk, head = as_user("person").actor, as_user("office_clerk").actor, as_user("office_head").actor
    case = make.make_submitted(person, 501)
    entry.screen(case, clerk)
    entry.note_visit(case, clerk, visited_on=date(2026, 11, 19), note="有果库一座")
    entry.approve(case, head)
    owner = as_user("owner", organisation=case.organisation_id).actor
    information.save(owner, FIGURES)
    information.confirm(owner, 2026)
    return SimpleNamespace(
        owner=owner, clerk=clerk, head=head, sender=as_user("commerce_clerk").actor, drafter=as_user("commerce_clerk").actor,
        clock=clock,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_no_walk_pays_a_day_twice_or_other_than_the_rule_gives(cast: SimpleNamespace, seed: int) -> None:
    cast.clock.set("2026-10-09 10:00:00")  # the walk ends within the year that is confirmed
    publish(cast, date(2026, 1, 1), date(2026, 8, 31) if seed % 2 else date(2026, 12, 31))
    walk = Walk(cast, seed)
    for _ in range(STEPS):
        walk.step()
        days = paid_days()
        assert len(days) == len(set(days))

    payments = db.session.scalars(select(Payment)).all()
    assert len(payments) == walk.sent == len({p.claim_id for p in payments})
    for payment in payments:
        claim = db.session.get_one(Claim, payment.claim_id)
        assert (claim.state, payment.amount_fen) == ("listed", claim.amount_fen)
    refused = [c for c in walk.claims if c.state in ("refused", "dropped")]
    assert not {c.id for c in refused} & {p.claim_id for p in payments}


def test_the_walks_get_as_far_as_a_payment(cast: SimpleNamespace) -> None:
    cast.clock.set("2026-10-09 10:00:00")
    publish(cast, date(2026, 1, 1), date(2026, 12, 31))
    walk = Walk(cast, 0)
    walk.chance.choice = lambda given: given[0]  # type: ignore[method-assign]
    walk.open()
    for deed in (walk.forward, walk.forward, walk.forward, walk.publish, walk.forward):
        deed()
    assert walk.sent == 1
    with pytest.raises(DomainError):
        walk.open()
