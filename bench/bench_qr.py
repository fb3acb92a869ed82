"""QR matrices per second for one series against the ``qrcode`` library at the same version, level and mask.

Run: .venv/bin/python bench/run.py qr      (BENCH_SECONDS scales both sides; default about two seconds in all)
"""

from __future__ import annotations

import os
import statistics
import time

import numpy as np
from results import Result

from trace.code.qrbatch import QrBatch, library_matrix
from trace.code.serial import SerialKey, texts

PREFIX = "HTTPS://SY.EXAMPLE/01/09520123456788/10/26101802/21/"[:51]
ROUNDS = 5


def run() -> list[Result]:
    """Medians of five interleaved rounds; the matrices of the last round are compared bit by bit."""
    scale = float(os.environ.get("BENCH_SECONDS", "2")) / 2
    ours_count, theirs_count = int(200_000 * scale), max(20, int(250 * scale))
    key = SerialKey(bytes(range(32)), item_id=1, version=1)
    start = time.perf_counter()
    batch = QrBatch(PREFIX)
    tables = time.perf_counter() - start
    symbols = key.symbols(0, ours_count)
    some = texts(symbols[:theirs_count])
    ours, theirs = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        packed = batch.packed(symbols)
        ours.append(ours_count / (time.perf_counter() - start))
        start = time.perf_counter()
        made = [library_matrix(batch.prefix + serial, batch.version, batch.level, batch.mask) for serial in some]
        theirs.append(theirs_count / (time.perf_counter() - start))
    area = batch.size * batch.size
    bits = np.unpackbits(packed[:theirs_count].view(np.uint8), axis=1, count=area)
    same = all(np.array_equal(row.reshape(batch.size, -1), matrix) for row, matrix in zip(bits, made, strict=True))
    assert same, "a matrix differs from the library's"
    start = time.perf_counter()
    key.symbols(0, ours_count)
    serials = ours_count / (time.perf_counter() - start)
    return [
        Result(
            f"QR matrices, version {batch.version}, one series", statistics.median(ours), statistics.median(theirs),
            against="qrcode, same version, level and mask", goal=1000,
            note=f"tables {tables:.2f} s; {theirs_count} compared bit by bit",
        ),
        Result("serials (FF1) at once", serials),
    ]  # fmt: skip


if __name__ == "__main__":
    for result in run():
        print(result.line())
