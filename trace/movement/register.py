"""Plug the room in: its tables so far."""

from __future__ import annotations

from flask import Flask

from core.workflow.engine import bind
from trace.movement import models as models
from trace.movement.rules import SHIPMENT


def register(_app: Flask) -> None:
    """Afterwards shipments have their workflow."""
    bind(SHIPMENT, model=models.Shipment, load_facts=lambda *_: None, owner=lambda s: s.organisation_id)
