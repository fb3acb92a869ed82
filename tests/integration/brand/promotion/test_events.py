"""Events on the real database: planned, announced, held, checked by another person, counted once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from brand.matrix.service import establish_matrix
from brand.promotion import queries, service, service_places
from brand.promotion.errors import AlreadyEnrolled, EventNotFound
from core.errors import BadInput, Conflict, Denied, InvalidMove, RuleBroken
from core.ui.once import new_key
from tests.factories import promotion as make
from tests.factories.brand import make_licence, picture


@pytest.fixture
def office(session: Any, as_user: Any, clock: Any) -> Any:
    """A clerk who organises and a decider who checks, with the matrix laid out, on 2026-11-20."""
    clerk, decider = as_user("brand_clerk"), as_user("brand_decider")
    establish_matrix(clerk.actor)
    return clerk, decider


def _held(office: Any, clock: Any, **more: Any) -> Any:
    clerk = office[0].actor
    event = make.make_event(clerk, **more)
    clock.set(f"{event.ends_on.isoformat()} 18:00:00")
    make.write_summary(event, clerk)
    make.give_evidence(event, clerk)
    service.move(event, clerk, "hold")
    return event


def test_an_event_counts_only_when_another_person_checked_the_evidence(office: Any, clock: Any, as_user: Any) -> None:
    clerk, decider = (each.actor for each in office)
    event = _held(office, clock)
    assert queries.counted(2026)["fair"] == queries.Counted(0, 0, 1)
    with pytest.raises(RuleBroken):
        service.move(event, clerk, "check")

    service.move(event, decider, "check")

    found = queries.counted(2026)
    assert (found["fair"].this_year, found["roadshow"].ever, found["campaign"].ever) == (1, 0, 0)
    assert queries.counted(2027)["fair"] == queries.Counted(0, 1, 0)
    with pytest.raises(Conflict):
        make.give_evidence(event, clerk, "other")
    with pytest.raises(InvalidMove):
        service.move(event, clerk, "cancel", "不办了")
    service.move(event, decider, "uncount", "签到表页数不全，退回核对")
    assert queries.counted(2026)["fair"].ever == 0


def test_who_uploaded_evidence_does_not_check_it(office: Any, clock: Any) -> None:
    event = _held(office, clock)
    service.add_evidence(event, office[1].actor, kind="media", caption="示例报道", link="https://news.example.cn/1")

    with pytest.raises(RuleBroken) as refused:
        service.move(event, office[1].actor, "check")

    assert [u.rule for u in refused.value.unmet] == ["HD-23"]


def test_everything_missing_is_told_before_the_check(office: Any, clock: Any) -> None:
    clerk, decider = (each.actor for each in office)
    event = make.make_event(clerk)
    with pytest.raises(RuleBroken) as early:
        service.move(event, clerk, "hold")
    clock.set("2026-11-26 18:00:00")
    service.move(event, clerk, "hold")
    with pytest.raises(RuleBroken) as refused:
        service.move(event, decider, "check")

    assert [u.rule for u in early.value.unmet] == ["HD-10"]
    assert [u.rule for u in refused.value.unmet] == ["HD-20", "HD-20", "HD-20", "HD-21"]


def test_a_county_roadshow_is_not_announced_as_one(office: Any) -> None:
    clerk = office[0].actor
    event = make.make_event(clerk, announced=False, kind="roadshow", level="county")
    with pytest.raises(RuleBroken):
        service.move(event, clerk, "announce")
    service.change(event, clerk, **make.values(kind="campaign", level="county", etown_content="示例政策宣讲"))
    service.move(event, clerk, "announce")
    with pytest.raises(BadInput):
        service.change(event, clerk, **make.values(kind="fair"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"level": "village"}, "level"),
        ({"part": "watched"}, "part"),
        ({"title": " "}, "title"),
        ({"ends_on": date(2026, 11, 24)}, "ends_on"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10_001}, "capacity"),
        ({"introduction": "长" * 3001}, "introduction"),
    ],
)
def test_a_wrong_plan_is_refused_at_its_field(office: Any, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        service.plan(office[0].actor, **make.values(**change))

    assert refused.value.field == field


def test_an_enterprise_neither_plans_nor_adds_evidence(office: Any, as_user: Any) -> None:
    owner = as_user("owner").actor
    event = make.make_event(office[0].actor)
    with pytest.raises(Denied):
        service.plan(owner, **make.values())
    with pytest.raises(Denied):
        make.give_evidence(event, owner)


def test_seats_go_by_order_and_the_next_in_line_moves_up(office: Any, as_user: Any) -> None:
    clerk = office[0].actor
    event = make.make_event(clerk)
    owners = [as_user("owner").actor for _ in range(4)]
    places = [service_places.enrol(event, o, goods="示例苹果", people=2) for o in owners]
    assert [(p.state, p.seat_no) for p in places] == [
        ("confirmed", 1),
        ("confirmed", 2),
        ("waiting", None),
        ("waiting", None),
    ]
    with pytest.raises(AlreadyEnrolled):
        service_places.enrol(event, owners[0], goods="示例苹果", people=2)

    service_places.withdraw(places[0], owners[0])

    assert [(p.state, p.seat_no) for p in places] == [
        ("withdrawn", None), ("confirmed", 2), ("confirmed", 1), ("waiting", None),
    ]  # fmt: skip
    service.change(event, clerk, **make.values(capacity=3))
    assert places[3].seat_no == 3
    with pytest.raises(BadInput):
        service.change(event, clerk, **make.values(capacity=2))
    service_places.decline(places[1], clerk, "展品与展会主题不符")
    again = service_places.enrol(event, owners[0], goods="示例苹果", people=1)
    assert again.seat_no == 2


def test_a_place_is_given_back_before_the_first_day_and_presence_is_put_down_after(
    office: Any, as_user: Any, clock: Any
) -> None:
    clerk = office[0].actor
    event = make.make_event(clerk)
    owner = as_user("owner").actor
    place = service_places.enrol(event, owner, goods="示例苹果", people=2)
    with pytest.raises(RuleBroken):
        service_places.present(place, clerk, came=True)
    clock.set("2026-11-25 00:00:00")
    with pytest.raises(RuleBroken):
        service_places.withdraw(place, owner)
    late = as_user("owner").actor
    with pytest.raises(RuleBroken) as closed:
        service_places.enrol(event, late, goods="示例苹果", people=2)
    assert [u.rule for u in closed.value.unmet] == ["HD-42"]
    service_places.present(place, clerk, came=True)
    assert (place.state, place.seat_no) == ("attended", 1)


def test_a_fair_for_licensees_takes_licensees_only(office: Any, as_user: Any) -> None:
    clerk, decider = (each.actor for each in office)
    event = make.make_event(clerk, licensed_only=True)
    owner, stranger = as_user("owner").actor, as_user("owner").actor
    make_licence(owner, clerk, decider)
    with pytest.raises(RuleBroken) as refused:
        service_places.enrol(event, stranger, goods="示例苹果", people=1)
    assert [u.rule for u in refused.value.unmet] == ["HD-44"]
    assert service_places.enrol(event, owner, goods="示例苹果", people=1).seat_no == 1


def test_results_carry_their_source_and_stay_an_enterprises_own(
    office: Any, as_user: Any, clock: Any, client: Any
) -> None:
    clerk, decider = (each.actor for each in office)
    event = make.make_event(clerk)
    mine, other = as_user("owner"), as_user("owner")
    places = [service_places.enrol(event, o.actor, goods="示例苹果", people=2) for o in (mine, other)]
    given = {"kind": "orders", "quantity": 12, "amount_fen": 345_600, "source": "展位订单登记表"}
    with pytest.raises(Conflict):
        service.add_result(event, mine.actor, source_kind="self", **given)
    clock.set("2026-11-26 18:00:00")
    row = service.add_result(event, mine.actor, source_kind="office", **given)
    assert row.source_kind == "self"
    with pytest.raises(EventNotFound):
        service.add_result(event, as_user("owner").actor, source_kind="self", **given)
    with pytest.raises(EventNotFound):
        service.remove_result(event, other.actor, row.id)
    address = f"/enterprise/promotion/{event.public_id}"
    assert as_user("owner").post(f"{address}/results", data={}).status_code == 404  # before a word of it is judged
    assert "3,456.00" in mine.get(address).text
    assert "3,456.00" not in other.get(address).text
    for place in places:
        service_places.present(place, clerk, came=True)
    make.write_summary(event, clerk)
    make.give_evidence(event, clerk)
    service.move(event, clerk, "hold")
    assert "3,456.00" not in client.get(f"/promotion/{event.public_id}").text
    service.move(event, decider, "check")
    page = client.get(f"/promotion/{event.public_id}").text
    assert "3,456.00" in page
    assert "没有另外核实" in page
    with pytest.raises(Conflict):
        service.remove_result(event, mine.actor, row.id)


def test_an_event_in_preparation_is_nobodys_business(office: Any, as_user: Any, client: Any) -> None:
    event = make.make_event(office[0].actor, announced=False)
    for address in (f"/promotion/{event.public_id}", f"/promotion/{event.public_id}.ics"):
        assert client.get(address).status_code == 404
    assert as_user("owner").get(f"/enterprise/promotion/{event.public_id}").status_code == 404
    assert as_user("owner").get(f"/brand/promotion/{event.public_id}").status_code == 403
    service.move(event, office[0].actor, "cancel", "不办了")
    assert client.get(f"/promotion/{event.public_id}").status_code == 404


def test_the_calendar_shows_the_month_and_the_feed_keeps_a_cancelled_event(office: Any, client: Any) -> None:
    clerk = office[0].actor
    event = make.make_event(clerk, title_en="Sample fruit fair")

    assert "示例果品展" in client.get("/promotion?month=2026-11").text
    assert "Sample fruit fair" in client.get("/promotion?month=2026-11&lang=en").text
    assert "这个月没有公布的活动" in client.get("/promotion?month=2026-09&lang=zh").text
    assert client.get("/promotion?month=13-2026").status_code == 200
    feed = client.get("/promotion/calendar.ics")
    assert feed.mimetype == "text/calendar"
    assert "DTSTART;VALUE=DATE:20261125" in feed.text
    service.move(event, clerk, "cancel", "场地有变")
    assert "STATUS:CANCELLED" in client.get("/promotion/calendar.ics").text
    assert "已取消" in client.get("/promotion?month=2026-11&lang=zh").text


def test_the_pages_lead_from_plan_to_place(office: Any, as_user: Any) -> None:
    clerk = office[0]
    plan = {
        "kind": "fair", "title": "示例页面展会", "level": "municipal", "part": "hosted", "venue": "示例展馆",
        "starts_on": "2026-11-25", "ends_on": "2026-11-25", "capacity": "1", "enrol_until": "2026-11-24 17:00",
    }  # fmt: skip
    assert clerk.post("/brand/promotion/new", data=plan | {"starts_on": "明天", "once": new_key()}).status_code == 400
    made = clerk.post("/brand/promotion/new", data=plan | {"once": new_key()})
    assert made.status_code == 302
    address = made.headers["Location"]
    assert "展会没有选公用品牌" in clerk.get(address).text
    assert clerk.post(f"{address}/move", data={"move": "announce", "once": new_key()}).status_code == 422
    brand = str(make.values()["brand_id"])
    change = plan | {"brand_id": brand, "version": "1", "once": new_key()}
    assert clerk.post(f"{address}/edit", data=change).status_code == 302
    assert clerk.post(f"{address}/edit", data=change | {"once": new_key()}).status_code == 409
    assert clerk.post(f"{address}/move", data={"move": "announce", "once": new_key()}).status_code == 302
    join = address.replace("/brand/promotion/", "/enterprise/promotion/")
    first, second = as_user("owner"), as_user("operator")
    words = {"goods": "示例苹果", "people": "2"}
    assert first.post(join, data=words | {"people": "0", "once": new_key()}).status_code == 400
    assert first.post(join, data=words | {"once": new_key()}).status_code == 302
    assert "第 1 号" in first.get(join).text
    assert second.post(join, data=words | {"once": new_key()}).status_code == 302
    assert "候补第 1 位" in second.get(join).text
    place = queries.enrolment_of(
        queries.load(__import__("uuid").UUID(address.rsplit("/", 1)[1])).id, first.actor.organisation_id
    )
    assert place is not None
    leave = f"/enterprise/promotion/places/{place.public_id}/withdraw"
    assert second.post(leave, data={"move": "withdraw", "sure": "1", "once": new_key()}).status_code == 404
    assert "再来要重新报名" in first.post(leave, data={"move": "withdraw", "once": new_key()}).text
    assert first.post(leave, data={"move": "withdraw", "sure": "1", "once": new_key()}).status_code == 302
    assert "第 1 号" in second.get(join).text
    file = {"kind": "photo", "caption": "示例照片", "once": new_key()}
    assert clerk.post(f"{address}/evidence", data=file).status_code == 400
    import io

    sent = clerk.post(f"{address}/evidence", data=file | {"once": new_key(), "file": (io.BytesIO(picture()), "a.jpg")})
    assert sent.status_code == 302
