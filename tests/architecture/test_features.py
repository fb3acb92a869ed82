"""The feature table of traceability names only files that are there, a test in every row and a module in each compared one."""

from __future__ import annotations

import re

from tests.support.source import ROOT

TABLE = ROOT / "docs" / "features-traceability.md"
ROWS = [
    line for line in TABLE.read_text("utf-8").splitlines() if re.match(r"\| [^|-]", line) and "shown by" not in line
]
_PATH = re.compile(r"`((?:tests|trace|core|docs|bench|shop|admin)/[\w./-]+\.(?:py|md))[^`]*`")


def test_every_path_of_the_table_is_there() -> None:
    missing = [path for line in ROWS for path in _PATH.findall(line) if not (ROOT / path).is_file()]

    assert len(ROWS) >= 29
    assert missing == []


def test_every_row_that_says_yes_names_a_test() -> None:
    assert [line[:60] for line in ROWS if "| Y" in line and "`tests/" not in line] == []


def test_every_row_names_the_module_that_does_it() -> None:
    module = re.compile(r"`(?:trace|core|shop)/[\w/]+\.py`")
    compared = ROWS[:29]  # what we have beyond the compared table names its ADR instead

    assert [line[:60] for line in compared if not module.search(line)] == []
