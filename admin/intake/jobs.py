"""Background work of the room."""

from __future__ import annotations

from admin.intake import service
from core.job.service import task


@task("intake.write")
def write(import_id: int) -> None:
    """The confirmed rows of an import stand, all or none."""
    service.write(import_id)
