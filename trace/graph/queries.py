"""Collects the trace of lots: two recursive queries over the edges, then one read per kind of thing, never one per lot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.hooks import LotParty, lot_parties
from core.organisation import queries as organisations
from trace.code import queries as codes
from trace.event.facets import canonical
from trace.graph import beyond, cartons
from trace.graph.rules import Graph, HarvestFacts, Link, LotFacts, Node, layers
from trace.lot import queries as lots
from trace.lot.queries import LotView
from trace.lot.rules import LOT
from trace.scan import addresses, resolve
from trace.season import queries as seasons
from trace.season.rules import effective

MAX_LOTS = 20_000
MIN_TYPED = 4
MOST_WALKED = 200  # lots from which the event store is walked as well
MAX_DEPTH = 100
SHOWN_PARTIES = 12  # of one lot and one kind, drawn one by one; more become one node with their number

_REACHED = text(
    """
    with recursive back(id, depth) as (
      select unnest(cast(:start as bigint[])), 0
      union
      select e.from_lot_id, b.depth + 1 from back b join trace_lot_edge e on e.to_lot_id = b.id
       where e.from_lot_id is not null and b.depth < :deepest
    ), onward(id, depth) as (
      select unnest(cast(:start as bigint[])), 0
      union
      select e.to_lot_id, o.depth + 1 from onward o join trace_lot_edge e on e.from_lot_id = o.id
        join trace_lot_lot l on l.id = e.to_lot_id and l.state <> 'cancelled'
       where o.depth < :deepest
    )
    select id, min(depth) from (
      select id, depth from back where :back union all select id, depth from onward where :onward
    ) found group by id order by 2, 1 limit :most
    """
)
_EDGES = text(
    """
    select e.season_id, e.harvested_on, e.from_lot_id, e.outside_id, e.to_lot_id, e.mass_g, e.made_at, e.kind
    from trace_lot_edge e where e.to_lot_id = any(cast(:lots as bigint[])) order by e.id
    """
)
_OUTSIDE = text(
    "select id, supplier, origin, received_on, mass_g from trace_lot_outside where id = any(cast(:ids as bigint[]))"
)
_HARVESTS = text(
    """
    select e.season_id, e.harvested_on, sum(e.mass_g)::bigint from trace_lot_edge e
    join trace_lot_lot l on l.id = e.to_lot_id and l.state <> 'cancelled'
    where e.season_id = any(cast(:seasons as bigint[])) group by 1, 2
    """
)


def reached(start: Iterable[int], *, back: bool = True, onward: bool = True, most: int = MAX_LOTS) -> list[int]:
    """The lots themselves and every lot they were made from (``back``) or that was made from them (``onward``)."""
    values = {"start": list(start), "back": back, "onward": onward, "deepest": MAX_DEPTH, "most": most}
    return [row[0] for row in db.session.execute(_REACHED, values)]


def collect(start: Sequence[int], actor: Actor | None, *, back: bool = True, onward: bool = True) -> Graph:
    """The graph around the lots.  With an actor of an enterprise, orders and journals of others are left out: of a lot that
    is not the actor's only number, product and owner are shown.  None sees everything (exports of a recall)."""
    found = reached(start, back=back, onward=onward, most=MAX_LOTS + 1)
    cut, ids = len(found) > MAX_LOTS, found[:MAX_LOTS]
    builder = _Builder(ids, actor)
    builder.add_lots()
    builder.add_edges()
    builder.add_losses()
    if onward:
        builder.add_codes()
        builder.add_boxes()
        builder.add_parties()
    builder.add_beyond(back=back, onward=onward)
    return builder.graph(tuple(f"lot:{lot_id}" for lot_id in start), cut=cut)


def start_lot(public_id: Any, actor: Actor) -> LotView:
    """The lot a trace begins at: the actor's own, or any for an overseer; another organisation's is NotFound."""
    return lots.get_lot(public_id, actor)


class _Builder:
    """Puts nodes and links together; reads are made once per kind."""

    def __init__(self, ids: Sequence[int], actor: Actor | None) -> None:
        self.ids, self.actor = list(ids), actor
        self.views = lots.lots_by_id(self.ids)
        self.nodes: dict[str, Node] = {}
        self.links: list[Link] = []
        self.coded: dict[int, int] = defaultdict(int)
        self.sold: dict[int, int] = defaultdict(int)
        self.out_g: dict[int, int] = defaultdict(int)
        self.harvests: list[HarvestFacts] = []
        known = organisations.names(sorted({v.organisation_id for v in self.views.values()}))
        self.names = known

    def mine(self, organisation_id: int) -> bool:
        """Whether the reader may see what belongs to this organisation beyond what is public."""
        actor = self.actor
        if actor is None or actor.organisation_kind not in ("enterprise", "grower", "host"):
            return True
        return actor.organisation_id == organisation_id

    def add_lots(self) -> None:
        for lot_id in self.ids:
            lot = self.views.get(lot_id)
            if lot is None:
                continue
            own = self.mine(lot.organisation_id)
            self.nodes[f"lot:{lot_id}"] = Node(
                key=f"lot:{lot_id}", kind="lot", title=f"批次 {lot.lot_no}", note=lot.item.name, mass_g=lot.mass_g,
                pieces=lot.pieces, on=lot.made_on, organisation=self.names.get(lot.organisation_id, ""),
                href=f"/lots/{lot.public_id}" if own else "", state=LOT.label_of(lot.state),
                tone=LOT.state(lot.state).tone, own=own,
            )  # fmt: skip

    def add_edges(self) -> None:
        rows = db.session.execute(_EDGES, {"lots": self.ids}).all()
        season_ids = sorted({row.season_id for row in rows if row.season_id is not None})
        known = seasons.seasons_by_id(season_ids)
        bought = [row for row in rows if row.outside_id is not None and row.to_lot_id in self.views]
        self._add_outside([row.outside_id for row in bought if self.mine(self.views[row.to_lot_id].organisation_id)])
        for row in rows:
            if row.season_id is not None:
                source = f"season:{row.season_id}:{row.harvested_on}"
                if source not in self.nodes and row.season_id in known:
                    self._add_season(source, *known[row.season_id], row.harvested_on)
            else:
                source = f"lot:{row.from_lot_id}" if row.from_lot_id is not None else f"outside:{row.outside_id}"
            if source in self.nodes and f"lot:{row.to_lot_id}" in self.nodes:
                self.links.append(Link(source, f"lot:{row.to_lot_id}", int(row.mass_g), row.kind, row.made_at))
        self._add_harvests(season_ids, known)

    def _add_outside(self, ids: Sequence[int]) -> None:
        """Bought fruit, as its buyer declared it; shown to the buyer and to overseers only."""
        for row in db.session.execute(_OUTSIDE, {"ids": list(ids)}):
            key = f"outside:{row.id}"
            self.nodes[key] = Node(
                key=key,
                kind="outside",
                title="外购",
                note=f"{row.supplier}，{row.origin}",
                mass_g=int(row.mass_g),
                on=row.received_on,
            )

    def _add_season(self, key: str, season: Any, place: Any, on: date) -> None:
        own = self.mine(season.organisation_id)
        self.nodes[key] = Node(
            key=key, kind="season", title=f"地块 {place.code}", note=f"{season.year} 年，{on.month}月{on.day}日采收", on=on,
            organisation=self.names.get(season.organisation_id, ""), href=f"/seasons/{season.public_id}" if own else "", own=own,
        )  # fmt: skip

    def _add_harvests(self, season_ids: Sequence[int], known: dict[int, tuple[Any, Any]]) -> None:
        taken = {(row[0], row[1]): int(row[2]) for row in db.session.execute(_HARVESTS, {"seasons": list(season_ids)})}
        picked: dict[tuple[int, date], int] = defaultdict(int)
        for season_id, entries in seasons.journals(season_ids).items():
            for entry in effective(entries):
                if entry.kind == "harvest" and entry.mass_g:
                    picked[(season_id, entry.done_on)] += entry.mass_g
        for (season_id, on), grams in sorted(taken.items()):
            key = f"season:{season_id}:{on}"
            if key in self.nodes:
                place = known[season_id][1]
                self.harvests.append(HarvestFacts(key, f"地块 {place.code}", on, picked[(season_id, on)], grams))

    def add_losses(self) -> None:
        for lot_id, lot in self.views.items():
            if lot.lost_g and self.mine(lot.organisation_id):
                key = f"loss:{lot_id}"
                self.nodes[key] = Node(
                    key=key, kind="loss", title="损耗", note="腐烂、失水、抽样、销毁", mass_g=lot.lost_g
                )
                self.links.append(Link(f"lot:{lot_id}", key, lot.lost_g, "loss"))

    def add_codes(self) -> None:
        for lot_id, series in codes.series_of_lots(self.ids).items():
            if not series:
                continue
            count = sum(s.unit_count for s in series)
            self.coded[lot_id] = count
            lot = self.views[lot_id]
            key = f"series:{lot_id}"
            self.nodes[key] = Node(
                key=key, kind="series", title=f"{count:,} 个码", note=f"{len(series)} 个赋码批",
                mass_g=count * lot.item.net_content_g, pieces=count, on=clock.local(series[-1].issued_at).date(),
                own=self.mine(lot.organisation_id),
            )  # fmt: skip
            self.links.append(
                Link(f"lot:{lot_id}", key, count * lot.item.net_content_g, "code", series[0].issued_at, count)
            )

    def add_boxes(self) -> None:
        """Cartons that hold or held units, and the pallets they stand on; many cartons of one lot become one box."""
        by_lot: dict[int, list[cartons.Box]] = defaultdict(list)
        for box in cartons.boxes(self.ids):
            if self.mine(box.organisation_id):
                by_lot[box.lot_id].append(box)
        for lot_id, found in by_lot.items():
            net = self.views[lot_id].item.net_content_g
            if len(found) > SHOWN_PARTIES:
                self._box(
                    f"cartons:{lot_id}",
                    f"{len(found):,} 个箱",
                    "",
                    lot_id,
                    sum(b.ever for b in found),
                    net,
                    "",
                    found[0].since,
                )
                continue
            for box in found:
                note = (
                    "已拆"
                    if not box.inside
                    else "已发出"
                    if box.shipped_at
                    else "在装"
                    if box.inside < box.ever
                    else ""
                )
                self._box(
                    f"carton:{box.box_id}",
                    f"箱 {box.code[-8:]}",
                    note,
                    lot_id,
                    box.ever,
                    net,
                    f"/packing/{box.public_id}",
                    box.since,
                )
            for pallet in cartons.stacked([b.box_id for b in found]):
                self._pallet(pallet)

    def _box(
        self, key: str, title: str, note: str, lot_id: int, units: int, net: int, href: str, since: datetime
    ) -> None:
        self.nodes[key] = Node(
            key=key,
            kind="carton",
            title=title,
            note=note,
            mass_g=units * net,
            pieces=units,
            on=clock.local(since).date(),
            href=href,
        )
        source = f"series:{lot_id}" if f"series:{lot_id}" in self.nodes else f"lot:{lot_id}"
        self.links.append(Link(source, key, units * net, "box", since, units))

    def _pallet(self, pallet: cartons.Stacked) -> None:
        key, box = f"carton:{pallet.pallet_id}", self.nodes[f"carton:{pallet.box_id}"]
        if key not in self.nodes:
            self.nodes[key] = Node(
                key=key, kind="carton", title=f"托盘 {pallet.code[-8:]}", on=clock.local(pallet.since).date(),
                href=f"/packing/{pallet.public_id}",
            )  # fmt: skip
        self.links.append(Link(box.key, key, box.mass_g or 0, "pallet", pallet.since, box.pieces))

    def add_parties(self) -> None:
        by_lot: dict[tuple[int, str], list[LotParty]] = defaultdict(list)
        for hook in lot_parties:
            for party in hook(self.ids):
                by_lot[(party.lot_id, party.kind)].append(party)
        for (lot_id, kind), parties in sorted(by_lot.items()):
            if f"lot:{lot_id}" not in self.nodes:
                continue
            if kind == "order":
                self.sold[lot_id] += sum(p.pieces or 0 for p in parties)
            seen = [p for p in parties if self.mine(p.organisation_id)]
            if len(seen) > SHOWN_PARTIES:
                self._add_many(lot_id, kind, seen)
            else:
                for party in seen:
                    self._add_party(lot_id, kind, party)

    def _add_party(self, lot_id: int, kind: str, party: LotParty) -> None:
        node = Node(
            key=party.key, kind="shipment" if kind == "shipment" else "order", title=party.title, note=party.note,
            mass_g=party.mass_g, pieces=party.pieces, on=clock.local(party.at).date(), href=party.href,
        )  # fmt: skip
        self.nodes[party.key] = node
        self.links.append(Link(f"lot:{lot_id}", party.key, party.mass_g, kind, party.at, party.pieces))

    def _add_many(self, lot_id: int, kind: str, parties: Sequence[LotParty]) -> None:
        key = f"{kind}s:{lot_id}"
        pieces, grams = sum(p.pieces or 0 for p in parties), sum(p.mass_g for p in parties)
        what = "张订单" if kind == "order" else "次发运"
        self.nodes[key] = Node(
            key=key, kind="shipment" if kind == "shipment" else "order", title=f"{len(parties):,} {what}", note="逐笔见下面的表",
            mass_g=grams, pieces=pieces or None, on=clock.local(max(p.at for p in parties)).date(),
        )  # fmt: skip
        self.links.append(Link(f"lot:{lot_id}", key, grams, kind, None, pieces or None))

    def add_beyond(self, *, back: bool, onward: bool) -> None:
        """Steps that partners captured, from and to our lots; of other organisations' events an enterprise sees none."""
        if len(self.views) > MOST_WALKED:
            return
        by_uri = {canonical(view.uri): f"lot:{lot_id}" for lot_id, view in self.views.items()}
        seen_by = events_seen_by(self.actor)
        found = beyond.steps(by_uri, seen_by, forward=True) if onward else []
        found += beyond.steps(by_uri, seen_by, forward=False) if back else []
        ours = by_uri.keys() | beyond.own_lots({uri for s in found for uri in (s.source, s.target)} - by_uri.keys())
        for step in found:
            if step.source in ours and step.target in ours:
                continue  # both ends are lots of ours, drawn or left out: their own tables say it
            ends = (by_uri.get(step.source), by_uri.get(step.target))
            source, target = (
                end or self._add_thing(uri, step) for end, uri in zip(ends, (step.source, step.target), strict=True)
            )
            self.links.append(Link(source, target, step.mass_g, step.deed, step.at, step.pieces))

    def _add_thing(self, uri: str, step: beyond.Step) -> str:
        key = f"thing:{uri}"
        if key not in self.nodes:
            name = organisations.names([step.organisation_id]).get(step.organisation_id, "")
            self.nodes[key] = Node(
                key=key, kind="thing", title=beyond.short(uri), note=f"{name}登记的{step.deed}", organisation=name,
                on=clock.local(step.at).date(),
            )  # fmt: skip
        return key

    def graph(self, start: tuple[str, ...], *, cut: bool) -> Graph:
        facts = [
            LotFacts(
                key=f"lot:{lot.id}", title=f"批次 {lot.lot_no}", mass_g=lot.mass_g, packing_loss_g=lot.packing_loss_g,
                used_g=lot.used_g, lost_g=lot.lost_g, pieces=lot.pieces, net_g=lot.item.net_content_g, state=lot.state,
                coded=self.coded[lot.id], sold=self.sold[lot.id],
            )
            for lot in self.views.values() if self.mine(lot.organisation_id)
        ]  # fmt: skip
        return Graph(
            start=tuple(key for key in start if key in self.nodes), nodes=self.nodes, links=tuple(self.links),
            lots=tuple(facts), harvests=tuple(self.harvests), cut=cut, layer_of=layers(self.nodes, self.links),
        )  # fmt: skip


def events_seen_by(actor: Actor | None) -> list[int] | None:
    """The organisations whose events the reader may see; None is everybody's."""
    if actor is None or actor.organisation_kind not in ("enterprise", "grower", "host"):
        return None
    return [actor.organisation_id or 0]


def parties_of(lot_ids: Sequence[int], actor: Actor | None) -> list[LotParty]:
    """Everybody the lots went to, newest first; of others' sales an enterprise sees nothing."""
    builder = _Builder([], actor)
    found = [p for hook in lot_parties for p in hook(list(lot_ids)) if builder.mine(p.organisation_id)]
    return sorted(found, key=lambda p: (p.at, p.key), reverse=True)


def find(typed: str, actor: Actor) -> LotView | None:
    """The lot whose number was typed or whose code was scanned, if the actor may see it; None otherwise."""
    words = typed.strip()
    path = urlsplit(words).path if "/" in words else ""
    if addresses.is_code_path(path):
        try:
            target = resolve.resolve(addresses.parse(path))
        except BadInput:
            return None
        lot = lots.lot_by_id(target.lot_id) if target.lot_id is not None else None
    else:
        hits = lots.find_by_number(words.upper(), actor, limit=1) if len(words) >= MIN_TYPED else []
        lot = hits[0] if hits else None
    if lot is None:
        return None
    try:
        return lots.get_lot(lot.public_id, actor)
    except NotFound:
        return None
