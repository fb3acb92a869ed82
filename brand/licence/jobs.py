"""Licences expire by date everywhere; this move only writes the end down and tells the holder."""

from __future__ import annotations

from typing import Any

from brand.licence import service, sub_service, term_service
from core import clock
from core.job.service import task


@task("licence.expire", cron="2 16 * * *")
def expire(**_: Any) -> None:
    """Every licence past its last day becomes expired: daily at 00:02 in Asia/Shanghai, idempotent."""
    now = clock.now()
    service.expire_due(now)
    sub_service.lapse_due(now)
    term_service.begin_due(now)


@task("licence.remind", cron="30 0 * * *")
def remind(**_: Any) -> None:
    """Renewals, reports of use and yearly reviews that are due are told once: daily at 08:30 in Asia/Shanghai."""
    term_service.remind_due(clock.now())
