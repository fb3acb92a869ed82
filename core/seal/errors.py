"""What can be wrong with keys."""

from __future__ import annotations

from core.errors import Conflict, Unavailable


class KeysUnusable(Unavailable):
    """The master key file is missing, readable by others, malformed, or not fit for production."""

    default_code = "seal.keys_unusable"


class SealBroken(Conflict):
    """Sealed bytes do not open: wrong key, or moved to another row, or altered."""

    default_code = "seal.broken"
