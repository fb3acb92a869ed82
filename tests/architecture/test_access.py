"""A permission is declared once, required where it is meant, and held by somebody."""

from __future__ import annotations

import re

from flask import Flask

from core.account import permissions
from core.account.access import declaration_of
from core.workflow.engine import bindings
from tests.support import source


def _endpoints(app: Flask) -> list[str]:
    return sorted({r.endpoint for r in app.url_map.iter_rules() if not r.endpoint.endswith("static")})


def test_every_view_says_who_may_call_it(app: Flask) -> None:
    silent = [name for name in _endpoints(app) if declaration_of(app, name) is None]

    assert silent == []


def test_a_view_names_either_a_permission_or_a_reason_why_it_is_public(app: Flask) -> None:
    unclear = [
        name
        for name in _endpoints(app)
        if (found := declaration_of(app, name)) is not None and bool(found.permission) == bool(found.reason.strip())
    ]

    assert unclear == []


def test_every_permission_a_view_or_a_move_requires_is_declared(app: Flask) -> None:
    known = set(permissions.registered())
    required = {(name, d.permission) for name in _endpoints(app) if (d := declaration_of(app, name)) and d.permission}
    required |= {(f"{w.key}.{m.key}", m.permission) for w in source.workflows() for m in w.moves if m.permission}

    assert sorted(pair for pair in required if pair[1] not in known) == []


def test_every_declared_permission_is_required_somewhere(app: Flask) -> None:
    required = {d.permission for name in _endpoints(app) if (d := declaration_of(app, name))}
    required |= {m.permission for w in source.workflows() for m in w.moves}
    texts = [p.read_text("utf-8") for p in source.python_files() if "permissions" not in p.stem]
    texts += [p.read_text("utf-8") for p in source.committed_files() if p.suffix == ".html"]
    whole = "\n".join(texts)
    names = {
        value: name for module in source.modules_named("permissions") for name, value in vars(module).items() if name.isupper() and isinstance(value, str)
    }  # fmt: skip
    idle = [
        key
        for key in sorted(permissions.registered())
        if key not in required
        and f'"{key}"' not in whole
        and not (key in names and re.search(rf"permissions\.{names[key]}\b|\b{names[key]}\b", whole))
    ]

    assert idle == []


def test_every_declared_permission_is_held_by_some_role(app: Flask) -> None:
    nobodys = [key for key, p in permissions.registered().items() if not p.roles]

    assert nobodys == []


def test_every_workflow_table_is_bound_to_a_model(app: Flask) -> None:
    assert {w.key for w in source.workflows()} == set(bindings())


def test_only_post_addresses_change_things_and_only_get_addresses_show_them(app: Flask) -> None:
    """The EPCIS interface alone also has DELETE: its methods are those of the standard (GS1 EPCIS 2.0 REST binding)."""
    odd = [
        f"{rule.endpoint}: {sorted(rule.methods or ())}"
        for rule in app.url_map.iter_rules()
        if (rule.methods or set())
        - {"GET", "HEAD", "OPTIONS", "POST"}
        - ({"DELETE"} if rule.rule.startswith("/epcis/") else set())
    ]

    assert odd == []
