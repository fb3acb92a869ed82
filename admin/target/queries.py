"""Targets judged against today's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from admin.target import rules
from admin.target.models import Resolution
from admin.target.rules import TARGET_SET, TARGETS, Reading, Target, Value
from core.db import db


def resolved() -> dict[str, str]:
    """The latest resolution per conflict group."""
    rows = db.session.scalars(select(Resolution).where(Resolution.target_set == TARGET_SET).order_by(Resolution.id))
    return {r.conflict_group: r.target_key for r in rows}


def resolutions() -> list[Resolution]:
    """Every recorded resolution, newest first."""
    return list(db.session.scalars(select(Resolution).order_by(Resolution.id.desc())))


def readings(values: Mapping[str, Value]) -> list[Reading]:
    """All targets judged on ``values`` (by metric)."""
    return rules.read(TARGETS, values, resolved())


def readings_of(targets: Sequence[Target], value: Value) -> list[Reading]:
    """The lines of one figure judged."""
    return rules.read(targets, {t.metric: value for t in targets}, resolved())
