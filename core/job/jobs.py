"""The notary queue and other work that belongs to no single room."""

from __future__ import annotations

from core import notary
from core.job.service import loop


@loop("core.notary", 0.5)
def notarise() -> int:
    """Hand queued credentials and digests to the room that signs and logs."""
    return notary.process()
