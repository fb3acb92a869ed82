"""Reads the repository as text and as modules, for the tests of the house itself."""

from __future__ import annotations

import ast
import importlib
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from core.workflow.table import Workflow

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("admin", "brand", "core", "shop", "trace")


def python_files(*folders: str) -> list[Path]:
    """Every Python file under the folders (the five floors where none is named)."""
    found = [p for folder in folders or FLOORS for p in (ROOT / folder).rglob("*.py")]
    return sorted(p for p in found if "__pycache__" not in p.parts)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function of the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


@cache
def committed_files() -> tuple[Path, ...]:
    """What git keeps, or is about to keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return tuple(p for p in paths if p.is_file())


def modules_named(name: str) -> list[ModuleType]:
    """Every module ``name.py`` (or ``name_*.py``) of the floors, imported."""
    paths = [p for p in python_files() if p.stem == name or p.stem.startswith(f"{name}_")]
    return [importlib.import_module(".".join(p.relative_to(ROOT).with_suffix("").parts)) for p in paths]


@cache
def workflows() -> tuple[Workflow, ...]:
    """Every workflow table declared anywhere in the house, whatever its file is called."""
    found: dict[str, Workflow] = {}
    for path in python_files():
        if "= Workflow(" not in path.read_text("utf-8"):
            continue
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for value in vars(module).values():
            if isinstance(value, Workflow):
                assert found.setdefault(value.key, value) is value, f"two workflows are called {value.key}"
    return tuple(found[key] for key in sorted(found))
