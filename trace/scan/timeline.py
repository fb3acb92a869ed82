"""From the field to the box, as the signed record tells it (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core import clock
from trace.code.rules import kilograms, short_name
from trace.signing.queries import RecordView


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

    def __init__(self, subject: dict[str, Any], record: RecordView) -> None:
        item = subject.get("item", {})
        self.name = short_name(item) if item else ""
        parts = [item.get("grade", {}).get("label", ""), item.get("specification", {}).get("label", "")]
        net = item.get("netContentGrams", 0)
        parts.append(kilograms(net) + " 箱装" if item.get("level") in ("box", "carton") and net else "")
        self.line = "，".join(part for part in parts if part)
        self.version = record.version


def timeline(subject: dict[str, Any], record: RecordView) -> list[Entry]:
    """Every statement with a day, the oldest first; sealing last among those of its day."""
    sealed = clock.local(record.sealed_at).date().isoformat()
    entries = [*_journal(subject), *_packing(subject)]
    entries.append(Entry(sealed, "封存", "此后只能追加或更正，不能修改", "platform", "seal"))
    for version in record.versions[1:]:
        day = clock.local(version.sealed_at).date().isoformat()
        entries.append(Entry(day, version.kind_label, version.reason, "platform", "seal"))
    return sorted(entries, key=lambda entry: (entry.day, entry.mark == "seal"))


def _journal(subject: dict[str, Any]) -> Iterator[Entry]:
    for line in subject.get("journal", []):
        used = line.get("input", {})
        note = [str(used[name]) for name in ("usage", "amount") if used.get(name)]
        if used.get("intervalDays"):
            note.append(f"间隔期 {used['intervalDays']} 天")
        if line.get("massGrams"):
            note.append(f"{kilograms(line['massGrams'])}，地块 {str(line.get('season', '')).split('/')[0]}")
        title = str(line.get("summary", "")) or str(line.get("kindLabel", ""))
        if used.get("name"):
            title = f"施用{used['name']}"
            note.insert(0, str(line.get("summary", "")))
        yield Entry(str(line.get("on", "")), title, "，".join(part for part in note if part))


def _packing(subject: dict[str, Any]) -> Iterator[Entry]:
    packing, quantity = subject.get("packing"), subject.get("quantity", {})
    if packing:
        place = packing.get("place", {}).get("village", "")
        pieces = f"{quantity['pieces']:,} 箱" if "pieces" in quantity else ""
        yield Entry(str(packing.get("on", "")), "分级装箱", "，".join(part for part in (place, pieces) if part))
