"""``flask seed``."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from core.errors import DomainError


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Tell the demo story once (idempotent) and print the logins."""
    from admin.demo.story import tell

    try:
        told = tell(current_app.config["SETTINGS"])
    except DomainError as error:
        click.echo("\n".join([error.message, *(f"- {u.message}" for u in error.unmet), error.help]), err=True)
        sys.exit(1)
    for login in told["logins"]:
        click.echo(f"LOGIN {login['role']} {login['user']} {login['password']}")
    if told["scan_url"]:
        click.echo(f"SCAN {told['scan_url']}")
