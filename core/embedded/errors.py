"""What can go wrong before there is a database: one clear sentence for the person at the terminal."""

from __future__ import annotations


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be had; the message is Chinese, then English."""
