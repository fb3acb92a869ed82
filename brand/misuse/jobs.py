"""Words are compared with certificates every night, publications end after their last day."""

from __future__ import annotations

from typing import Any

from brand.misuse import patrol, service
from core import clock
from core.job.service import task


@task("misuse.patrol", cron="10 17 * * *")
def sweep(**_: Any) -> None:
    """Every claim before the public was compared: daily at 01:10 in Asia/Shanghai, idempotent."""
    patrol.sweep()


@task("misuse.end_publications", cron="4 16 * * *")
def end_publications(**_: Any) -> None:
    """Publications past their last day are ended: daily at 00:04 in Asia/Shanghai, idempotent."""
    service.end_publications(clock.now())
