"""``make lock``: compile the locks anew: hashes, exact versions, no address of any registry (docs/adr/0012)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools")]

from setup import SetupError, node

OPTIONS = (
    "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-emit-options", "--no-emit-trusted-host",
    "--strip-extras", "--allow-unsafe", "--no-header", "--newline", "lf", "-q",
)  # fmt: skip


def compile_lock(source: str, target: str) -> None:
    command = [str(Path(sys.executable).parent / "pip-compile"), *OPTIONS, "-o", target, source]
    subprocess.run(command, cwd=ROOT, check=True)


def compile_front_end() -> None:
    """``package-lock.json`` with integrity and without ``resolved``."""
    npm, env = node()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "package.json", folder)
        options = (
            "--package-lock-only",
            "--omit-lockfile-registry-resolved",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        )
        subprocess.run([*npm, "install", *options], cwd=folder, env=env, check=True)
        shutil.copy(Path(folder) / "package-lock.json", ROOT / "package-lock.json")


def main() -> int:
    try:
        compile_lock("requirements.in", "requirements.txt")
        compile_lock("dev-requirements.in", "dev-requirements.txt")
        compile_front_end()
    except (SetupError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"锁文件没有更新成。/ The locks were not updated: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
