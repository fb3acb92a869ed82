"""When codes may be issued and printed, and what stands on a label (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Unmet

MAX_SERIES = 10_000_000
AT_ONCE = 200_000  # a larger series gets its root in the background
MAX_REASON = 100
# How many labels one file holds; what is more comes in several files (downloaded as a list, made in the background).
MAX_PRINT = {"a4": 20_000, "roll": 20_000, "png": 2_000, "svg": 2_000, "zpl203": 20_000, "zpl300": 20_000}
WITH_LABEL = frozenset({"test", *MAX_PRINT})
PRINT_SHOP = frozenset({"csv", "txt", "covered"})


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What the decision reads, taken under the counter's row lock; quantities are those of the sealed record.

    ``issued`` counts codes that stand: those of every series of the lot less the voided ones.
    """

    lot_state: str
    unit: str
    pieces: int
    mass_g: int
    net_content_g: int
    issued: int
    record_sealed: bool
    count: int = 1


def unmet_issue(facts: IssueFacts) -> list[Unmet]:
    """Everything that stands in the way of issuing ``count`` codes for the lot.

    A brand licence is not among it: the law wants packed goods traceable with or without the brand (ADR 0043).
    """
    out: list[Unmet] = []
    if facts.unit != "piece":
        out.append(
            Unmet("code.loose_lot", "这批是散装，不按件赋码。", help="先分级装箱，给包装批赋码。", who="本单位经办员")
        )
    out += unmet_held(facts.lot_state)
    if facts.lot_state not in ("held", "sealed") or not facts.record_sealed:
        out.append(
            Unmet("code.not_sealed", "这批还没有封存，码上没有可看的记录。", help="先封存这一批。", who="本单位负责人")
        )
    out += _unmet_quantity(facts)
    return out


def unmet_held(lot_state: str) -> list[Unmet]:
    """A lot whose sale is stopped gets neither codes nor labels."""
    if lot_state != "held":
        return []
    return [Unmet("code.lot_held", "这批已经停售，不能赋码。", help="等主管部门恢复后再赋码。", who="商务局")]


def codes_left(pieces: int, mass_g: int, net_content_g: int, issued: int) -> int:
    """How many codes the sealed quantity still allows: counts × net content never exceed the sealed mass."""
    return max(min(pieces, mass_g // max(net_content_g, 1)) - issued, 0)


def _unmet_quantity(facts: IssueFacts) -> list[Unmet]:
    if facts.count < 1:
        return [Unmet("code.count", "数量至少是 1。", help="填这次要赋码的件数。")]
    if facts.count > MAX_SERIES:
        return [Unmet("code.count", f"一次最多赋 {MAX_SERIES:,} 个码。", help="分几次赋码。")]
    left = codes_left(facts.pieces, facts.mass_g, facts.net_content_g, facts.issued)
    if facts.unit == "piece" and facts.count > left:
        return [
            Unmet(
                "code.too_many",
                f"这批封存 {facts.pieces:,} 件，已赋码 {facts.issued:,} 件，只能再赋 {left:,} 件。",
                help=f"把数量改为不超过 {left:,}。" if left else "标签损坏请用“补印”，不占新的编号；丢失的先作废。",
            )
        ]
    return []


def unmet_unsigned(*, computed: bool, external: bool) -> list[Unmet]:
    """Why a series cannot be printed while its root is not signed."""
    if not computed:
        return [Unmet("code.root_computing", "这一批码的根散列还在计算。", help="大批量要等一两分钟，刷新看看。")]
    if external:
        return [
            Unmet(
                "code.not_signed", "这一批码等本单位签名，签名以后才能印。",
                help="下载待签内容，用自管的密钥签好，再上传。", who="本单位负责人",
            )
        ]  # fmt: skip
    return [Unmet("code.not_signed", "这一批码还没有签名。", help="点“签名并写入日志”。", who="本单位经办员")]


@dataclass(frozen=True, slots=True)
class PrintFacts:
    """What the decision about an output reads, taken under the series' row lock; units are absolute numbers."""

    format: str
    first: int
    last: int
    start: int
    end: int
    reprint: bool = False
    reason: str = ""
    voided: int = 0
    lot_state: str = "sealed"
    wants_mark: bool = False
    licence_in_force: bool = False
    licence_ended: str = ""
    wants_covered: bool = False
    has_covered: bool = False
    may_covered: bool = False
    claims: tuple[str, ...] = ()


def unmet_print(facts: PrintFacts) -> list[Unmet]:
    """Everything that stands in the way of this output."""
    out = unmet_held(facts.lot_state)
    if not facts.start <= facts.first <= facts.last <= facts.end:
        count = facts.end - facts.start + 1
        out.append(Unmet("code.print_range", f"张数要在 1 到 {count:,} 之间，起号不大于止号。", help="改起止张数。"))
    if facts.voided and facts.format not in PRINT_SHOP:
        text = f"这一段里有 {facts.voided:,} 个编号已作废，不能再印。"
        out.append(Unmet("code.voided", text, help="避开作废的编号，分段打印。"))
    if facts.reprint and not facts.reason:
        out.append(
            Unmet("code.reprint_reason", "这些标签已经下载过，补印要写明原因。", help="例如：卡纸，第 12 张作废。")
        )
    out += _unmet_reason_length(facts.reason)
    if facts.wants_mark and not facts.licence_in_force:
        text = facts.licence_ended or "这个商品没有在有效期内的品牌授权，标签上不能印品牌标志。"
        out.append(
            Unmet("code.no_licence", text, help="换成“不带品牌标志”的版式就能印；要印标志先申请授权。", who="品牌办")
        )
    out += [
        Unmet(
            "code.claim", f"版式上写了“{words}”，这一批没有算在证书里，不能印。", "农产品质量安全法第四十二条",
            help="换一个不写它的版式；证书覆盖这一批的，先登记并核对证书。", who="本单位经办员",
        )
        for words in facts.claims
    ]  # fmt: skip
    if facts.wants_covered and not facts.has_covered:
        out.append(Unmet("code.no_covered", "这一批码没有防伪码。", help="赋码时选“加印防伪码”的批次才有。"))
    elif facts.wants_covered and not facts.may_covered:
        out.append(
            Unmet(
                "code.covered_denied", "防伪码只有获准的人能导出。",
                help="请负责人导出，或不勾“印防伪码”，由刮刮膜印刷厂另印。", who="本单位负责人",
            )
        )  # fmt: skip
    return out


@dataclass(frozen=True, slots=True)
class VoidFacts:
    """What the decision about a void reads; ``in_use`` says in words where some of the units are."""

    first: int
    last: int
    start: int
    end: int
    reason: str
    voided: int = 0
    in_use: tuple[str, ...] = ()


def unmet_void(facts: VoidFacts) -> list[Unmet]:
    """Everything that stands in the way of voiding these units for ever."""
    out: list[Unmet] = []
    if not facts.start <= facts.first <= facts.last <= facts.end:
        count = facts.end - facts.start + 1
        out.append(Unmet("code.print_range", f"张数要在 1 到 {count:,} 之间，起号不大于止号。", help="改起止张数。"))
    if not facts.reason:
        out.append(Unmet("code.void_reason", "作废要写明原因，原因会公开。", help="例如：一卷标签淋湿，已销毁。"))
    out += _unmet_reason_length(facts.reason)
    if facts.voided:
        out.append(Unmet("code.already_void", f"其中 {facts.voided:,} 个已经作废过。", help="改成还没作废的一段。"))
    out += [Unmet("code.in_use", text, help="先从箱里取出，再作废。") for text in facts.in_use]
    return out


@dataclass(frozen=True, slots=True)
class DestroyFacts:
    """What the decision to record boxes as destroyed reads; counts are of the units ``first`` to ``last``."""

    first: int
    last: int
    start: int
    end: int
    reason: str
    voided: int = 0
    destroyed: int = 0


def unmet_destroy(facts: DestroyFacts) -> list[Unmet]:
    """Everything that stands in the way of recording these boxes as destroyed with their goods."""
    out: list[Unmet] = []
    inside = facts.start <= facts.first <= facts.last <= facts.end
    if not inside:
        count = facts.end - facts.start + 1
        out.append(Unmet("code.print_range", f"张数要在 1 到 {count:,} 之间，起号不大于止号。", help="改起止张数。"))
    if not facts.reason:
        out.append(Unmet("code.destroy_reason", "销毁要写明原因。", help="例如：召回退回，已无害化处理。"))
    out += _unmet_reason_length(facts.reason)
    if inside and facts.voided:
        out.append(Unmet("code.already_void", f"其中 {facts.voided:,} 个标签已作废，没有贴在货上。", help="改一段。"))
    if inside and facts.destroyed:
        out.append(Unmet("code.already_destroyed", f"其中 {facts.destroyed:,} 件已登记销毁。", help="改一段。"))
    return out


def ranges(units: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Sorted (item, lot, unit) as (item, lot, first, last) of units that follow one another."""
    out: list[tuple[int, int, int, int]] = []
    for item_id, lot_id, unit in units:
        if out and out[-1][:2] == (item_id, lot_id) and out[-1][3] + 1 == unit:
            out[-1] = (item_id, lot_id, out[-1][2], unit)
        else:
            out.append((item_id, lot_id, unit, unit))
    return out


def _unmet_reason_length(reason: str) -> list[Unmet]:
    if len(reason) <= MAX_REASON:
        return []
    return [Unmet("code.reason_length", f"原因最多 {MAX_REASON} 字。", help="写短一点。")]


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
    best_before: str = ""
    phone: str = ""
    marks: str = ""


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
        best_before=best,
    )


def short_name(item: dict[str, Any]) -> str:
    """Variety and species in one word, as people say it: 富士苹果; the item's own name where they are missing."""
    variety = str(item.get("variety", {}).get("label", ""))
    species = str(item.get("species", {}).get("label", ""))
    if not variety or not species:
        return str(item.get("name", ""))
    return variety if variety.endswith(species) else variety + species
