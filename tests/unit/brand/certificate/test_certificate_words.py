"""Every word of a certificate the public page says by its key has an English one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from brand.certificate import rules
from core.ui import i18n

ROOT = Path(__file__).resolve().parents[4]


def _terms() -> list[str]:
    with (ROOT / "migrations" / "data" / "taxonomy.csv").open(encoding="utf-8") as source:
        return [row["label"] for row in csv.DictReader(source)]


@pytest.mark.parametrize(
    "word",
    [
        *(kind.label for kind in rules.KINDS.values()),
        *(kind.register for kind in rules.KINDS.values()),
        *rules.OUTCOMES.values(),
        *dict.fromkeys(_terms()),
    ],
)
def test_a_word_of_the_public_page_has_an_english_text(word: str) -> None:
    assert i18n.translate(word, "en") != word
