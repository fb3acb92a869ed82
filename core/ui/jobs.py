"""Background work of the user interface."""

from __future__ import annotations

from typing import Any

from core.job.service import task
from core.ui import once


@task("ui.forget_once_keys", cron="37 19 * * *")
def forget_once_keys(**_: Any) -> None:
    """Used form keys older than three days are removed (a form expires after half a day)."""
    once.forget_old()
