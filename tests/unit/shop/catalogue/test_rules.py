"""Price tags, terms, reference prices and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.workflow.table import faults
from shop.catalogue import rules
from shop.catalogue.rules_wording import lint

FACTS = rules.ListingFacts(
    title="富士苹果，一等品", origin="临猗县示例镇", description="", dispatch_note="当天发", claim_hours=48, claim_terms="按枚退款",
    perishable=True, pictures=0, seller_active=True, variants=[rules.VariantFacts("80", 5980, 5000, True)],
)  # fmt: skip


def test_the_table_is_well_formed():
    assert faults(rules.LISTING) == []


@pytest.mark.parametrize(
    ("fen", "grams", "text"),
    [
        (5980, 5000, "5.98"),
        (3990, 2500, "7.98"),
        (1, 1_000_000, "0.00"),
        (1000, 300, "16.67"),
        (5, 500, "0.05"),
        (1001, 1000, "5.01"),
        (100, 0, ""),
    ],
)
def test_the_price_of_a_jin_is_rounded_half_up(fen, grams, text):
    assert rules.unit_price_text(fen, grams) == text


@pytest.mark.parametrize(
    ("change", "rules_"),
    [
        ({}, []),
        ({"title": " "}, ["catalogue.listing.title"]),
        ({"origin": ""}, ["catalogue.listing.origin"]),
        ({"variants": []}, ["catalogue.listing.variant"]),
        ({"variants": [rules.VariantFacts("80", 0, 0, True)]}, ["catalogue.listing.price", "catalogue.listing.net"]),
        ({"variants": [rules.VariantFacts("80", 5980, 5000, False)]}, ["catalogue.listing.variant"]),
    ],
)
def test_a_price_tag_names_goods_origin_specification_and_price(change, rules_):
    assert [u.rule for u in rules.price_tag_complete(replace(FACTS, **change))] == rules_


@pytest.mark.parametrize(("hours", "unmet"), [(23, 1), (24, 0), (48, 0)])
def test_perishable_goods_need_a_day_for_claims_at_least(hours, unmet):
    assert len(rules.terms_complete(replace(FACTS, claim_hours=hours))) == unmet


def test_goods_that_keep_need_no_claim_terms():
    assert rules.terms_complete(replace(FACTS, perishable=False, claim_hours=0, claim_terms="")) == []


NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("deals", "price"),
    [
        ([], None),
        ([(7, 5000)], 5000),
        ([(7.01, 5000)], 5000),
        ([(7.01, 4000), (6.9, 6000), (1, 5500)], 5500),
        ([(30, 4000), (20, 5000)], 5000),
        ([(-1, 100)], None),
    ],
)
def test_the_price_that_may_be_struck_through_is_the_lowest_deal_of_seven_days_or_the_last(deals, price):
    rows = [rules.Deal(NOW - timedelta(days=ago), fen) for ago, fen in deals]

    assert rules.reference_price(rows, NOW) == price


@pytest.mark.parametrize(
    ("harvested", "days"), [(date(2026, 11, 20), 0), (date(2026, 10, 9), 42), (date(2026, 11, 21), None), (None, None)]
)
def test_days_in_store_are_counted_from_the_harvest(harvested, days):
    assert rules.storage_days(harvested, date(2026, 11, 20)) == days


@pytest.mark.parametrize(
    "text",
    [
        "全县最甜的苹果", "最 好 吃", "销量第一", "第一品牌", "国家级好果", "顶级果园", "极品冬枣", "唯一产地", "首个产区",
        "１００％ 保证", "100%天然", "百分之百好果", "零农残", "0农药残留", "无农药", "纯天然", "能降糖", "降血压", "抗癌食品", "机关特供",
        "领导人同款", "治疗便秘", "全网最低价", "保证正品", "最\u200b佳",
    ],
)  # fmt: skip
def test_doubtful_words_are_found_with_clause_and_advice(text):
    found = lint({"介绍": text})

    assert found
    assert all(f.article.startswith("广告法") and f.advice for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "最近采收", "最后一批", "最低温度 -5 ℃", "最多购买 5 箱", "最大残留限量", "最早 10 月上市", "第一章", "第一产业", "第一批次采收",
        "获评2018年第一批示范社", "唯一编号见标签", "国家级农业产业化重点龙头企业", "检测 4 项，均未超过限量", "糖度 14.2", "一等品", "",
    ],
)  # fmt: skip
def test_plain_words_are_left_alone(text):
    assert lint({"介绍": text}) == []


def test_a_finding_shows_the_words_around_it():
    (finding,) = lint({"品名": "临猗富士，全县最甜，果径八十"})

    assert finding.field == "品名"
    assert "最甜" in finding.context
