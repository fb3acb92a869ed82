"""A signed record in words, for the preview and the record page; reads the signed JSON only (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Rows = list[tuple[str, ...]]
_MARKS = {"temporary": "临时限量", "to_be_confirmed": "限量待核对"}
_VERDICT = {"not_over": "不超过限量", "over": "超过限量", "banned_detected": "检出禁用物质"}


@dataclass(frozen=True, slots=True)
class Section:
    """A titled block: label and value rows, and where the statement comes from (source tag of LOOK 5)."""

    title: str
    source: str
    rows: Rows
    columns: tuple[str, ...] = ()
    table: Rows | None = None


def sections(record: dict[str, Any]) -> list[Section]:
    """Every statement of the record, in the order of the scan page; what is not provided is said so."""
    subject = record.get("credentialSubject", {})
    kind = record.get("recordKind", "")
    if kind in ("addendum", "withdrawal"):
        return list(_short(record, subject))
    if kind == "events":
        return [_event_list(record, subject)]
    if subject.get("type") in ("CodeSeries", "Recall"):
        return list(_statement(record, subject))
    if "item" not in subject:
        return list(_licence_record(subject))
    return [
        _goods(subject),
        _origin(subject),
        _parties(subject),
        _licence(subject),
        _certificate(subject),
        *_tests(subject),
        _journal(subject),
        _edges(subject),
    ]


def kilograms(grams: object) -> str:
    """Grams as kilograms, without trailing zeros."""
    if not isinstance(grams, int):
        return "未提供"
    whole, rest = divmod(grams, 1000)
    return f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "") + " kg"


def _short(record: dict[str, Any], subject: dict[str, Any]) -> Iterator[Section]:
    rows: Rows = [("批次", _text(subject, "lotNo")), ("理由", str(record.get("reason", "")))]
    if "statement" in subject:
        rows.append(("补充说明", str(subject["statement"])))
    if "statedOn" in subject:
        rows.append(("说明日期", _text(subject, "statedOn")))
    yield Section("补充" if record.get("recordKind") == "addendum" else "撤回", "self", rows)
    if subject.get("facts"):
        table = [_fact(fact) for fact in subject["facts"]]
        yield Section("封存以后", "self", [], ("日期", "事项", "情况"), table)
    yield from (_test(test) for test in subject.get("tests", []))


def _fact(fact: dict[str, Any]) -> tuple[str, ...]:
    """Day or days, what, and how it was: a fact of an addendum in words."""
    kind = fact.get("type")
    if kind == "ColdStay":
        days = f"{fact.get('from', '')} 至 {fact['to']}" if "to" in fact else f"{fact.get('from', '')} 起"
        return (
            days,
            f"在{fact.get('place', {}).get('name') or fact.get('place', {}).get('code', '冷库')}存放",
            cold(fact),
        )
    if kind == "Shipment":
        parts = (("收下", "takenGrams"), ("破损", "damagedGrams"), ("短少", "shortGrams"), ("拒收", "refusedGrams"))
        told = "，".join(f"{word} {kilograms(fact[name])}" for word, name in parts if fact.get(name))
        sent = f"{fact.get('on', '')} 发，{fact.get('receivedOn', '')} 收"
        return sent, f"发往{_party(fact.get('receiver'))} {kilograms(fact.get('massGrams'))}", told
    label = f"{fact.get('kindLabel', '报损')} {kilograms(fact.get('massGrams'))}"
    return str(fact.get("on", "")), label, str(fact.get("reason", ""))


def cold(fact: dict[str, Any]) -> str:
    """The readings of a stay in one line."""
    if "temperature" not in fact:
        return "没有温度记录"
    span = fact["temperature"]
    broken = f"超出要求 {fact['excursions']} 次" if fact.get("excursions") else "没有超出要求"
    holes = f"，{fact['gaps']} 段没有读数" if fact.get("gaps") else ""
    return f"{span.get('lowest')}–{span.get('highest')} ℃，读数 {fact.get('readings')} 次，{broken}{holes}"


def _event_list(record: dict[str, Any], subject: dict[str, Any]) -> Section:
    listed = subject.get("events", [])
    document = record.get("relatedResource", [{}])[0]
    rows: Rows = [
        ("批次", _text(subject, "lotNo"), _text(subject, "id", "")),
        ("事件数", f"{len(listed)} 个"),
        ("事件文件", _text(document, "id"), _text(document, "digestSRI", "")),
    ]
    table: Rows = [(str(number), str(one.get("id", ""))) for number, one in enumerate(listed, 1)]
    return Section("事件清单", "platform", rows, ("序号", "事件编号（由内容算出）"), table)


def _goods(subject: dict[str, Any]) -> Section:
    item, quantity = subject["item"], subject.get("quantity", {})
    amount = kilograms(quantity.get("massGrams"))
    if "pieces" in quantity:
        amount = f"{quantity['pieces']:,} 件，{amount}"
    harvest, packing, storage = subject.get("harvest", {}), subject.get("packing", {}), subject.get("storage", {})
    rows: Rows = [
        ("名称", _text(item, "name")),
        ("批次", _text(subject, "lotNo")),
        ("商品条码" if "gtin" in item else "商品编码", str(item.get("gtin") or item.get("ownCode") or "未提供")),
        ("品种", f"{_word(item.get('species'))} {_word(item.get('variety'))} {_word(item.get('form'))}"),
        ("规格", _word(item.get("specification"))),
        ("等级", _word(item.get("grade")), _text(item.get("grade") or {}, "standard", "")),
        ("数量", amount),
        ("采收", _span(harvest)),
        ("包装", _text(packing, "on")),
        ("贮存", _text(storage, "method"), f"建议 {storage['bestBefore']} 前食用" if "bestBefore" in storage else ""),
    ]
    if "measures" in subject:
        rows.append(("可溶性固形物", f"{subject['measures'].get('solubleSolidsBrix', '')} °Brix"))
    return Section("这批货", "self", [tuple(part for part in row if part) for row in rows])


def _origin(subject: dict[str, Any]) -> Section:
    origin = subject.get("origin", {})
    where = "".join(str(origin.get(name, "")) for name in ("province", "city", "county"))
    rows: Rows = [("产地", where or "未提供")]
    for plot in origin.get("plots", []):
        point = plot.get("point", {})
        area = plot.get("areaSquareMetres", 0)
        place = f"{plot.get('village', '')}，{area * 3 / 2000:.1f} 亩"
        near = f"北纬 {point['latitude']}，东经 {point['longitude']}，取整到 1 km" if point else ""
        rows.append(tuple(part for part in (f"地块 {plot.get('code', '')}", place, near) if part))
    return Section("产地", "self", rows)


def _parties(subject: dict[str, Any]) -> Section:
    labels = {"producer": "生产者", "holder": "持有者", "sealer": "封存者"}
    rows: Rows = [(label, _party(subject.get("parties", {}).get(name))) for name, label in labels.items()]
    return Section("生产者", "self", rows)


def _licence(subject: dict[str, Any]) -> Section:
    licence = subject.get("licence")
    if not licence:
        return Section("品牌授权", "office", [("授权", "未提供")])
    rows: Rows = [
        ("品牌", _text(licence, "brand")),
        ("编号", _text(licence, "number"), _text(licence, "issuer", "")),
        ("范围", _text(licence, "scope")),
        ("有效期", f"{_text(licence, 'validFrom')} 至 {_text(licence, 'validUntil')}"),
    ]
    return Section("品牌授权", "office", rows)


def _certificate(subject: dict[str, Any]) -> Section:
    paper = subject.get("complianceCertificate") or {}
    rows: Rows = [
        ("编号", _text(paper, "number")),
        ("承诺", _text(paper, "statement")),
        ("依据", "、".join(paper.get("bases", [])) or "未提供"),
        ("开具日期", _text(paper, "issuedOn")),
    ]
    return Section("承诺达标合格证", "self", rows)


def _tests(subject: dict[str, Any]) -> Iterator[Section]:
    tests = subject.get("tests", [])
    if not tests:
        yield Section("检测", "lab", [("检测报告", "未提供")])
    yield from (_test(test) for test in tests)


def _test(test: dict[str, Any]) -> Section:
    laboratory = test.get("laboratory", {})
    table: Rows = []
    for result in test.get("results", []):
        judgement = result.get("judgementLabel") or _VERDICT.get(result.get("judgement", ""), "不能判定")
        item = "，".join(str(result[name]) for name in ("substance", "method") if result.get(name))
        table.append((item, _measured(result), _limit(result), judgement))
    rows: Rows = [
        ("报告", _text(test, "reportNo")),
        ("检测单位", _text(laboratory, "name")),
        ("抽样", _text(test, "sampledOn")),
        ("出具", _text(test, "reportedOn")),
    ]
    if test.get("standard"):
        rows.append(("限量标准", _text(test, "standard")))
    source = "self" if laboratory.get("kind") == "own" else "lab"
    return Section("检测", source, rows, ("项目", "结果", "限量", "判定"), table)


def _measured(result: dict[str, Any]) -> str:
    """What was found, with its unit; not detected is told with the limit of detection where the report names it."""
    unit = result.get("unit", "")
    if result.get("result") != "not_detected":
        return f"{result.get('result', '')} {unit}".strip()
    return (
        f"未检出（检出限 {result['detectionLimit']} {unit}".strip() + "）" if "detectionLimit" in result else "未检出"
    )


def _limit(result: dict[str, Any]) -> str:
    """The limit as judged, with what the table says about it: for a time only, not yet confirmed."""
    if "limit" not in result:
        return "无限量规定" if result.get("judgement", "no_limit") == "no_limit" else "–"
    marks = "，".join(_MARKS[mark] for mark in result.get("limitMarks", []) if mark in _MARKS)
    return f"{result['limit']} {result.get('unit', '')}".strip() + (f"（{marks}）" if marks else "")


def _journal(subject: dict[str, Any]) -> Section:
    table: Rows = []
    for entry in subject.get("journal", []):
        used = entry.get("input", {})
        detail = "，".join(str(used[name]) for name in ("name", "usage", "amount") if used.get(name))
        if "intervalDays" in used:
            detail += f"，间隔期 {used['intervalDays']} 天"
        if "massGrams" in entry:
            detail = kilograms(entry["massGrams"])
        table.append((str(entry.get("on", "")), str(entry.get("kindLabel", "")), str(entry.get("summary", "")), detail))
    return Section("生产记录", "self", [], ("日期", "类别", "内容", "用了什么"), table)


def _edges(subject: dict[str, Any]) -> Section:
    balance = subject.get("balance", {})
    rows: Rows = [
        ("投入", kilograms(balance.get("inGrams"))),
        ("产出", kilograms(balance.get("outGrams"))),
        ("损耗", kilograms(balance.get("lossGrams"))),
    ]
    table: Rows = [
        (_last(edge.get("from")), _last(edge.get("to")), kilograms(edge.get("massGrams")))
        for edge in subject.get("edges", [])
    ]
    return Section("从地头到这批", "self", rows, ("从", "到", "数量"), table)


def _licence_record(subject: dict[str, Any]) -> Iterator[Section]:
    brand = subject.get("brand", "")
    rows: Rows = [
        ("编号", _text(subject, "licenceNo")),
        ("品牌", "，".join(brand) if isinstance(brand, list) else str(brand)),
        ("被授权单位", _text(subject, "holderName"), _text(subject, "holderCode", "")),
        ("有效期", f"{_text(subject, 'firstDay')} 至 {_text(subject, 'lastDay')}"),
    ]
    yield Section(
        "品牌使用授权", "office", rows, ("范围",), [(str(row.get("label", "")),) for row in subject.get("scope", [])]
    )


def _statement(record: dict[str, Any], subject: dict[str, Any]) -> Iterator[Section]:
    """A code series, a change of one, or a recall."""
    if subject["type"] == "Recall":
        rows: Rows = [("理由", str(record.get("reason", ""))), ("批次数", f"{len(subject.get('lots', []))} 批")]
        yield Section("召回", "self", rows, ("批次",), [(str(lot),) for lot in subject.get("lots", [])])
        return
    first, count = subject.get("firstUnit", 0), subject.get("count", 0)
    units = f"{first} 至 {first + count - 1}，共 {count:,} 件"
    if "change" in subject:
        done = {"void": "作废", "reprint": "补印"}.get(str(subject["change"]), "变更")
        yield Section(
            "赋码变更", "self", [("事项", done), ("单品序号", units), ("理由", str(record.get("reason", "")))]
        )
        return
    yield Section(
        "赋码批", "self",
        [
            ("批次", _text(subject, "lotNo"), _text(subject, "lot", "")),
            ("商品", _text(subject, "item")),
            ("单品序号", units),
            ("根散列", _text(subject, "root"), "每一件的码都能证明属于这一批，事后不能添加"),
        ],
    )  # fmt: skip


def _text(value: dict[str, Any], name: str, missing: str = "未提供") -> str:
    return str(value.get(name) or missing)


def _word(value: Any) -> str:
    return str(value.get("label", "")) if isinstance(value, dict) else "未提供"


def _party(value: Any) -> str:
    if not isinstance(value, dict):
        return "未提供"
    return str(value.get("name") or f"种植户 {value.get('code', '')}")


def _span(harvest: dict[str, Any]) -> str:
    first, last = harvest.get("from"), harvest.get("to")
    if not first:
        return "未提供"
    return str(first) if first == last else f"{first} 至 {last}"


def _last(uri: Any) -> str:
    text = str(uri or "")
    return text.rpartition("/")[2] if text.startswith("https://") else text
