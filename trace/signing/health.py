"""Readiness: whether this deployment still carries the identity its records were signed under."""

from __future__ import annotations

from core.health.checks import Reading, check
from trace.signing import identity
from trace.signing.errors import IdentityChanged


@check("identity")
def identity_host() -> Reading:
    """Not ready where YIDUN_IDENTITY_HOST differs from the host under which something is logged."""
    try:
        return Reading(True, f"身份域名 {identity.host()}。")
    except IdentityChanged as error:
        return Reading(False, error.message)
