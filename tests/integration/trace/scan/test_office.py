"""Anomalies by place and time, stopped codes, check policies: pages, permissions, other organisations."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from core import clock as core_clock
from core.db import db
from tests.support.people import People
from trace.item.models import Item
from trace.scan import anomalies, policies
from trace.scan.rules import Policy

from .test_checks import check, text_of


def hidden(answer) -> dict[str, str]:
    found = re.search(r'name="once"[^>]*value="([^"]+)"', text_of(answer))
    assert found is not None
    return {"once": found[1]}


def found_kinds(place) -> dict[str, anomalies.Anomaly]:
    with place.app.app_context():
        now = core_clock.now()
        return {one.kind: one for one in anomalies.anomalies(now - timedelta(days=30), now + timedelta(minutes=1))}


def test_every_kind_of_anomaly_is_found_from_its_threshold_on(place, now):
    assert found_kinds(place) == {}
    now("2026-11-25 10:00")
    for number in range(3):
        check(place.phone(f"D{number} Mozilla"), place, city="运城")
    assert found_kinds(place) == {}
    check(place.phone("D3 Mozilla"), place, city="广州")
    found = found_kinds(place)
    assert set(found) == {"devices", "jump"}
    one = found["devices"]
    assert (one.times, one.devices, one.unit, one.lot_id) == (4, 4, 1, place.issued.lot_id)
    assert set(one.cities.split("、")) == {"运城", "广州"}

    for _ in range(5):
        check(place.phone("G Mozilla"), place, code="0" * 13)
    assert found_kinds(place)["guesses"].times == 5

    for number in range(5):
        place.phone("U Mozilla").get(place.issued.addresses[0][:-2] + f"0{number}")
    unknown = found_kinds(place)["unknown"]
    assert unknown.times == 5
    assert place.issued.lot_no in unknown.subject


def test_a_finding_of_another_time_is_not_counted(place, now):
    now("2026-09-01 10:00")
    for number in range(4):
        check(place.phone(f"D{number} Mozilla"), place)
    now("2026-11-25 10:00")

    assert found_kinds(place) == {}


def test_the_office_s_page_shows_filters_and_exports_what_was_found(place, now):
    now("2026-11-25 10:00")
    for number in range(4):
        check(place.phone(f"D{number} Mozilla"), place, city="太原" if number else "广州")
    clerk = People(place.app)("office_clerk")

    page = text_of(clerk.get("/office/scans"))
    serial = place.issued.addresses[0].rsplit("/", 1)[1]
    assert serial in page
    assert "广州" in page
    assert "/office/blocks/new" not in page  # a clerk stops no codes
    assert serial not in text_of(clerk.get("/office/scans?city=北京"))
    assert serial not in text_of(clerk.get("/office/scans?kind=guesses"))
    assert serial not in text_of(clerk.get("/office/scans?since=2026-11-26"))
    assert serial in text_of(clerk.get("/office/scans?since=2026-11-25&until=2026-11-25"))
    assert clerk.get("/office/scans?since=nonsense").status_code == 400
    assert serial in text_of(clerk.get("/office/scans?format=csv"))
    assert "/office/blocks/new" in text_of(People(place.app)("commerce_inspector").get("/office/scans"))


@pytest.mark.parametrize("role", ["owner", "operator", "person", "finance"])
def test_others_see_neither_anomalies_nor_stopped_codes(place, role):
    client = People(place.app)(role)
    for url in ("/office/scans", "/office/blocks", "/office/blocks/new"):
        assert client.get(url).status_code == 403
    assert People(place.app)("office_clerk").get("/office/blocks").status_code == 403


def stop(place, client, unit: int = 0, reason: str = "多地出现同一编号"):
    form = hidden(client.get("/office/blocks/new"))
    address = "https://trace.example" + place.issued.addresses[unit]
    return client.post("/office/blocks/new", data=form | {"address": address, "reason": reason})


def test_a_stopped_code_says_so_on_its_page_and_at_every_check_until_it_is_let_go(place):
    inspector = People(place.app)("commerce_inspector")
    assert "这份记录未被改动" in text_of(place.phone().get(place.issued.addresses[0]))

    answer = stop(place, inspector)

    assert answer.status_code == 302
    page = text_of(place.phone().get(place.issued.addresses[0]))
    assert "这个编号已停用" in page
    assert "这份记录未被改动" not in page
    assert "这份记录未被改动" in text_of(place.phone().get(place.issued.addresses[1]))
    assert "这个编号已停用" in text_of(check(place.phone(), place))
    assert "这个编号已停用" not in text_of(check(place.phone("wrong Mozilla"), place, code="0" * 13))
    [(state, reason)] = place.sql("select state, reason from trace_scan_block")
    assert (state, reason) == ("blocked", "多地出现同一编号")
    assert place.sql("select verb from core_record_entry where verb like 'trace.block.%'") == [("trace.block.block",)]

    url = answer.headers["Location"]
    version = re.search(r'name="version"[^>]*value="(\d+)"', text_of(inspector.get(url)))
    given = hidden(inspector.get(url)) | {"move": "lift", "version": version[1] if version else ""}
    assert inspector.post(url + "/move", data=given).status_code == 422  # no reason
    assert inspector.post(url + "/move", data=given | {"reason": "查明是店员多扫"}).status_code == 302
    assert "这份记录未被改动" in text_of(place.phone().get(place.issued.addresses[0]))


@pytest.mark.parametrize(
    ("address", "words"),
    [("/01/09520123456788", "不是发出过的编号"), ("乱写", ""), ("https://x.example/id/uscc/1", "地址不完整")],
)
def test_what_is_no_code_of_ours_is_not_stopped(place, address, words):
    inspector = People(place.app)("commerce_inspector")
    form = hidden(inspector.get("/office/blocks/new"))

    answer = inspector.post("/office/blocks/new", data=form | {"address": address, "reason": "试一试"})

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert place.sql("select count(*) from trace_scan_block") == [(0,)]


def test_two_inspectors_at_once_stop_a_code_once(place):
    clients = [People(place.app)("commerce_inspector") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(answer.status_code for answer in pool.map(lambda c: stop(place, c), clients))

    assert codes == [302, 409, 409, 409]
    assert place.sql("select count(*) from trace_scan_block") == [(1,)]


def test_a_voided_label_is_told_on_its_page_and_at_its_check_only(place):
    statement = (
        "insert into trace_code_void (public_id, series_id, item_id, first_unit, last_unit, reason, voided_at) "
        "select gen_random_uuid(), id, item_id, 2, 3, '卡纸', :now from trace_code_series where item_id = :item"
    )
    place.sql(statement, item=place.issued.item_id, now=core_clock.now())
    try:
        for unit in (1, 2):
            assert "这张标签已作废" in text_of(place.phone().get(place.issued.addresses[unit]))
        assert "这张标签已作废" in text_of(check(place.phone(), place, 1))
        for unit in (0, 3):
            assert "这份记录未被改动" in text_of(place.phone().get(place.issued.addresses[unit]))
        english = place.phone().get(place.issued.addresses[1] + "?lang=en")
        assert "This label has been voided" in text_of(english)
    finally:
        place.sql("alter table trace_code_void disable trigger user; delete from trace_code_void; alter table trace_code_void enable trigger user")  # fmt: skip
        place.app.extensions["code_page"]._pages.clear()


def test_an_owner_sets_a_policy_as_a_new_version_and_it_judges_from_then_on(place):
    owner = People(place.app)("owner", place.issued.organisation_id)
    with place.app.app_context():
        public_id = db.session.get_one(Item, place.issued.item_id).public_id
    url = f"/items/{public_id}/checks"
    given = {"many_devices": "1", "many_checks": "10", "jump_km": "300", "jump_hours": "2", "area": ["山西"]}

    assert owner.post(url, data=given | {"many_devices": "0"} | hidden(owner.get(url))).status_code == 422
    assert owner.post(url, data=given | hidden(owner.get(url))).status_code == 302

    check(place.phone("A Mozilla"), place, city="太原")
    text = text_of(check(place.phone("B Mozilla"), place, city="郑州"))
    assert "查验的设备多" in text
    assert "在登记的销售范围之外查验" in text
    assert place.sql("select policy_version from trace_scan_check") == [(1,), (1,)]
    assert People(place.app)("owner").get(url).status_code == 404
    assert People(place.app)("operator", place.issued.organisation_id).get(url).status_code == 403
    with pytest.raises(DBAPIError):
        place.sql("update trace_scan_policy set many_devices = 50")
    place.sql("alter table trace_scan_policy disable trigger user; delete from trace_scan_policy; alter table trace_scan_policy enable trigger user")  # fmt: skip
    with place.app.app_context():
        assert policies.policy_of(place.issued.item_id) == Policy()


def test_days_without_checks_are_in_the_chart_as_nought(place, now):
    now("2026-11-25 23:59")
    check(place.phone(), place)
    with place.app.app_context():
        days = anomalies.by_day(datetime(2026, 11, 23, tzinfo=UTC).date(), datetime(2026, 11, 26, tzinfo=UTC).date())

    assert [(one.day.day, one.checks, one.alarms) for one in days] == [(23, 0, 0), (24, 0, 0), (25, 1, 0), (26, 0, 0)]
