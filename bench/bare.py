"""The yardstick of the scan bench: a bare Flask page of ``BENCH_SIZE`` bytes, nothing else."""

from __future__ import annotations

import os

from flask import Flask

app = Flask(__name__)
BODY = b"x" * int(os.environ.get("BENCH_SIZE", "33000"))


@app.get("/")
def page() -> bytes:
    """The same bytes every time."""
    return BODY
