"""The journal: what an entry must hold, which entries count, waiting times, bans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from trace.season import rules
from trace.season.rules import Ban, JournalEntry

TODAY = date(2026, 11, 20)
SPRAY = JournalEntry(
    id=1, no=1, kind="input", done_on=date(2026, 8, 1), until=date(2026, 8, 1), category="pesticide",
    input_name="43% 戊唑醇悬浮剂", interval_days=30,
)  # fmt: skip
HARVEST = JournalEntry(
    id=2, no=2, kind="harvest", done_on=date(2026, 10, 12), until=date(2026, 10, 12), mass_g=1_000_000
)


@pytest.mark.parametrize(
    ("day", "until", "ok"),
    [
        (TODAY, None, True),
        (TODAY + timedelta(days=1), None, False),
        (date(2025, 7, 1), None, True),
        (date(2025, 6, 30), None, False),
        (date(2026, 5, 1), date(2026, 4, 30), False),
        (date(2026, 5, 1), date(2026, 6, 30), True),
        (date(2026, 5, 1), date(2026, 7, 1), False),
    ],
)
def test_days_lie_in_the_crop_year_and_not_in_the_future(day, until, ok):
    if ok:
        assert rules.check_days(day, until, year=2026, today=TODAY) == (day, until or day)
        return
    with pytest.raises(BadInput):
        rules.check_days(day, until, year=2026, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("pd20091234", "PD20091234"),
        ("ＰＤ２００９１２３４", "PD20091234"),
        ("PD85105-12", "PD85105-12"),
        ("LS20120356", "LS20120356"),
    ],
)
def test_registration_numbers_are_read(typed, kept):
    assert rules.registration_no(typed, category="pesticide") == kept


@pytest.mark.parametrize("typed", ["", "20091234", "PD", "PD二〇", "PD2009/1", "PD" + "1" * 40])
def test_pesticides_without_a_readable_registration_number_are_refused(typed):
    with pytest.raises(BadInput):
        rules.registration_no(typed, category="pesticide")


def test_fertilisers_need_neither_number_nor_waiting_time():
    assert rules.registration_no("", category="fertiliser") == ""
    assert rules.interval_days(None, category="fertiliser") is None


@pytest.mark.parametrize(("value", "ok"), [(None, False), (-1, False), (0, True), (365, True), (366, False)])
def test_pesticides_need_a_waiting_time_from_0_to_365_days(value, ok):
    if ok:
        assert rules.interval_days(value, category="pesticide") == value
        return
    with pytest.raises(BadInput):
        rules.interval_days(value, category="pesticide")


@pytest.mark.parametrize(
    ("grams", "ok"), [(None, False), (0, False), (-1, False), (1, True), (10**9, True), (10**9 + 1, False)]
)
def test_a_harvest_weighs_something_but_not_more_than_a_thousand_tonnes(grams, ok):
    if ok:
        assert rules.harvest_mass(grams) == grams
        return
    with pytest.raises(BadInput):
        rules.harvest_mass(grams)


@pytest.mark.parametrize(
    "text", ["找老张 13812345678", "138 1234 5678", "１３８１２３４５６７８", "0359-4030000", "11010519491231002X"]
)
def test_phone_and_identity_numbers_are_refused_in_public_text(text):
    with pytest.raises(BadInput) as error:
        rules.public_text(text, "source", label="来源")

    assert error.value.code == "season.personal_data"


@pytest.mark.parametrize("text", ["3000 倍液，每亩 200 kg", "PD20091234", "2026-10-12 采收 6480000 克", "示例农资店"])
def test_ordinary_numbers_are_no_personal_data(text):
    assert rules.public_text(text, "source", label="来源") == text


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "a\u202eb", "字" * 121])
def test_control_characters_and_over_long_text_are_refused(text):
    with pytest.raises(BadInput):
        rules.public_text(text, "summary", label="说明")


def test_a_corrected_entry_no_longer_counts_and_a_struck_one_neither():
    corrected = replace(HARVEST, id=3, no=3, mass_g=900_000, corrects_id=2, correction_reason="称错")
    struck = replace(corrected, id=4, no=4, corrects_id=3, voids=True)

    assert rules.harvest_by_day([HARVEST]) == {date(2026, 10, 12): 1_000_000}
    assert rules.harvest_by_day([HARVEST, corrected]) == {date(2026, 10, 12): 900_000}
    assert rules.harvest_by_day([HARVEST, corrected, struck]) == {}
    assert rules.effective([SPRAY, HARVEST, corrected, struck]) == [SPRAY]


@pytest.mark.parametrize(("days", "over"), [(29, False), (30, True), (31, True)])
def test_a_waiting_time_is_over_on_its_last_day(days, over):
    day = SPRAY.until + timedelta(days=days)

    found = rules.intervals([SPRAY], [day])

    assert [(i.actual, i.over) for i in found] == [(days, over)]
    assert bool(rules.unmet_intervals(found)) is not over


def test_only_the_first_harvest_after_a_spray_is_measured_and_earlier_ones_never():
    before, after, later = date(2026, 7, 1), date(2026, 8, 20), date(2026, 10, 1)

    found = rules.intervals([SPRAY], [later, before, after])

    assert [i.harvested_on for i in found] == [after]
    assert rules.intervals([SPRAY], [before]) == []


def test_the_waiting_time_counts_from_the_last_day_of_use():
    long = replace(SPRAY, until=date(2026, 8, 5))

    assert not rules.intervals([long], [date(2026, 9, 3)])[0].over
    assert rules.intervals([long], [date(2026, 9, 4)])[0].over
    assert long.harvest_not_before == date(2026, 9, 4)


BAN = Ban("氧乐果", "all", date(2026, 6, 1), None, "公告736号")


@pytest.mark.parametrize(
    ("name", "hit"),
    [("氧乐果", True), ("40% 氧乐果乳油", True), ("４０％（氧乐果）乳油", True), ("乐果", False), ("戊唑醇", False)],
)
def test_a_product_named_after_a_banned_substance_is_found(name, hit):
    assert bool(rules.banned(name, [BAN], species="apple", on=date(2026, 7, 1))) is hit


@pytest.mark.parametrize(
    ("on", "hit"), [(date(2026, 5, 31), False), (date(2026, 6, 1), True), (date(2026, 6, 2), True)]
)
def test_a_ban_binds_from_its_first_day(on, hit):
    assert bool(rules.banned("氧乐果", [BAN], species="apple", on=on)) is hit


@pytest.mark.parametrize(("on", "hit"), [(date(2026, 8, 31), True), (date(2026, 9, 1), False)])
def test_a_lifted_ban_binds_until_the_day_before(on, hit):
    lifted = replace(BAN, valid_to=date(2026, 9, 1))

    assert bool(rules.banned("氧乐果", [lifted], species="apple", on=on)) is hit


@pytest.mark.parametrize(
    ("scope", "species", "hit"),
    [("apple", "apple", True), ("apple", "jujube", False), ("fruit", "jujube", True), ("all", "jujube", True)],
)
def test_a_ban_binds_for_its_species(scope, species, hit):
    assert bool(rules.banned("灭多威", [Ban("灭多威", scope, None, None, "")], species=species, on=TODAY)) is hit


def test_the_longest_name_is_reported():
    bans = [Ban("对硫磷", "all", None, None, ""), Ban("甲基对硫磷", "all", None, None, "")]

    assert [b.name for b in rules.banned("甲基对硫磷", bans, species="apple", on=TODAY)] == ["甲基对硫磷"]


@pytest.mark.parametrize(
    ("last", "until"), [(date(2026, 10, 20), date(2029, 10, 20)), (date(2028, 2, 29), date(2031, 3, 1))]
)
def test_the_journal_is_kept_three_years(last, until):
    assert rules.keep_until(last) == until


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 10_000)), max_size=12), st.data())
def test_every_gram_harvested_and_not_corrected_counts_once(rows, data):
    entries = [
        replace(HARVEST, id=i, no=i, done_on=date(2026, 10, day), until=date(2026, 10, day), mass_g=grams)
        for i, (day, grams) in enumerate(rows, start=1)
    ]
    gone = data.draw(st.sets(st.sampled_from([e.id for e in entries]))) if entries else set()
    strikes = [replace(entries[i - 1], id=1000 + i, no=1000 + i, corrects_id=i, voids=True) for i in gone]

    total = sum(rules.harvest_by_day([*entries, *strikes]).values())

    assert total == sum(e.mass_g for e in entries if e.id not in gone)
