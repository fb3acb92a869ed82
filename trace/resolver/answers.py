"""Answers of the resolver before any framework: linkset, redirect, 300, 404, preflight."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trace.resolver import rules
from trace.resolver.negotiation import accepts, wish_of
from trace.resolver.rules import LINKSET, Level, Target

CONTEXT_PATH = "/ns/linkset/v1"
METHODS = "GET, HEAD, OPTIONS"
VARY = "Accept, Accept-Language, Cookie"
CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Expose-Headers", "Link, Location"),
)
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and body of an answer."""

    status: int
    headers: Headers
    body: bytes = b""


def asks_for_links(query: str, accept: str) -> bool:
    """Whether a request wants the linkset or one link of it rather than the page."""
    return ("linkType" in query and rules.link_type_of(query) is not None) or (
        "linkset" in accept and accepts(accept, LINKSET)
    )


def linkset_link(address: str) -> str:
    """The Link header value that points to the linkset of an address."""
    return f'<{address}?linkType=linkset>; rel="linkset"; type="{LINKSET}"'


def to_links(levels: Sequence[Level], origin: str, query: str, accept: str, accept_language: str) -> Reply:
    """The linkset, or the redirect to the asked link type; 300 where several fit equally well, 404 where none is there."""
    link_type = rules.link_type_of(query)
    if link_type is None or link_type == "linkset":
        return linkset(levels, origin)
    found = rules.choose(levels, link_type, wish_of(accept, accept_language))
    if not found:
        return problem(404, "这个编号没有登记这种链接。", "resolver.no_such_link", levels[0].anchor)
    if len(found) > 1:
        return several(levels[0], found)
    return redirect(found[0], query, levels[0].anchor)


def to_default(levels: Sequence[Level], query: str) -> Reply:
    """307 to the default link of the asked level, with the query passed on."""
    return redirect(levels[0].default, query, levels[0].anchor)


def linkset(levels: Sequence[Level], origin: str) -> Reply:
    """200 with the whole linkset; the Link header names the JSON-LD context and the linkset itself."""
    links = (
        f'<{origin}{CONTEXT_PATH}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json", '
        + linkset_link(levels[0].anchor)
    )
    return Reply(200, _headers(LINKSET, ("Link", links)), _json(rules.linkset(levels)))


def redirect(target: Target, query: str, anchor: str) -> Reply:
    """307 to a stored target and nowhere else."""
    location = rules.with_query(target, query)
    return Reply(307, _headers("text/plain", ("Location", location), ("Link", linkset_link(anchor))))


def several(level: Level, found: Sequence[Target]) -> Reply:
    """300 with the equally good links, so that the client chooses."""
    alternates = ", ".join(f'<{one.href}>; rel="alternate"' for one in found)
    body = rules.some_links(level.anchor, level.description, found)
    return Reply(300, _headers(LINKSET, ("Link", f"{alternates}, {linkset_link(level.anchor)}")), _json(body))


def problem(status: int, message: str, code: str | None, anchor: str = "") -> Reply:
    """A refusal as problem JSON (RFC 9457)."""
    body = {"type": "about:blank", "status": status, "title": message, "code": code}
    more = (("Link", linkset_link(anchor)),) if anchor else ()
    return Reply(status, _headers("application/problem+json", *more), _json(body))


def preflight(asked_headers: str = "") -> Reply:
    """The answer to OPTIONS: which methods there are, for any origin."""
    allowed = asked_headers if asked_headers.replace("-", "").replace(",", "").replace(" ", "").isalnum() else ""
    more = (("Access-Control-Allow-Headers", allowed or "Accept, Accept-Language"), ("Access-Control-Max-Age", "86400"))
    return Reply(200, (("Allow", METHODS), *CORS, *more, ("Content-Type", "text/plain")))


def description(origin: str, primary_keys: Sequence[str], name: str) -> dict[str, Any]:
    """The resolver description file."""
    return {
        "name": name,
        "resolverRoot": origin,
        "supportedPrimaryKeys": list(primary_keys),
        "supportedLinkType": [{"namespace": rules.VOC, "prefix": "gs1:"}],
        "supportedContextValuesEnumerated": [],
        "linkTypeDefaultCanBeLinkset": False,
        "supportsLanguageVariants": True,
        "supportsSemanticInterpretation": False,
        "validatesAIcombinations": True,
        "linksetContext": origin + CONTEXT_PATH,
        "supportedMediaTypes": list(rules.MEDIA_TYPES),
    }


def linkset_context() -> dict[str, Any]:
    """A JSON-LD context that reads our linksets as triples: anchor, relation, target, with title, format and language."""
    terms = "http://purl.org/dc/terms/"
    return {
        "@context": {
            "@version": 1.1,
            "@vocab": "http://www.iana.org/assignments/relation/",
            "linkset": "@graph",
            "anchor": "@id",
            "href": "@id",
            "gs1": rules.VOC,
            "itemDescription": "http://www.w3.org/2000/01/rdf-schema#comment",
            "title": {"@id": terms + "title"},
            "type": {"@id": terms + "format"},
            "hreflang": {"@id": terms + "language", "@container": "@set"},
        }
    }


def _headers(content_type: str, *more: tuple[str, str]) -> Headers:
    return (("Content-Type", content_type), ("Vary", VARY), ("Cache-Control", "no-store"), *CORS, *more)


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8")
