"""Reads of the rules of use: which version holds on a day, and what a version says."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from brand.matrix import queries, rules_use
from brand.matrix.models import Brand, RulesVersion
from core import clock
from core.db import db
from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class RulesView:
    """A published version: words, charges, first day and last day (None while no later version is set)."""

    id: int
    public_id: uuid.UUID
    brand_id: int
    brand_key: str
    brand_name: str
    number: int
    ref: str
    title: str
    body: str
    preamble: str
    articles: tuple[rules_use.Article, ...]
    change_note: str
    effective_from: date
    effective_until: date | None
    published_at: datetime
    free: bool
    charges: tuple[rules_use.Charge, ...]
    digest: str
    document_file_id: int | None

    @property
    def path(self) -> str:
        return f"/brands/{self.brand_key}/rules/{self.number}"

    @property
    def label(self) -> str:
        """How a person names it: 《猗顿农品使用管理规则》第 2 版."""
        return f"《{self.title}》第 {self.number} 版"

    def state_on(self, day: date) -> str:
        """``future``, ``in_force`` or ``past`` on a day."""
        if day < self.effective_from:
            return "future"
        return "past" if self.effective_until is not None and day > self.effective_until else "in_force"


def charges_of(row: RulesVersion) -> tuple[rules_use.Charge, ...]:
    """The charges of a version as plain facts."""
    return tuple(rules_use.Charge(c.kind, c.label, c.amount_fen, c.period, c.basis) for c in row.charges)


def published(brand_id: int) -> list[RulesView]:
    """Every published version of a brand, latest first."""
    brand = queries.get_brand(brand_id)
    rows = db.session.scalars(
        select(RulesVersion)
        .where(RulesVersion.brand_id == brand_id, RulesVersion.state == "published")
        .order_by(RulesVersion.number.desc())
    ).all()
    nexts = rules_use.last_days([(r.number, r.effective_from) for r in rows if r.number and r.effective_from])
    return [_view(row, brand, nexts) for row in rows]


def _view(row: RulesVersion, brand: queries.BrandView, nexts: dict[int, date | None]) -> RulesView:
    assert row.number is not None
    assert row.effective_from is not None
    assert row.published_at is not None
    preamble, articles = rules_use.split(row.body)
    following = nexts.get(row.number)
    return RulesView(
        id=row.id,
        public_id=row.public_id,
        brand_id=row.brand_id,
        brand_key=brand.key,
        brand_name=brand.name,
        number=row.number,
        ref=rules_use.ref(brand.key, row.number),
        title=row.title,
        body=row.body,
        preamble=preamble,
        articles=articles,
        change_note=row.change_note,
        effective_from=row.effective_from,
        effective_until=following - timedelta(days=1) if following is not None else None,
        published_at=row.published_at,
        free=row.free,
        charges=charges_of(row),
        digest=row.digest,
        document_file_id=row.document_file_id,
    )


def rules_in_force(brand_id: int, on_date: date | None = None) -> RulesView | None:
    """The version that holds for a brand on a day (today): its own, else that of the nearest brand above; or None."""
    day = on_date or clock.today()
    for brand in reversed(queries.line(brand_id)):
        versions = published(brand.id)
        number = rules_use.in_force([(v.number, v.effective_from) for v in versions], day)
        if number is not None:
            return next(v for v in versions if v.number == number)
    return None


def coming_rules(brand_id: int, on_date: date | None = None) -> RulesView | None:
    """The next version of the brand's own rules that is published but does not hold yet, or None."""
    day = on_date or clock.today()
    ahead = [v for v in published(brand_id) if v.effective_from > day]
    return ahead[-1] if ahead else None


def rules_of_ref(ref: str) -> RulesView | None:
    """The version a licence accepted, by its reference (``yidun-2``); None for an unknown or older reference."""
    found = rules_use.read_ref(ref)
    if found is None:
        return None
    brand_id = db.session.scalar(select(Brand.id).where(Brand.key == found[0]))
    return next((v for v in published(brand_id) if v.number == found[1]), None) if brand_id is not None else None


def get_rules(brand_key: str, number: int) -> RulesView:
    """The published version with this number; NotFound otherwise."""
    brand = queries.by_key(brand_key)
    found = next((v for v in published(brand.id) if v.number == number), None)
    if found is None:
        raise missing()
    return found


def missing() -> NotFound:
    """What is said where a version does not exist."""
    return NotFound("没有找到这一版使用规则。", help="请从品牌页面重新进入。")


def load(public_id: uuid.UUID) -> RulesVersion:
    """The live row, for the service and the office's pages."""
    row = db.session.scalar(select(RulesVersion).where(RulesVersion.public_id == public_id))
    if row is None:
        raise missing()
    return row


def open_draft(brand_id: int) -> RulesVersion | None:
    """The version of a brand that is being written or waits to be published, or None."""
    return db.session.scalar(
        select(RulesVersion).where(RulesVersion.brand_id == brand_id, RulesVersion.state.in_(("draft", "proposed")))
    )
