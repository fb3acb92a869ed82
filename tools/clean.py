"""``make clean``: remove what can be made again.  Data under ``var/`` stays."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    ".venv", "node_modules", "core/ui/static/vendor", "core/document/fonts", ".pytest_cache", ".mypy_cache",
    ".ruff_cache", ".import_linter_cache", ".hypothesis", "build", "dist", "var/metrics",
)  # fmt: skip


def main() -> None:
    for name in FOLDERS:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for floor in ("admin", "brand", "core", "shop", "trace", "tests", "bench", "migrations", "tools"):
        for cache in (ROOT / floor).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)
    sys.stdout.write("已清理；var/ 里的数据没有动。/ Cleaned; data under var/ is untouched.\n")


if __name__ == "__main__":
    main()
