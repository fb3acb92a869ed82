"""An event in plain Chinese words (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from trace.event.facets import bare, canonical

TYPES = {
    "ObjectEvent": "对象事件",
    "AggregationEvent": "装载事件",
    "TransactionEvent": "单据事件",
    "TransformationEvent": "加工事件",
    "AssociationEvent": "关联事件",
}
ACTIONS = {"ADD": "新增", "OBSERVE": "看到", "DELETE": "结束"}
STEPS = {
    "accepting": "接收入账", "arriving": "到达", "assembling": "组装", "collecting": "收集", "commissioning": "赋码启用",
    "consigning": "寄售交付", "creating_class_instance": "产生批次", "cycle_counting": "循环盘点", "decommissioning": "码停用",
    "departing": "离开", "destroying": "销毁", "disassembling": "拆解", "dispensing": "分发", "encoding": "写码",
    "entering_exiting": "进出", "holding": "停留待查", "inspecting": "检验", "installing": "安装", "killing": "码注销",
    "loading": "装车", "other": "其他", "packing": "装箱", "picking": "拣货", "receiving": "收货", "removing": "取下",
    "repackaging": "重新包装", "repairing": "修理", "replacing": "更换", "reserving": "预留", "retail_selling": "零售",
    "sampling": "抽样", "sensor_reporting": "传感器上报", "shipping": "发货", "staging_outbound": "备货待发",
    "stock_taking": "盘点", "stocking": "上架", "storing": "入库贮存", "transporting": "运输", "unloading": "卸车",
    "unpacking": "拆箱", "void_shipping": "取消发货",
}  # fmt: skip
OWN_STEPS = {"grading": "分级", "splitting": "分批", "merging": "并批", "wasting": "报损"}
DISPOSITIONS = {
    "active": "在用", "available": "可用", "completeness_inferred": "推断齐全", "completeness_verified": "核对齐全",
    "conformant": "合格", "container_closed": "箱已封", "container_open": "箱已开", "damaged": "损坏", "destroyed": "已销毁",
    "dispensed": "已分发", "disposed": "已处置", "encoded": "已写码", "expired": "过期", "in_progress": "处理中",
    "in_transit": "在途", "inactive": "停用", "mismatch_class": "品种不符", "mismatch_instance": "编号不符",
    "mismatch_quantity": "数量不符", "needs_replacement": "待更换", "no_pedigree_match": "来源不符",
    "non_conformant": "不合格", "non_sellable_other": "不可售", "partially_dispensed": "部分分发", "recalled": "召回",
    "reserved": "已预留", "retail_sold": "已售出", "returned": "已退回", "sellable_accessible": "在架可售",
    "sellable_not_accessible": "可售未上架", "stolen": "被盗", "unavailable": "不可用", "unknown": "不明",
}  # fmt: skip
TRANSACTIONS = {
    "bol": "提单", "cert": "证书", "desadv": "发货通知", "inv": "发票", "pedigree": "来源证明", "po": "订单", "poc": "订单确认",
    "prodorder": "生产单", "recadv": "收货通知", "rma": "退货单", "testprd": "检验规程", "testres": "检测报告", "upevt": "上游事件",
}  # fmt: skip
PARTIES = {"owning_party": "货主", "possessing_party": "持有方", "location": "地点"}
REASONS = {"did_not_occur": "没有发生", "incorrect_data": "数据有误"}
MEASURES = {
    "Temperature": "温度",
    "RelativeHumidity": "相对湿度",
    "AbsoluteHumidity": "绝对湿度",
    "Illuminance": "照度",
}
UNITS = {
    "KGM": "kg",
    "GRM": "g",
    "TNE": "t",
    "CEL": "°C",
    "FAH": "°F",
    "A93": "g/m³",
    "P1": "%",
    "LTR": "L",
    "EA": "件",
    "H87": "件",
}
_LISTS = (
    ("epcList", "涉及"), ("parentID", "容器"), ("childEPCs", "装入"), ("inputEPCList", "投入"), ("outputEPCList", "产出"),
    ("quantityList", "涉及批次"), ("childQuantityList", "装入批次"), ("inputQuantityList", "投入批次"),
    ("outputQuantityList", "产出批次"),
)  # fmt: skip
SHOWN_AT_MOST = 20
_OWN = re.compile(
    r"https?://[^/]+/id/uscc/[^/]+/prod/(?P<item>[^/]+)(?:/lot/(?P<lot>[^/]+))?(?:/ser/(?P<serial>[^/]+))?",
    re.IGNORECASE,
)


def step_word(step: str | None) -> str:
    """The Chinese word of a business step; of a custom one its last part."""
    if not step:
        return "没写步骤"
    word = bare(step)
    return STEPS.get(word) or OWN_STEPS.get(word.rsplit("/", 1)[-1], word.rsplit("/", 1)[-1])


def disposition_word(value: str | None) -> str:
    if not value:
        return ""
    word = bare(value)
    return DISPOSITIONS.get(word, word.rsplit("/", 1)[-1])


def type_word(name: str) -> str:
    return TYPES.get(name, "扩展事件")


def headline(event: Mapping[str, Any], label: str = "") -> str:
    """One sentence: what was done; ``label`` is the house step's own word."""
    step, state = label or step_word(event.get("bizStep")), disposition_word(event.get("disposition"))
    return f"{step}，之后的状态是“{state}”。" if state else f"{step}。"


def identifier_words(uri: str) -> str:
    """An identifier as people read it: key and lot or serial; an address it cannot be told apart stays as it is."""
    form = canonical(uri)
    if own := _OWN.fullmatch(form):
        serial = f"，序列号 {own['serial']}" if own["serial"] else ""
        return f"商品项 {own['item']}" + (f"，批号 {own['lot']}" if own["lot"] else "") + serial
    head, _, rest = form.partition("https://id.gs1.org/")
    if head or not rest:
        return uri
    parts = rest.split("/")
    names = {
        "01": "GTIN",
        "10": "批号",
        "21": "序列号",
        "00": "SSCC",
        "414": "GLN",
        "254": "位置",
        "8003": "GRAI",
        "8004": "GIAI",
        "235": "序列号",
        "253": "单据",
        "417": "参与方",
    }
    return "，".join(f"{names.get(ai, ai)} {value}" for ai, value in zip(parts[::2], parts[1::2], strict=False))


def quantity_words(element: Mapping[str, Any]) -> str:
    text = identifier_words(str(element["epcClass"]))
    if element.get("quantity") is None:
        return text
    unit = UNITS.get(str(element.get("uom", "EA")), str(element.get("uom")))
    return f"{text}：{element['quantity']:,} {unit}" if isinstance(element["quantity"], int | float) else text


def _listed(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, label in _LISTS:
        found = event.get(name)
        if not found:
            continue
        values = found if isinstance(found, list) else [found]
        words = [
            quantity_words(v) if isinstance(v, Mapping) else identifier_words(str(v)) for v in values[:SHOWN_AT_MOST]
        ]
        more = f"，等共 {len(values):,} 个" if len(values) > SHOWN_AT_MOST else ""
        yield label, "；".join(words) + more


def goods(event: Mapping[str, Any]) -> str:
    """The lots or things an event is about, in one line."""
    for name in ("outputQuantityList", "quantityList", "childQuantityList", "inputQuantityList"):
        if found := event.get(name):
            more = f" 等 {len(found)} 批" if len(found) > 1 else ""
            return quantity_words(found[0]) + more
    for name in ("parentID", "outputEPCList", "epcList", "childEPCs", "inputEPCList"):
        if found := event.get(name):
            values = found if isinstance(found, list) else [found]
            return identifier_words(str(values[0])) + (f" 等 {len(values):,} 个" if len(values) > 1 else "")
    return ""


def rows(event: Mapping[str, Any], names: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Label and value of everything the event says, in words; ``names`` of places and parties by their addresses."""
    known = names or {}
    made = [("种类", type_word(str(event["type"])))]
    if action := event.get("action"):
        made.append(("动作", f"{ACTIONS.get(action, action)}（{action}）"))
    made += _listed(event)
    for name, label in (("readPoint", "地点"), ("bizLocation", "之后所在")):
        if place := event.get(name):
            uri = str(place.get("id") if isinstance(place, Mapping) else place)
            made.append((label, known.get(uri) or identifier_words(uri)))
    made += _papers(event)
    made += _sensors(event)
    if declaration := event.get("errorDeclaration"):
        reason = REASONS.get(bare(str(declaration.get("reason", ""))), "没写原因")
        made.append(("更正声明", f"声明这个事件有误：{reason}"))
    return made


def _papers(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if persistent := event.get("persistentDisposition"):
        for name, label in (("set", "加上长期状态"), ("unset", "去掉长期状态")):
            if persistent.get(name):
                yield (label, "、".join(disposition_word(v) for v in persistent[name]))
    for element in event.get("bizTransactionList") or ():
        if str(element.get("type", "")).endswith("/btt/deed"):
            continue  # the house's own number of the deed: for programs
        yield (TRANSACTIONS.get(bare(str(element.get("type", ""))), "单据"), str(element["bizTransaction"]))
    for name, inner, label in (("sourceList", "source", "从"), ("destinationList", "destination", "到")):
        for element in event.get(name) or ():
            kind = PARTIES.get(bare(str(element.get("type", ""))), "")
            yield (f"{label}（{kind}）" if kind else label, identifier_words(str(element[inner])))


def _sensors(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for element in event.get("sensorElementList") or ():
        for report in element.get("sensorReport") or ():
            kind = bare(str(report.get("type", "")))
            unit = UNITS.get(str(report.get("uom", "")), str(report.get("uom", "")))
            values = [
                f"{label}{report[name]:,} {unit}".strip()
                for name, label in (("value", ""), ("minValue", "最低 "), ("maxValue", "最高 "), ("meanValue", "平均 "))
                if isinstance(report.get(name), int | float)
            ]
            alarm = "，超出设定范围" if "exception" in report else ""
            yield MEASURES.get(kind, kind or "读数"), ("，".join(values) or str(report.get("stringValue", ""))) + alarm
