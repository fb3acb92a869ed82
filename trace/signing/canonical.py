"""The ONE function of the platform that makes canonical bytes (TRUST 3), and NFC at entry.

Its body stands in ``trace.verify.canonical``, because the stand-alone verifier may import nothing else of ours and
there must not be two of them; the platform calls it under this name.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from trace.verify.canonical import canonical_bytes, canonical_hash, parse, parse_object
from trace.verify.reasons import Reason, VerificationError

__all__ = ["canonical_bytes", "canonical_hash", "normalise", "parse", "parse_object"]


def normalise(value: Any) -> Any:
    """``value`` with every text and name in NFC; ``duplicate_key`` where two names become one."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [normalise(item) for item in value]
    if isinstance(value, dict):
        made = {unicodedata.normalize("NFC", name): normalise(item) for name, item in value.items()}
        if len(made) != len(value):
            raise VerificationError(Reason.DUPLICATE_KEY, "two names are the same after normalisation")
        return made
    return value
