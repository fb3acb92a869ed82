"""``make bench``: run every ``bench/bench_*.py`` and print what it measured, ratios side by side.

A bench module has ``run() -> list[Result]``; it measures both sides in one run, interleaved, and judges nothing by itself.
``make bench B=qr``: only the modules whose name holds the word.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:] = [str(HERE.parent), str(HERE), *sys.path]

from results import Result  # noqa: E402 - the folder must be on the path first


def modules(word: str) -> list[Path]:
    return sorted(p for p in HERE.glob("bench_*.py") if word in p.stem)


def measure(path: Path) -> list[Result]:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return list(module.run())


def main(word: str = "") -> int:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    missed = 0
    for path in modules(word):
        start = time.monotonic()
        results = measure(path)
        print(f"\n{path.stem.removeprefix('bench_')}  ({time.monotonic() - start:.1f} s)")
        for result in results:
            print("  " + result.line())
            missed += result.missed
    if not modules(word):
        print("no bench module found")
    print(f"\n{missed} goal(s) missed" if missed else "\nall goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
