"""Checks of the covered code: exactly one first, wrong codes, limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


def check(phone, place, unit: int = 0, code: str | None = None):
    return phone.post(
        place.issued.addresses[unit].replace("/ID/USCC", "/id/uscc"),
        data={"covered": code or place.issued.covered[unit]},
    )


def test_the_first_check_is_first_also_when_the_same_phone_asks_again(place):
    phone = place.phone("A Mozilla")

    assert "这是第一次查验" in check(phone, place).get_data(as_text=True)
    assert "这是第一次查验" in check(phone, place).get_data(as_text=True)
    assert place.sql("select count(*) from trace_scan_check") == [(1,)]


def test_another_phone_is_told_when_it_was_first_checked(place):
    check(place.phone("A Mozilla"), place)

    text = check(place.phone("B Mozilla"), place).get_data(as_text=True)

    assert "这个防伪码查验过" in text
    assert "共 2 次" in text


def test_the_code_of_another_box_is_told_as_wrong_and_not_counted(place):
    text = check(place.phone(), place, code=place.issued.covered[1]).get_data(as_text=True)

    assert "防伪码与这一箱不符" in text
    assert place.sql("select count(*) from trace_scan_check") == [(0,)]


def test_the_open_code_is_never_the_covered_code(place):
    serial = place.issued.addresses[0].rsplit("/", 1)[1]

    assert "防伪码与这一箱不符" in check(place.phone(), place, code=serial).get_data(as_text=True)


def test_a_misread_code_is_400_with_the_place(place):
    answer = check(place.phone(), place, code="ABC")

    assert answer.status_code == 400
    assert "读到 3 位" in answer.get_data(as_text=True)


def test_forty_phones_at_once_make_exactly_one_first(place):
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda n: check(place.phone(f"Mozilla {n}"), place).get_data(as_text=True), range(40)))

    assert sum("这是第一次查验" in text for text in texts) == 1
    assert place.sql("select count(*) from trace_scan_first_check") == [(1,)]


def test_guessing_is_limited_per_device_and_the_count_survives_the_refusal(place):
    phone = place.phone("Guess Mozilla")

    answers = [check(phone, place, code="0" * 13).status_code for _ in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert place.sql("select max(tries) from trace_scan_limit") == [(12,)]
    assert check(place.phone("Other Mozilla"), place).status_code == 200
