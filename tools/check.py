"""``make check``: everything a commit has to pass, one line per step, all faults before the end.

Unit tests always run; of the others those of the rooms that git says were touched (working tree and last commit).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FLOORS = ("admin", "brand", "core", "shop", "trace")


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split("\0") if done.returncode == 0 else []


def touched() -> set[str]:
    """Paths changed in the working tree, not yet tracked, or changed by the last commit."""
    found = set(git("diff", "--name-only", "-z", "HEAD"))
    found |= set(git("diff", "--name-only", "-z", "HEAD~1", "HEAD"))
    found |= set(git("ls-files", "--others", "--exclude-standard", "-z"))
    return found - {""}


def tests_of(paths: set[str]) -> list[str]:
    """Test folders and files that belong to the touched rooms."""
    chosen: set[str] = set()
    for path in paths:
        parts = Path(path).parts
        if parts[:1] == ("tests",) and parts[1:2] in (("integration",), ("conformance",)) and path.endswith(".py"):
            chosen.add(path)
        elif parts[0] in FLOORS and len(parts) > 2:
            chosen.add(f"tests/integration/{parts[0]}/{parts[1]}")
    return sorted(p for p in chosen if (ROOT / p).exists())


def steps() -> list[tuple[str, Sequence[str]]]:
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "not slow and not browser"]
    return [
        ("ruff", tool("ruff", "check", ".")),
        ("format", tool("ruff", "format", "--check", ".")),
        ("types", tool("mypy", *FLOORS)),
        ("contracts", tool("lint-imports", "--no-cache")),
        (
            "templates",
            tool("djlint", "--lint", "--quiet", *(f for f in FLOORS if any((ROOT / f).rglob("*.html")))),
        ),
        ("tests", [*pytest, "tests/unit", "tests/architecture", *tests_of(touched())]),
    ]


def main() -> int:
    failed = []
    began = time.monotonic()
    for name, command in steps():
        start = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        sys.stdout.write(f"{name:10} {verdict:7} {time.monotonic() - start:5.1f} s\n")
        if done.returncode != 0:
            failed.append(name)
            sys.stdout.write(done.stdout[-8000:] + done.stderr[-4000:] + "\n")
        sys.stdout.flush()
    sys.stdout.write(f"{'whole':10} {'FAILED' if failed else 'ok':7} {time.monotonic() - began:5.1f} s\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
