"""The yardstick of the scan bench: a bare Flask page of ``BENCH_SIZE`` bytes at every address, nothing else."""

from __future__ import annotations

import os

from flask import Flask

app = Flask(__name__)
BODY = b"x" * int(os.environ.get("BENCH_SIZE", "33000"))


@app.get("/")
@app.get("/<path:rest>")
def page(rest: str = "") -> bytes:
    """The same bytes every time."""
    del rest
    return BODY
