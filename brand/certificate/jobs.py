"""Certificates end by date everywhere; this job only reminds, once for 90, 30 and 7 days before."""

from __future__ import annotations

from typing import Any

from brand.certificate import service
from core import clock
from core.job.service import task


@task("certificate.remind", cron="20 0 * * *")
def remind(**_: Any) -> None:
    """Firms are reminded of ends ahead: daily at 08:20 in Asia/Shanghai, idempotent."""
    service.remind(clock.now())
