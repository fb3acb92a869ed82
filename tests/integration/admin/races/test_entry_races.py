"""Two at once in entry, leases, support and the yearly information: one wins, the other is told so, nothing half stands."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from admin.disclosure.models import Item
from admin.enterprise import service as entry
from admin.enterprise.models import Application
from admin.information import service as information
from admin.information.models import Confirmation
from admin.lease import service as lease
from admin.lease.models import Lease, Unit
from admin.support import rules as support_rules
from admin.support import service as support
from admin.support.models import Claim, Payment
from core.db import db, unit_of_work
from core.organisation.models import Organisation
from core.organisation.queries import get_organisation
from core.ui.once import new_key
from core.workflow.models import HistoryRow
from tests.factories import admin_enterprise as make
from tests.support.asking import says_why
from tests.support.people import invented_uscc
from tests.support.races import Arena, arena

FIGURES = {"stores": "", "brands": "示例红", "staff": 12, "staff_local": 10, "land_m2": 66_000, "store_m3": 0,
           "turnover_fen": 50_000_000, "retail_fen": 20_000_000, "tax_fen": 0}  # fmt: skip
YEAR = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture(scope="module")
def _arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with arena(tmp_path_factory.mktemp("entry-races")) as made:
        yield made


@pytest.fixture
def place(_arena: Arena, clock: Any) -> Arena:
    return _arena


@pytest.fixture
def office(place: Arena) -> SimpleNamespace:
    return SimpleNamespace(
        clerk=place.as_user("office_clerk"), head=place.as_user("office_head"), second=place.as_user("office_head")
    )


def entered(place: Arena, office: Any, number: int) -> list[Any]:
    """Two owners of one enterprise that is in, its information saved."""
    person = place.as_user("person").actor
    with place.app.app_context(), unit_of_work():
        case = make.make_submitted(person, number)
        entry.screen(case, office.clerk.actor)
        entry.note_visit(case, office.clerk.actor, visited_on=date(2026, 11, 19), note="有果库一座")
        entry.approve(case, office.head.actor)
        organisation = case.organisation_id
    owners = [place.as_user("owner", organisation=organisation) for _ in range(2)]
    with place.app.app_context(), unit_of_work():
        information.save(owners[0].actor, FIGURES)
    return owners


def policy(place: Arena, office: Any, kind: str) -> int:
    with place.app.app_context(), unit_of_work():
        return support.publish(
            office.head.actor, rule=support_rules.Rule(kind, percent_bp=3000), title="示例奖励办法", document="示例文件〔2026〕1 号",
            from_on=YEAR[0], until_on=YEAR[1],
        ).id  # fmt: skip


def one_wins(place: Arena, *deeds: Callable[[], Any], lost: tuple[int, ...] = (409, 422)) -> Any:
    """Exactly one deed is done; the answer of the one that was refused, a Chinese sentence."""
    answers = place.together(*deeds)
    done = [a for a in answers if a.status_code == 302]
    refused = [a for a in answers if a.status_code != 302]
    assert len(done) == 1, [(a.status_code, a.text[:2000]) for a in answers]
    assert all(a.status_code in lost and says_why(a) for a in refused), [a.status_code for a in refused]
    return refused[0]


def count(place: Arena, model: Any, *where: Any) -> int:
    with place.app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0)


def test_of_two_confirmations_of_a_year_one_stands(place: Arena, office: SimpleNamespace) -> None:
    owners = entered(place, office, 7101)
    page = [lambda o=o: o.post("/information/confirm", data={"year": "2026", "once": new_key()}) for o in owners]

    refused = one_wins(place, *page)

    assert "已经确认过" in refused.text
    assert count(place, Confirmation, Confirmation.organisation_id == owners[0].actor.organisation_id) == 1


def test_of_two_claims_of_one_period_by_two_colleagues_one_is_opened(place: Arena, office: SimpleNamespace) -> None:
    owners = entered(place, office, 7102)
    policy(place, office, "tax")
    with place.app.app_context(), unit_of_work():
        information.confirm(owners[0].actor, 2026)

    def claim(owner: Any) -> Any:
        file = (io.BytesIO(make.picture()), "完税证明.jpg")
        data = {"year": "2026", "quarter": "3", "stated": "10000", "file": file, "once": new_key()}
        return owner.post("/support/claims/new/tax", data=data, content_type="multipart/form-data")

    refused = one_wins(place, lambda: claim(owners[0]), lambda: claim(owners[1]))

    assert "同一期间" in refused.text
    mine = Claim.organisation_id == owners[0].actor.organisation_id
    assert count(place, Claim, mine) == 1
    with place.app.app_context():
        kept = db.session.scalars(select(Claim).where(mine)).one()
        assert (kept.state, kept.stated, kept.file_id is not None) == ("draft", 1_000_000, True)


def test_of_two_decisions_of_one_claim_one_is_made(place: Arena, office: SimpleNamespace) -> None:
    owners = entered(place, office, 7103)
    version = policy(place, office, "performance")
    with place.app.app_context(), unit_of_work():
        information.confirm(owners[0].actor, 2026)
        claim = support.open_claim(
            support.queries.get_version(version), owners[0].actor, period=support_rules.quarter(2026, 3), stated=1_000_000,
            file=(make.picture(), "对账单.jpg"),
        )  # fmt: skip
        support.move(claim, "submit", owners[0].actor)
        support.move(claim, "review", office.clerk.actor)
        db.session.flush()
        claim_id, address, shown = claim.id, f"/support/claims/{claim.public_id}/move", claim.version

    def decide(head: Any, move: str) -> Any:
        data = {"move": move, "reason": "材料与数字不符。", "version": shown, "sure": "1", "once": new_key()}
        return head.post(address, data=data)

    one_wins(place, lambda: decide(office.head, "decide"), lambda: decide(office.second, "refuse"))

    with place.app.app_context():
        state = db.session.get_one(Claim, claim_id).state
        moves = db.session.scalars(
            select(HistoryRow.to_state).where(HistoryRow.object_id == claim_id, HistoryRow.workflow == "admin.support")
        ).all()
    assert sum(m in ("publicity", "refused") for m in moves) == 1
    drafts = count(place, Item, Item.subject_table == Claim.__tablename__, Item.subject_id == claim_id)
    assert drafts == (1 if state == "publicity" else 0)
    assert count(place, Payment, Payment.claim_id == claim_id) == 0


def test_of_two_leases_of_one_unit_one_is_offered(place: Arena, office: SimpleNamespace) -> None:
    tenants = [entered(place, office, 7104)[0], entered(place, office, 7105)[0]]
    with place.app.app_context(), unit_of_work():
        unit = lease.add_unit(office.clerk.actor, code="R-1", building="示例楼", area_m2=300, uses=["office"])
        codes = [get_organisation(t.actor.organisation_id).code for t in tenants]
        unit_id, address = unit.id, f"/leases/units/{unit.public_id}/offer"
    clerks = [office.clerk, place.as_user("office_clerk")]

    def offer(number: int, first: str, last: str) -> Any:
        return clerks[number].post(address, data={
            "code": codes[number], "area_m2": "100", "starts_on": first, "ends_on": last, "purpose": "office",
            "monthly_rent_fen": "1000", "deposit_fen": "0", "once": new_key(),
        })  # fmt: skip

    refused = one_wins(
        place, lambda: offer(0, "2027-01-01", "2027-12-31"), lambda: offer(1, "2027-12-31", "2028-12-30")
    )

    assert "出租" in refused.text
    assert count(place, Lease, Lease.unit_id == unit_id) == 1
    assert count(place, Unit, Unit.code == "R-1") == 1


@pytest.mark.parametrize("step", ["submit", "approve"])
def test_of_two_entries_of_one_enterprise_one_goes_on(place: Arena, office: SimpleNamespace, step: str) -> None:
    code = invented_uscc(7106 if step == "submit" else 7107)
    people = [place.as_user("person") for _ in range(2)]
    with place.app.app_context(), unit_of_work():
        cases = [make.make_draft(p.actor, 1, code=code, name=f"临猗示例{step}合作社") for p in people]
        if step == "approve":
            entry.submit(cases[0], people[0].actor)
            entry.screen(cases[0], office.clerk.actor)
            entry.note_visit(cases[0], office.clerk.actor, visited_on=date(2026, 11, 19), note="有果库一座")
        db.session.flush()
        known = [(c.id, c.public_id, c.version) for c in cases]

    if step == "submit":
        deeds = [
            lambda n=n: people[n].post(
                f"/join/{known[n][1]}/move",
                data={"move": "submit", "version": known[n][2], "sure": "1", "once": new_key()},
            )
            for n in range(2)
        ]
    else:
        deeds = [
            lambda h=h, m=m: h.post(
                f"/entry/cases/{known[0][1]}/move",
                data={"move": m, "reason": "符合条件。", "version": known[0][2], "sure": "1", "once": new_key()},
            )
            for h, m in ((office.head, "approve"), (office.second, "approve"))
        ]
    one_wins(place, *deeds)

    with place.app.app_context():
        states = sorted(db.session.scalars(select(Application.state).where(Application.id.in_([k[0] for k in known]))))
    assert states == (["draft", "submitted"] if step == "submit" else ["approved", "draft"])
    assert count(place, Organisation, Organisation.code == code) == (0 if step == "submit" else 1)
