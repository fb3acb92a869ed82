"""A page with several forms: an empty one beside the one that was sent, and a deed that is done or explained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import redirect

from core.errors import DomainError
from core.ui import flash, once
from core.ui.forms import Form

F = TypeVar("F", bound=Form)


def blank(kind: type[F], **more: Any) -> F:
    """A form that ignores the request: the page may answer another form's POST."""
    form = kind(formdata=None, **more)
    form.once.data = once.new_key()
    return form


def done(form: Form, deed: Callable[[], Any], again: Callable[[int], Any], said: str, to: str) -> Any:
    """Run the deed of a sound form and go on (``said`` tells so, '' says nothing), or show the page again with what to change."""
    if not form.validate_on_submit():
        return again(400)
    form.claim_once()
    try:
        deed()
    except DomainError as error:
        if error.status in (403, 404):
            raise
        form.put_error(error)
        for unmet in error.unmet:
            form.form_errors.append(f"{unmet.message}{unmet.help}")
        return again(error.status)
    if said:
        flash(said)
    return redirect(to)
