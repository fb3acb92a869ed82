"""The frame around events: what an EPCIS document or query result must have besides its events (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from trace.event import shapes
from trace.event.check import escape
from trace.event.context import EPCIS_CONTEXT, compile_context
from trace.event.errors import Fault

Json = dict[str, Any]
_VERSION = re.compile(r"2(\.\d+)+")
KINDS = {
    "EPCISDocument": (
        "@context", "id", "type", "schemaVersion", "creationDate", "instanceIdentifier", "sender", "receiver",
        "epcisHeader", "epcisBody",
    ),
    "EPCISQueryDocument": ("@context", "id", "type", "schemaVersion", "creationDate", "epcisBody"),
}  # fmt: skip


def judge(value: Json, kind: str) -> tuple[list[Json], list[Fault]]:
    """The events of a document of this kind, and every fault of what stands around them."""
    faults = list(context_faults(value.get("@context"), "/@context"))
    known = compile_context(value.get("@context")).known if not faults else {}
    faults += [
        Fault("doc.unknown", f"/{escape(name)}", f"不认识 {name}；扩展字段要带已声明的前缀。")
        for name in value
        if name not in KINDS[kind] and not _declared(name, known)
    ]
    faults += _frame_faults(value, kind)
    events, more = _events(value.get("epcisBody"), kind)
    return events, faults + more


def _declared(name: str, known: dict[str, str]) -> bool:
    return shapes.is_uri(name) and ("//" in name or name.partition(":")[0] in known)


def _frame_faults(value: Json, kind: str) -> Iterator[Fault]:
    needed = kind == "EPCISDocument"
    version = value.get("schemaVersion")
    if (needed or "schemaVersion" in value) and not (isinstance(version, str) and _VERSION.fullmatch(version)):
        yield Fault("doc.version", "/schemaVersion", '要写明版本，如 "schemaVersion": "2.0"（带引号）。')
    if (needed or "creationDate" in value) and shapes.time(value.get("creationDate")):
        yield Fault("doc.created", "/creationDate", "要写明文件生成时间，如 2026-10-08T09:30:00+08:00。")
    if "id" in value and shapes.uri(value["id"]) and not _is_blank_node(value["id"]):
        yield Fault("uri", "/id", "文件的 id 要写完整的地址。")
    for name in ("instanceIdentifier", "sender", "receiver"):
        if needed and not isinstance(value.get(name, ""), str):
            yield Fault("text", f"/{name}", "这里要写文字。")
    if needed and "epcisHeader" in value:
        yield from _header_faults(value["epcisHeader"])


def _is_blank_node(value: Any) -> bool:
    """JSON-LD's way to say that a document has no address (``_:document1``), as examples of GS1 do."""
    return isinstance(value, str) and re.fullmatch(r"_:[A-Za-z0-9]+", value) is not None


def _header_faults(header: Any) -> Iterator[Fault]:
    """Master data in the header: carried along, so only its shape is judged."""
    if not isinstance(header, dict):
        yield Fault("object", "/epcisHeader", "这里要写成对象（用花括号）。")
        return
    for name in header:
        if name != "epcisMasterData" and not shapes.is_uri(name):
            yield Fault("doc.unknown", f"/epcisHeader/{escape(name)}", f"不认识 {name}。")
    data = header.get("epcisMasterData", {})
    if isinstance(data, dict):
        yield from _vocabulary_faults(data.get("vocabularyList", []), "/epcisHeader/epcisMasterData/vocabularyList")
    else:
        yield Fault("doc.master_data", "/epcisHeader/epcisMasterData", "主数据要放在 vocabularyList 列表里。")


def _vocabulary_faults(lists: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(lists, list):
        yield Fault("doc.master_data", pointer, "主数据要放在 vocabularyList 列表里。")
        return
    for place, vocabulary in enumerate(lists):
        at = f"{pointer}/{place}"
        elements = vocabulary.get("vocabularyElementList", []) if isinstance(vocabulary, dict) else None
        if elements is None or shapes.uri(vocabulary.get("type")) or not isinstance(elements, list):
            yield Fault("doc.master_data", at, "每组主数据要有 type（地址）和 vocabularyElementList（列表）。")
            continue
        for index, element in enumerate(elements):
            if not _is_element(element):
                yield Fault(
                    "doc.master_data", f"{at}/vocabularyElementList/{index}", "每项主数据要有 id，属性也要有 id。"
                )


def _is_element(element: Any) -> bool:
    if not isinstance(element, dict) or shapes.uri(element.get("id")):
        return False
    attributes, children = element.get("attributes", []), element.get("children", [])
    if not isinstance(attributes, list) or not isinstance(children, list):
        return False
    return not any(shapes.uri(child) for child in children) and all(
        isinstance(one, dict) and not shapes.uri(one.get("id")) and _is_attribute(one.get("attribute", ""))
        for one in attributes
    )


def _is_attribute(value: Any) -> bool:
    return isinstance(value, (str, int, float, dict)) and not isinstance(value, bool)


def _events(body: Any, kind: str) -> tuple[list[Any], list[Fault]]:
    """The event list of a body, down ``queryResults`` and ``resultsBody`` for a query result, with the faults on the way."""
    if not isinstance(body, dict):
        return [], [Fault("doc.body", "/epcisBody", "缺少 epcisBody。")]
    at = "/epcisBody"
    faults: list[Fault] = []
    if kind == "EPCISQueryDocument":
        for name, allowed in _QUERY_STEPS:
            faults += [
                Fault("doc.unknown", f"{at}/{escape(key)}", f"不认识 {key}。")
                for key in body
                if not _allowed(key, allowed)
            ]
            if name == "resultsBody":
                faults += _query_faults(body, at)
            body, at = body.get(name), f"{at}/{name}"
            if not isinstance(body, dict):
                return [], [*faults, Fault("doc.body", at, f"缺少 {name}。")]
        faults += [
            Fault("doc.unknown", f"{at}/{escape(key)}", f"不认识 {key}。") for key in body if not _allowed(key, _RESULT)
        ]
        faults += _vocabulary_faults(body.get("vocabularyList", []), f"{at}/vocabularyList")
    events = body.get("eventList")
    if not isinstance(events, list):
        single = body.get("event")  # the form of early drafts: refused, but readable
        events = [single] if isinstance(single, dict) else []
        return events, [*faults, Fault("doc.body", f"{at}/eventList", "缺少事件列表 eventList。")]
    wrong = [place for place, event in enumerate(events) if not isinstance(event, dict)]
    faults += [Fault("event.object", f"{at}/eventList/{place}", "事件要写成一个 JSON 对象。") for place in wrong]
    return events, faults


def _query_faults(results: Json, at: str) -> Iterator[Fault]:
    if not isinstance(results.get("queryName"), str):
        yield Fault("doc.query", f"{at}/queryName", "查询结果要写明 queryName。")
    if not isinstance(results.get("subscriptionID", ""), str):
        yield Fault("text", f"{at}/subscriptionID", "这里要写文字。")


_QUERY_STEPS = (
    ("queryResults", ("queryResults",)),
    ("resultsBody", ("queryName", "subscriptionID", "resultsBody")),
)
_RESULT = ("eventList", "vocabularyList")


def _allowed(key: str, names: tuple[str, ...]) -> bool:
    return key in names or shapes.is_uri(key)


def context_faults(context: Any, pointer: str) -> Iterator[Fault]:
    items = context if isinstance(context, list) else [context]
    if not all(isinstance(item, dict) or (isinstance(item, str) and shapes.is_uri(item)) for item in items):
        yield Fault("doc.context", pointer, '@context 里只能写地址，或 {"前缀": "地址"}。')
    elif len({orjson.dumps(item) for item in items}) != len(items):
        yield Fault("doc.context", pointer, "@context 里同一项写了两次。")
    elif not compile_context(context).standard:
        yield Fault("doc.context", pointer, f"@context 里要有 EPCIS 的地址：{EPCIS_CONTEXT}")
