from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.gs1.check import CSET82, check_digit, check_gtin, check_pair, has_check_digit, has_check_pair


@pytest.mark.parametrize(
    "gtin", ["6901234567892", "6921168509256", "6902538004045", "6954767423579", "6901028075763", "6920152400975"]
)
def test_published_article_numbers_pass_and_become_fourteen_digits(gtin):
    assert check_gtin(gtin) == "0" + gtin


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(body, place, shift):
    key = body + check_digit(body)
    wrong = key[:place] + str((int(key[place]) + shift) % 10) + key[place + 1 :]

    assert has_check_digit(key)
    assert not has_check_digit(wrong)


@given(st.text(CSET82, min_size=1, max_size=23), st.data())
def test_any_single_wrong_character_of_a_model_number_is_found(body, data):
    number = body + check_pair(body)
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from([c for c in CSET82 if c != body[place]]))

    assert has_check_pair(number)
    assert not has_check_pair(body[:place] + other + number[place + 1 :])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("690123456789", "gtin.check"),
        ("69012345678921", "gtin.check"),
        ("690123456789A", "gtin.digits"),
        ("６９０１２３４５６７８９２", "gtin.digits"),
        ("69012345", "gtin.check"),
        ("6901234", "gtin.length"),
        ("2001234567893", "gtin.in_store"),
        ("", "gtin.digits"),
    ],
)
def test_a_wrong_article_number_is_refused_with_its_reason(text, code):
    with pytest.raises(BadInput) as refusal:
        check_gtin(text)

    assert refusal.value.code == code
