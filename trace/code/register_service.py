"""The register of outputs: every file with labels or codes of a series is entered before it is made.  Never commits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from brand.certificate import rules_claims
from brand.licence import quota
from core import clock
from core.account.actor import Actor
from core.db import db
from core.record.service import record
from trace.code import queries, roots, rules
from trace.code.errors import CannotIssue
from trace.code.models import Design, PrintRun, Series
from trace.code.permissions import COVERED
from trace.code.service import draw_quota, licence_ended, licence_of
from trace.item.models import Item
from trace.lot import marking
from trace.lot.models import Lot


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be put out: labels ``first`` to ``last`` counted from 1 within the series.

    ``mark``: auto (where a licence is in force and the series is counted off its quota), on (counts it now) or off; ``covered``: the covered codes too.
    """

    format: str
    first: int
    last: int
    reason: str = ""
    mark: str = "auto"
    covered: bool = False
    design: Design | None = None


def _unborne(design: Design | None, lot: Lot) -> tuple[str, ...]:
    """Words of the design that claim a mark this lot does not carry today."""
    if design is None:
        return ()
    texts = {"名称": design.name, "底部的字": str(design.content.get("tail", ""))}
    said = rules_claims.claims(texts)
    granted = {m.kind for m in marking.marks_of(lot) if not m.ended} if said else set()
    return tuple(c.words for c in said if not granted & set(c.kinds))


def register_print(series_public_id: uuid.UUID, wish: Wish, actor: Actor) -> tuple[Series, PrintRun]:
    """Afterwards the register says who put out which labels, in which format, with or without mark and covered codes.

    A label put out before is a reprint, wants a reason and is logged; a test print is entered too.  CannotIssue lists
    everything unmet, QuotaShort what is left of the licence's quota: range, reason, lot held, mark without licence, covered codes without permission, series unsigned.
    """
    series = queries.series_for_actor(series_public_id, actor)
    db.session.execute(select(Series.id).where(Series.id == series.id).with_for_update())
    begin, end = series.start_unit + wish.first - 1, series.start_unit + wish.last - 1
    covered = wish.covered or wish.format == "covered"
    item, lot = db.session.get_one(Item, series.item_id), db.session.get_one(Lot, series.lot_id)
    licence = licence_of(lot, item)
    counted = bool(series.licence_no) or quota.has_drawn(f"series:{series.public_id}") != ""
    marked = wish.format in rules.WITH_LABEL and (
        wish.mark == "on" or (wish.mark == "auto" and licence is not None and counted)
    )
    reprint = wish.format in rules.MAX_PRINT and queries.was_printed(series.id, begin, end)
    facts = rules.PrintFacts(
        format=wish.format, first=begin, last=end, start=series.start_unit, end=series.last_unit, reprint=reprint,
        reason=wish.reason, voided=queries.voided_in(series.item_id, begin, end), lot_state=lot.state, wants_mark=marked,
        licence_in_force=licence is not None, licence_ended=licence_ended(lot, item) if licence is None else "",
        wants_covered=covered, has_covered=series.covered_version is not None, may_covered=actor.can(COVERED),
        claims=_unborne(wish.design, lot),
    )  # fmt: skip
    if unmet := rules.unmet_print(facts):
        raise CannotIssue(unmet=unmet)
    roots.refuse_unsigned(series)
    if marked:  # a series issued before the licence, or unmarked, is counted when its first mark is printed
        draw_quota(series.public_id, lot, item, series.unit_count, actor)
    run = PrintRun(
        series_id=series.id, format=wish.format, first_unit=begin, last_unit=end, reprint=reprint, reason=wish.reason,
        marked=marked, licence_no=licence.licence_no if marked and licence else "", covered=covered,
        design_id=wish.design.id if wish.design else None, printed_at=clock.now(), printed_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()  # a reprint's statement names it
    record(
        "code.covered_exported" if covered else "code.labels_printed", series, actor, format=wish.format,
        first=wish.first, last=wish.last, reprint=reprint, reason=wish.reason, marked=marked,
    )  # fmt: skip
    if reprint:
        roots.sign(run, actor)
    return series, run
