"""The checks of the GS1 resolver test suite, by id (vectors/resolver-conformance/CHECKS.md), against our own resolver.

The suite itself needs a public https host: ``isHttps``, ``tlsOK`` and ``httpVersion`` belong to the deployment
(docs/deploy.md) and are told so by the test that reads the list of checks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from core.db import db, unit_of_work
from tests.conformance import vectors
from tests.factories.trace import actor_of
from tests.support.towns import Town, town

GTIN = "09520123456788"
VOC = "https://ref.gs1.org/voc/"
vectors.folder("resolver-conformance")


def published(pattern: str) -> str:
    return vectors.reference("resolver-conformance", pattern).read_text("utf-8")


SCHEMA = json.loads(published("**/gs1-linkset-schema.json"))
RATIFIED = {t["id"] for t in json.loads(published("**/gs1-link-types.json"))["link_types"]}
DEPLOYMENT = {"isHttps", "tlsOK", "httpVersion"}
STORED = (
    ("instructions", "https://farm.example/use", "怎么保存", "text/html", "zh"),
    ("recipeInfo", "https://farm.example/zh/recipes", "苹果做法", "text/html", "zh"),
    ("recipeInfo", "https://farm.example/en/recipes?from=label", "Apple recipes", "text/html", "en"),
    ("certificationInfo", "https://farm.example/green.pdf", "绿色食品证书", "application/pdf", "zh"),
    ("support", "https://farm.example/a", "客服一", "text/html", "zh"),
    ("support", "https://farm.example/b", "客服二", "text/html", "zh"),
)


@dataclass
class Suite:
    """The resolver, asked as the suite asks it: no cookies, ``Accept: */*``."""

    place: Town
    lot: str
    serial: str
    checked: set[str] = field(default_factory=set)

    @property
    def product(self) -> str:
        return f"/01/{GTIN}"

    @property
    def addresses(self) -> list[str]:
        return [self.product, f"{self.product}/10/{self.lot}", f"{self.product}/10/{self.lot}/21/{self.serial}"]

    def ask(self, path: str, method: str = "GET", **headers: str) -> Any:
        client = self.place.app.test_client()
        given = {"Accept": "*/*", "User-Agent": "suite"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return client.open(path, method=method, headers=given)

    def linkset(self, path: str) -> list[dict[str, Any]]:
        return self.ask(path + "?linkType=linkset").json["linkset"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    with town(tmp_path_factory.mktemp("resolver"), count=2, gtin=GTIN) as made:
        from core.organisation.models import Organisation
        from trace.item.models import Item
        from trace.resolver import service

        with made.app.app_context(), unit_of_work():
            item = db.session.get_one(Item, made.issued.item_id)
            actor = actor_of(db.session.get_one(Organisation, made.issued.organisation_id))
            for link_type, href, title, media, language in STORED:
                service.add_link(
                    item, actor, link_type=link_type, href=href, title=title, media_type=media, language=language
                )
        yield Suite(made, made.issued.lot_no, made.issued.addresses[0].rsplit("/", 1)[1])


def listed_checks() -> set[str]:
    names: set[str] = set()
    for line in published("**/CHECKS.md").splitlines():
        found = re.match(r"- ([\w<>+ /]+?)(?: \(SHOULD(?: NOT)?\))?:", line)
        if found:
            names |= {name.strip() for name in found[1].split(" / ")}
    return names


def test_every_listed_check_has_a_test_here_or_belongs_to_the_deployment() -> None:
    source = Path(__file__).read_text("utf-8")

    missing = {name for name in listed_checks() if f"[{name}]" not in source and name not in DEPLOYMENT}

    assert len(listed_checks()) >= 26
    assert missing == set()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/01/{GTIN}", 307),
        (f"/01/{GTIN}/10/ABC", 307),
        ("/01/9520123456788", 400),
        ("/gtin/09520123456788", 404),
        ("/01/09520123456789", 400),
        (f"/01/{GTIN}/21/A/10/B", 400),
        (f"/01/{GTIN}?17=991399", 400),
        (f"/01/{GTIN}?17=271131&utm_source=x&from=singlemessage", 400),
        (f"/01/{GTIN}?15=271130&utm_source=x", 307),
    ],
)
def test_the_input_is_read_as_a_digital_link(suite: Suite, path: str, status: int) -> None:
    """[isURL] [validDL] [plausibleDL]"""
    assert suite.ask(path).status_code == status


def test_the_description_file_names_root_and_keys(suite: Suite) -> None:
    """[rdFile]"""
    answer = suite.ask("/.well-known/gs1resolver", Accept="application/json")

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json["resolverRoot"] == suite.place.app.config["SETTINGS"].link_origin
    assert "01" in answer.json["supportedPrimaryKeys"]
    sample = json.loads(published("**/gs1resolver-description*.json"))
    shared = set(answer.json) & set(sample)
    assert {"name", "resolverRoot", "supportedPrimaryKeys", "supportedLinkType"} <= shared
    assert all(type(answer.json[name]) is type(sample[name]) for name in shared)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_get_head_and_options_are_offered_on_each_level(suite: Suite, method: str) -> None:
    """[methodsCheck]"""
    for address in suite.addresses:
        answer = suite.ask(address, method)
        assert answer.status_code == (200 if method == "OPTIONS" else 307)
        assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
        assert method == "GET" or answer.data == b""


def test_head_says_what_get_says(suite: Suite) -> None:
    for path in (*suite.addresses, suite.product + "?linkType=linkset", suite.product + "?linkType=gs1:pip"):
        head, get = suite.ask(path, "HEAD"), suite.ask(path)
        assert head.status_code == get.status_code
        for name in ("Location", "Content-Type", "Link", "Vary"):
            assert head.headers.get(name) == get.headers.get(name)


def test_any_origin_may_ask_also_after_a_real_preflight(suite: Suite) -> None:
    """[corsCheck]"""
    for path in (
        suite.product,
        suite.product + "?linkType=linkset",
        suite.product + "/foo",
        "/.well-known/gs1resolver",
    ):
        assert suite.ask(path, Origin="https://other.example").headers["Access-Control-Allow-Origin"] == "*"
    preflight = suite.ask(
        suite.product, "OPTIONS", Origin="https://other.example", Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="accept, accept-language",
    )  # fmt: skip
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Access-Control-Allow-Headers"] == "accept, accept-language"


def test_the_redirect_points_to_the_linkset_and_to_no_other_link(suite: Suite) -> None:
    """[linkOnRedirect] [legacyLinkHeaders]"""
    for address in suite.addresses:
        header = suite.ask(address).headers["Link"]
        assert re.fullmatch(r'<[^>]+\?linkType=linkset>; rel="linkset"; type="application/linkset\+json"', header)
        target = re.match("<([^>]+)>", header)
        assert target is not None
        assert suite.ask(urlsplit(target[1]).path + "?linkType=linkset").status_code == 200


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json", "application/linkset+json"])
@pytest.mark.parametrize("query", ["", "?linkType=linkset", "?linkType=gs1:pip"])
def test_a_malformed_address_is_400_and_never_200(suite: Suite, accept: str, query: str) -> None:
    """[reportWith400] [noErrorWith200]"""
    for address in suite.addresses:
        assert suite.ask(address + "/foo" + query, Accept=accept).status_code == 400


def test_a_trailing_slash_changes_nothing(suite: Suite) -> None:
    """[trailingSlash]"""
    for address in suite.addresses:
        for query in ("", "?linkType=gs1:pip", "?linkType=linkset"):
            plain, slashed = suite.ask(address + query), suite.ask(address + "/" + query)
            assert plain.status_code == slashed.status_code
            assert plain.headers.get("Location") == slashed.headers.get("Location")
            assert plain.data == slashed.data


@pytest.mark.parametrize(
    "qualifier", ["/10/NOSUCH", "/10/no%25such", "/22/2A", "/235/THIRD-PARTY-1", "/22/2A/10/NOSUCH"]
)
def test_an_unknown_qualifier_walks_up_to_the_product(suite: Suite, qualifier: str) -> None:
    """[basicWalkUp]"""
    answer = suite.ask(suite.product + qualifier)

    assert answer.status_code == 307
    assert answer.headers["Location"] == suite.ask(suite.product).headers["Location"]
    anchors = [context["anchor"] for context in suite.linkset(suite.product + qualifier)]
    assert [urlsplit(anchor).path for anchor in anchors] == [suite.product]


def test_a_known_lot_with_a_variant_is_the_lot(suite: Suite) -> None:
    assert suite.ask(f"{suite.product}/22/2A/10/{suite.lot}").headers["Location"].endswith("/10/" + suite.lot)


@pytest.mark.parametrize("value", ["linkset", "all"])
def test_the_linkset_comes_without_a_redirect(suite: Suite, value: str) -> None:
    """[ltLinksetNoRedirect] [ltAllNoRedirect]"""
    for address in suite.addresses:
        answer = suite.ask(f"{address}?linkType={value}", Accept="text/html,*/*;q=0.8")
        assert answer.status_code == 200
        assert "linkset" in answer.json


def test_the_accept_header_asks_for_the_linkset_too(suite: Suite) -> None:
    """[ltAcceptHeader] [declaredContentType]"""
    for address in suite.addresses:
        answer = suite.ask(address, Accept="application/linkset+json")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/linkset+json"
        assert "Accept" in answer.headers["Vary"]
    assert suite.ask(suite.product, Accept="application/linkset+json;q=0, */*").status_code == 307


def test_every_linkset_is_valid_against_the_gs1_schema(suite: Suite) -> None:
    """[validLinkset]"""
    for address in [*suite.addresses, suite.product + "/10/NOSUCH"]:
        jsonschema.validate({"linkset": suite.linkset(address)}, SCHEMA, jsonschema.Draft7Validator)


@pytest.mark.parametrize("path", vectors.files("resolver-conformance", "**/valid*.json"), ids=lambda p: p.name)
def test_the_schema_we_check_with_accepts_the_valid_examples(path: Any) -> None:
    jsonschema.validate(json.loads(path.read_text("utf-8")), SCHEMA, jsonschema.Draft7Validator)


@pytest.mark.parametrize("path", vectors.files("resolver-conformance", "**/invalid*.json"), ids=lambda p: p.name)
def test_the_schema_we_check_with_refuses_the_invalid_examples(path: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(path.read_text("utf-8")), SCHEMA, jsonschema.Draft7Validator)


def test_the_linkset_links_to_its_json_ld_context(suite: Suite) -> None:
    """[linksetJsonldCheck]"""
    header = suite.ask(suite.product + "?linkType=linkset").headers["Link"]
    found = re.search(r'<([^>]+)>; rel="http://www\.w3\.org/ns/json-ld#context"; type="application/ld\+json"', header)

    assert found is not None
    context = suite.ask(urlsplit(found[1]).path)
    assert context.status_code == 200
    assert context.mimetype == "application/ld+json"
    assert context.json["@context"]["linkset"] == "@graph"


def test_each_anchor_has_exactly_one_default_link_with_href_and_title_only(suite: Suite) -> None:
    """[defaultLinkExists] [singleDefaultLink]"""
    for context in suite.linkset(suite.addresses[-1]):
        [default] = context[VOC + "defaultLink"]
        assert set(default) == {"href", "title"}
        described = [one["href"] for name, links in context.items() if name.startswith(VOC) and not name.endswith("defaultLink") for one in links]  # fmt: skip
        assert default["href"] in described


def test_several_default_links_would_be_at_least_two(suite: Suite) -> None:
    """[singleMultiLink]"""
    for context in suite.linkset(suite.addresses[-1]):
        assert len(context.get(VOC + "defaultLinkMulti", [0, 0])) > 1


def test_every_link_type_is_ratified(suite: Suite) -> None:
    """[linkTypesDefined]"""
    from trace.resolver.rules import LINK_TYPES

    used = {name.removeprefix(VOC) for c in suite.linkset(suite.addresses[-1]) for name in c if name.startswith(VOC)}

    assert {f"gs1:{name}" for name in used | set(LINK_TYPES)} <= RATIFIED


def test_the_linkset_carries_the_links_of_all_levels(suite: Suite) -> None:
    contexts = suite.linkset(suite.addresses[-1])

    assert [urlsplit(c["anchor"]).path for c in contexts] == list(reversed(suite.addresses))
    assert {urlsplit(c["anchor"]).path for c in suite.linkset(suite.product)} == {suite.product}
    assert VOC + "recipeInfo" in contexts[-1]


def test_a_plain_get_goes_to_the_default_link(suite: Suite) -> None:
    """[defaultTarget]"""
    for address in suite.addresses:
        answer = suite.ask(address)
        assert answer.status_code == 307
        assert answer.headers["Location"] == suite.linkset(address)[0][VOC + "defaultLink"][0]["href"]


def test_each_link_is_found_by_its_type_language_and_media_type(suite: Suite) -> None:
    """[loFor<type>] [loFor<type>+n]"""
    for context in suite.linkset(suite.addresses[-1]):
        address = urlsplit(context["anchor"]).path
        for name, links in context.items():
            if not name.startswith(VOC):
                continue
            for link in links:
                headers = {"Accept": link["type"]} if "type" in link else {}
                headers |= {"Accept_Language": link["hreflang"][0]} if "hreflang" in link else {}
                answer = suite.ask(f"{address}?linkType=gs1:{name.removeprefix(VOC)}", **headers)
                same = [one for one in links if one.get("hreflang") == link.get("hreflang") and one.get("type") == link.get("type")]  # fmt: skip
                if len(same) == 1:
                    assert (answer.status_code, answer.headers["Location"]) == (307, link["href"])
                else:
                    assert answer.status_code == 300
                    assert link["href"] in answer.get_data(as_text=True)
                    machine = suite.ask(
                        f"{address}?linkType=gs1:{name.removeprefix(VOC)}", **(headers | {"Accept": "*/*"})
                    )
                    jsonschema.validate(machine.json, SCHEMA, jsonschema.Draft7Validator)


@pytest.mark.parametrize(
    ("language", "status", "where"),
    [
        ("en", 307, "/en/"),
        ("en-GB,en;q=0.9", 307, "/en/"),
        ("zh-CN,zh;q=0.9,en;q=0.8", 307, "/zh/"),
        ("fr, en;q=0.2, zh;q=0.1", 307, "/en/"),
        ("fr", 300, ""),
        ("", 300, ""),
    ],
)
def test_the_language_decides_between_links_of_one_type(suite: Suite, language: str, status: int, where: str) -> None:
    answer = suite.ask(suite.product + "?linkType=gs1:recipeInfo", Accept_Language=language)

    assert answer.status_code == status
    assert where in answer.headers.get("Location", "")


@pytest.mark.parametrize("asked", ["gs1:pip", VOC + "pip", "https://gs1.org/voc/pip"])
def test_a_link_type_may_be_written_short_or_in_full(suite: Suite, asked: str) -> None:
    assert suite.ask(f"{suite.product}?linkType={asked}").status_code == 307


@pytest.mark.parametrize("asked", ["gs1:smpc", "gs1:nosuchtype", "smpc", "schema:recipe", "gs1:LINKSET"])
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_a_link_type_that_is_not_there_is_404(suite: Suite, asked: str, accept: str) -> None:
    """[specificLinkTypeNotFound]"""
    for address in suite.addresses:
        assert suite.ask(f"{address}?linkType={asked}", Accept=accept).status_code == 404


@pytest.mark.parametrize(
    ("query", "tail"),
    [
        ("foo=bar&15=271130", "?foo=bar&15=271130"),
        ("linkType=gs1:recipeInfo&foo=bar", "?from=label&foo=bar"),
        ("a=1%202&b=%E4%B8%AD", "?a=1%202&b=%E4%B8%AD"),
    ],
)
def test_the_query_is_passed_on(suite: Suite, query: str, tail: str) -> None:
    """[qsPassedOn]"""
    assert suite.ask(f"{suite.product}?{query}", Accept_Language="en").headers["Location"].endswith(tail)


@pytest.mark.parametrize(
    "query",
    [
        "linkType=https://evil.example/", "url=https://evil.example/", "linkType=gs1:pip&href=//evil.example",
        "foo=%0d%0aLocation:%20https://evil.example", "foo=bar%0d%0aSet-Cookie:a=b",
    ],
)  # fmt: skip
def test_no_request_sends_a_client_anywhere_but_to_a_stored_target(suite: Suite, query: str) -> None:
    answer = suite.ask(f"{suite.product}?{query}")

    where = urlsplit(answer.headers.get("Location", "http://127.0.0.1:8000/"))
    assert where.netloc == urlsplit(suite.place.app.config["SETTINGS"].link_origin).netloc
    assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]
    assert "\n" not in answer.headers.get("Location", "")


def test_other_keys_are_404_while_nobody_knows_them_and_400_where_malformed(suite: Suite) -> None:
    assert suite.ask("/00/095201234567890122").status_code == 404
    assert suite.ask("/414/9520123456788").status_code == 404
    assert suite.ask("/414/9520123456788/254/A-1").status_code == 404
    for path in ("/00/123", "/414/9520123456789", "/414/9520123456788/10/A", "/00/095201234567890122/foo"):
        assert suite.ask(path).status_code == 400
