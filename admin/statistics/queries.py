"""The month's figures from the rooms that own them, each with its 口径."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from admin.statistics import rules
from admin.statistics.rules import Month
from admin.target import queries_counted as counted
from admin.target.rules import Value, growth_percent
from core import clock
from core.db import db
from core.organisation.queries import of_kind
from shop.catalogue.queries import on_sale
from shop.order.queries import monthly_totals


@dataclass(frozen=True, slots=True)
class Registrations:
    """Enterprises on the platform, and those registered this year."""

    total: int
    this_year: int
    without_date: int


def months(today: date | None = None, count: int = 12) -> list[Month]:
    """The last twelve months of the shop, oldest first."""
    wanted = rules.months_to(today or clock.today(), count)
    return rules.since_first_order(
        [Month(r.month, r.orders, r.gross_fen, r.refunded_fen) for r in monthly_totals(wanted)]
    )


def registrations(today: date | None = None) -> Registrations:
    """Enterprises in force, by registration date."""
    year = (today or clock.today()).year
    found = of_kind("enterprise")
    dated = [o for o in found if o.registered_on is not None]
    return Registrations(
        len(found),
        sum(o.registered_on is not None and o.registered_on.year == year for o in dated),
        len(found) - len(dated),
    )


def listed_products() -> int:
    """Listings on sale now."""
    return int(db.session.scalar(select(func.count()).select_from(on_sale().order_by(None).subquery())) or 0)


def values(today: date | None = None) -> dict[str, Value]:
    """What the plan's targets are judged on, by metric."""
    day = today or clock.today()
    total = rules.year_total_fen(months(day, day.month), day.year)
    reg = registrations(day)
    return {
        "online_retail": Value(rules.wan(total), rules.BASIS)
        if total is not None
        else Value(None, rules.BASIS, "还没有已确认的订单"),
        "online_retail_growth": growth_percent(total, None),
        "new_entities": Value(reg.this_year, "按平台登记的注册日期，尚未核对四至"),
    } | counted.values(day)
