"""Nothing of this package is plugged into the application: it runs alone; its page stands in ``trace.signing``."""

from __future__ import annotations


def register(_app: object) -> None:
    """Afterwards nothing has changed; every room of the floor has this function."""
