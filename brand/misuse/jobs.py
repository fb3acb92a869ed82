"""Words are compared every night, publications end after their last day, last days are told, contacts forgotten."""

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


@task("misuse.remind", cron="20 0 * * *")
def remind(**_: Any) -> None:
    """Last days of today and yesterday are told to the brand office: daily at 08:20 in Asia/Shanghai."""
    service.remind(clock.today())


@task("misuse.forget_contacts", cron="30 17 * * *")
def forget_contacts(**_: Any) -> None:
    """Contacts of reporters are deleted when their time is over: daily at 01:30 in Asia/Shanghai, idempotent."""
    service.forget_contacts(clock.now())
