"""The shape of the house: five floors, one clock, one commit, no long file, nothing that ties it to one machine."""

from __future__ import annotations

import ast
import re

import trace
from tests.support import source
from tests.support.source import FLOORS, ROOT, shown

BESIDE_THE_FLOORS = {"migrations", "tests", "bench", "docs", "deploy", "tools", ".ci"}
LONGEST_FILE, LONG_FUNCTION, LONGEST_FUNCTION, LONG_SHARE = 400, 50, 80, 0.02


def test_the_package_trace_is_ours_and_not_the_standard_one() -> None:
    assert trace.__file__ is not None
    assert (ROOT / "trace") in (ROOT / trace.__file__).parents


def test_the_packages_at_the_top_are_the_five_floors() -> None:
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")}

    assert packages == set(FLOORS)


def test_git_keeps_no_folder_at_the_top_that_the_map_does_not_name() -> None:
    folders = {p.relative_to(ROOT).parts[0] for p in source.committed_files() if len(p.relative_to(ROOT).parts) > 1}

    assert folders <= {*FLOORS, *BESIDE_THE_FLOORS}


def test_commit_is_called_in_one_file_only() -> None:
    callers = {
        shown(path)
        for path in source.python_files()
        for call in source.calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    }

    assert callers == {"core/db.py"}


def test_only_the_clock_asks_what_time_it_is() -> None:
    askers = [
        f"{shown(path)}:{call.lineno}"
        for path in source.python_files()
        if shown(path) != "core/clock.py"
        for call in source.calls(path)
        if _asks_the_time(call)
    ]

    assert askers == []


def _asks_the_time(call: ast.Call) -> bool:
    function = call.func
    if not (isinstance(function, ast.Attribute) and function.attr in ("now", "utcnow", "today")):
        return False
    owner = function.value
    return (isinstance(owner, ast.Name) and owner.id in ("datetime", "date", "dt")) or (
        isinstance(owner, ast.Attribute) and owner.attr in ("datetime", "date")
    )


def test_the_database_has_no_default_that_asks_the_time() -> None:
    pattern = re.compile(r"server_default\s*=\s*[^,\n]*(now\(|current_timestamp|current_date)", re.IGNORECASE)
    found = [shown(p) for p in source.python_files(*FLOORS, "migrations") if pattern.search(p.read_text("utf-8"))]

    assert found == []


def test_no_file_is_longer_than_400_lines() -> None:
    """Migrations are exempt: a step is a list of tables, and splitting the list would split one change."""
    kinds = (".py", ".html", ".js", ".css", ".typ")
    files = [p for p in source.committed_files() if p.suffix in kinds and "migrations" not in p.parts]
    long = [f"{shown(p)}: {n}" for p in files if (n := len(p.read_text("utf-8").splitlines())) > LONGEST_FILE]

    assert long == []


def test_no_function_is_longer_than_80_lines_and_few_than_50() -> None:
    lengths = {
        f"{shown(path)}:{name}": length
        for path in source.python_files(*FLOORS, "tools", "bench")
        for name, length in source.functions(path)
    }
    long = {name: n for name, n in lengths.items() if n > LONG_FUNCTION}

    assert {name: n for name, n in long.items() if n > LONGEST_FUNCTION} == {}
    assert len(long) <= max(1, int(len(lengths) * LONG_SHARE)), long


def test_nothing_committed_names_this_machine_or_a_registry() -> None:
    machine = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w", "/Us" + r"ers/\w"]
    registries = [
        "pypi" + r"\.org",
        "python" + r"hosted\.org",
        "registry" + r"\.npmjs",
        "npm" + "mirror",
        "tuna" + r"\.tsinghua",
    ]
    options = ["--index" + "-url", "--extra-index" + "-url", "--find" + "-links", '"reso' + 'lved":']
    pattern = re.compile("|".join(machine + registries + options))
    found = []
    for path in source.committed_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font
        found += [f"{shown(path)}: {m.group(0)}" for m in pattern.finditer(text)]

    assert found == []


def test_no_work_is_left_as_a_note_without_an_issue() -> None:
    pattern = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b(?!\(#\d+\))")
    kinds = (".py", ".html", ".js", ".css")
    found = [shown(p) for p in source.committed_files() if p.suffix in kinds and pattern.search(p.read_text("utf-8"))]

    assert found == []
