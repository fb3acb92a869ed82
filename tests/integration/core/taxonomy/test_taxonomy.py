"""The words of the county's produce as rooms ask for them."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from core.taxonomy import queries


def test_words_come_in_the_order_of_use_and_belong_to_their_species(session):
    assert [label for _, label in queries.choices("species")] == ["苹果", "枣"]
    assert ("winter-jujube", "冬枣") in queries.choices("variety", "jujube")
    assert ("winter-jujube", "冬枣") not in queries.choices("variety", "apple")
    assert set(queries.grouped_choices("grade")) == {"苹果", "枣"}


def test_a_word_of_another_kind_or_species_is_refused_by_its_field(session):
    assert queries.term("specification", "apple-80", species="apple").label == "果径 80–85 mm"
    for kind, code, species in (
        ("variety", "apple-80", None),
        ("specification", "apple-80", "jujube"),
        ("form", "", None),
    ):
        with pytest.raises(BadInput) as error:
            queries.term(kind, code, species=species)
        assert error.value.field == kind


def test_labels_and_retired_words_stay_readable(session):
    from core.taxonomy.models import Term

    session.query(Term).filter_by(code="gala").update({"active": False})

    assert queries.labels(["fuji", "gala", None, "unknown"]) == {"fuji": "富士", "gala": "嘎拉"}
    assert queries.find_term("gala").label == "嘎拉"
    assert "gala" not in dict(queries.choices("variety"))
    with pytest.raises(BadInput):
        queries.term("variety", "gala")
