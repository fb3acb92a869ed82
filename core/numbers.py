"""Printed numbers: gap-free series where law or bureau wants them, a sequence elsewhere."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, db


class NumberSeries(Model):
    """The last number taken of one gap-free series and year; the row lock makes takers wait for each other."""

    __tablename__ = "core_numbers_series"
    __table_args__ = (UniqueConstraint("series", "year"),)

    series: Mapped[str]
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


def gap_free(series: str, year: int) -> int:
    """The next number of the series and year; given back if the caller's transaction rolls back, so no gap stays."""
    taken = db.session.scalar(
        text(
            "insert into core_numbers_series (series, year, last) values (:s, :y, 1) "
            "on conflict (series, year) do update set last = core_numbers_series.last + 1 returning last"
        ),
        {"s": series, "y": year},
    )
    assert taken is not None
    return int(taken)


def sequence(name: str) -> int:
    """The next value of a database sequence ``core_numbers_<name>``: unique and rising, gaps allowed."""
    if not name.isidentifier():
        raise ValueError(name)
    value = db.session.scalar(text(f"select nextval('core_numbers_{name}')"))
    assert value is not None
    return int(value)
