"""Visits: one per device and ten minutes, durable when answered, machines and staff not counted."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.people import People
from trace.scan.queries import visits_of_lot


def count(answer) -> int:
    text = answer.get_data(as_text=True)
    if "还没有记录" in text:
        return 0
    return int(re.search(r"第 ([\d,]+) 次", text)[1].replace(",", ""))


def test_every_device_counts_once(place):
    first, second = place.phone("Phone A Mozilla"), place.phone("Phone B Mozilla")

    assert [count(phone.get(place.issued.addresses[0])) for phone in (first, first, second, first, second)] == [
        1,
        1,
        2,
        2,
        2,
    ]
    assert len(place.sql("select 1 from trace_scan_visit")) == 2


@pytest.mark.parametrize(("later", "visits"), [("12:09:59", 1), ("12:10:00", 2), ("12:10:01", 2)])
def test_the_same_device_counts_again_after_ten_minutes(place, now, later, visits):
    phone = place.phone()
    now("2026-11-25 12:00:00")
    phone.get(place.issued.addresses[0])

    now(f"2026-11-25 {later}")

    assert count(phone.get(place.issued.addresses[0])) == visits


def test_a_device_that_loses_its_cookies_counts_once(place):
    place.phone().get(place.issued.addresses[0])

    assert count(place.phone().get(place.issued.addresses[0])) == 1


def test_the_first_time_is_told_and_a_repeat_adds_what_to_compare(place, now):
    now("2026-11-25 09:41:00")
    place.phone("A Mozilla").get(place.issued.addresses[0])
    now("2026-11-26 20:14:00")

    text = place.phone("B Mozilla").get(place.issued.addresses[0]).get_data(as_text=True)

    assert "2026年11月25日 09:41" in text
    assert "家人、店员扫过也会计数" in text


@pytest.mark.parametrize(
    ("agent", "headers"),
    [
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", {}),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", {}),
        ("WeChatShareExtensionUrlPreview", {}),
        ("curl/8.0", {}),
        ("", {}),
        ("Mozilla/5.0", {"Sec-Purpose": "prefetch;prerender"}),
        ("Mozilla/5.0", {"X-Purpose": "preview"}),
    ],
)
def test_machines_and_previews_see_the_page_and_do_not_count(place, agent, headers):
    answer = place.phone(agent).get(place.issued.addresses[0], headers=headers)

    assert answer.status_code == 200
    assert count(answer) == 0
    assert place.sql("select 1 from trace_scan_visit") == []


def test_head_does_not_count(place):
    place.phone().head(place.issued.addresses[0])

    assert place.sql("select 1 from trace_scan_visit") == []


def test_staff_see_the_page_and_do_not_count(place):
    staff = People(place.app)("office_clerk")

    answer = staff.get(place.issued.addresses[0], headers={"Accept": "text/html", "User-Agent": "Mozilla/5.0"})

    assert answer.status_code == 200
    assert place.sql("select 1 from trace_scan_visit") == []


def test_a_hundred_devices_at_once_are_a_hundred_visits(place):
    def visit(number: int) -> int:
        return place.phone(f"Mozilla {number}").get(place.issued.addresses[number % 3]).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(visit, range(100))) == {200}

    assert len(place.sql("select 1 from trace_scan_visit")) == 100
    assert place.sql("select sum(visits) from trace_scan_code") == [(100,)]
    with place.app.app_context():
        found = visits_of_lot(place.issued.lot_id)
    assert (found.visits, found.codes) == (100, 3)


def test_while_the_database_is_away_the_answer_is_503_and_afterwards_it_counts_again(place):
    visits = place.app.extensions["code_page"].visits
    place.phone().get(place.issued.addresses[0])
    address, visits._dsn = visits._dsn, "postgresql://nobody@127.0.0.1:1/none"
    visits.close()

    answer = place.phone().get(place.issued.addresses[1])
    visits._dsn = address

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert count(place.phone().get(place.issued.addresses[1])) == 1


def test_visits_stand_in_the_partition_of_their_month(place, now):
    now("2026-12-31 23:59:00")
    place.phone("A Mozilla").get(place.issued.addresses[0])
    now("2040-01-01 12:00:00")
    place.phone("B Mozilla").get(place.issued.addresses[0])

    parts = {str(row[0]) for row in place.sql("select tableoid::regclass::text from trace_scan_visit")}
    assert parts == {"visits.visit_2026_12", "visits.visit_rest"}
