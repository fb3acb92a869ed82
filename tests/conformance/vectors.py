"""Third-party vectors are read where ``CONFORMANCE_VECTORS`` points, never copied; unset means skip, saying so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = os.environ.get("CONFORMANCE_VECTORS", "")


def folder(name: str) -> Path:
    """The folder ``name`` of the vectors; skips the calling test module where there is none."""
    if not _ROOT:
        pytest.skip("CONFORMANCE_VECTORS is not set: third-party vectors are not checked", allow_module_level=True)
    path = Path(_ROOT).resolve() / name
    if not path.is_dir():
        pytest.skip(f"no vectors in {path}", allow_module_level=True)
    return path


def files(name: str, pattern: str) -> list[Path]:
    """Every file of folder ``name`` that fits ``pattern``; an empty answer is a defect of the pattern."""
    found = sorted(p for p in folder(name).glob(pattern) if p.is_file())
    assert found, f"no file fits {name}/{pattern}"
    return found
