"""Where a person lands after sign-in: upper floors say which page is home for which kind of organisation."""

from __future__ import annotations

from flask import url_for

from core.account.actor import Actor

_HOMES: dict[str, str] = {}


def register_home(organisation_kind: str, endpoint: str) -> None:
    """Afterwards members of such an organisation land on ``endpoint``; ``person`` is for people without one."""
    _HOMES[organisation_kind] = endpoint


def home_of(actor: Actor) -> str:
    """The address where ``actor`` starts the day."""
    endpoint = _HOMES.get(actor.organisation_kind or "person")
    return url_for(endpoint or "account.mine")
