"""Numbers of certificates: certain shapes refuse, likely ones warn, nothing more is derived."""

from __future__ import annotations

from datetime import date

import pytest

from brand.certificate import rules_numbers
from core.errors import BadInput

FROM = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("green", " gf140821 260001 ", "GF140821260001"),
        ("green", "ＬＢ－18－2601040001Ａ", "LB-18-2601040001A"),
        ("green", "LB-18-260104000011", "LB-18-260104000011"),
        ("green", "LB-18-26010400001AA", "LB-18-26010400001AA"),
        ("organic", "0001OP2600001", "0001OP2600001"),
        ("organic", "001op1500001", "001OP1500001"),
        ("organic", "F12OP1500001-2", "F12OP1500001-2"),
        ("agri_gi", "AGI02162", "AGI02162"),
        ("sc", "SC10614082100019", "SC10614082100019"),
        ("gi_mark", "国知保备（2026）示例", "国知保备(2026)示例"),
        ("other", "示例-1", "示例-1"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(kind, typed, kept):
    assert rules_numbers.number(kind, typed).number == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("green", "GF14082126001"), ("green", "LB-1-2601040001"), ("green", "LB-18-260104001"), ("green", "LB-18-2601040001B"),
        ("organic", "OP2600001"), ("organic", "00001OP2600001"), ("organic", "0001OP260001"), ("organic", "F1OP2600001"),
        ("agri_gi", "AGI2017-04-2162"), ("agri_gi", "AGI0216"), ("sc", "SC1061408210001"), ("sc", "SC30614082100019"),
        ("other", ""), ("gi_mark", "x" * 61),
    ],
)  # fmt: skip
def test_numbers_of_another_shape_are_refused_with_what_to_do(kind, typed):
    with pytest.raises(BadInput) as refused:
        rules_numbers.number(kind, typed)

    assert refused.value.field == "number"


@pytest.mark.parametrize(
    ("kind", "typed", "count"),
    [
        ("green", "GF140821260001", 0), ("green", "GF140822260001", 1), ("green", "GF140821270001", 1),
        ("green", "LB-18-2601040001", 0), ("green", "LB-18-2613040001", 1), ("organic", "0001OP2600001", 0),
        ("organic", "0001OP2700001", 1), ("organic", "001OP2600001", 1), ("sc", "SC10614082100019", 1), ("agri_gi", "AGI02162", 0),
    ],
)  # fmt: skip
def test_what_is_only_likely_warns_and_refuses_nothing(kind, typed, count):
    assert len(rules_numbers.number(kind, typed, FROM).warnings) == count


def test_a_licence_number_whose_check_digit_fits_has_no_warning():
    body = "1061408210001"
    from core.identifiers import mod11_10_check_digit

    assert rules_numbers.number("sc", f"SC{body}{mod11_10_check_digit(body)}").warnings == ()


@pytest.mark.parametrize(("typed", "warned"), [("0001260123456789a"[:16] + "1", False), ("00109123456789012", True)])
def test_a_unit_code_is_seventeen_digits_with_a_likely_year(typed, warned):
    assert bool(rules_numbers.organic_unit_code(typed, date(2026, 11, 20)).warnings) is warned


@pytest.mark.parametrize("typed", ["", "1" * 16, "1" * 18, "A" * 17])
def test_other_unit_codes_are_refused(typed):
    with pytest.raises(BadInput):
        rules_numbers.organic_unit_code(typed, FROM)


def test_only_long_term_kinds_may_be_without_a_last_day_and_days_stand_in_order():
    with pytest.raises(BadInput):
        rules_numbers.term(FROM, None, long_term=False)
    with pytest.raises(BadInput):
        rules_numbers.term(FROM, date(2026, 2, 28), long_term=True)

    rules_numbers.term(FROM, None, long_term=True)
    rules_numbers.term(FROM, FROM, long_term=False)


@pytest.mark.parametrize(
    ("kind", "last", "count"),
    [
        ("green", date(2029, 2, 28), 0), ("green", date(2030, 2, 28), 1), ("organic", date(2027, 2, 28), 0),
        ("organic", date(2028, 2, 28), 1), ("sc", date(2036, 1, 1), 0), ("agri_gi", None, 0),
    ],
)  # fmt: skip
def test_a_term_longer_than_usual_is_a_warning(kind, last, count):
    assert len(rules_numbers.term_warnings(kind, FROM, last)) == count


@pytest.mark.parametrize("typed", ["GF140821260001", "gf 1408 2126 0001"])
def test_the_code_of_the_firm_is_gf_and_twelve_digits(typed):
    assert rules_numbers.company_code(typed, FROM).number == "GF140821260001"


@pytest.mark.parametrize("typed", ["", "GF14082126000", "LB-18-26041234567A", "140821260001"])
def test_another_number_than_the_code_of_the_firm_is_refused_with_its_place_on_the_paper(typed):
    with pytest.raises(BadInput) as refused:
        rules_numbers.company_code(typed, FROM)
    assert refused.value.field == "company_code"
    assert "企业信息码" in refused.value.help
