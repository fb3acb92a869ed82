"""What a trace graph says about itself: layers for drawing, quantities, gaps and mass-balance warnings (pure).

A graph is a set of nodes and of links with grams.  Every number a warning names stands on a node or a link: the reader
can add it up again.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from trace.lot.rules import kg as kg

Kind = Literal["season", "lot", "outside", "series", "order", "shipment", "loss", "carton", "thing"]
KINDS: dict[str, str] = {
    "season": "生产季",
    "lot": "批次",
    "outside": "外来",
    "series": "赋码",
    "order": "订单",
    "shipment": "发运",
    "loss": "损耗",
    "carton": "箱和托盘",
    "thing": "合作方",
}
Severity = Literal["bad", "todo"]


@dataclass(frozen=True, slots=True)
class Node:
    """One thing fruit passes through; ``mass_g`` is what it holds or held, ``key`` is unique in the graph."""

    key: str
    kind: Kind
    title: str
    note: str = ""
    mass_g: int | None = None
    pieces: int | None = None
    on: date | None = None
    organisation: str = ""
    href: str = ""
    state: str = ""
    tone: str = "none"
    own: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """Grams that went from one node to another, when and by which deed."""

    source: str
    target: str
    mass_g: int
    deed: str
    at: datetime | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class LotFacts:
    """The quantities of one lot as its own row states them (grams; pieces where it is counted in pieces)."""

    key: str
    title: str
    mass_g: int
    packing_loss_g: int
    used_g: int
    lost_g: int
    pieces: int | None
    net_g: int
    state: str
    coded: int = 0
    sold: int = 0
    shipped_out_g: int = 0


@dataclass(frozen=True, slots=True)
class HarvestFacts:
    """One harvest day of a season: grams in the journal and grams put into lots."""

    key: str
    title: str
    on: date
    harvested_g: int
    taken_g: int


@dataclass(frozen=True, slots=True)
class Graph:
    """A trace from the lots asked for: what was found, in both directions."""

    start: tuple[str, ...]
    nodes: Mapping[str, Node]
    links: tuple[Link, ...]
    lots: tuple[LotFacts, ...] = ()
    harvests: tuple[HarvestFacts, ...] = ()
    cut: bool = False
    layer_of: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap or a quantity that does not add up, with what to look at."""

    rule: str
    severity: Severity
    node: str
    message: str
    help: str


def warnings(graph: Graph) -> list[Finding]:
    """Everything that does not add up or is missing, worst first; an empty list says that every sum was checked."""
    into: dict[str, int] = defaultdict(int)
    sources: dict[str, list[Link]] = defaultdict(list)
    for link in graph.links:
        into[link.target] += link.mass_g
        sources[link.target].append(link)
    found = [w for lot in graph.lots for w in _of_lot(lot, into[lot.key], bool(sources[lot.key]), graph)]
    found += [w for day in graph.harvests for w in _of_harvest(day)]
    found += _out_of_order(graph)
    if graph.cut:
        found.append(
            Finding(
                "graph.cut", "todo", "", "这张图太大，只画出了一部分。", "用表格或导出看全部，或从更靠后的批次查起。"
            )
        )
    return sorted(found, key=lambda w: (w.severity != "bad", w.rule, w.node))


def _of_lot(lot: LotFacts, incoming: int, has_source: bool, graph: Graph) -> list[Finding]:
    if lot.state == "cancelled":
        return []
    out: list[Finding] = []
    whole = lot.mass_g + lot.packing_loss_g
    if not has_source:
        out.append(
            Finding("graph.no_source", "todo", lot.key, f"{lot.title}没有来源记录。", "补记采收或收货，才能往上追。")
        )
    elif has_source and incoming != whole:
        out.append(
            Finding(
                "graph.balance", "bad", lot.key,
                f"{lot.title}进料 {kg(incoming)} kg，成品和损耗合计 {kg(whole)} kg，相差 {kg(incoming - whole)} kg。",
                "核对领用数量和件数。",
            )
        )  # fmt: skip
    left = lot.mass_g - lot.used_g - lot.lost_g - lot.shipped_out_g
    if left < 0:
        out.append(
            Finding(
                "graph.overdrawn", "bad", lot.key,
                f"{lot.title}共 {kg(lot.mass_g)} kg，领用、损耗和发出合计 {kg(lot.mass_g - left)} kg，多出 {kg(-left)} kg。",
                "查有没有重复登记。",
            )
        )  # fmt: skip
    used = sum(link.mass_g for link in graph.links if link.source == lot.key and link.target.startswith("lot:"))
    if used > lot.used_g:
        out.append(
            Finding("graph.used", "bad", lot.key, f"{lot.title}记着领用 {kg(lot.used_g)} kg，下游批次写的是 {kg(used)} kg。", "核对领用记录。")
        )  # fmt: skip
    if lot.pieces is not None:
        if lot.coded > lot.pieces:
            out.append(
                Finding("graph.coded", "bad", lot.key, f"{lot.title}只有 {lot.pieces:,} 件，却赋了 {lot.coded:,} 个码。", "作废多出的码。")
            )  # fmt: skip
        if lot.sold > lot.pieces:
            out.append(
                Finding("graph.sold", "bad", lot.key, f"{lot.title}只有 {lot.pieces:,} 件，订单里有 {lot.sold:,} 件。", "核对订单和库存。")
            )  # fmt: skip
    return out


def _of_harvest(day: HarvestFacts) -> list[Finding]:
    if day.taken_g <= day.harvested_g:
        return []
    return [
        Finding(
            "graph.harvest", "bad", day.key,
            f"{day.title} {day.on.month}月{day.on.day}日采收 {kg(day.harvested_g)} kg，入库 {kg(day.taken_g)} kg，多出 {kg(day.taken_g - day.harvested_g)} kg。",
            "核对采收记录和入库数量。",
        )
    ]  # fmt: skip


def _out_of_order(graph: Graph) -> list[Finding]:
    """A lot made before what it was made from."""
    out = []
    for link in graph.links:
        source, target = graph.nodes.get(link.source), graph.nodes.get(link.target)
        if source is None or target is None or source.on is None or target.on is None or target.kind != "lot":
            continue
        if target.on < source.on:
            out.append(
                Finding(
                    "graph.order", "bad", target.key,
                    f"{target.title}的日期 {target.on:%Y-%m-%d} 早于来源{source.title}的 {source.on:%Y-%m-%d}。",
                    "核对两边的日期。",
                )
            )  # fmt: skip
    return out


def layers(nodes: Mapping[str, Node], links: Sequence[Link]) -> dict[str, int]:
    """The column of every node: one behind its farthest source, so that every link points to the right.

    A circle (re-packing back and forth, which lots refuse, but captured events may hold) is broken at the node met again.
    """
    onward: dict[str, list[str]] = defaultdict(list)
    waiting: dict[str, int] = dict.fromkeys(nodes, 0)
    for link in links:
        if link.source in nodes and link.target in nodes and link.source != link.target:
            onward[link.source].append(link.target)
            waiting[link.target] += 1
    at = dict.fromkeys(nodes, 0)
    queue = deque(sorted(key for key, count in waiting.items() if count == 0))
    done: set[str] = set()
    while len(done) < len(nodes):
        if not queue:  # only circles are left: begin at the smallest key
            queue.append(min(key for key in nodes if key not in done))
        key = queue.popleft()
        if key in done:
            continue
        done.add(key)
        for target in onward[key]:
            if target in done:
                continue
            at[target] = max(at[target], at[key] + 1)
            waiting[target] -= 1
            if waiting[target] <= 0:
                queue.append(target)
    return at


def reachable(start: Sequence[str], links: Sequence[Link], *, forward: bool) -> set[str]:
    """What is reached from the start along the links, or against them; the start itself included."""
    step: dict[str, list[str]] = defaultdict(list)
    for link in links:
        step[link.source if forward else link.target].append(link.target if forward else link.source)
    seen, queue = set(start), deque(start)
    while queue:
        for key in step[queue.popleft()]:
            if key not in seen:
                seen.add(key)
                queue.append(key)
    return seen
