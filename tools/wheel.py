"""``make wheel``: writes the wheel ``yidun-verify`` to ``var/wheel`` (or to the folder given) and prints where."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from trace.signing import wheel


def main() -> int:
    """Write the wheel and say where."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "wheel"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / wheel.file_name()
    path.write_bytes(wheel.build())
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
