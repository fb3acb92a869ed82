"""Working days: the published vectors, make-up days, and years nobody has announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import notice, rules
from core.calendar.service import announced_days
from core.errors import BadInput

KNOWN = {day: found for year in range(2020, 2027) for day, found in announced_days(year).items()}
NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2022-09-29", 5, "2022-10-11"),
        ("2022-09-26", 15, "2022-10-20"),
        ("2022-12-28", 5, "2023-01-05"),
        ("2023-01-18", 5, "2023-01-30"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-10-09", 1, "2026-10-10"),
        ("2026-10-10", 1, "2026-10-12"),
    ],
)
def test_the_published_vectors_hold(start, count, end):
    found = rules.add_working_days(date.fromisoformat(start), count, KNOWN)

    assert found == rules.Deadline(date.fromisoformat(end))
    assert rules.working_days_between(date.fromisoformat(start), found.date, KNOWN) == rules.Count(count)


@pytest.mark.parametrize(
    ("day", "is_work"),
    [
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2025-10-08", False),
        ("2023-01-28", True),
        ("2023-01-29", True),
    ],
)
def test_make_up_days_are_worked_and_days_off_are_not(day, is_work):
    assert rules.day_of(date.fromisoformat(day), KNOWN).is_work is is_work


def test_the_weekend_days_worked_in_2026_are_exactly_six():
    worked = [d for d, found in announced_days(2026).items() if found.kind == "makeup"]

    assert [f"{d:%m-%d}" for d in worked] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


@pytest.mark.parametrize(("today", "ended"), [("2026-10-12", False), ("2026-10-13", False), ("2026-10-14", True)])
def test_five_days_published_before_the_national_day_end_at_24_00_of_13_october(today, ended):
    deadline = rules.add_working_days(date(2026, 9, 30), 5, KNOWN)

    assert rules.has_ended(deadline, date.fromisoformat(today)) is ended


def test_the_strip_shows_the_start_the_holiday_the_make_up_day_and_the_first_free_day():
    days = rules.strip(date(2026, 9, 30), 5, KNOWN)

    assert [(f"{d.day:%m-%d}", d.number) for d in days if d.is_work] == [
        ("09-30", 0), ("10-08", 1), ("10-09", 2), ("10-10", 3), ("10-12", 4), ("10-13", 5), ("10-14", 6),
    ]  # fmt: skip
    assert [d.label for d in days if d.day in (date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11))] == [
        "放假",
        "补班",
        "休",
    ]


def test_a_period_reaching_into_an_unannounced_year_is_provisional_and_names_the_year():
    found = rules.add_working_days(date(2026, 12, 28), 5, KNOWN)

    assert (found.provisional, found.years) == (True, (2027,))
    assert found.date == date(2027, 1, 5)
    assert "2027" in found.note


def test_an_entered_but_unconfirmed_year_is_still_provisional():
    unconfirmed = {**KNOWN, **rules.naive_year(2027, {date(2027, 1, 1)}, {date(2027, 1, 3)})}

    found = rules.add_working_days(date(2026, 12, 28), 5, unconfirmed)

    assert (found.date, found.provisional) == (date(2027, 1, 4), True)


def test_unknown_years_still_leave_out_weekends_and_fixed_holidays():
    assert rules.day_of(date(2031, 10, 1), {}) == rules.KnownDay(False, "holiday", False)
    assert rules.day_of(date(2031, 10, 4), {}).kind == "weekend"
    assert rules.day_of(date(2031, 10, 6), {}).is_work


@given(st.dates(date(2020, 1, 1), date(2026, 6, 1)), st.integers(1, 60))
def test_n_working_days_never_end_before_n_calendar_days_and_always_on_a_working_day(start, count):
    found = rules.add_working_days(start, count, KNOWN)

    assert found.date >= start + timedelta(days=count)
    assert rules.day_of(found.date, KNOWN).is_work
    assert rules.working_days_between(start, found.date, KNOWN).days == count
    assert rules.working_days_between(start, found.date - timedelta(days=1), KNOWN).days == count - 1


@pytest.mark.parametrize("count", [0, -1, 401])
def test_a_period_without_days_is_refused(count):
    with pytest.raises(BadInput):
        rules.add_working_days(date(2026, 1, 5), count, KNOWN)


def test_a_pasted_notice_gives_the_same_year_as_the_published_calendar():
    read = notice.read(NOTICE_2026, 2026)

    assert read.faults == []
    days = rules.naive_year(2026, read.off, read.makeup)
    assert {d: f.is_work for d, f in days.items()} == {d: f.is_work for d, f in announced_days(2026).items()}


def test_a_notice_whose_holiday_crosses_the_year_keeps_only_its_own_year():
    read = notice.read("一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)

    assert read.off == {date(2023, 1, 1), date(2023, 1, 2)}
    assert read.faults == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("元旦：1月1日（周五）至3日放假，共3天。", "不是周五"),
        ("元旦：1月1日至3日放假，共4天。", "按日期数是 3 天"),
        ("元旦：1月1日至3日放假。1月5日上班。", "本来就是工作日"),
        ("元旦：1月1日至3日放假。1月3日（周六）上班。", "既写了放假又写了上班"),
        ("元旦：1月1日至3日放假。2月30日上班。", "不是一个日期"),
        ("元旦：1月3日至1日放假。", "起止日期不对"),
    ],
)
def test_a_typing_error_in_a_notice_is_named(text, fault):
    try:
        faults = notice.read(text + "端午节：6月19日放假。", 2026).faults
    except BadInput as refused:
        faults = [refused.message]

    assert any(fault in f for f in faults), faults


def test_text_without_any_day_off_is_refused():
    with pytest.raises(BadInput):
        notice.read("关于加强值班的通知", 2026)
