"""The background chainer."""

from __future__ import annotations

from core.job.service import loop
from core.record.service import chain, log_head


@loop("core.record", 0.5)
def chain_audit_rows() -> int:
    """Chain what was committed since the last round."""
    return chain()


@loop("core.record.head", 60)
def log_chain_head() -> int:
    """The head goes into the public log once a minute where it moved; the loop sleeps in between."""
    log_head()
    return 0
