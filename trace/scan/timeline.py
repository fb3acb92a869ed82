"""From the field to the box, as the signed record tells it (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core import clock
from trace.code.rules import kilograms, short_name
from trace.signing.queries import RecordView

Translate = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: the day, what was done, a note, and who says so; ``mark`` is ``event`` or ``seal``."""

    day: str
    title: str
    note: str = ""
    source: str = "self"
    mark: str = "event"

    @property
    def short(self) -> str:
        return self.day[5:]


class Lines:
    """The product's name and one line about it."""

    def __init__(self, subject: dict[str, Any], record: RecordView, t: Translate = str.format) -> None:
        item = subject.get("item", {})
        self.name = short_name(item) if item else ""
        parts = [item.get("grade", {}).get("label", ""), item.get("specification", {}).get("label", "")]
        net = item.get("netContentGrams", 0)
        parts.append(t("{net} 箱装", net=kilograms(net)) if item.get("level") in ("box", "carton") and net else "")
        self.line = t("，").join(part for part in parts if part)
        self.version = record.version


def timeline(subject: dict[str, Any], record: RecordView, t: Translate = str.format) -> list[Entry]:
    """Every statement with a day, the oldest first; sealing last among those of its day."""
    sealed = clock.local(record.sealed_at).date().isoformat()
    entries = [*_journal(subject, t), *_packing(subject, t), *_later(record, t)]
    entries.append(Entry(sealed, "封存", "此后只能追加或更正，不能修改", "platform", "seal"))
    for version in record.versions[1:]:
        day = clock.local(version.sealed_at).date().isoformat()
        entries.append(Entry(day, version.kind_label, version.reason, "platform", "seal"))
    return sorted(entries, key=lambda entry: (entry.day, entry.mark == "seal"))


def _journal(subject: dict[str, Any], t: Translate) -> Iterator[Entry]:
    for line in subject.get("journal", []):
        used = line.get("input", {})
        note = [str(used[name]) for name in ("usage", "amount") if used.get(name)]
        if used.get("intervalDays"):
            note.append(t("间隔期 {n} 天", n=used["intervalDays"]))
        if line.get("massGrams"):
            plot = str(line.get("season", "")).split("/")[0]
            note.append(t("{mass}，地块 {plot}", mass=kilograms(line["massGrams"]), plot=plot))
        title = str(line.get("summary", "")) or str(line.get("kindLabel", ""))
        if used.get("name"):
            title = t("施用{name}", name=used["name"])
            note.insert(0, str(line.get("summary", "")))
        yield Entry(str(line.get("on", "")), title, t("，").join(part for part in note if part))


def _packing(subject: dict[str, Any], t: Translate) -> Iterator[Entry]:
    packing, quantity = subject.get("packing"), subject.get("quantity", {})
    if packing:
        place = packing.get("place", {}).get("village", "")
        pieces = t("{n} 箱", n=f"{quantity['pieces']:,}") if "pieces" in quantity else ""
        yield Entry(str(packing.get("on", "")), "分级装箱", t("，").join(part for part in (place, pieces) if part))


def _later(record: RecordView, t: Translate) -> Iterator[Entry]:
    """Facts and tests of signed addenda, each under its own day."""
    for added in record.addenda:
        subject = added.get("credentialSubject", {})
        for fact in subject.get("facts", []):
            yield from _FACTS[fact["type"]](fact, t)
        for test in subject.get("tests", []):
            laboratory = test.get("laboratory", {})
            source = "self" if laboratory.get("kind") == "own" else "lab"
            yield Entry(str(test.get("reportedOn", "")), "检测报告", str(laboratory.get("name", "")), source)


def _stay(fact: dict[str, Any], t: Translate) -> Iterator[Entry]:
    span, note = fact.get("temperature"), ""
    if span:
        note = t("{low}–{high} ℃，读数 {n} 次", low=span["lowest"], high=span["highest"], n=fact["readings"])
        note += t("，超出要求 {n} 次", n=fact["excursions"]) if fact.get("excursions") else t("，没有超出要求")
    else:
        note = t("没有温度记录")
    yield Entry(fact["from"], "入冷库", note)
    if "to" in fact:
        yield Entry(fact["to"], "出冷库")


def _sent(fact: dict[str, Any], t: Translate) -> Iterator[Entry]:
    to = fact["receiver"].get("name") or fact["receiver"]["code"]
    yield Entry(fact["on"], "发货", t("发往{to}，{mass}", to=to, mass=kilograms(fact["massGrams"])))
    missing = sum(fact[name] for name in ("damagedGrams", "shortGrams", "refusedGrams"))
    note = t("收下 {mass}", mass=kilograms(fact["takenGrams"]))
    note += t("，少收 {mass}", mass=kilograms(missing)) if missing else t("，数量相符")
    yield Entry(fact["receivedOn"], "收货", note)


def _wasted(fact: dict[str, Any], _t: Translate) -> Iterator[Entry]:
    yield Entry(fact["on"], str(fact["kindLabel"]), kilograms(fact["massGrams"]))


_FACTS: dict[str, Callable[[dict[str, Any], Translate], Iterator[Entry]]] = {
    "ColdStay": _stay, "Shipment": _sent, "Waste": _wasted
}  # fmt: skip
