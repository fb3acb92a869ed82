"""Third-party vectors are read where ``CONFORMANCE_VECTORS`` points, never copied; unset means skip, saying so.

Cases are found by pattern and, in JSON, by their shape, never by the name of a file: a folder of other cases of the same
kinds (renamed, fewer, more, in deeper folders) is run by the same tests.  What no test claims is told by ``nothing_left_unread``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

_ROOT = os.environ.get("CONFORMANCE_VECTORS", "")
_SHARED = Path(__file__).resolve().parents[3] / "shared" / "vectors"
_claimed: set[Path] = set()
Case = dict[str, Any]


def _root() -> Path:
    if not _ROOT:
        pytest.skip("CONFORMANCE_VECTORS is not set: third-party vectors are not checked", allow_module_level=True)
    return Path(_ROOT).resolve()


def folder(name: str) -> Path:
    """The folder ``name`` of the vectors; skips the calling test module where there is none."""
    path = _root() / name
    if not path.is_dir():
        pytest.skip(f"no vectors in {path}", allow_module_level=True)
    return path


def files(name: str, *patterns: str) -> list[Path]:
    """Every file of folder ``name`` that fits one of ``patterns``, in order; from now on they count as claimed."""
    found = sorted({p for pattern in patterns for p in folder(name).glob(pattern) if p.is_file()})
    _claimed.update(found)
    return found


@lru_cache(maxsize=64)
def _records(path: Path) -> list[Any]:
    """The cases of one JSON file: its list, the lists directly below it, or itself."""
    value = json.loads(path.read_text("utf-8"))
    if isinstance(value, list):
        return value
    lists = [item for key in ("cases", "testGroups", "link_types") for item in value.get(key, [])]
    return lists or [value]


def cases(name: str, fits: Callable[[Any], bool], pattern: str = "**/*.json") -> list[Any]:
    """Every case below folder ``name`` whose shape ``fits``; the files they stand in count as claimed."""
    found: list[Any] = []
    for path in sorted(folder(name).glob(pattern)):
        here = [case for case in _records(path) if fits(case)]
        if here:
            _claimed.add(path)
        found += here
    return found


def has(*keys: str, without: tuple[str, ...] = ()) -> Callable[[Any], bool]:
    """A shape: an object with all of ``keys`` and none of ``without``."""
    return lambda case: isinstance(case, dict) and case.keys() >= set(keys) and not case.keys() & set(without)


def beside(path: Path, suffix: str, name: str) -> Path | None:
    """The file of the same stem with ``suffix``, next to ``path`` or, where a document and its answer were handed out
    apart, anywhere in the same folder of the shared vectors; None where nothing was published."""
    next_to = path.with_suffix(suffix)
    if next_to.exists():
        return next_to
    return next((_SHARED / name).glob(f"**/{path.stem}{suffix}"), None)


def reference(name: str, pattern: str) -> Path:
    """The one file (a schema, a list of terms) that ``pattern`` names, here or among the shared vectors; else a skip."""
    for place in (_root() / name, _SHARED / name):
        for found in sorted(place.glob(pattern)):
            return found
    pytest.skip(f"neither these vectors nor the shared ones have {name}/{pattern}", allow_module_level=True)


def nothing_left_unread(name: str, *others: str) -> None:
    """Every file of folder ``name`` is read by a test of the calling module, but READMEs and what ``others`` name.

    In the shared vectors, whose files are known, a file left over fails; elsewhere the calling test skips and names it."""
    known = {path for pattern in ("**/README*", "**/LICEN*", *others) for path in folder(name).glob(pattern)}
    files_here = {path for path in folder(name).rglob("*") if path.is_file()}
    left = sorted(path.relative_to(folder(name)).as_posix() for path in files_here - known - _claimed)
    if left and _root().parts[-2:] != _SHARED.parts[-2:]:
        pytest.skip(f"read by no test: {', '.join(left)}")
    assert left == []
