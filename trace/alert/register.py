"""Plug alerts in: tables, workflow, pages, jobs, menu, home panel."""

from __future__ import annotations

from flask import Flask

from core.account.actor import Actor
from core.ui import nav
from core.workflow.engine import bind
from trace.alert import detectors_asking, jobs, models, permissions, queries, service  # noqa: F401 - detectors and tasks register themselves
from trace.alert.rules import ALERT
from trace.alert.views import bp


def _own(actor: Actor) -> int | None:
    return queries.open_count(actor.organisation_id or 0) or None


def _late(_actor: Actor) -> int | None:
    return queries.overdue_count() or None


def register(app: Flask) -> None:
    """Afterwards what is recorded is watched."""
    app.register_blueprint(bp)
    bind(
        ALERT,
        model=models.Alert,
        load_facts=lambda *_: None,
        owner=lambda alert: alert.organisation_id,
        visible=queries.visible,
        effects={
            "acknowledge": service.on_acknowledged,
            "resolve": service.on_handled,
            "dismiss": service.on_handled,
            "reopen": service.on_reopened,
        },
    )
    nav.add("生产", "预警", "alert.index", permissions.HANDLE, "alert", 65, badge=_own)
    nav.add("监管", "预警督办", "alert.overview", permissions.OVERSEE, "alert", 10, badge=_late)
    nav.add("监管", "预警趋势", "alert.trends", permissions.OVERSEE, "chart", 12)
