"""Certificates from paper to confirmed, who sees them, reminders, the renewal chain, quantities under two lots at once."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from brand.certificate import queries, rules, service
from brand.certificate.models import CertificateBooking, CertificateCheck
from core import clock as core_clock
from core.db import db, unit_of_work
from core.errors import BadInput, Conflict, DomainError, InvalidMove, NotFound, RuleBroken
from core.notice.models import Message
from core.ui.once import new_key
from core.workflow.engine import explain, fire
from tests.factories import brand as make_brand
from tests.factories import certificate as make
from tests.factories import trace as grow
from tests.factories.policy import changed


@pytest.fixture
def people(session: Any, as_user: Any, clock: Any) -> dict[str, Any]:
    found = {role: as_user(role) for role in ("owner", "brand_clerk", "office_clerk", "host", "person")}
    found["stranger"] = as_user("owner")
    found["plot"] = grow.make_plot(found["owner"].actor)
    session.flush()
    return found


def _lot(people: dict[str, Any], grams: int = 1_000_000, **values: Any) -> service.LotUse:
    given = {
        "source": f"lot:{uuid.uuid4()}", "organisation_id": people["owner"].actor.organisation_id, "variety": "fuji",
        "form": "fresh", "plots": frozenset({people["plot"].id}), "made_on": date(2026, 10, 18), "grams": grams,
    } | values  # fmt: skip
    return service.LotUse(**given)


def _confirmed(people: dict[str, Any], kind: str = "green", **values: Any) -> Any:
    return make.confirmed(
        people["owner"].actor, people["brand_clerk"].actor, kind, **({"plots": [people["plot"]]} | values)
    )


def test_an_owner_enters_a_certificate_and_sends_it_by_forms(people: dict[str, Any]) -> None:
    owner = people["owner"]

    def once(page: Any) -> str:
        return str(re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1])  # type: ignore[index]

    assert "绿色食品" in owner.get("/certificates/new").text
    wrong = owner.post(
        "/certificates/new?kind=green",
        data={"once": new_key(), "number": "GF1", "issuer": "示例机构", "valid_from": "2026-03-01", "valid_until": "2029-02-28"},
    )  # fmt: skip
    assert wrong.status_code == 400
    assert "LB-" in wrong.text
    made = owner.post(
        "/certificates/new?kind=green",
        data={
            "once": new_key(), "number": "LB-18-2601040001", "company_code": "GF140822260001", "issuer": "示例机构",
            "valid_from": "2026-03-01", "valid_until": "2029-02-28",
        },
    )  # fmt: skip
    assert made.status_code == 302
    path = made.location
    page = owner.get(path)
    assert "还差" in page.text
    assert "140822" in page.text  # the warning stands, nothing is refused
    for where, data in (
        ("products", {"variety": "fuji", "form": "fresh", "yearly_grams": "2000"}),
        ("plots", {"plots": [str(people["plot"].public_id)]}),
        ("scan", {"file": (__import__("io").BytesIO(make.picture()), "证书.jpg")}),
    ):
        sent = owner.post(f"{path}/{where}", data={"once": once(page), **data}, content_type="multipart/form-data")
        assert sent.status_code == 302, sent.text
        page = owner.get(path)
    sent = owner.post(f"{path}/move", data={"once": new_key(), "move": "submit"})

    assert sent.status_code == 302
    assert "待核对" in owner.get(path).text
    assert people["brand_clerk"].get(path).status_code == 200
    assert (
        owner.post(f"{path}/products", data={"once": new_key(), "variety": "gala", "form": "fresh"}).status_code == 409
    )


def test_the_brand_office_notes_its_look_up_before_it_confirms(people: dict[str, Any]) -> None:
    row, clerk = make.submitted(people["owner"].actor, plots=[people["plot"]]), people["brand_clerk"]
    with pytest.raises(RuleBroken) as refused:
        fire(rules.CERTIFICATE, row, "confirm", clerk.actor)
    assert refused.value.code == "certificate.no_check"
    data = {
        "once": new_key(), "checked_on": core_clock.today().isoformat(), "register": "中国绿色食品发展中心", "outcome": "matches",
    }  # fmt: skip
    assert clerk.post(f"/certificates/{row.public_id}/checks", data=data).status_code == 302

    assert (
        clerk.post(f"/certificates/{row.public_id}/move", data={"once": new_key(), "move": "confirm"}).status_code
        == 302
    )
    page = clerk.get(f"/certificates/{row.public_id}").text
    assert "与登记一致" in page
    assert "已验证" not in page
    public = clerk.get(f"/certificate/{row.public_id}").text
    assert "绿色食品 GF140821260001" in public
    assert "想自己查" in public


@pytest.mark.parametrize(
    ("role", "status"),
    [("owner", 200), ("brand_clerk", 200), ("office_clerk", 200), ("stranger", 404), ("host", 403), ("person", 403)],
)
def test_who_sees_a_sent_certificate(people: dict[str, Any], role: str, status: int) -> None:
    row = make.submitted(people["owner"].actor, plots=[people["plot"]])

    assert people[role].get(f"/certificates/{row.public_id}").status_code == status


def test_a_draft_is_its_owners_and_no_public_page(people: dict[str, Any]) -> None:
    row = make.entered(people["owner"].actor)

    assert people["brand_clerk"].get(f"/certificates/{row.public_id}").status_code == 404
    assert people["owner"].get(f"/certificate/{row.public_id}").status_code == 404
    with pytest.raises(NotFound):
        service.add_product(row, people["stranger"].actor, variety="gala", form="fresh")
    with pytest.raises(DomainError):
        service.note_check(row, people["owner"].actor, checked_on=date(2026, 11, 1), register="x", outcome="matches")


def test_a_certificate_of_other_plots_or_of_another_firm_is_refused(people: dict[str, Any]) -> None:
    row = make.entered(people["owner"].actor)
    foreign = grow.make_plot(people["stranger"].actor, "P-9")

    with pytest.raises(BadInput):
        service.set_plots(row, people["owner"].actor, [str(foreign.public_id)])
    with pytest.raises(Conflict):
        service.enter(people["owner"].actor, kind="green", **make.PAPERS["green"])


def test_a_look_up_is_never_changed(people: dict[str, Any], session: Any) -> None:
    _confirmed(people)
    with pytest.raises(Exception, match="stay as they are"), session.begin_nested():
        session.execute(update(CertificateCheck).values(outcome="differs"))


def test_a_lot_counts_once_and_carries_the_mark_until_the_certificate_ends(people: dict[str, Any], clock: Any) -> None:
    row, lot = _confirmed(people), _lot(people)
    for _ in range(2):
        assert [d.shown for d in service.book_lot(lot, people["owner"].actor)] == [True]
    key = lot.source.removeprefix("lot:")

    assert db.session.scalar(select(func.sum(CertificateBooking.grams))) == 1_000_000
    marks = queries.marks_of_lot(key, variety="fuji", form="fresh")
    assert [(m.line, m.ended) for m in marks] == [("绿色食品 GF140821260001", "")]
    clock.set("2029-02-28 23:59:59")
    assert queries.marks_of_lot(key, variety="fuji", form="fresh")[0].ended == ""
    clock.set("2029-03-01 00:00:00")
    assert "过期" in queries.marks_of_lot(key, variety="fuji", form="fresh")[0].ended
    clock.set("2026-11-21 09:00:00")
    fire(rules.CERTIFICATE, row, "suspend", people["brand_clerk"].actor, reason="登记处显示暂停。")
    assert "暂停" in queries.marks_of_lot(key, variety="fuji", form="fresh")[0].ended
    assert queries.marks_of_item(lot.organisation_id, "fuji", "fresh") == []


@pytest.mark.parametrize(
    ("change", "misuse"),
    [
        ({"plots": frozenset({1, 2})}, "beyond_scope"), ({"variety": "gala"}, "beyond_scope"),
        ({"made_on": date(2026, 2, 28)}, "beyond_scope"), ({"grams": 2_000_001}, "over_quantity"),
    ],
)  # fmt: skip
def test_a_lot_the_certificate_does_not_cover_is_not_counted(
    people: dict[str, Any], change: dict[str, Any], misuse: str
) -> None:
    _confirmed(people)

    decisions = service.book_lot(_lot(people, **change), people["owner"].actor)

    assert [d.misuse for d in decisions] == [misuse]
    assert db.session.scalar(select(func.count(CertificateBooking.id))) == 0


def test_claims_are_judged_by_the_firms_own_certificates(people: dict[str, Any]) -> None:
    firm = people["owner"].actor.organisation_id
    texts = {"品名": "绿色食品苹果"}
    assert [f.misuse for f in queries.unsupported(firm, texts, [("fuji", "fresh")])] == ["impostor"]
    _confirmed(people)

    assert queries.unsupported(firm, texts, [("fuji", "fresh")]) == []
    assert queries.unsupported(firm, texts, None) == []
    assert [f.misuse for f in queries.unsupported(firm, texts, [("gala", "fresh")])] == ["beyond_scope"]
    stranger = people["stranger"].actor.organisation_id
    assert [f.misuse for f in queries.unsupported(stranger, texts, [("fuji", "fresh")])] == ["impostor"]
    with pytest.raises(RuleBroken) as refused:
        service.refuse_claims(stranger, texts, [("fuji", "fresh")])
    assert "绿色食品" in refused.value.unmet[0].message


def test_reminders_go_out_once_each_and_not_for_a_renewed_one(people: dict[str, Any], clock: Any) -> None:
    row, owner = _confirmed(people, "organic"), people["owner"].actor

    def told() -> int:
        wanted = Message.title.contains("天到期")
        return db.session.scalar(select(func.count(Message.id)).where(wanted)) or 0

    for day, count in (("2026-11-29", 0), ("2026-11-30", 1), ("2026-12-01", 1), ("2027-01-29", 2)):
        clock.set(f"{day} 08:20:00")
        service.remind(core_clock.now())
        assert told() == count, day
    fresh = make.PAPERS["organic"] | {
        "number": "0001OP2700001", "valid_from": date(2027, 2, 1), "valid_until": date(2028, 1, 31),
    }  # fmt: skip
    new = service.enter(owner, kind="organic", renews=row, **fresh)
    service.add_product(new, owner, variety="fuji", form="fresh", yearly_grams=1)
    service.set_scan(new, owner, make.picture(), "证书.jpg")
    service.set_plots(new, owner, [str(people["plot"].public_id)])
    fire(rules.CERTIFICATE, new, "submit", owner)
    clerk = people["brand_clerk"].actor
    service.note_check(new, clerk, checked_on=core_clock.today(), register="示例系统", outcome="matches")
    fire(rules.CERTIFICATE, new, "confirm", clerk)
    clock.set("2027-02-21 08:20:00")
    service.remind(core_clock.now())

    assert told() == 2
    assert [c.number for c in queries.chain(row)] == ["0001OP2600001", "0001OP2700001"]
    assert queries.chain(new) == queries.chain(row)


def test_a_look_up_is_fresh_by_the_number_of_the_day_it_was_made(
    people: dict[str, Any], as_user: Any, clock: Any
) -> None:
    owner, clerk = people["owner"].actor, people["brand_clerk"].actor
    changed(as_user, "certificate.check_days", "5", core_clock.today() + timedelta(days=1))
    rows = []
    for number in ("LB-18-2601040001", "LB-18-2601040002"):
        rows.append(make.submitted(owner, plots=[people["plot"]], number=number))
        service.note_check(
            rows[-1], clerk, checked_on=core_clock.today(), register="示例登记平台", outcome="matches", note="一致"
        )
        clock.advance(days=1)
    clock.advance(days=10)

    unmet = [[u.rule for u in explain(rules.CERTIFICATE, row, "confirm", clerk)] for row in rows]

    assert unmet == [[], ["certificate.check_old"]]


def test_a_renewal_follows_its_own_certificate_later_than_it(people: dict[str, Any]) -> None:
    row, owner = _confirmed(people), people["owner"].actor
    with pytest.raises(BadInput):
        service.enter(owner, kind="green", renews=row, **make.PAPERS["green"])
    with pytest.raises(NotFound):
        service.enter(people["stranger"].actor, kind="green", renews=row, **make.PAPERS["green"])


def test_a_revoked_certificate_comes_back_by_no_move(people: dict[str, Any]) -> None:
    row, clerk = _confirmed(people), people["brand_clerk"]
    path = f"/certificates/{row.public_id}/move"
    asked = clerk.post(path, data={"once": new_key(), "move": "revoke", "reason": "登记机关已注销。"})
    assert asked.status_code == 200
    done = clerk.post(path, data={"once": new_key(), "move": "revoke", "reason": "登记机关已注销。", "sure": "1"})
    assert done.status_code == 302
    for move in ("confirm", "resume", "suspend", "return", "submit", "take_back"):
        with pytest.raises(InvalidMove):
            fire(rules.CERTIFICATE, row, move, clerk.actor, reason="x")
    assert "已失效" in people["owner"].get(f"/certificate/{row.public_id}").text


def test_a_geographical_mark_carries_the_users_own_code(people: dict[str, Any]) -> None:
    _confirmed(people, "gi_mark")
    code = db.session.scalar(
        text("select code from core_organisation_organisation where id = :id"),
        {"id": people["owner"].actor.organisation_id},
    )

    marks = queries.marks_of_item(people["owner"].actor.organisation_id, "fuji", "fresh")

    assert [m.line for m in marks] == [f"地理标志专用标志 {code}"]


def test_what_is_missing_is_told_before_sending(people: dict[str, Any]) -> None:
    row = service.enter(people["owner"].actor, kind="green", **(make.PAPERS["green"] | {"company_code": ""}))

    missing = [
        u.rule.removeprefix("certificate.") for u in explain(rules.CERTIFICATE, row, "submit", people["owner"].actor)
    ]

    assert missing == ["scan", "products", "no_plots", "company_code"]


def test_a_number_on_a_package_is_looked_up_by_the_brand_office(people: dict[str, Any]) -> None:
    _confirmed(people)
    clerk = people["brand_clerk"]

    assert people["owner"].actor.organisation_name in clerk.get("/certificates/number?q=gf140821 260001").text
    assert "没有单位登记过" in clerk.get("/certificates/number?q=GF140821269999").text
    assert people["owner"].get("/certificates/number?q=GF140821260001").status_code == 403
    assert make_brand.picture()  # the scan is a real picture


def test_eight_lots_at_once_never_use_more_than_the_year_allows(cloned_db: Any) -> None:
    with core_clock.frozen(core_clock.now()):
        owner, clerk = cloned_db.as_user("owner").actor, cloned_db.as_user("brand_clerk").actor
        with cloned_db.app.app_context(), unit_of_work():
            plot = grow.make_plot(owner)
            db.session.flush()
            term = {"valid_from": date(2026, 3, 1), "valid_until": date(2099, 2, 28)}
            make.confirmed(owner, clerk, plots=[plot], yearly_grams=3_000_000, **term)
            people = {"owner": type("C", (), {"actor": owner}), "plot": type("P", (), {"id": plot.id})}
        barrier, shown = threading.Barrier(8), []

        def book() -> None:
            barrier.wait()
            with cloned_db.app.app_context(), unit_of_work():
                shown.extend(d.shown for d in service.book_lot(_lot(people), owner))

        threads = [threading.Thread(target=book) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with cloned_db.app.app_context():
            used = db.session.scalar(select(func.sum(CertificateBooking.grams)))

    assert sorted(shown) == [False] * 5 + [True] * 3
    assert used == 3_000_000
