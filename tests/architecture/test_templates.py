"""Templates of all floors obey the strict policy, and the public ones have English words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from core.ui import i18n
from tests.support.source import FLOORS, ROOT, shown

TEMPLATES = sorted(p for floor in FLOORS for p in (ROOT / floor).rglob("templates/**/*.html"))
SCRIPTS = sorted(p for floor in FLOORS for p in (ROOT / floor).rglob("static/js/*.js"))


def _text(path: Path) -> str:
    return re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_carries_no_style_script_handler_or_foreign_resource(path: Path) -> None:
    text = _text(path)
    faults = re.findall(r"\sstyle\s*=", text) + re.findall(r"\son[a-z]+\s*=\s*[\"']", text)
    inlined = re.sub(r"<style>{{ css }}</style>", "", text)  # the scan page: one request, accepted by its hash
    faults += re.findall(r"<style[^>]*>", inlined)
    faults += [s for s in re.findall(r"<script\b([^>]*)>", text) if "src=" not in s and "application/" not in s]
    faults += re.findall(r"(?:src|<link[^>]+href)=[\"'](?:https?:)?//[^\"']*", text)
    faults += re.findall(r"javascript:", text) + re.findall(r"hx-on|hx-vals=[\"']js:", text)
    faults += re.findall(r"\|\s*safe\b", text)

    assert not faults


@pytest.mark.parametrize("path", SCRIPTS, ids=shown)
def test_a_script_of_ours_evaluates_nothing(path: Path) -> None:
    assert not re.findall(r"\beval\(|new Function|innerHTML|document\.write", path.read_text("utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_forms_that_post_carry_a_token(path: Path) -> None:
    forms = re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", _text(path), flags=re.DOTALL | re.IGNORECASE)
    marks = ("csrf_token", "hidden(form)", "tokens()", "hidden_tag", "ui.hidden(", "caller()")

    forms = [
        f for f in forms if 'class="check-form"' not in f
    ]  # covered code: no session, no account (trace/scan/views.py)

    assert all(any(mark in form for mark in marks) for form in forms)


def test_the_look_says_no_exclamation_no_praise() -> None:
    words = re.compile(r"[\u4e00-\u9fff][！!]|亲爱的|恭喜|正品|保真|敬请|您")
    found = {shown(p): words.findall(_text(p)) for p in TEMPLATES if words.search(_text(p))}

    assert not found


def _source_words(path: Path) -> set[str]:
    method = "jinja2" if path.suffix == ".html" else "python"
    options = {"trimmed": "true"} if method == "jinja2" else {}
    with path.open("rb"):
        found = extract_from_file(method, str(path), keywords={"_": None, "gettext": None}, options=options)
    return {message for _line, message, _comments, _context in found if isinstance(message, str)}


def test_every_word_marked_for_translation_has_an_english_text() -> None:
    english = i18n.english()
    python = sorted(
        p for floor in FLOORS for p in (ROOT / floor).rglob("*.py") if "gettext as _" in p.read_text("utf-8")
    )
    missing = {
        f"{shown(path)}: {word}"
        for path in [*TEMPLATES, *python]
        for word in _source_words(path)
        if re.search(r"[\u4e00-\u9fff]", word) and english.ugettext(word) == word
    }

    assert not missing


def test_every_form_of_moves_carries_the_version_its_page_showed() -> None:
    """Edited by two people: the second is told.  The style page shows the component and sends nothing."""
    pages = [p for p in TEMPLATES if "guide" not in p.parts]
    found = [c for p in pages for c in re.findall(r"ui\.moves\((.*?)\) ?(?:}}|%})", _text(p), flags=re.DOTALL)]

    assert len(found) > 20
    assert [c for c in found if not re.search(r"version_of=(?!none)\w+", c)] == []
