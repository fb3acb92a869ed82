"""Licences expire by date everywhere; this move only writes the end down and tells the holder."""

from __future__ import annotations

from typing import Any

from brand.licence import service
from core import clock
from core.job.service import task


@task("licence.expire", cron="2 16 * * *")
def expire(**_: Any) -> None:
    """Every licence past its last day becomes expired: daily at 00:02 in Asia/Shanghai, idempotent."""
    service.expire_due(clock.now())
