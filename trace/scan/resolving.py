"""The code address as a resolver sees it: its levels with their links, linkset, redirect (traceability.md 5.7)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from core.db import db
from core.errors import BadInput
from core.gs1 import digital_link
from core.hooks import code_links
from trace.item.models import Item
from trace.lot import queries as lots
from trace.resolver import answers
from trace.resolver.answers import Reply
from trace.resolver.queries import links_for
from trace.resolver.rules import VOC, Level, Target
from trace.scan import resolve
from trace.scan.addresses import Address
from trace.signing.queries import record_for_lot

BOTH = ("zh", "en")
_NUMBERED = re.compile(r"(?:^|&)\d+=")
_LENIENT = digital_link.Options(unknown_as_attribute=True)


def check_attributes(path: str, query: str) -> None:
    """BadInput where the query of a Digital Link carries an identifier with a wrong value; other parameters are not ours."""
    if path.startswith("/01/") and _NUMBERED.search(query):
        digital_link.parse(f"https://id.gs1.org{path.rstrip('/')}?{query}", _LENIENT)


def asks(environ: Mapping[str, Any]) -> bool:
    """Whether a request wants the linkset or one link rather than the page."""
    return answers.asks_for_links(str(environ.get("QUERY_STRING", "")), str(environ.get("HTTP_ACCEPT", "")))


def choices(reply: Reply) -> list[dict[str, Any]]:
    """The links of a 300 answer."""
    context = json.loads(reply.body)["linkset"][0]
    return [link for name, found in context.items() if name.startswith(VOC) for link in found]


def links(address: Address, origin: str, environ: Mapping[str, Any]) -> Reply:
    """The linkset or the asked link of an address; call inside an application context."""
    target = resolve.resolve(address)
    if target.kind not in ("unit", "lot", "product"):
        return answers.problem(404, "这个编号没有发出过。", "code.unknown")
    query, accept = str(environ.get("QUERY_STRING", "")), str(environ.get("HTTP_ACCEPT", ""))
    language = str(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return answers.to_links(levels(address, target, origin), origin, query, accept, language)


def default(address: Address, target: resolve.Target, origin: str, query: str) -> Reply:
    """The redirect to the default link: our page of the most specific level there is."""
    path = _path(address, target)
    level = Level(origin + path, "", Target("defaultLink", f"{origin}/scan{path}", ""), ())
    return answers.to_default([level], query)


def refused(error: BadInput) -> Reply:
    """400 for what is no well-formed address."""
    return answers.problem(400, error.message, error.code)


def _path(address: Address, target: resolve.Target) -> str:
    lot = target.lot_no if target.kind in ("lot", "unit") else None
    return address.path(lot=lot, serial=address.serial if target.kind == "unit" else None)


def levels(address: Address, target: resolve.Target, origin: str) -> list[Level]:
    """The levels of what an address names, the asked one first: unit, lot, product."""
    assert target.item_id is not None
    item = db.session.get_one(Item, target.item_id)
    of_product, of_lot = links_for(item.id, target.lot_id)
    out = []
    if target.kind == "unit":
        path = address.path(lot=target.lot_no, serial=address.serial)
        out.append(
            _level(origin, path, f"{item.name}，批次 {target.lot_no}，编号 {address.serial}", [_trace(origin, path)])
        )
    if target.lot_id is not None and target.kind in ("unit", "lot"):
        path = address.path(lot=target.lot_no)
        own = [
            _trace(origin, path),
            *_of_record(target.lot_id, origin),
            *_of_rooms(item.id, target.lot_id, path, origin),
        ]
        out.append(_level(origin, path, f"{item.name}，批次 {target.lot_no}", [*own, *of_lot]))
    path = address.product_path
    pip = Target("pip", f"{origin}/scan{path}", "商品和最近的批次", "text/html", BOTH)
    found = Target("reportFound", f"{origin}/scan/report?path={path}", "报告可疑产品", "text/html", ("zh",))
    rooms = _of_rooms(item.id, None, path, origin)
    out.append(_level(origin, path, item.name, [pip, found, *rooms, *of_product]))
    return out


def _level(origin: str, path: str, words: str, own: list[Target]) -> Level:
    return Level(origin + path, words, Target("defaultLink", f"{origin}/scan{path}", own[0].title), tuple(own))


def _trace(origin: str, path: str) -> Target:
    return Target("traceability", f"{origin}/scan{path}", "产品记录", "text/html", BOTH)


def _of_record(lot_id: int, origin: str) -> list[Target]:
    """The signed record: what a machine verifies, and the page that lists versions and proofs."""
    record = record_for_lot(lot_id)
    if record is None:
        return []
    page = f"{origin}/trace/records/{record.public_id}"
    return [
        Target("verificationService", page + ".json", "签名记录", "application/vc"),
        Target("certificationInfo", page, "记录的各版本和凭据", "text/html", ("zh",)),
        _events(lot_id, origin),
    ]


def _events(lot_id: int, origin: str) -> Target:
    """The events of a lot; callers without a token get their public fields only."""
    uri = quote(lots.lot_by_id(lot_id).uri, safe=":/")
    return Target("epcis", f"{origin}/epcis/events?MATCH_anyEPCClass={uri}", "EPCIS 事件", "application/json")


def _of_rooms(item_id: int, lot_id: int | None, path: str, origin: str) -> list[Target]:
    made = [link for hook in code_links for link in hook(item_id=item_id, lot_id=lot_id, path=path)]
    return [
        Target(m.type, origin + m.href if m.href.startswith("/") else m.href, m.title, m.media, m.languages)
        for m in made
    ]
