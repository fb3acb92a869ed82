"""What the workbench shows, gathered from the lower floors' queries; each is asked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app, url_for

from admin.enterprise import queries as entry
from admin.enterprise import rules as entry_rules
from admin.workbench import residence, rules
from brand.licence import queries as licences
from brand.licence import rules as licence_rules
from core import clock
from core.account.actor import Actor
from core.calendar.queries import deadline_of
from core.notice import queries as notices
from core.notice import rules as notice_rules
from core.organisation import queries as organisations
from core.ui import nav
from shop.catalogue.queries import count_by_state
from shop.order import queries as orders
from trace.code.queries import printed_series
from trace.item.queries import progress as item_count
from trace.lot import queries as lots
from trace.lot.facts import sealing_checks
from trace.season.queries import progress as season_counts
from trace.signing import queries as signing

SOON = timedelta(days=60)


def progress(organisation_id: int) -> rules.Progress:
    """How far the enterprise is with each step of the guided start."""
    lot_counts = lots.progress(organisation_id)
    listings = count_by_state(organisation_id)
    waiting = [case for case in licences.pending(organisation_id) if case.state in ("submitted", "screened")]
    return rules.Progress(
        key=signing.has_key(organisation_id),
        licences=licences.progress(organisation_id),
        licence_waiting=bool(waiting),
        items=item_count(organisation_id),
        seasons=season_counts(organisation_id)["seasons"],
        lots=lot_counts["raw"] + lot_counts["packed"],
        sealed=lot_counts["sealed"],
        printed=printed_series(organisation_id),
        listed=listings.get("published", 0),
        listing_waiting=listings.get("submitted", 0) > 0,
    )


def href(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, or None where its room is not plugged in."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


@dataclass(frozen=True, slots=True)
class NextLot:
    """The lot that waits to be sealed, with its check lines."""

    lot: lots.LotView
    checks: tuple[Any, ...]
    href: str | None

    @property
    def left(self) -> int:
        return sum(1 for line in self.checks if line.tone == "bad")


def next_lot(organisation_id: int) -> NextLot | None:
    """The oldest packed lot that is not sealed, or None."""
    waiting = lots.lots_of(organisation_id, packed=True, states=("open",))
    if not waiting:
        return None
    lot = waiting[-1]
    return NextLot(
        lot, tuple(sealing_checks(lot.id)), href("sealing.seal", lot_public_id=lot.public_id) or href("lot.show", public_id=lot.public_id)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot with its mass balance in whole kilograms: parts are (label, amount, pattern)."""

    lot: lots.LotView
    href: str | None
    total: int
    parts: tuple[tuple[str, int, str], ...]
    left: str
    chip: tuple[str, str]


def lot_lines(organisation_id: int, limit: int = 6) -> list[LotLine]:
    """The latest lots with where their weight went."""
    found = lots.lots_of(organisation_id)[:limit]
    sealed = signing.sealed_lots([lot.id for lot in found])
    return [_line(lot, lot.id in sealed) for lot in found]


def _line(lot: lots.LotView, is_sealed: bool) -> LotLine:
    if lot.is_packed:
        amounts = [("装箱", lot.mass_g, "solid"), ("损耗", lot.packing_loss_g, "hatch")]
        total, left = lot.incoming_g, f"{lot.pieces_left:,} 件"
    else:
        amounts = [("装箱", lot.used_g, "solid"), ("损耗", lot.lost_g, "hatch"), ("结余", lot.remainder_g, "blank")]
        total, left = lot.mass_g, f"{lot.remainder_g / 1000:,.0f} kg"
    parts = tuple((label, round(grams / 1000), pattern) for label, grams, pattern in amounts)
    chip = ("已暂停", "bad") if lot.state == "held" else ("已封存", "ok") if is_sealed else ("未封存", "none")
    if not lot.is_packed and not is_sealed:
        chip = ("采收批", "none")
    return LotLine(lot, href("lot.show", public_id=lot.public_id), round(total / 1000), parts, left, chip)


def enterprise_todos(organisation_id: int) -> list[rules.Todo]:
    """What the enterprise has to do, most urgent first."""
    found = [
        rules.Todo(f"{t.count} 单{t.title}", "", t.url, "去处理", urgent=t.urgent)
        for t in orders.open_todos(organisation_id)
    ]
    found += [_licence_todo(case) for case in licences.pending(organisation_id)]
    found += residence.todos(organisation_id)
    lot = next_lot(organisation_id)
    if lot is not None and lot.href:
        note = f"还差 {lot.left} 样" if lot.left else "各项都齐了"
        found.append(rules.Todo(f"批次 {lot.lot.lot_no} 待封存", note, lot.href, "去封存"))
    return rules.by_urgency(found, clock.today())


def _licence_todo(case: Any) -> rules.Todo:
    address = url_for("licence.show", public_id=case.public_id)
    if case.state in ("draft", "returned"):
        title = "授权申请请补正" if case.state == "returned" else "授权申请还没有提交"
        return rules.Todo(
            title,
            case.case_no,
            address,
            "去补正" if case.state == "returned" else "接着填",
            urgent=case.state == "returned",
        )
    deadline = deadline_of(case, licence_rules.DEADLINE)
    note = f"{case.case_no}，{deadline.date:%m-%d} 前办结，无需你操作" if deadline else case.case_no
    return rules.Todo("品牌授权在办", note, address, "看进度", waiting=True)


def reminders(organisation_id: int) -> list[tuple[str, str, str, str]]:
    """What is going to lapse: (tone, sentence, explanation, address)."""
    today = clock.today()
    found = [
        (
            "warn",
            f"{view.brand_name}授权 {(view.valid_until - today).days} 天后到期",
            "到期后不能再新印标签，已印的照常可扫。续期请重新申请",
            url_for("licence.new"),
        )
        for view in licences.ending_soon(organisation_id)
    ]
    found += residence.ending_leases(organisation_id, SOON)
    application = entry.application_of(organisation_id)
    until = application.licence_until if application else None
    if until is not None and until - today <= SOON:
        when = f"{(until - today).days} 天后到期" if until >= today else f"已于 {until.isoformat()} 到期"
        found.append(("warn", f"营业执照{when}", "换发后请联系e镇办公室更新", url_for("organisation.profile")))
    return found


# --- the offices -----------------------------------------------------------------------------------------------------------


def waiting_rooms(actor: Actor) -> list[tuple[str, int, str]]:
    """(label, count, address) of every menu entry of the actor that counts something waiting."""
    rooms: dict[str, tuple[str, int, str]] = {}
    for item in nav.entries():
        if item.badge is None or item.endpoint not in current_app.view_functions or not actor.can(item.permission):
            continue
        rooms.setdefault(item.endpoint, (item.label, item.badge(actor) or 0, url_for(item.endpoint)))
    return list(rooms.values())


def office_todos(actor: Actor, limit: int = 12) -> list[rules.Todo]:
    """Cases that wait for this actor, by deadline."""
    found = [*_licence_cases(actor), *_entry_cases(actor), *residence.cases(actor), *_notice_cases(actor)]
    return rules.by_urgency(found, clock.today())[:limit]


def _licence_cases(actor: Actor) -> list[rules.Todo]:
    rows = licences.waiting(actor)
    names = organisations.names([row.organisation_id for row in rows])
    found = []
    for row in rows:
        deadline = deadline_of(row, licence_rules.DEADLINE)
        found.append(
            rules.Todo(
                f"授权申请：{names[row.organisation_id]}",
                f"{row.case_no}，{licence_rules.LICENCE.label_of(row.state)}",
                url_for("licence.show", public_id=row.public_id),
                "去审查" if row.state == "submitted" else "去审定",
                due_on=deadline.date if deadline else None,
            )
        )
    return found


def _entry_cases(actor: Actor) -> list[rules.Todo]:
    return [
        rules.Todo(
            f"入驻申请：{row.name}",
            f"{row.case_no}，{entry_rules.APPLICATION.label_of(row.state)}",
            url_for("entry.case", public_id=row.public_id),
            "去受理" if row.state == "submitted" else "去审定",
        )
        for row in entry.waiting(actor)
    ]


def _notice_cases(actor: Actor) -> list[rules.Todo]:
    found = []
    for row in notices.waiting(actor):
        deadline = deadline_of(row, notice_rules.DEADLINE)
        found.append(
            rules.Todo(
                f"来件：{row.subject}",
                row.receipt_no,
                url_for("notice.case", public_id=row.public_id),
                "去受理" if row.state == "new" else "去答复",
                due_on=deadline.date if deadline else None,
            )
        )
    return found
