"""Every POST endpoint of the told story, sent every kind of bad input by somebody who may call it.

The forms are taken from the pages as the story's own people see them (``tests.support.harvest``), so a new form is
tested the day it stands on a page.  What no page offers in the story is sent bare and generic fields instead.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core.db import db
from tests.support import harvest
from tests.support.applications import Client, savepoint
from tests.support.asking import accepted, counts, says_why, written_to
from tests.support.harvest import Field, Harvest, Offered

pytestmark = pytest.mark.slow  # the whole story, asked again and again: for `make test`, not for every commit

EXTRA = {"reason": "测试理由", "note": "测试", "move": "no_such_move", "quantity": "1", "name": "测试"}


def _free(field: Field) -> bool:
    """A field the sender writes himself."""
    return field.kind not in ("hidden", "submit", "button", "file", "checkbox", "radio", "select")


def _written(value: str) -> Callable[[Field], list[str]]:
    return lambda field: [value] if _free(field) else [field.value]


def _forged(value: str) -> Callable[[Field], list[str]]:
    """Also what the page fixed: choices, hidden fields (the once-key and the stamp among them)."""
    return lambda field: [value]


BAD: dict[str, Callable[[Field], list[str]]] = {
    "missing": lambda field: [],
    "empty": _written(""),
    "over-long": _written("长" * 20_000),
    "wrong type": _written("不是数字-1e999"),
    "full-width": _written("１２３ＡＢ　"),
    "control": _written("甲\x07\x1b[2J\u202e乙"),
    "NUL": _written("a\x00b"),
    "huge number": _written("9" * 40),
    "negative": _written("-1"),
    "duplicate": lambda field: [field.value, field.value or "1"],
    "forged": _forged("' OR 1=1 --"),
    "forged NUL": _forged("\x00"),
}


def _data(form: harvest.Form, spoil: Callable[[Field], list[str]]) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for field in form.fields:
        if field.kind == "file":
            sent[field.name] = (io.BytesIO(b"MZ\x90\x00 not a picture"), "账单.pdf")
        else:
            sent.setdefault(field.name, [])
            sent[field.name] += spoil(field)
    return sent


def _ask(
    app: Flask,
    standing: dict[str, int],
    client: Client,
    url: str,
    data: dict[str, Any],
    *,
    name: str,
    multipart: bool = False,
) -> list[str]:
    """What is wrong with the answer, and whether a refusal left rows behind."""
    with savepoint(app):
        kind = "multipart/form-data" if multipart else "application/x-www-form-urlencoded"
        answer = client.post(url, data=data, content_type=kind)
        if answer.status_code >= 500 and answer.status_code != 503:
            return [f"{url} {name}: {answer.status_code}"]
        if accepted(answer):
            return []
        wrong = [] if says_why(answer) else [f"{url} {name}: {answer.status_code} without a sentence"]
        changed = {t for t, count in counts(app, written_to(app)).items() if count != standing[t]}
        return wrong + (
            [f"{url} {name}: refused with {answer.status_code}, yet rows changed in {changed}"] if changed else []
        )


def _offers(found: Harvest) -> list[Offered]:
    return [o for o in found.forms.values() if o.endpoint != "account.logout"]


def test_every_page_of_the_story_opens_and_every_form_leads_somewhere(reaped: Harvest) -> None:
    assert reaped.broken == []
    assert {endpoint for endpoint, _ in reaped.astray} <= {"ui.styleguide"}  # it shows components, nothing is sent
    assert len({o.endpoint for o in reaped.forms.values()}) > 60


# The test client itself keeps a long form in a temporary file that nobody closes.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", BAD)
def test_no_bad_input_breaks_a_form_or_leaves_half_of_it_behind(
    story: Flask, standing: dict[str, int], reaped: Harvest, kind: str
) -> None:
    wrong: list[str] = []
    for offer in _offers(reaped):
        wrong += _ask(
            story, standing, offer.client, offer.form.action, _data(offer.form, BAD[kind]), name=f"({offer.endpoint}) {kind}",
            multipart=offer.form.multipart,
        )  # fmt: skip

    assert wrong == []


def test_a_row_left_behind_would_be_seen(story: Flask, standing: dict[str, int]) -> None:
    with savepoint(story), story.app_context():
        db.session.execute(
            text("INSERT INTO core_ui_setting (name, value, version, changed_at) VALUES ('left', '', 1, now())")
        )
        db.session.flush()
        left = counts(story, written_to(story))
        assert {t for t, count in left.items() if count != standing[t]} == {"core_ui_setting"}
