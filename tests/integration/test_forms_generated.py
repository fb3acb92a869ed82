"""Every POST endpoint of the told story, sent every kind of bad input by somebody who may call it.

The forms are taken from the pages as the story's own people see them (``tests.support.harvest``), so a new form is
tested the day it stands on a page.  What no page offers in the story is sent bare and generic fields instead.
"""

from __future__ import annotations

import io
import itertools
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from core.account.access import declaration_of
from core.db import db
from tests.support import harvest, people, told
from tests.support.applications import Client, savepoint
from tests.support.harvest import Field, Harvest, Offered
from tests.support.people import People

# Written apart on purpose, also when the request is refused (attempts, denied access, counters against abuse).
KEPT_APART = frozenset({
    "core_account_login_attempt", "core_account_one_time_code", "trace_scan_limit", "trace_scan_try", "shop_lookup_request",
})  # fmt: skip
EXTRA = {"reason": "测试理由", "note": "测试", "move": "no_such_move", "quantity": "1", "name": "测试"}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with told.application(tmp_path_factory.mktemp("forms")) as app, pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_numbers", itertools.count(7000))
        yield app


@pytest.fixture(scope="module")
def reaped(story: Flask) -> Harvest:
    return harvest.reap(story)


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


def _counts(app: Flask) -> dict[str, int]:
    """Rows per table, asked on the connection of the test's savepoint."""
    with app.app_context():
        names = [
            n
            for n in db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            if n not in KEPT_APART
        ]
        query = " UNION ALL ".join(f"SELECT '{n}' AS t, count(*) FROM \"{n}\"" for n in names)
        return {str(t): int(c) for t, c in db.session.execute(text(query))}


def _says_why(answer: Any) -> bool:
    """A refusal tells a person (or a program) in a Chinese sentence what is wrong."""
    body = answer.get_data(as_text=True)
    if answer.mimetype.endswith("json"):
        return bool(re.search(r'"(detail|message|title)":', body))
    return (answer.status_code >= 400 and bool(re.search(r"[\u4e00-\u9fff]{4}", body))) or bool(
        re.search(r'class="err"|role="alert"|class="say say-(bad|todo)', body)
    )


def _accepted(answer: Any) -> bool:
    return answer.status_code in (301, 302, 303) or (answer.status_code == 200 and not _says_why(answer))


_standing: dict[int, dict[str, int]] = {}


def _standing_counts(app: Flask) -> dict[str, int]:
    """The counts of the told story; every request of these tests is rolled back, so they stay."""
    if id(app) not in _standing:
        _standing[id(app)] = _counts(app)
    return _standing[id(app)]


def _ask(
    app: Flask, client: Client, url: str, data: dict[str, Any], *, name: str, multipart: bool = False
) -> list[str]:
    """What is wrong with the answer, and whether a refusal left rows behind."""
    before = _standing_counts(app)
    with savepoint(app):
        kind = "multipart/form-data" if multipart else "application/x-www-form-urlencoded"
        answer = client.post(url, data=data, content_type=kind)
        if answer.status_code >= 500 and answer.status_code != 503:
            return [f"{url} {name}: {answer.status_code}"]
        if _accepted(answer):
            return []
        wrong = [] if _says_why(answer) else [f"{url} {name}: {answer.status_code} without a sentence"]
        after = _counts(app)
        changed = {t for t in after if after[t] != before.get(t)}
        return wrong + (
            [f"{url} {name}: refused with {answer.status_code}, yet rows changed in {changed}"] if changed else []
        )


def _offers(found: Harvest) -> list[Offered]:
    return [o for o in found.forms.values() if o.endpoint != "account.logout"]


def test_every_page_of_the_story_opens_and_every_form_leads_somewhere(reaped: Harvest) -> None:
    assert reaped.broken == []
    assert {endpoint for endpoint, _ in reaped.astray} <= {"ui.styleguide"}  # it shows components, nothing is sent
    assert len({o.endpoint for o in reaped.forms.values()}) > 60


@pytest.mark.parametrize("kind", BAD)
def test_no_bad_input_breaks_a_form_or_leaves_half_of_it_behind(story: Flask, reaped: Harvest, kind: str) -> None:
    wrong: list[str] = []
    for offer in _offers(reaped):
        wrong += _ask(
            story, offer.client, offer.form.action, _data(offer.form, BAD[kind]), name=f"({offer.endpoint}) {kind}",
            multipart=offer.form.multipart,
        )  # fmt: skip

    assert wrong == []


def test_a_form_sent_again_changes_nothing_a_second_time(story: Flask, reaped: Harvest) -> None:
    wrong: list[str] = []
    for offer in _offers(reaped):
        if not any(f.name == "once" and f.value for f in offer.form.fields):
            continue
        with savepoint(story):
            data = _data(offer.form, lambda f: [f.value or ("1" if _free(f) else "")])
            first = offer.client.post(offer.form.action, data=data)
            if not _accepted(first):
                continue
            before = _counts(story)
            again = offer.client.post(
                offer.form.action, data=_data(offer.form, lambda f: [f.value or ("1" if _free(f) else "")])
            )
            if again.status_code >= 500 or _counts(story) != before:
                wrong.append(f"{offer.endpoint} {offer.form.action}: {again.status_code}")

    assert wrong == []


def _bare(app: Flask, found: Harvest) -> list[tuple[str, str, Client]]:
    """Endpoints no page of the story offers now, with an address of an object, and who may call them."""
    known, adapter, made = {o.endpoint for o in found.forms.values()}, app.url_map.bind("localhost"), []
    cast = harvest.cast_of(app)
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in known or rule.endpoint == "account.logout":
            continue
        caller = next((c for c in cast if harvest.may_call(app, c, rule.endpoint)), None)
        if caller is not None:
            made += [(rule.endpoint, url, caller) for url in _addresses(app, adapter, rule)]
    return made


def _addresses(app: Flask, adapter: Any, rule: Rule) -> list[str]:
    kinds = {name: type(c).__name__ for name, c in rule._converters.items()}
    ids = harvest.ids_for(app, rule)[:2] if "UUIDConverter" in kinds.values() else []
    fixed = {"IntegerConverter": 2**62, "AnyConverter": "correction"}
    return [
        adapter.build(
            rule.endpoint, {n: known if k == "UUIDConverter" else fixed.get(k, "x'") for n, k in kinds.items()}
        )
        for known in [*ids, uuid.UUID(int=7)]
    ]


def test_endpoints_without_a_form_in_the_story_answer_bare_and_garbled_input(story: Flask, reaped: Harvest) -> None:
    wrong: list[str] = []
    for endpoint, url, client in _bare(story, reaped):
        for name, data in (
            ("empty", {}),
            ("generic", EXTRA),
            ("NUL", dict.fromkeys(EXTRA, "a\x00")),
            ("long", dict.fromkeys(EXTRA, "9" * 9999)),
        ):
            wrong += _ask(story, client, url, dict(data), name=f"({endpoint}) {name}")

    assert wrong == []


JSON = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b'{"a":1,"a":2}',
    b'{"a":"\\u0000"}',
    b"\xff\xfe",
    b'{"n":1e999}',
    b"[" * 5000,
)


def test_programs_that_send_broken_json_get_a_problem_with_a_sentence(story: Flask) -> None:
    wrong: list[str] = []
    guest = story.test_client()
    adapter = story.url_map.bind("localhost")
    for rule in story.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or not rule.rule.startswith(("/api/", "/epcis/")):
            continue
        url = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"))
        for body, kind in itertools.product(JSON, ("application/json", "application/ld+json", "text/plain")):
            answer = guest.post(url, data=body, content_type=kind)
            if answer.status_code >= 500 or answer.status_code < 400 or not _says_why(answer):
                wrong.append(f"{url} {body[:12]!r} as {kind}: {answer.status_code}")

    assert wrong == []


# Pages of an object that another enterprise may open, each with the reason; everything else answers 404.
OPEN_TO_OTHERS = {
    "public": "the view is declared @public with its own reason (consumers, courts and the press read it)",
}


def test_anothers_object_is_not_there_for_an_enterprise_and_a_guest_is_asked_to_sign_in(
    story: Flask, reaped: Harvest
) -> None:
    stranger, guest, wrong = People(story)("owner"), story.test_client(), []
    for seen in reaped.opened:
        declared = declaration_of(story, seen.endpoint)
        assert declared is not None
        if declared.permission is None or not re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", seen.url):
            continue
        expected = 404 if stranger.actor.can(declared.permission) else 403
        status = stranger.get(seen.url).status_code
        if status != expected:
            wrong.append(f"{seen.endpoint} {seen.url}: enterprise B gets {status}, not {expected}")
        if guest.get(seen.url).status_code not in (302, 303, 401):
            wrong.append(f"{seen.endpoint} {seen.url}: a guest gets {guest.get(seen.url).status_code}")

    assert wrong == []


def test_anothers_form_is_not_there_for_an_enterprise(story: Flask, reaped: Harvest) -> None:
    stranger, wrong = People(story)("owner"), []
    for offer in _offers(reaped):
        declared = declaration_of(story, offer.endpoint)
        assert declared is not None
        if declared.permission is None or not re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", offer.form.action):
            continue
        expected = {404} if stranger.actor.can(declared.permission) else {403}
        with savepoint(story):
            before = _counts(story)
            status = stranger.post(offer.form.action, data=_data(offer.form, lambda f: [f.value])).status_code
            if status not in expected or _counts(story) != before:
                wrong.append(f"{offer.endpoint} {offer.form.action}: enterprise B gets {status}, not {expected}")

    assert wrong == []
