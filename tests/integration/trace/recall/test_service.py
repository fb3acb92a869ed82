"""A recall from draft to close: holds, signature and log, parties, recoveries, four eyes, scope, other organisations."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from core import hooks
from core.account.actor import Actor
from core.account.models import User
from core.account.permissions import permissions_of
from core.db import db, unit_of_work
from core.errors import BadInput, Conflict, InvalidMove, NotFound, RuleBroken
from core.hooks import LotParty
from core.organisation.models import Organisation
from tests.factories import code as make
from tests.factories import trace as grow
from tests.support.people import invented_uscc
from trace.lot import service as lots
from trace.recall import followup, queries, scope, service
from trace.recall.models import Party, Recovery
from trace.signing.models import Record
from trace.verify.canonical import parse_object

TEXTS = {
    "level": "two", "reason": "抽检发现戊唑醇超过限量", "action": "先别吃，留好箱子和标签。", "refund": "整箱退款，不用寄回。",
    "phone": "0359-4030000",
}  # fmt: skip


def bureau(number: int, role: str = "commerce_clerk") -> Actor:
    row = db.session.query(Organisation).filter_by(code=invented_uscc(99_001)).first()
    if row is None:
        row = Organisation(kind="bureau", code=invented_uscc(99_001), name="示例商务局")
        db.session.add(row)
        db.session.flush()
    mobile = f"1990077{number:04d}"
    user = db.session.query(User).filter_by(mobile=mobile).first() or User(
        mobile=mobile, display_name=f"示例人员{number}"
    )
    db.session.add(user)
    db.session.flush()
    return Actor(
        user_id=user.id, organisation_id=row.id, organisation_kind="bureau", role=role, permissions=permissions_of(role)
    )


def draft(grown: grow.Grown, actor: Actor | None = None, lot_id: int | None = None):
    return service.draft(actor or grown.actor, lot_ids=[lot_id or grown.raw.id], due_on=date(2026, 12, 20), **TEXTS)


def running(grown: grow.Grown):
    recall = draft(grown)
    service.propose(recall, grown.actor)
    return service.approve(recall, bureau(1))


@pytest.fixture
def grown(sealed_lot) -> grow.Grown:
    return sealed_lot


@pytest.fixture
def stopped():
    """Every hold and release that reaches the shop."""
    told: list[tuple[int, bool, str]] = []

    def tell(*, lot_id: int, held: bool, reason: str, source: str) -> None:
        del reason
        told.append((lot_id, held, source))

    with hooks.lot_held.only(tell):
        yield told


def party(grown: grow.Grown, key: str = "order:a", pieces: int = 3, *, done: bool = True) -> LotParty:
    return LotParty(
        key=key, kind="order", lot_id=grown.packed.id, title="订单 20261101", note="太原市，已签收", mass_g=pieces * 5000,
        pieces=pieces, at=grown.packed.created_at, organisation_id=grown.organisation.id, done=done,
    )  # fmt: skip


@pytest.fixture
def sold(grown):
    parties = [party(grown), party(grown, "order:b", 2)]
    said: list[str] = []

    def tell(*, key: str, title: str, body: str, link: str) -> str | None:
        del title, link
        said.append(f"{key} {body}")
        return "" if key == "order:b" else "sms"

    with (
        hooks.lot_parties.only(lambda lot_ids: [p for p in parties if p.lot_id in lot_ids]),
        hooks.tell_party.only(tell),
    ):
        yield said


def test_proposing_stops_the_named_lot_and_everything_made_from_it(grown, stopped):
    recall = draft(grown)
    assert stopped == []

    service.propose(recall, grown.actor)

    assert recall.state == "proposed"
    assert sorted(stopped) == sorted(
        [(grown.raw.id, True, f"recall:{recall.recall_no}"), (grown.packed.id, True, f"recall:{recall.recall_no}")]
    )
    assert queries.notice_for_lots([grown.packed.id]) == {}


def test_a_refused_recall_frees_everything_and_says_why(grown, stopped):
    recall = draft(grown)
    service.propose(recall, grown.actor)
    stopped.clear()

    service.refuse(recall, bureau(1), "复检合格，批次没有问题")

    assert recall.state == "refused"
    assert [held for _, held, _ in stopped] == [False, False]
    assert service.blocks([grown.packed.id]) == {}


def test_an_approved_recall_is_signed_logged_and_public(grown, stopped, sold):
    recall = running(grown)

    row = db.session.query(Record).filter_by(subject_key=f"recall:{recall.public_id}").one()
    body = parse_object(row.payload)
    assert body["credentialSubject"]["lots"] == sorted(v.uri for v in queries.page(recall).views.values())
    assert row.log_entry_id is not None
    assert queries.by_number(recall.recall_no).id == recall.id
    notice = queries.notice_for_lots([grown.packed.id])[grown.packed.id]
    assert (notice.recall_no, notice.action) == (recall.recall_no, TEXTS["action"])


def test_everybody_is_told_once_and_who_cannot_be_reached_waits(grown, stopped, sold):
    recall = running(grown)

    assert followup.tell_waiting(recall.id) == 2
    assert followup.tell_waiting(recall.id) == 0

    assert len(sold) == 2
    assert "先别吃" in sold[0]
    rows = {p.key: p for p in db.session.query(Party).filter_by(recall_id=recall.id)}
    assert (rows["order:a"].channel, rows["order:a"].told_at is not None) == ("sms", True)
    assert (rows["order:b"].channel, rows["order:b"].told_at) == ("", None)


def test_a_report_names_every_untold_party_and_every_open_lot(grown, stopped, sold):
    recall = running(grown)
    followup.tell_waiting(recall.id)

    with pytest.raises(RuleBroken) as refusal:
        service.report(recall, grown.actor)

    rules_broken = [u.rule for u in refusal.value.unmet]
    assert rules_broken == ["recall.untold", "recall.open", "recall.open", "recall.summary"]


def test_a_recall_closes_when_all_is_told_and_accounted_for(grown, stopped, sold, clock):
    recall = running(grown)
    followup.tell_waiting(recall.id)
    other = db.session.query(Party).filter_by(recall_id=recall.id, key="order:b").one()
    followup.write_told(recall, other.public_id, grown.actor, reached=True, note="电话告知，约定退回")
    today = date(2026, 11, 20)
    for line in queries.lines(recall.id):
        if line.gone_g:
            followup.recover(
                recall, line.lot_id, grown.actor, kind="returned", mass_g=10_000, on=today, note="两箱退回"
            )
            followup.recover(
                recall, line.lot_id, grown.actor, kind="consumed", mass_g=line.gone_g - 10_000, on=today, note="已吃完"
            )
        kept = line.mass_g - line.gone_g
        if kept:
            followup.recover(recall, line.lot_id, grown.actor, kind="kept", mass_g=kept, on=today, note="仓库封存")
    service.summarise(recall, grown.actor, "喷药间隔期记错了一天，已经改用新的提醒，今后采收前再核对一次。")

    service.report(recall, grown.actor)
    with pytest.raises(RuleBroken) as refusal:
        service.close(recall, bureau(1), "核对无误")
    service.close(recall, bureau(2), "核对无误")

    assert [u.rule for u in refusal.value.unmet] == ["trace.recall.close.four_eyes"]
    assert recall.state == "closed"
    figures = queries.page(recall).figures
    assert (figures.gone_g, figures.back_g, figures.consumed_g, figures.open_g) == (25_000, 10_000, 15_000, 0)
    assert service.blocks([grown.packed.id])[grown.packed.id]
    assert queries.over_for_lots([grown.packed.id]) == {grown.packed.id: recall.recall_no}


def test_more_than_is_left_cannot_be_written_down_and_a_wrong_line_is_reversed(grown, stopped, sold):
    recall, on = running(grown), date(2026, 11, 20)
    line = next(li for li in queries.lines(recall.id) if li.lot_id == grown.packed.id)
    first = followup.recover(recall, line.lot_id, grown.actor, kind="kept", mass_g=line.mass_g, on=on, note="封存")

    with pytest.raises(BadInput) as refusal:
        followup.recover(recall, line.lot_id, grown.actor, kind="destroyed", mass_g=1, on=on, note="处理")
    followup.reverse(recall, first.public_id, grown.actor, "数错了")
    with pytest.raises(Conflict):
        followup.reverse(recall, first.public_id, grown.actor, "再冲一次")

    assert refusal.value.code == "recall.more_than_left"
    again = next(li for li in queries.lines(recall.id) if li.lot_id == grown.packed.id)
    assert again.accounted_g == 0
    assert db.session.query(Recovery).count() == 2


def test_an_office_orders_a_recall_and_another_person_approves(grown, stopped):
    first, second = bureau(1), bureau(2)
    recall = draft(grown, first)
    assert recall.ordered_by_id == first.organisation_id
    service.propose(recall, first)

    with pytest.raises(RuleBroken) as refusal:
        service.approve(recall, first)
    service.approve(recall, second)

    assert [u.rule for u in refusal.value.unmet] == ["trace.recall.approve.four_eyes"]
    assert recall.state == "running"


def test_the_scope_is_widened_by_the_office_only_and_signed_again(grown, stopped, sold):
    recall = draft(grown, lot_id=grown.packed.id)
    service.propose(recall, grown.actor)
    service.approve(recall, bureau(1))
    assert scope.ids(recall.id) == [grown.packed.id]

    with pytest.raises(RuleBroken):
        service.widen(recall, [grown.raw.id], grown.actor, "原料也有问题")
    service.widen(recall, [grown.raw.id], bureau(2), "原料也有问题")

    assert scope.ids(recall.id) == sorted([grown.raw.id, grown.packed.id])
    versions = db.session.query(Record).filter_by(subject_key=f"recall:{recall.public_id}").count()
    assert versions == 2
    with pytest.raises(Conflict) as refusal:
        service.widen(recall, [grown.raw.id], bureau(2), "再来一次")
    assert refusal.value.code == "recall.nothing_new"


def test_another_enterprise_can_neither_see_nor_recall_my_lots(grown, stopped):
    stranger = grow.actor_of(grow.make_organisation(7009, "临猗示例二社"))
    recall = draft(grown)

    with pytest.raises(NotFound):
        draft(grown, stranger)
    with pytest.raises(NotFound):
        queries.get(recall.public_id, stranger)


def test_what_is_not_approved_is_not_public(grown, stopped):
    recall = draft(grown)
    service.propose(recall, grown.actor)

    with pytest.raises(NotFound):
        queries.by_number(recall.recall_no)


def test_a_draft_changes_and_a_proposed_recall_does_not(grown, stopped):
    recall = draft(grown)
    service.edit(recall, grown.actor, **(TEXTS | {"level": "one"}), due_on=None)
    service.propose(recall, grown.actor)

    with pytest.raises(RuleBroken) as refusal:
        service.edit(recall, grown.actor, **TEXTS, due_on=None)

    assert recall.level == "one"
    assert refusal.value.code == "recall.scope_fixed"


def test_one_lot_is_in_one_open_recall(grown, stopped):
    service.propose(draft(grown), grown.actor)
    second = draft(grown)

    with pytest.raises(RuleBroken) as refusal:
        service.propose(second, grown.actor)

    assert [u.rule for u in refusal.value.unmet] == ["recall.elsewhere"]


def test_a_recall_cannot_be_approved_twice(grown, stopped, sold):
    recall = running(grown)

    with pytest.raises(InvalidMove):
        service.approve(recall, bureau(2))


def test_two_clerks_writing_the_last_kilograms_at_once_never_exceed_the_lot(cloned_db):
    with cloned_db.app.app_context(), unit_of_work():
        grown = make.make_sealed_lot()
        recall = running(grown)
        recall_id, lot_id, left = recall.id, grown.packed.id, 205 * 5000
        actor = grown.actor
    refused: list[str] = []

    def write() -> None:
        from trace.recall.models import Recall

        with cloned_db.app.app_context():
            try:
                with unit_of_work():
                    followup.recover(
                        db.session.get_one(Recall, recall_id), lot_id, actor, kind="kept", mass_g=left - 1000,
                        on=date(2026, 10, 20), note="封存",
                    )  # fmt: skip
            except BadInput as error:
                refused.append(error.code)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with cloned_db.app.app_context():
        line = next(li for li in queries.lines(recall_id) if li.lot_id == lot_id)
        assert line.accounted_g == left - 1000
    assert refused == ["recall.more_than_left"] * 3


def test_a_recalled_lot_is_not_packed_again(grown, stopped, sold):
    running(grown)

    assert set(service.blocks([grown.raw.id, grown.packed.id])) == {grown.raw.id, grown.packed.id}
    with pytest.raises(Conflict):
        lots.pack(
            grown.actor, item_id=grown.box.id, sources=[(grown.raw, 10_000)], pieces=1, packed_on=date(2026, 10, 20)
        )
