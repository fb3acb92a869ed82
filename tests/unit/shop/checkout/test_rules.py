"""Addresses, typed and pasted; freight."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.checkout import rules
from shop.checkout.rules import Address

GOOD = Address("示例甲", "13800000000", "山西省", "运城市", "临猗县", "猗氏镇", "示例路 1 号")


def test_a_good_address_is_taken_in_canonical_form():
    clean, unmet = rules.check_address(replace(GOOD, mobile="+86 138－0000－0000", name="  示例甲 "))

    assert unmet == []
    assert (clean.name, clean.mobile) == ("示例甲", "13800000000")
    assert clean.line == "山西省运城市临猗县猗氏镇示例路 1 号"


def test_the_town_may_be_missing_and_a_municipality_is_not_said_twice():
    clean, unmet = rules.check_address(replace(GOOD, province="北京市", city="北京市", county="示例区", town=""))

    assert unmet == []
    assert clean.region == "北京市示例区"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "甲" * 31), ("province", "山西"), ("city", ""), ("county", " "), ("detail", "x" * 101),
        ("detail", "路\u0007"), ("mobile", "1380000000"), ("mobile", "23800000000"), ("mobile", "一三八"), ("town", "镇" * 31),
    ],
)  # fmt: skip
def test_each_faulty_field_is_told_by_itself(field, value):
    _, unmet = rules.check_address(replace(GOOD, **{field: value}))

    assert [u.rule for u in unmet] == [f"checkout.address.{field}"]


@pytest.mark.parametrize(
    "text",
    [
        "示例甲 13800000000 山西省运城市临猗县猗氏镇示例路1号",
        "收货人：示例甲，手机：138 0000 0000，地址：山西省运城市临猗县猗氏镇示例路1号",
        "山西省运城市临猗县猗氏镇示例路1号，示例甲，138-0000-0000",
        "示例甲\n１３８００００００００\n山西运城市临猗县猗氏镇示例路1号",
        "+8613800000000 示例甲 山西省 运城市 临猗县 猗氏镇 示例路1号",
    ],
)
def test_a_pasted_line_is_read_in_the_ways_people_write_it(text):
    assert rules.parse_pasted(text) == Address(
        "示例甲", "13800000000", "山西省", "运城市", "临猗县", "猗氏镇", "示例路1号"
    )


def test_a_municipality_is_its_own_city():
    found = rules.parse_pasted("示例乙 13900000000 上海市浦东新区示例街道示例路2号")

    assert (found.province, found.city, found.county, found.town, found.detail) == (
        "上海市", "上海市", "浦东新区", "示例街道", "示例路2号",
    )  # fmt: skip


@given(st.text(max_size=400))
def test_any_pasted_text_gives_an_address_and_no_error(text):
    assert isinstance(rules.parse_pasted(text), Address)


def test_each_seller_sends_one_parcel_at_the_dearest_freight_in_it():
    assert rules.parcels({1: [10, 11], 2: [12]}, {10: 800, 11: 1200, 12: 0}) == {1: 1200, 2: 0}
