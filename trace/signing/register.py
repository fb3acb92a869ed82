"""Plug the room in: pages, the notary's other side, fsck of records and DID documents, menus."""

from __future__ import annotations

from flask import Flask

from core import hooks, notary
from core.ui import nav
from trace.log import service as log
from trace.signing import desk, event_views, health, identity, jobs, models, status, succession, views
from trace.signing.fsck import documents, records, status_lists
from trace.signing.notary import handle, logged
from trace.signing.permissions import KEYS

__all__ = ["health", "jobs", "models", "register"]


def register(app: Flask) -> None:
    """Afterwards records are served, lots can be sealed, and fsck rebuilds every record's entry."""
    app.register_blueprint(views.bp)
    app.register_blueprint(desk.bp)
    app.register_blueprint(event_views.bp)
    notary.register(handle)
    if status.republish not in identity.key_taken:
        identity.key_taken.append(status.republish)
    hooks.organisation_changed.append(succession.follow)
    for source in (records, documents, status_lists, logged):
        if source not in log.sources:
            log.sources.append(source)
    nav.add("本单位", "签名密钥", "sealing.keys", KEYS, "key", 40)
