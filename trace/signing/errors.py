"""What can keep a record from being signed."""

from __future__ import annotations

from core.errors import Conflict, Denied, NotFound, Unavailable


class IdentityChanged(Unavailable):
    """YIDUN_IDENTITY_HOST differs from the one under which records are sealed already."""

    default_code = "signing.identity_changed"


class NoKey(Conflict):
    """The organisation has no signing key that is in use."""

    default_code = "signing.no_key"


class NotSealer(Denied):
    """Somebody else seals this lot."""

    default_code = "signing.not_sealer"


class NoRecord(NotFound):
    """No such record, or not sealed yet."""

    default_code = "signing.no_record"
