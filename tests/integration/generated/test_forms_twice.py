"""A form that is sent twice, by a double tap or a browser that repeats itself, is done once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from core import clock
from tests.support.applications import savepoint
from tests.support.asking import accepted, counts, written_to
from tests.support.harvest import Field, Harvest

pytestmark = pytest.mark.slow

# What may be done again, and why.
AGAIN = {
    "account.choose": "choosing an organisation writes the session only",
    "account.logout": "the way out",
    "mark.download": "a file that is taken again is taken again; each time is written down",
}
WRITTEN = {
    "text": "示例",
    "textarea": "示例说明",
    "number": "1",
    "tel": "13912345678",
    "email": "a@example.cn",
    "url": "https://example.cn/1",
}


def _filled(field: Field) -> str:
    """What the page holds, or what a person might write there."""
    if field.value:
        return field.value
    return clock.today().isoformat() if field.kind == "date" else WRITTEN.get(field.kind, "")


def _data(fields: list[Field]) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for field in fields:
        if field.kind == "radio" and field.name in sent:
            continue
        if field.kind in ("button", "submit") and field.name in sent:
            continue
        if field.kind not in ("file", "checkbox"):
            sent.setdefault(field.name, []).append(_filled(field))
    return sent


def test_what_is_sent_twice_is_done_once(story: Flask, standing: dict[str, int], reaped: Harvest) -> None:
    wrong: list[str] = []
    done: set[str] = set()
    for offer in reaped.forms.values():
        if offer.endpoint in AGAIN:
            continue
        kind = "multipart/form-data" if offer.form.multipart else "application/x-www-form-urlencoded"
        data = _data(offer.form.fields) | {"sure": "1"}
        with savepoint(story):
            first = offer.client.post(offer.form.action, data=data, content_type=kind)
            once = counts(story, written_to(story))
            if not accepted(first) or once == {name: standing[name] for name in once}:
                continue
            done.add(offer.endpoint)
            second = offer.client.post(offer.form.action, data=data, content_type=kind)
            twice = counts(story, written_to(story))
            changed = {name for name, count in twice.items() if count != once.get(name, standing[name])}
            if changed or second.status_code >= 500:
                wrong.append(f"{offer.form.action} ({offer.endpoint}): {second.status_code}, {changed}")

    assert wrong == []
    assert len(done) > 20, sorted(done)
