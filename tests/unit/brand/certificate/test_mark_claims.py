"""Claims of marks in free words: what claims and what does not, and whether certificates bear it out."""

from __future__ import annotations

from datetime import date

import pytest

from brand.certificate import rules_claims
from brand.certificate.rules import Certificate, Product, Use

GREEN = Certificate(
    1, "green", "LB-18-2601040001", 7, "confirmed", date(2026, 3, 1), date(2029, 2, 28), (Product(11, "fuji", "fresh", 1000),),
    frozenset({1}), "GF140821260001",
)  # fmt: skip
USE = Use(7, date(2026, 11, 20), "fuji", "fresh")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("绿色食品认证苹果", ["green"]), ("绿 色 食 品", ["green"]), ("绿\u200b色·食品", ["green"]), ("编号GF140821260001", ["green"]),
        ("有机苹果，产自临猗", ["organic"]), ("有机种植三年", ["organic"]), ("ORGANIC apple", ["organic"]), ("有　机　苹　果", ["organic"]),
        ("国家地理标志产品", ["gi_mark"]), ("农产品地理标志", ["agri_gi"]), ("地标产品", ["gi_mark"]), ("AGI02162", ["agri_gi"]),
        ("绿色食品，有机认证，地理标志", ["green", "organic", "gi_mark"]), ("许可证SC10614082100019", ["sc"]),
    ],
)  # fmt: skip
def test_words_that_claim_a_mark_are_found_however_they_are_spaced(text, kinds):
    assert [c.kinds[0] for c in rules_claims.claims({"品名": text})] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "", "施有机肥", "土壤有机质含量高", "有机会再来", "没有机会", "有机磷未检出", "绿色种植", "绿色包装", "没有取得绿色食品认证", "不是有机产品",
        "正在申请绿色食品", "非有机种植", "尚未做有机认证", "果园在地理上靠近黄河", "SC1061408210001", "未获地理标志", "有机物",
    ],
)  # fmt: skip
def test_words_that_claim_nothing_are_left_alone(text):
    assert rules_claims.claims({"介绍": text}) == []


def test_a_denial_in_one_clause_does_not_cover_the_next():
    found = rules_claims.claims({"介绍": "去年没有机会参展，绿色食品苹果。不是进口的；有机认证齐全"})

    assert [c.kinds[0] for c in found] == ["green", "organic"]
    assert "绿色食品" in found[0].context


def test_a_claim_stands_where_every_product_beside_it_is_covered():
    said = rules_claims.claims({"品名": "绿色食品苹果"})

    assert rules_claims.judge(said, [GREEN], [USE]) == []
    other = Use(7, USE.on, "red-fuji", "fresh")
    assert [f.misuse for f in rules_claims.judge(said, [GREEN], [USE, other])] == ["beyond_scope"]
    assert [f.misuse for f in rules_claims.judge(said, [], [USE])] == ["impostor"]


def test_a_geographical_indication_is_borne_out_by_either_kind_of_paper():
    said = rules_claims.claims({"品名": "地理标志苹果"})
    agri = Certificate(
        2, "agri_gi", "AGI00000", 7, "confirmed", date(2020, 1, 1), None, (Product(12, "fuji", "fresh"),), frozenset({1}), "AGI00000"
    )  # fmt: skip

    assert rules_claims.judge(said, [agri], [USE]) == []
    assert rules_claims.judge(said, [GREEN], [USE])[0].misuse == "impostor"


def test_words_beside_no_product_are_borne_out_by_any_product_of_the_firm():
    said = rules_claims.claims({"版式名": "绿色食品礼盒"})

    assert rules_claims.judge_unbound(said, [GREEN], Use(7, USE.on, "", "")) == []
    late = Use(7, date(2030, 1, 1), "", "")
    assert [f.misuse for f in rules_claims.judge_unbound(said, [GREEN], late)] == ["expired"]
    assert [f.misuse for f in rules_claims.judge_unbound(said, [], late)] == ["impostor"]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("有机冬枣", "有机冬枣"),
        ("有机冬枣，扫码看记录", "有机冬枣，扫码看记录"),
        ("北景乡示例村合作社自产自销的有机冬枣（大果）每箱五斤包邮", "……合作社自产自销的有机冬枣（大果）每箱五斤……"),
    ],
)
def test_the_words_around_a_claim_are_cut_with_a_sign_and_keep_their_punctuation(text, context):
    assert [c.context for c in rules_claims.claims({"品名": text})] == [context]
