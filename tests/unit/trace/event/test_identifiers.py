"""Identifiers: one canonical link for every spelling; what is no GS1 key passes through."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gs1.check import check_digit
from trace.event import identifiers
from trace.event.identifiers import canonical, class_of, lot_of, to_urn

GTIN = "04012345111118"
ITEM = f"https://id.gs1.org/01/{GTIN}"
OWN = "https://id.example.cn/id/uscc/91140821MA0EXAMPL3/prod/APPLE-75/lot/L-1/ser/ABC"
SERIAL = st.text(alphabet=string.ascii_letters + string.digits + "-._!'()*+,:;=\"%&/<>?", min_size=1, max_size=20)


@pytest.mark.parametrize(
    "uri",
    [
        OWN,
        "https://example.com/orders/01",
        "https://example.com/01/apples",
        f"https://example.com/01/{GTIN}/21/A/10/B",  # wrong order is not repaired
        f"https://example.com/01/{GTIN}/99/A",
        f"HttPs://example.com/01/{GTIN}",  # mixed case is no Digital Link
        "urn:epc:id:sgtin:4012345.01111.1",  # lengths do not fit
        "urn:epc:id:sgln:4012345.00005",
        "urn:epc:class:sgtin:4012345.011111.1",
        "urn:epcglobal:cbv:bt:4012345000009:PO-1",
        "geo:34.95,110.77",
        "",
    ],
)
def test_what_is_no_gs1_key_is_left_alone(uri):
    assert canonical(uri) == uri


@pytest.mark.parametrize(
    ("uri", "link"),
    [
        (f"HTTPS://EXAMPLE.CN/01/{GTIN}/10/L-1/21/ABC", f"{ITEM}/21/ABC"),
        (f"https://example.cn/shop/01/{GTIN}/?13=261008#top", ITEM),
        (f"https://example.cn/414/4012345000054/01/{GTIN}/22/V/10/L", f"{ITEM}/10/L"),
        (f"https://example.cn/01/{GTIN}/21/A%2fB%41", f"{ITEM}/21/A%2FBA"),
        (f"https://example.cn/01/{GTIN}/235/T", f"{ITEM}/235/T"),
        ("https://example.cn/414/4012345000054/7040/1UR7", "https://id.gs1.org/414/4012345000054"),
        ("urn:epc:id:sgln:4012345.00005.0", "https://id.gs1.org/414/4012345000054"),
    ],
)
def test_a_link_of_any_host_takes_the_most_specific_canonical_form(uri, link):
    assert canonical(uri) == link


@given(serial=SERIAL, prefix=st.integers(6, 12), digits=st.text(alphabet=string.digits, min_size=13, max_size=13))
def test_a_serial_has_one_form_as_urn_and_as_link(serial, prefix, digits):
    body = digits[0] + digits[1:]
    gtin = body + check_digit(body)
    escaped = "".join(f"%{ord(c):02X}" if c in '"%&/<>?' else c for c in serial)
    urn = f"urn:epc:id:sgtin:{body[1 : prefix + 1]}.{body[0]}{body[prefix + 1 :]}.{escaped}"

    link = canonical(urn)

    assert link.startswith(f"https://id.gs1.org/01/{gtin}/21/")
    assert to_urn(link, prefix) == urn
    assert canonical(link) == link
    assert canonical(link.replace("id.gs1.org", "example.cn/stem") + "?10=x") == link


def test_long_texts_of_strangers_are_not_kept_in_memory():
    before = identifiers._canonical.cache_info().currsize

    assert canonical("https://example.com/" + "a" * 5000).endswith("aaa")
    assert canonical(f"https://example.cn/{'s' * 400}/01/{GTIN}") == ITEM
    assert identifiers._canonical.cache_info().currsize == before


@given(st.text(max_size=60))
def test_any_text_is_canonical_after_one_pass(text):
    once = canonical(text)

    assert canonical(once) == once


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sscc:4012345.3111111111", "urn:epc:class:lgtin:4012345.012345.Lot987",
        "urn:epc:id:sgln:4012345.00005.122", "urn:epc:id:sgln:4012345.00005.0", "urn:epc:id:pgln:999999999999.",
        "urn:epc:id:grai:4012345.00022.334455", "urn:epc:id:giai:4012345.ABC345", "urn:epc:id:gsrn:4012345.0000006765",
        "urn:epc:id:gsrnp:4012345.0000098765", "urn:epc:id:gdti:987659999999..9", "urn:epc:id:sgcn:4012345.22222.77",
        "urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234", "urn:epc:id:ginc:0614141.xyz47%2F11",
        "urn:epc:id:gsin:4012345.222333444", "urn:epc:id:itip:4012345.011111.01.02.987",
        "urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7SDB", "urn:epc:idpat:sgtin:4012345.012345.*",
    ],
)  # fmt: skip
def test_every_scheme_goes_to_a_link_and_back(urn):
    prefix = re.match(r"\d+", urn.split(":")[4])[0]

    assert to_urn(canonical(urn), len(prefix)) == urn


def test_an_address_that_is_no_gs1_key_has_no_urn():
    assert to_urn(OWN, 7) is None
    assert to_urn(ITEM, 5) is None


@pytest.mark.parametrize(
    ("epc", "item", "lot"),
    [
        (f"https://example.cn/01/{GTIN}/10/L/21/S", ITEM, f"{ITEM}/10/L"),
        (f"{ITEM}/21/S", ITEM, None),
        (f"{ITEM}/10/L", ITEM, f"{ITEM}/10/L"),
        ("urn:epc:class:lgtin:4012345.011111.L", ITEM, f"{ITEM}/10/L"),
        ("urn:epc:id:sscc:4012345.3111111111", None, None),
        ("urn:epc:id:grai:4012345.00022.334455", "https://id.gs1.org/8003/04012345000221", None),
        (OWN, OWN.split("/lot/")[0], OWN.split("/ser/")[0]),
        (OWN.split("/ser/")[0], OWN.split("/lot/")[0], OWN.split("/ser/")[0]),
        (OWN.split("/lot/")[0], None, None),
        ("https://example.com/x", None, None),
    ],
)
def test_an_address_tells_the_item_and_the_lot_it_belongs_to(epc, item, lot):
    assert (class_of(epc), lot_of(epc)) == (item, lot)
