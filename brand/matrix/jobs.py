"""The figures of the brand pages are counted once a night; between two counts the page names the day."""

from __future__ import annotations

from typing import Any

from brand.matrix import service
from core import clock
from core.job.service import task


@task("matrix.count", cron="20 16 * * *")
def count(**_: Any) -> None:
    """Every public brand's figures of the day: daily at 00:20 in Asia/Shanghai, idempotent."""
    service.count_figures(clock.now())
