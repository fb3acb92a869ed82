"""Keys, net content and addresses of trade items."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import BadInput
from trace.item import rules


@pytest.mark.parametrize("typed", ["FJ-5KG", "fj-5kg", " ＦＪ－５ＫＧ "])
def test_own_codes_are_read_as_people_type_them(typed):
    assert rules.own_code(typed) == "FJ-5KG"


@pytest.mark.parametrize("typed", ["", "-A", "A_B", "A/B", "A%41", "富士", "A" * 21, "A\u202eB", "A.B"])
def test_own_codes_that_would_need_escaping_are_refused(typed):
    with pytest.raises(BadInput):
        rules.own_code(typed)


@pytest.mark.parametrize(("typed", "grams"), [("5", 5000), ("２．５", 2500), ("0.001", 1), ("1000", 1_000_000)])
def test_net_contents_are_exact_grams(typed, grams):
    assert rules.net_content_g(typed) == grams


@pytest.mark.parametrize("typed", ["0", "-5", "0.0001", "1000.001", "五", "1e400", "NaN", ""])
def test_impossible_net_contents_are_refused(typed):
    with pytest.raises(BadInput):
        rules.net_content_g(typed)


def test_an_item_with_a_gtin_is_named_by_the_canonical_gs1_address():
    uri = rules.item_uri(identity_host="demo.yidun.example", gtin="09521234000010", owner_code="X", code=None)

    assert uri == "https://id.gs1.org/01/09521234000010"
    assert rules.lot_uri(uri, "26101701") == "https://id.gs1.org/01/09521234000010/10/26101701"


def test_an_item_without_is_named_on_the_identity_host_and_never_looks_like_a_digital_link():
    uri = rules.item_uri(identity_host="demo.yidun.example", gtin=None, owner_code="Y1000000000000001A", code="FJ-5KG")

    assert rules.lot_uri(uri, "L1") == "https://demo.yidun.example/id/uscc/Y1000000000000001A/prod/FJ-5KG/lot/L1"
    assert "/01/" not in rules.lot_uri(uri, "L1")


def test_an_integer_net_content_may_be_given_in_grams():
    assert rules.check_net_content(Decimal(5000)) == 5000
