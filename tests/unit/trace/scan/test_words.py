from __future__ import annotations

import re
from pathlib import Path

import pytest

from trace.scan.reader import is_bot, wants_html
from trace.scan.words import EN, translator

ROOM = Path(__file__).resolve().parents[4] / "trace" / "scan"


def test_every_fixed_word_of_the_page_has_an_english_form():
    sources = [*sorted((ROOM / "templates").rglob("*.html")), ROOM / "render.py"]
    used = {w for path in sources for w in re.findall(r'\bt\("([^"]+)"', path.read_text("utf-8"))}

    assert len(used) > 60
    assert sorted(word for word in used if word not in EN) == []


def test_english_forms_keep_the_same_places_for_values():
    for chinese, english in EN.items():
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english)), chinese
    assert translator("en")("第 {n} 次", n=7) == "7 times"
    assert translator("zh")("第 {n} 次", n=7) == "第 7 次"


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("application/json, text/html;q=0.5", True),
        ("*/*", False),
        ("", False),
        ("text/html;q=0", False),
        ("application/linkset+json", False),
    ],
)
def test_only_who_names_html_gets_the_page(accept, page):
    assert wants_html(accept) is page


def test_a_phone_in_wechat_is_a_person():
    assert not is_bot("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50", {})
