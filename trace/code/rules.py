"""When codes may be issued and printed, and what stands on a label (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import Unmet

MAX_SERIES = 1_000_000
MAX_PRINT = 3_000
MAX_REASON = 100


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What the decision reads, taken under the counter's row lock."""

    lot_state: str
    unit: str
    pieces: int
    issued: int
    record_sealed: bool
    licence_in_force: bool
    licence_ended: str = ""
    count: int = 1


def unmet_issue(facts: IssueFacts) -> list[Unmet]:
    """Everything that stands in the way of issuing ``count`` codes for the lot."""
    out: list[Unmet] = []
    if facts.unit != "piece":
        out.append(
            Unmet("code.loose_lot", "这批是散装，不按件赋码。", help="先分级装箱，给包装批赋码。", who="本单位经办员")
        )
    if facts.lot_state == "held":
        out.append(Unmet("code.lot_held", "这批已经停售，不能赋码。", help="等主管部门恢复后再赋码。", who="商务局"))
    elif facts.lot_state != "sealed" or not facts.record_sealed:
        out.append(
            Unmet("code.not_sealed", "这批还没有封存，码上没有可看的记录。", help="先封存这一批。", who="本单位负责人")
        )
    if not facts.licence_in_force:
        text = facts.licence_ended or "这个商品没有在有效期内的品牌授权。"
        out.append(Unmet("code.no_licence", text, help="到“品牌授权”申请，批准后再赋码。", who="品牌办"))
    out += _unmet_quantity(facts)
    return out


def _unmet_quantity(facts: IssueFacts) -> list[Unmet]:
    if facts.count < 1:
        return [Unmet("code.count", "数量至少是 1。", help="填这次要赋码的件数。")]
    if facts.count > MAX_SERIES:
        return [Unmet("code.count", f"一次最多赋 {MAX_SERIES:,} 个码。", help="分几次赋码。")]
    left = max(facts.pieces - facts.issued, 0)
    if facts.unit == "piece" and facts.count > left:
        return [
            Unmet(
                "code.too_many",
                f"这批共 {facts.pieces:,} 件，已赋码 {facts.issued:,} 件，只能再赋 {left:,} 件。",
                help=f"把数量改为不超过 {left:,}。" if left else "标签损坏请用“补印”，不占新的编号。",
            )
        ]
    return []


def unmet_print(first: int, last: int, start: int, end: int, *, reprint: bool, reason: str) -> list[Unmet]:
    """Everything that stands in the way of printing the units ``first`` to ``last`` of a series ``start`` to ``end``."""
    out: list[Unmet] = []
    if not start <= first <= last <= end:
        out.append(
            Unmet("code.print_range", f"张数要在 1 到 {end - start + 1:,} 之间，起号不大于止号。", help="改起止张数。")
        )
    elif last - first + 1 > MAX_PRINT:
        out.append(Unmet("code.print_size", f"一个文件最多 {MAX_PRINT:,} 张。", help="分几次下载。"))
    if reprint and not reason:
        out.append(
            Unmet("code.reprint_reason", "这些标签已经下载过，补印要写明原因。", help="例如：卡纸，第 12 张作废。")
        )
    if len(reason) > MAX_REASON:
        out.append(Unmet("code.reason_length", f"原因最多 {MAX_REASON} 字。", help="写短一点。"))
    return out


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """The words of a label, all of them out of the sealed record."""

    name: str
    net: str
    grade: str
    size: str
    origin: str
    producer: str
    harvested: str
    packed: str
    lot_no: str
    storage: str


def kilograms(grams: int) -> str:
    """``5 kg``, ``2.5 kg``, ``500 g``: the net content as it is printed."""
    if grams < 1000:
        return f"{grams} g"
    return f"{grams / 1000:.3f}".rstrip("0").rstrip(".") + " kg"


def label_facts(subject: dict[str, Any]) -> LabelFacts:
    """The label of a lot from the ``credentialSubject`` of its sealed record; a missing fact stays empty."""
    item, origin = subject["item"], subject.get("origin", {})
    plots = origin.get("plots") or [{}]
    villages = list(dict.fromkeys(plot.get("village", "") for plot in plots))
    storage = subject.get("storage", {})
    best = storage.get("bestBefore", "")
    return LabelFacts(
        name=short_name(item),
        net="净重 " + kilograms(int(item.get("netContentGrams", 0))),
        grade=item.get("grade", {}).get("label", ""),
        size=item.get("specification", {}).get("label", ""),
        origin=origin.get("county", "") + (villages[0] if len(villages) == 1 else ""),
        producer=subject.get("parties", {}).get("producer", {}).get("name", "")
        or subject.get("parties", {}).get("sealer", {}).get("name", ""),
        harvested=subject.get("harvest", {}).get("from", ""),
        packed=subject.get("packing", {}).get("on", ""),
        lot_no=subject["lotNo"],
        storage="，".join(part for part in (storage.get("method", ""), f"至 {best}" if best else "") if part),
    )


def short_name(item: dict[str, Any]) -> str:
    """Variety and species in one word, as people say it: 富士苹果; the item's own name where they are missing."""
    variety = str(item.get("variety", {}).get("label", ""))
    species = str(item.get("species", {}).get("label", ""))
    if not variety or not species:
        return str(item.get("name", ""))
    return variety if variety.endswith(species) else variety + species
