"""Two at once at licences, marks and kits: one effect, and for the second a refusal that says what happened."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from brand.certificate import rules as certificate_rules
from brand.licence import queries, quota, service, term_service
from brand.licence.errors import NoLicence
from brand.licence.models import Licence, Quota
from brand.mark import service as marks
from brand.mark.models import MarkDownload
from brand.promotion.models import MaterialDownload
from core.db import db, unit_of_work
from core.errors import Conflict
from core.ui.once import new_key
from core.workflow.models import HistoryRow
from tests.factories import brand as make
from tests.factories import certificate as make_certificate
from tests.factories.licence_course import KEY
from tests.factories.trace import make_plot
from tests.support.races import Arena, status_of


def _kept(licence: Licence) -> SimpleNamespace:
    """What a test keeps of a licence beyond its session."""
    db.session.flush()
    return SimpleNamespace(
        id=licence.id, public_id=licence.public_id, brand_id=licence.brand_id, valid_until=licence.valid_until
    )


def _licensed(place: Arena, cast: SimpleNamespace) -> SimpleNamespace:
    with place.app.app_context(), unit_of_work():
        return _kept(make.make_licence(cast.owner.actor, cast.clerk.actor, cast.decider.actor))


def _again(licence: SimpleNamespace) -> Licence:
    return db.session.get_one(Licence, licence.id)


# --- mark files and kits ------------------------------------------------------------------------------------------------


def _pack(place: Arena, cast: SimpleNamespace, **of: Any) -> str:
    with place.app.app_context(), unit_of_work():
        pack = marks.make_pack(cast.clerk.actor, rules_text="最小 12 毫米。", **of)
        marks.add_file(
            pack,
            cast.clerk.actor,
            title="竖排",
            purpose="print",
            stream=io.BytesIO(make.picture()),
            filename="标志.jpg",
        )
        marks.release(pack, cast.clerk.actor)
        return str(pack.files[0].public_id)


def _take(cast: SimpleNamespace, piece: str) -> int:
    return int(cast.owner.post(f"/marks/files/{piece}/download", data={"once": new_key()}).status_code)


def _taken(place: Arena, cast: SimpleNamespace) -> int:
    with place.app.app_context():
        query = select(func.count(MarkDownload.id)).where(MarkDownload.organisation_id == cast.org)
        return db.session.scalar(query) or 0


def _ends(place: Arena, cast: SimpleNamespace) -> Iterator[tuple[str, Any]]:
    """A mark file, and the move that ends the right to take it: of a licence, of a certificate, of the version itself."""
    licence = _licensed(place, cast)
    piece = _pack(place, cast, brand_id=licence.brand_id)
    yield piece, lambda: service.suspend(_again(licence), cast.decider.actor, "抽查发现超范围，请改正。")
    yield piece, lambda: marks.retire(marks.file_for(piece, cast.clerk.actor)[1], cast.clerk.actor, "颜色有误。")
    with place.app.app_context(), unit_of_work():
        row = make_certificate.confirmed(cast.owner.actor, cast.clerk.actor, plots=[make_plot(cast.owner.actor)])
        row_id, model = row.id, type(row)
    yield _pack(place, cast, mark="green"), lambda: make_certificate.fire(
        certificate_rules.CERTIFICATE, db.session.get_one(model, row_id), "suspend", cast.clerk.actor, reason="登记处显示暂停。"
    )  # fmt: skip


@pytest.mark.parametrize("which", range(3), ids=["licence suspended", "version retired", "certificate suspended"])
def test_a_mark_file_is_handed_out_wholly_before_or_not_at_all_after_the_end_of_the_right_to_it(
    place: Arena, cast: SimpleNamespace, which: int
) -> None:
    piece, end = next(itertools.islice(_ends(place, cast), which, None))

    def ended_and_undone() -> int:
        def deed() -> None:
            end()
            raise Conflict("又撤回了。", code="test.undone")

        with place.app.app_context():
            return status_of(deed)

    with place.app.app_context(), unit_of_work():  # a file is being handed out: the end waits
        marks.take(*marks.file_for(piece, cast.owner.actor), cast.owner.actor)
        db.session.flush()
        ending = place.second(ended_and_undone)
        assert ending.waits()
    assert (ending.answer(), _taken(place, cast)) == (409, 1)

    with place.app.app_context(), unit_of_work():  # the end is under way: the taking waits, and finds it
        end()
        db.session.flush()
        taking = place.second(lambda: _take(cast, piece))
        assert taking.waits()
    assert (taking.answer(), _taken(place, cast)) == (422, 1)


def test_a_brand_kit_is_not_handed_out_across_a_withdrawal(place: Arena, cast: SimpleNamespace) -> None:
    licence = _licensed(place, cast)

    def kit() -> int:
        return int(cast.owner.post("/enterprise/promotion/kit/linyi-apple", data={"once": new_key()}).status_code)

    with place.app.app_context(), unit_of_work():
        service.withdraw(_again(licence), cast.decider.actor, "冒用属实。")
        taking = place.second(kit)
        assert taking.waits()
    assert taking.answer() == 404
    with place.app.app_context():
        taken = select(func.count(MaterialDownload.id)).where(MaterialDownload.organisation_id == cast.org)
        assert db.session.scalar(taken) == 0


# --- licences --------------------------------------------------------------------------------------------------------------


def _moves(licence_id: int, *keys: str) -> int:
    query = select(func.count(HistoryRow.id)).where(
        HistoryRow.workflow == "brand.licence", HistoryRow.object_id == licence_id, HistoryRow.move.in_(keys)
    )
    return db.session.scalar(query) or 0


def _decides(place: Arena, actor: Any, licence: SimpleNamespace, deed: Any) -> Any:
    def run() -> int:
        with place.app.app_context():
            return status_of(lambda: deed(_again(licence), actor))

    return run


def test_of_an_approval_and_a_refusal_at_once_one_stands(place: Arena, cast: SimpleNamespace) -> None:
    with place.app.app_context(), unit_of_work():
        licence = _kept(make.screened(cast.owner.actor, cast.clerk.actor))
    answers = place.together(
        _decides(place, cast.decider.actor, licence, service.approve),
        _decides(
            place, cast.second.actor, licence,
            lambda row, actor: service.refuse(row, actor, "地块种的是玉米，与申请不符。", grounds=["origin"]),
        ),
    )  # fmt: skip

    assert sorted(answers) == [200, 409]
    with place.app.app_context():
        assert _moves(licence.id, "approve", "refuse") == 1
        state = _again(licence).state
        assert state == ("licensed" if answers[0] == 200 else "refused")
        assert len(queries.licences_of(cast.org)) == (state == "licensed")


def test_a_refusal_is_appealed_once_however_often_it_is_sent_at_once(place: Arena, cast: SimpleNamespace) -> None:
    with place.app.app_context(), unit_of_work():
        sent = make.screened(cast.owner.actor, cast.clerk.actor)
        service.refuse(sent, cast.decider.actor, "地块种的是玉米，与申请不符。", grounds=["origin"])
        licence = _kept(sent)
    address = f"/brand/cases/{licence.public_id}/move"

    def appeal() -> int:
        sent = {"move": "appeal", "reason": "玉米是去年的，今年已改种富士。", "sure": "1", "once": new_key()}
        return int(cast.owner.post(address, data=sent).status_code)

    assert sorted(place.together(appeal, appeal)) == [302, 409]
    with place.app.app_context():
        assert _moves(licence.id, "appeal") == 1


def _renewal(place: Arena, cast: SimpleNamespace, clock: Any) -> tuple[SimpleNamespace, SimpleNamespace]:
    """A licence near its end and its screened renewal."""
    licence = _licensed(place, cast)
    clock.set(f"{licence.valid_until.isoformat()} 09:00:00")
    with place.app.app_context(), unit_of_work():
        case = term_service.reopen(_again(licence), "renewal", cast.owner.actor)
        make.add_evidence(case, cast.owner.actor, "test_report", issued_on=clock.now().date())
        make.add_evidence(case, cast.owner.actor, "base")
        service.accept_rules(case, cast.owner.actor)
        service.submit(case, cast.owner.actor)
        service.screen(case, cast.clerk.actor)
        return licence, _kept(case)


def test_a_renewal_is_not_granted_across_a_suspension_of_what_it_renews(
    place: Arena, cast: SimpleNamespace, clock: Any
) -> None:
    licence, case = _renewal(place, cast, clock)
    approve = _decides(place, cast.second.actor, case, service.approve)

    with place.app.app_context(), unit_of_work():
        service.suspend(_again(licence), cast.decider.actor, "抽查发现超范围，请改正。")
        granting = place.second(approve)
        assert granting.waits()
    assert granting.answer() == 422
    with place.app.app_context():
        assert _again(case).state == "screened"
    with place.app.app_context(), unit_of_work():
        service.lift(_again(licence), cast.decider.actor, "已改正。")
    with place.app.app_context(), unit_of_work():
        service.approve(_again(case), cast.second.actor)
        suspending = place.second(
            _decides(
                place, cast.decider.actor, licence, lambda row, actor: service.suspend(row, actor, "又发现超范围。")
            )
        )
        assert suspending.waits()
    assert suspending.answer() == 200
    with place.app.app_context():
        assert (_again(case).state, _again(licence).state) == ("licensed", "suspended")


def test_a_print_run_is_wholly_before_a_withdrawal_or_refused_after_it(place: Arena, cast: SimpleNamespace) -> None:
    licence = _licensed(place, cast)

    def draw(source: str) -> Any:
        return quota.draw(cast.org, KEY, pieces=3, net_grams=5000, source=source, actor=cast.owner.actor)

    def drawn() -> str:
        with place.app.app_context():
            try:
                with unit_of_work():
                    return str(draw("series:late").licence_no)
            except NoLicence as refused:
                return refused.message

    withdraw = _decides(
        place, cast.decider.actor, licence, lambda row, actor: service.withdraw(row, actor, "冒用属实，撤销。")
    )
    with place.app.app_context(), unit_of_work():
        draw("series:early")
        withdrawing = place.second(withdraw)
        assert withdrawing.waits()
        db.session.rollback()
    assert withdrawing.answer() == 200
    assert "没有有效的品牌授权" in drawn()

    other = _licensed(place, cast)  # a licence of its own again
    with place.app.app_context(), unit_of_work():
        service.withdraw(_again(other), cast.decider.actor, "冒用属实，撤销。")
        printing = place.second(drawn)
        assert printing.waits()
    assert "没有有效的品牌授权" in printing.answer()
    with place.app.app_context():
        used = select(func.sum(Quota.used_grams)).where(Quota.licence_id.in_((licence.id, other.id)))
        assert db.session.scalar(used) == 0
