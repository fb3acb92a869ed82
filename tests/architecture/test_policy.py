"""Numbers of the town are declared where rules read them, asked for, and not written beside (docs/adr/0103)."""

from __future__ import annotations

import ast
import dataclasses
import re

from flask import Flask

from core.policy import registry
from core.policy.rules import keys_of
from tests.support import source
from tests.support.source import shown

# Every clause the town's rules leave open and the code decides by.
OPEN_CLAUSES = {
    "R10",
    "R15",
    "R16",
    "R23",
    "R26",
    "R35",
    "R36",
    "R51",
    "R56",
    "R60",
    "R82、C20",
    "R87",
    "B4",
    "B5",
    "C4",
    "R93",
    "R94",
    "R96",
}
# Numbers that stand in a text themselves, or are no rule of the town at all: name -> where it comes from.
FIXED = {
    "admin.lease.rules.LONGEST_YEARS": "民法典第七百零五条",
    "admin.lease.rules.WHOLE_MONTH_DAYS": "how a month of rent is counted, not how long anybody has",
    "brand.licence.rules_terms.RENEWAL_DAYS": "the office's procedure by version, before its first version",
    "admin.acceptance.rules.FINAL_WORKING_DAYS": "资金办法第十七条",
    "admin.fund.rules.RETENTION_PERCENT": "资金办法第七条",
    "admin.project.rules.PUBLICITY_DAYS": "资金办法第四条",
}
NAMED_LIKE_A_NUMBER_OF_THE_TOWN = re.compile(r"(^|_)(DAYS?|MONTHS|YEARS|ROUNDS|HOURS|PERCENT)$|^(DUE|REMINDERS|STEPS)$")
ROOMS_OF_THE_TOWN = ("admin", "brand")


def _terms() -> list[type]:
    return [
        value
        for module in source.modules_named("rules_policy")
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]


def test_every_number_a_room_writes_down_is_declared_at_start_up(app: Flask) -> None:
    assert {t.__qualname__ for t in _terms()} == {t.__qualname__ for t in registry.declared_terms()}
    assert {k.key for t in _terms() for k in keys_of(t)} == {k.key for k in registry.all_keys()}


def test_every_open_clause_of_the_town_has_a_number(app: Flask) -> None:
    assert {k.clause for k in registry.all_keys()} >= OPEN_CLAUSES


def test_every_declared_number_is_asked_somewhere() -> None:
    read = {
        node.attr
        for path in source.python_files()
        if path.stem != "rules_policy"
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Attribute)
    }
    declared = {f"{t.__qualname__}.{f.name}" for t in _terms() for f in dataclasses.fields(t)}

    assert {name for name in declared if name.split(".")[1] not in read} == set()


def test_terms_are_frozen_and_hold_settings_only() -> None:
    wrong = [
        f"{t.__qualname__}.{f.name}" for t in _terms() for f in dataclasses.fields(t) if "policy" not in f.metadata
    ]

    assert wrong == []
    assert all(t.__dataclass_params__.frozen for t in _terms())  # type: ignore[attr-defined]


def test_no_number_of_the_town_stands_in_the_rules_as_a_constant() -> None:
    found = {}
    for path in source.python_files(*ROOMS_OF_THE_TOWN):
        for node in source.tree(path).body:
            for name in _constants(node):
                if NAMED_LIKE_A_NUMBER_OF_THE_TOWN.search(name):
                    found[f"{shown(path).removesuffix('.py').replace('/', '.')}.{name}"] = path
    assert set(found) - set(FIXED) == set()


def _constants(node: ast.stmt) -> list[str]:
    """Names a statement of a module gives to literal values, also several at once."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Constant | ast.Tuple):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
