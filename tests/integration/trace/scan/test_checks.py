"""Checks of the covered code: exactly one first, wrong codes, limits, equal work for hit and miss, every verdict's page."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from core.db import db
from core.hooks import RecallNotice, UnitFate, recall_facts, unit_fates
from tests.support.people import People
from trace.scan.checks import forget_tries


def check(phone, place, unit: int = 0, code: str | None = None, **more: str):
    return phone.post(
        place.issued.addresses[unit].replace("/ID/USCC", "/id/uscc"),
        data={"covered": code or place.issued.covered[unit], **more},
    )


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_first_check_is_first_also_when_the_same_phone_asks_again(place):
    phone = place.phone("A Mozilla")

    assert "这是第一次查验" in text_of(check(phone, place))
    assert "这是第一次查验" in text_of(check(phone, place))
    assert place.sql("select state, reasons, policy_version, lot_id from trace_scan_check") == [
        ("first", [], 0, place.issued.lot_id)
    ]


def test_another_phone_is_told_when_where_and_how_often_it_was_checked(place, now):
    now("2026-11-25 09:41")
    check(place.phone("A Mozilla"), place, city="太原市")
    now("2026-11-26 20:00")

    text = text_of(check(place.phone("B Mozilla"), place))

    for words in ("这个防伪码查验过", "首次查验 2026年11月25日 09:41", "在太原", "共 2 次，2 部设备"):
        assert words in text
    assert "正品" not in text


def test_the_code_of_another_box_is_told_as_wrong_and_not_counted(place):
    text = text_of(check(place.phone(), place, code=place.issued.covered[1]))

    assert "防伪码与这一箱不符" in text
    assert place.sql("select count(*) from trace_scan_check") == [(0,)]
    assert place.sql("select outcome from trace_scan_try") == [("wrong",)]


def test_the_open_code_is_never_the_covered_code(place):
    serial = place.issued.addresses[0].rsplit("/", 1)[1]

    assert "防伪码与这一箱不符" in text_of(check(place.phone(), place, code=serial))


def test_a_misread_code_is_400_with_the_place_and_the_try_is_kept(place):
    answer = check(place.phone(), place, code="ABC")

    assert answer.status_code == 400
    assert "读到 3 位" in text_of(answer)
    assert place.sql("select outcome from trace_scan_try") == [("malformed",)]


def test_sixty_checks_of_one_address_are_answered_and_the_next_is_refused(place, now):
    now("2026-11-25 10:01")
    codes = [check(place.phone(f"Mozilla {n}"), place).status_code for n in range(61)]

    assert codes == [200] * 60 + [429]
    now("2026-11-25 10:10")
    assert check(place.phone("Mozilla next"), place).status_code == 200


def test_a_hundred_first_checks_of_a_hundred_addresses_make_exactly_one_first(place):
    def one(number: int) -> str:
        phone = place.phone(f"Mozilla {number}")
        phone.environ_base["REMOTE_ADDR"] = f"10.0.{number // 50}.{number % 50}"
        return text_of(check(phone, place))

    with ThreadPoolExecutor(16) as pool:
        texts = list(pool.map(one, range(100)))

    assert sum("这是第一次查验" in text for text in texts) == 1
    assert place.sql("select count(*) from trace_scan_first_check") == [(1,)]
    assert place.sql("select count(*) filter (where state = 'first'), count(*) from trace_scan_check") == [(1, 100)]
    assert place.sql("select count(*) from trace_scan_check where state = 'repeat'") == [(2,)]  # devices two and three


def test_guessing_is_limited_per_device_and_the_count_survives_the_refusal(place):
    phone = place.phone("Guess Mozilla")

    answers = [check(phone, place, code="0" * 13).status_code for _ in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert place.sql("select max(tries) from trace_scan_limit") == [(12,)]
    assert check(place.phone("Other Mozilla"), place).status_code == 200


def test_no_address_is_kept_in_clear_or_the_same_on_two_days(place, now):
    for day in ("2026-11-25 10:00", "2026-11-26 10:00"):
        now(day)
        check(place.phone(), place)

    kept = place.sql(
        "select address, who from trace_scan_try, trace_scan_limit where who like '\\x63'::bytea || '%'::bytea"
    )
    addresses = {bytes(row[0]) for row in kept}
    assert len(addresses) == 2
    assert not any(b"127.0.0.1" in bytes(value) for row in kept for value in row)


def test_tries_and_the_hashes_of_addresses_are_deleted_after_thirty_days(place, now):
    now("2026-11-25 10:00")
    check(place.phone(), place)
    with place.app.app_context():
        assert forget_tries(datetime(2026, 12, 25, 1, 59, tzinfo=UTC)) == 0
        assert forget_tries(datetime(2026, 12, 25, 2, 1, tzinfo=UTC)) == 1


def test_a_hit_and_a_miss_run_the_same_statements_in_the_same_order(place):
    def statements(code: str, unit: int, phone) -> list[str]:
        seen: list[str] = []

        def note(_c, _cursor, statement, *_rest) -> None:
            seen.append(" ".join(statement.split()))

        with place.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            check(phone, place, unit, code)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return seen

    check(place.phone("warm Mozilla"), place, 9)
    hit = statements(place.issued.covered[1], 1, place.phone("hit Mozilla"))
    miss = statements("0" * 13, 2, place.phone("miss Mozilla"))

    assert hit == miss
    assert len(hit) > 5


@pytest.mark.parametrize("agent", ["curl/8", "Mozilla/5.0 facebookexternalhit/1.1", ""])
def test_a_machine_s_check_is_answered_and_not_counted(place, agent):
    text = text_of(check(place.phone(agent), place))

    assert "这次查验不计次数" in text
    for table in ("trace_scan_check", "trace_scan_first_check", "trace_scan_try"):
        assert place.sql(f"select count(*) from {table}") == [(0,)]


def test_staff_see_the_answer_and_leave_the_first_check_to_the_buyer(place):
    clerk = People(place.app)("office_clerk")

    assert "这次查验不计次数" in text_of(check(clerk, place))
    assert "这是第一次查验" in text_of(check(place.phone(), place))


def test_a_city_nobody_knows_is_told_and_not_kept(place):
    text = text_of(check(place.phone(), place, city="<b>月球</b>"))

    assert "没有认出你写的城市" in text
    assert "月球" not in text
    assert place.sql("select city from trace_scan_check") == [("",)]


def test_checks_in_two_distant_cities_are_told_as_unusual(place, now):
    now("2026-11-25 10:00")
    check(place.phone("A Mozilla"), place, city="运城")
    now("2026-11-25 11:00")

    text = text_of(check(place.phone("B Mozilla"), place, city="广州"))

    assert "这个防伪码的查验情况不寻常" in text
    assert "短时间内在相距很远的两地查验" in text
    assert place.sql("select reasons from trace_scan_check order by id desc limit 1") == [(["jump"],)]


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (UnitFate(destroyed=True), "这一箱已登记销毁"),
        (UnitFate(shipped=False), "这是第一次查验"),  # this product's policy does not say that shipping is recorded
    ],
)
def test_what_is_recorded_of_the_box_is_told(place, fate, words):
    with unit_fates.only(lambda **_unit: fate):
        assert words in text_of(check(place.phone(), place))


def test_a_box_registered_as_sold_is_told_to_the_second_phone(place):
    sold = UnitFate(sold_at=datetime(2026, 11, 20, 3, tzinfo=UTC))
    with unit_fates.only(lambda **_unit: sold, lambda **_unit: None):
        assert "这是第一次查验" in text_of(check(place.phone("A Mozilla"), place))
        text = text_of(check(place.phone("B Mozilla"), place))

    assert "2026-11-20 登记售出" in text


def test_during_a_recall_the_notice_stands_above_any_verdict(place):
    notice = RecallNotice(
        "这批苹果正在召回", "抽检一项残留超过限量", "2026年11月22日", ("先别吃", "全额退款"), phone="0359-4030000"
    )
    place.sql("update trace_lot_lot set state = 'held' where id = :id", id=place.issued.lot_id)
    try:
        with recall_facts.only(lambda **_lot: notice):
            for code in (place.issued.covered[0], "0" * 13):
                text = text_of(check(place.phone(), place, code=code))
                assert "召回期间不看防伪码" in text
                assert text.index("这批苹果正在召回") < text.index("召回期间不看防伪码")
                assert "这是第一次查验" not in text
                assert "@@" not in text
        with recall_facts.only(lambda **_lot: replace(notice, title="这批苹果的召回已经结束", over=True)):
            text = text_of(check(place.phone(), place))
            assert "召回过的批次不看防伪码" in text
            assert "召回期间" not in text
    finally:
        place.sql("update trace_lot_lot set state = 'sealed' where id = :id", id=place.issued.lot_id)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_answer_is_one_small_page_without_script_in_both_languages(place, lang):
    phone = place.phone()
    phone.set_cookie("lang", lang)

    answer = check(phone, place)

    text = text_of(answer)
    assert len(answer.data) < 40 * 1024
    assert "<script" not in text
    assert "style=" not in text
    assert ("This is the first check" in text) == (lang == "en")
    assert lang == "zh" or not re.search("[\u4e00-\u9fff]", re.sub(r"猗顿农品|中文|<style>.*?</style>", "", text))
