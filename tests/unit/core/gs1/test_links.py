from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gs1 import digital_link, own_path
from core.gs1.check import CSET82
from core.gs1.digital_link import canonical, parse, product_uri
from core.gs1.errors import Malformed
from core.gs1.percent import escape, unescape

GTIN = "09520123456788"
VALUES = st.text(CSET82, min_size=1, max_size=20)


@given(VALUES, VALUES)
def test_what_is_built_is_read_back(lot, serial):
    link = parse(product_uri("https://yidun.example", GTIN, lot, serial))

    assert (link.get("01"), link.get("10"), link.get("21")) == (GTIN, lot, serial)


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fall_over(text):
    for candidate in (text, "https://a/" + text, f"https://a/01/{GTIN}?" + text):
        with suppress(Malformed):
            assert parse(candidate).path


@given(st.text(st.characters(max_codepoint=255), max_size=40), st.booleans())
def test_percent_coding_is_undone_exactly(text, query):
    assert unescape(escape(text, query=query), query=query) == text


def test_a_whole_upper_case_link_is_read():
    assert parse(f"HTTPS://YIDUN.EXAMPLE/01/{GTIN}/10/26101802/21/0G7TK4M2QX9VB").get("21") == "0G7TK4M2QX9VB"


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        (f"https://a/01/{GTIN}/21/A/10/B", "gs1.sequence"),
        ("https://a/01/09520123456789", "gs1.value"),
        (f"https://a/01/{GTIN}/10/{'A' * 21}", "gs1.value"),
        (f"https://a/01/{GTIN}?15=991331", "gs1.value"),
        (f"https://a/01/{GTIN}?21=5", "gs1.attribute"),
        (f"https://a/01/{GTIN}?88=5", "gs1.unknown_ai"),
        ("https://a/lot/5", "gs1.no_key"),
        ("ftp://a/01/" + GTIN, "gs1.shape"),
        ("https://a/01/" + GTIN + "\n", "gs1.characters"),
    ],
)
def test_a_broken_link_names_its_fault(uri, code):
    with pytest.raises(Malformed) as refusal:
        parse(uri)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (f"https://a/stem/01/{GTIN}/10/L/21/S?15=991231", f"https://id.gs1.org/01/{GTIN}/21/S"),
        (f"https://a/01/{GTIN}/22/V/10/L", f"https://id.gs1.org/01/{GTIN}/10/L"),
        (f"https://a/01/{GTIN}", f"https://id.gs1.org/01/{GTIN}"),
    ],
)
def test_the_canonical_form_keeps_the_most_specific_set(uri, expected):
    assert canonical(parse(uri)) == expected


@pytest.mark.parametrize("upper", [False, True])
def test_own_paths_are_read_in_either_case(upper):
    path = "/id/uscc/91140821MA0ABCDE1X/prod/fj-80/lot/26101802/ser/0g7tk4m2qx9vb"
    found = own_path.parse(path.upper() if upper else path)

    assert found == own_path.OwnPath("91140821MA0ABCDE1X", "FJ-80", "26101802", "0G7TK4M2QX9VB")
    assert own_path.parse(found.path()) == found


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/id/uscc/911/prod/A", "own_path.code"),
        ("/id/uscc/91140821MA0ABCDE1X/lot/A/prod/B", "own_path.shape"),
        ("/id/uscc/91140821MA0ABCDE1X/prod/A/lot", "own_path.shape"),
        ("/id/uscc/91140821MA0ABCDE1X/prod/A%2F", "own_path.character"),
        ("/id/uscc/91140821MA0ABCDE1X/prod/" + "A" * 21, "own_path.length"),
    ],
)
def test_a_broken_own_path_names_its_fault(path, code):
    with pytest.raises(Malformed) as refusal:
        own_path.parse(path)

    assert refusal.value.code == code


def test_an_own_path_is_never_taken_for_a_digital_link():
    with pytest.raises(Malformed):
        digital_link.parse("https://a/id/uscc/91140821MA0ABCDE1X/prod/FJ80/lot/26101802/ser/0G7TK4M2QX9VB")
