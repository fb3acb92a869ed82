"""The background chainer."""

from __future__ import annotations

from core.job.service import loop
from core.record.service import chain


@loop("core.record", 0.5)
def chain_audit_rows() -> int:
    """Chain what was committed since the last round."""
    return chain()
