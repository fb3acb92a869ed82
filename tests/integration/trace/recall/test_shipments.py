"""A recall reaches what was shipped to other organisations, and counts every gram once."""

from __future__ import annotations

from datetime import date

import pytest

from core.db import db
from core.errors import DomainError
from core.notice.models import Message
from tests.factories import trace as grow
from tests.integration.trace.recall.test_service import TEXTS, bureau
from trace.graph import queries as graph
from trace.graph import rules as graph_rules
from trace.movement import service as movement
from trace.movement.service import Told
from trace.recall import followup, queries, scope, service

DAY = date(2026, 11, 19)


@pytest.fixture
def grown(session, clock):
    clock.set("2026-11-20 10:00:00")
    made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    made.buyer = grow.make_organisation(7009, "示例收购商")
    made.buying = grow.actor_of(made.buyer)
    return made


def sent(grown):
    return movement.send(
        grown.actor, receiver_code=grown.buyer.code, lines=[(grown.raw, 1_000_000)], sent_on=DAY,
        papers=movement.Papers("晋M示例1", "YD1", "SH-1"),
    )  # fmt: skip


def running(grown):
    recall = service.draft(grown.actor, lot_ids=[grown.raw.id], due_on=date(2026, 12, 20), **TEXTS)
    service.propose(recall, grown.actor)
    return service.approve(recall, bureau(1))


def test_what_is_on_the_way_is_counted_with_its_lot_and_its_receiver_is_told(grown):
    sent(grown)

    recall = running(grown)
    followup.tell_waiting(recall.id)

    lines = {line.lot_id: line for line in queries.lines(recall.id)}
    assert (lines[grown.raw.id].mass_g, lines[grown.raw.id].gone_g) == (1_500_000, 1_000_000)
    told = db.session.query(Message).filter_by(organisation_id=grown.buyer.id).all()
    assert any("召回通知" in message.title for message in told)
    assert queries.page(recall).figures.told == 1


def test_what_was_received_is_in_scope_as_the_receivers_own_lot_and_counted_once(grown):
    shipment = sent(grown)
    line = movement.lines_of(shipment)[0]
    movement.receive(shipment, grown.buying, {line.id: Told()}, received_on=DAY)
    db.session.refresh(line)

    recall = running(grown)

    assert line.part_lot_id in scope.ids(recall.id)
    lines = queries.lines(recall.id)
    assert sum(li.mass_g for li in lines) == 2_000_000 - 10_000  # packing lost 10 kg
    assert [p.mass_g for p in queries.page(recall).parties] == [0]


def test_a_recalled_lot_is_not_sent_any_more(grown):
    running(grown)

    with pytest.raises(DomainError):
        sent(grown)


def test_the_trace_goes_on_into_the_receivers_part(grown):
    shipment = sent(grown)
    line = movement.lines_of(shipment)[0]
    movement.receive(shipment, grown.buying, {line.id: Told()}, received_on=DAY)
    db.session.refresh(line)

    seen = graph.collect([grown.raw.id], None)

    assert f"lot:{line.part_lot_id}" in seen.nodes
    assert graph_rules.warnings(seen) == []
