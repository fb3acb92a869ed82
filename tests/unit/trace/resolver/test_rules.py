"""Targets, linksets, the choice of a link, what a client prefers."""

from __future__ import annotations

import pytest

from core.gs1.errors import Malformed
from trace.resolver import answers, keys, rules
from trace.resolver.negotiation import language_quality, media_quality, ranges, wish_of
from trace.resolver.rules import Level, Target

OWN = "trace.example.cn:8000"


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://Farm.Example/use", "https://farm.example/use"),
        (" https://farm.example ", "https://farm.example/"),
        ("https://farm.example:443/a?b=1#c", "https://farm.example/a?b=1#c"),
        ("https://苹果.example/说明", "https://xn--t6qt3q.example/%E8%AF%B4%E6%98%8E"),
        ("HTTPS://farm.example/A%20B", "https://farm.example/A%20B"),
        ("https://trace.example.cn/scan/help", "https://trace.example.cn/scan/help"),
    ],
)
def test_a_plain_https_address_is_kept_in_one_form(href: str, kept: str) -> None:
    if "苹果" in href:
        kept = "https://" + "苹果.example".encode("idna").decode() + "/%E8%AF%B4%E6%98%8E"
    assert rules.check_target(href, own_host=OWN) == kept


@pytest.mark.parametrize(
    ("href", "code"),
    [
        ("", "length"),
        ("https://farm.example/" + "a" * 500, "length"),
        ("http://farm.example/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//farm.example/", "scheme"),
        ("https://user:pass@farm.example/", "userinfo"),
        ("https://farm.example@evil.example/", "userinfo"),
        ("https://10.0.0.1/", "host"),
        ("https://[::1]/", "host"),
        ("https://localhost/", "host"),
        ("https://farm/", "host"),
        ("https://-farm.example/", "host"),
        ("https:///path", "host"),
        ("https://farm.example:8443/", "port"),
        ("https://farm.example:abc/", "shape"),
        ("https://trace.example.cn/01/09520123456788", "loop"),
        ("https://TRACE.example.cn/ID/USCC/X", "loop"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(href: str, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        rules.check_target(href, own_host=OWN)

    assert refused.value.code == f"resolver.{code}"
    assert refused.value.field == "href"


@pytest.mark.parametrize("href", ["https://farm.example/\r\nSet-Cookie: a=b", "https://farm.example/\tx", "https://farm.example/<script>"])  # fmt: skip
def test_a_stored_target_never_holds_a_line_break_or_a_bracket(href: str) -> None:
    try:
        kept = rules.check_target(href, own_host=OWN)
    except Malformed:
        return
    assert not set(kept) & set('\r\n\t <>"')


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", None), ("a=b", None), ("linkType=", None), ("linkType=linkset", "linkset"), ("linkType=all", "linkset"),
        ("linkType=gs1:all", "linkset"), ("linkType=gs1:pip", "pip"), ("a=1&linkType=gs1%3Apip", "pip"),
        ("linkType=https://ref.gs1.org/voc/pip", "pip"), ("linkType=gs1:pip&linkType=gs1:epcis", "pip"),
        ("linktype=gs1:pip", None),
    ],
)  # fmt: skip
def test_the_link_type_of_a_query(query: str, asked: str | None) -> None:
    assert rules.link_type_of(query) == asked


def levels() -> list[Level]:
    lot = (Target("traceability", "https://a.example/lot", "记录", "text/html", ("zh", "en")),)
    product = (
        Target("pip", "https://a.example/p", "商品", "text/html", ("zh", "en")),
        Target("traceability", "https://a.example/all", "追溯", "text/html", ("zh",)),
        Target("recipeInfo", "https://b.example/zh", "做法", "text/html", ("zh",)),
        Target("recipeInfo", "https://b.example/en", "Recipes", "text/html", ("en",)),
        Target("recipeInfo", "https://b.example/en.pdf", "Recipes", "application/pdf", ("en",)),
    )
    default = Target("defaultLink", "https://a.example/lot", "记录")
    return [Level("https://a.example/10/L", "批次", default, lot), Level("https://a.example", "商品", default, product)]


@pytest.mark.parametrize(
    ("kind", "accept", "language", "hrefs"),
    [
        ("traceability", "*/*", "zh", ["https://a.example/lot"]),  # the most specific level wins
        ("pip", "*/*", "", ["https://a.example/p"]),
        ("recipeInfo", "text/html", "en", ["https://b.example/en"]),
        ("recipeInfo", "application/pdf", "en", ["https://b.example/en.pdf"]),
        ("recipeInfo", "text/html, */*;q=0.1", "en-US, zh;q=0.5", ["https://b.example/en"]),
        ("recipeInfo", "*/*", "en", ["https://b.example/en", "https://b.example/en.pdf"]),
        ("recipeInfo", "*/*", "zh-Hans-CN", ["https://b.example/zh"]),
        ("recipeInfo", "*/*", "zh;q=0, en", ["https://b.example/en", "https://b.example/en.pdf"]),
        ("recipeInfo", "", "", ["https://b.example/zh", "https://b.example/en", "https://b.example/en.pdf"]),
        ("defaultLink", "*/*", "", ["https://a.example/lot"]),
        ("smpc", "*/*", "", []),
    ],
)
def test_the_best_links_of_a_type(kind: str, accept: str, language: str, hrefs: list[str]) -> None:
    found = rules.choose(levels(), kind, wish_of(accept, language))

    assert [link.href for link in found] == hrefs


def test_a_link_of_no_stated_language_is_better_than_one_nobody_asked_for() -> None:
    assert language_quality((), ranges("fr")) > language_quality(("zh",), ranges("fr"))
    assert language_quality((), ranges("zh")) < language_quality(("zh",), ranges("zh"))


@pytest.mark.parametrize(
    ("offered", "header", "quality"),
    [
        ("text/html", "text/*;q=0.4, */*;q=0.9", 0.4),
        ("text/html", "text/html;q=0, */*", 0.0),
        ("application/pdf", "text/html, */*;q=0.8", 0.8),
        ("application/pdf", "text/html", 0.0),
        ("", "text/html, */*;q=0.3", 0.3),
        ("text/html", "text/html;q=nonsense", 0.0),
        ("text/html", "", 1.0),
    ],
)
def test_the_most_precise_range_decides_the_quality_of_a_media_type(offered: str, header: str, quality: float) -> None:
    assert media_quality(offered, ranges(header)) == quality


@pytest.mark.parametrize(
    ("href", "query", "location"),
    [
        ("https://a.example/p", "", "https://a.example/p"),
        ("https://a.example/p", "linkType=gs1:pip", "https://a.example/p"),
        ("https://a.example/p", "x=1&linkType=gs1:pip&y=2", "https://a.example/p?x=1&y=2"),
        ("https://a.example/p?q=0", "x=1", "https://a.example/p?q=0&x=1"),
        ("https://a.example/p#part", "x=1", "https://a.example/p?x=1#part"),
        ("https://a.example/p", "x=\r\nLocation: y", "https://a.example/p?x=%0D%0ALocation:%20y"),
        ("https://a.example/p", "x=#y", "https://a.example/p?x=%23y"),
    ],
)
def test_where_a_client_is_sent(href: str, query: str, location: str) -> None:
    assert rules.with_query(Target("pip", href, "x"), query) == location
    assert rules.with_query(Target("pip", href, "x", forward=False), query) == href


def test_a_link_that_keeps_the_query_back_says_so_in_the_linkset() -> None:
    assert Target("pip", "https://a.example", "x", forward=False).described()["fwqs"] is False
    assert "fwqs" not in Target("pip", "https://a.example", "x").described()


def test_keys_nobody_registered_are_not_claimed_and_registered_ones_are_asked() -> None:
    before = dict(keys._LOOK_UPS)
    keys._LOOK_UPS.clear()
    assert keys.supported() == ["01"]
    level = Level("https://a.example/00/x", "托盘", Target("defaultLink", "https://a.example/t", "x"), ())
    keys.register("00", lambda key, _origin: level if key.value == "095201234567890122" else None)
    try:
        assert keys.supported() == ["01", "00"]
        key = keys.parse("/00/095201234567890122/")
        assert keys.find(key, "https://a.example") is level
    finally:
        keys._LOOK_UPS.clear()
        keys._LOOK_UPS.update(before)
    keys._LOOK_UPS.clear()
    assert keys.find(key, "https://a.example") is None
    keys._LOOK_UPS.update(before)
    with pytest.raises(ValueError, match="no such key"):
        keys.register("8003", lambda _key, _origin: None)


def test_a_preflight_echoes_only_header_names() -> None:
    assert dict(answers.preflight("accept, x-a").headers)["Access-Control-Allow-Headers"] == "accept, x-a"
    assert dict(answers.preflight("a\r\nb: c").headers)["Access-Control-Allow-Headers"] == "Accept, Accept-Language"
