"""Points, outlines, areas and codes of places."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.place import rules, rules_certificates

SQUARE = [[110.77, 35.14], [110.78, 35.14], [110.78, 35.15], [110.77, 35.15], [110.77, 35.14]]


def polygon(ring):
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize("typed", ["P-0317", " p-0317 ", "Ｐ－０３１７"])
def test_codes_are_read_as_people_type_them(typed):
    assert rules.place_code(typed) == "P-0317"


@pytest.mark.parametrize("typed", ["", "-P", "P_1", "地块1", "P" * 21, "P\x001", "P/1"])
def test_other_codes_are_refused(typed):
    with pytest.raises(BadInput):
        rules.place_code(typed)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("35.142", "110.775"), ("３５．１４２", "１１０．７７５"), ("54", "73")]
)
def test_points_in_the_country_are_taken(latitude, longitude):
    assert rules.check_point(latitude, longitude).latitude > 0


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        ("110.775", "35.142", "place.swapped"),
        ("54.000001", "110", "place.latitude"),
        ("-35.142", "110.775", "place.latitude"),
        ("35.142", "72.999999", "place.longitude"),
        ("35.142", "NaN", "place.degrees"),
        ("35,142", "110", "place.degrees"),
        ("35°8′", "110", "place.degrees"),
    ],
)
def test_wrong_points_say_what_is_wrong(latitude, longitude, code):
    with pytest.raises(BadInput) as error:
        rules.check_point(latitude, longitude)

    assert error.value.code == code


@given(st.decimals("3", "54", places=6), st.decimals("73", "136", places=6))
def test_the_public_point_has_two_places_and_is_within_half_a_step(latitude, longitude):
    public = rules.public_point(rules.Point(latitude, longitude))

    assert public.latitude == public.latitude.quantize(Decimal("0.01"))
    assert abs(public.latitude - latitude) <= Decimal("0.005")
    assert abs(public.longitude - longitude) <= Decimal("0.005")


def test_an_outline_keeps_its_corners_and_knows_its_area_and_centre():
    outline = rules.check_outline(polygon(SQUARE))
    corners = [tuple(c) for c in outline["coordinates"][0]]

    assert rules.outline_area_m2(corners) == pytest.approx(1_011_000, rel=0.01)
    assert rules.outline_centre(outline) == rules.Point(Decimal("35.145000"), Decimal("110.775000"))


@pytest.mark.parametrize(
    ("outline", "code"),
    [
        ([], "json"),
        ({"type": "Point", "coordinates": [110, 35]}, "type"),
        ({"type": "Polygon", "coordinates": [SQUARE, SQUARE]}, "rings"),
        (polygon(SQUARE[:3]), "length"),
        (polygon(SQUARE[:4]), "open"),
        (polygon([[110.77, 35.14]] * 300), "length"),
        (polygon([["a", "b"], *SQUARE[1:]]), "position"),
        (polygon([[110.77, 35.14], [110.78, 35.15], [110.78, 35.14], [110.77, 35.15], [110.77, 35.14]]), "crossing"),
        (polygon([[110.77, 35.14], [110.77, 35.14], [110.77, 35.14], [110.77, 35.14]]), "empty"),
    ],
)
def test_malformed_outlines_are_refused(outline, code):
    with pytest.raises(BadInput) as error:
        rules.check_outline(outline)

    assert error.value.code == f"place.outline_{code}"


@pytest.mark.parametrize(("mu", "metres"), [("12.6", 8400), ("1", 667), ("0.001", 1), ("150000", 100_000_000)])
def test_areas_in_mu_become_whole_square_metres(mu, metres):
    assert rules.area_m2(Decimal(mu)) == metres


@pytest.mark.parametrize("mu", ["0", "-1", "150001", "NaN"])
def test_impossible_areas_are_refused(mu):
    with pytest.raises(BadInput):
        rules.area_m2(Decimal(mu))


@pytest.mark.parametrize("typed", ["山西省运城市临猗县庙上乡示例村", "临猗县庙上乡示例村", " 庙上乡示例村"])
def test_villages_are_kept_without_the_words_every_place_shares(typed):
    assert rules.village(typed) == "庙上乡示例村"


BOW = [(110.77, 35.14), (110.78, 35.15), (110.78, 35.14), (110.77, 35.15)]
TOUCHING = [(110.77, 35.14), (110.78, 35.14), (110.775, 35.145), (110.78, 35.15), (110.77, 35.15), (110.775, 35.145)]
SPIKE = [(110.77, 35.14), (110.78, 35.14), (110.79, 35.14), (110.78, 35.14), (110.775, 35.15)]
ON_EDGE = [(110.77, 35.14), (110.79, 35.14), (110.79, 35.16), (110.78, 35.14), (110.77, 35.16)]


@pytest.mark.parametrize("ring", [BOW, TOUCHING, SPIKE, ON_EDGE])
def test_an_outline_that_crosses_touches_or_folds_back_is_refused(ring):
    with pytest.raises(BadInput) as error:
        rules.check_outline(polygon([*ring, ring[0]]))

    assert error.value.code == "place.outline_crossing"


def test_an_outline_runs_anti_clockwise_and_names_no_corner_twice_in_a_row():
    clockwise = [(110.77, 35.14), (110.77, 35.15), (110.77, 35.15), (110.78, 35.15), (110.78, 35.14), (110.77, 35.14)]

    ring = rules.check_outline(polygon(clockwise))["coordinates"][0]

    assert ring[0] == ring[-1]
    assert len(ring) == 5
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) > 0


def test_a_concave_outline_is_one_outline():
    ring = [(110.77, 35.14), (110.79, 35.14), (110.79, 35.16), (110.78, 35.145), (110.77, 35.16), (110.77, 35.14)]

    assert len(rules.check_outline(polygon(ring))["coordinates"][0]) == 6


def test_corners_are_read_from_lines_and_written_back():
    text = "35.14, 110.77\n３５．１４，110.78\n\n35.15 110.78"

    outline = rules.check_outline(rules.outline_from_text(text))

    assert rules.corners_text(outline) == "35.140000, 110.770000\n35.140000, 110.780000\n35.150000, 110.780000"
    assert rules.outline_from_text("  \n") is None


@pytest.mark.parametrize(("text", "line"), [("35.1", 1), ("35.1,110.7\n35.1,110.7,3", 2), ("35.1,x", None)])
def test_a_line_that_is_no_point_is_named(text, line):
    with pytest.raises(BadInput) as error:
        rules.outline_from_text(text)

    assert line is None or f"第 {line} 行" in error.value.message


def test_a_drawn_area_far_from_the_stated_one_and_a_plot_outside_the_county_are_told():
    inside = rules.check_outline(polygon(SQUARE))
    area = rules.outline_area_m2([tuple(c) for c in inside["coordinates"][0]])
    outside = rules.check_outline(polygon([(112.5, 37.8), (112.51, 37.8), (112.51, 37.81), (112.5, 37.8)]))

    assert rules.outline_warnings(inside, area) == []
    assert rules.outline_warnings(inside, area * 115 // 100) == []
    assert len(rules.outline_warnings(inside, area * 2)) == 1
    assert "大致范围以外" in rules.outline_warnings(outside, None)[0]


@pytest.mark.parametrize(("typed", "kept"), [("示例备2026-017", "示例备2026-017"), (" ｇａｐ－1 ", "GAP-1")])
def test_certificate_numbers_are_kept_in_one_form(typed, kept):
    assert rules_certificates.certificate_number(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "1" * 41])
def test_empty_and_over_long_certificate_numbers_are_refused(typed):
    with pytest.raises(BadInput):
        rules_certificates.certificate_number(typed)


@pytest.mark.parametrize(
    ("today", "key"),
    [
        (date(2025, 12, 31), "future"), (date(2026, 1, 1), "valid"), (date(2026, 10, 1), "valid"),
        (date(2026, 10, 2), "soon"), (date(2026, 12, 31), "soon"), (date(2027, 1, 1), "ended"),
    ],
)  # fmt: skip
def test_a_certificate_holds_from_its_first_to_its_last_day(today, key):
    assert rules_certificates.standing(date(2026, 1, 1), date(2026, 12, 31), today).key == key


def test_a_gap_certificate_ends_and_a_base_record_need_not():
    with pytest.raises(BadInput):
        rules_certificates.certificate_term("gap", date(2026, 1, 1), None)

    assert rules_certificates.certificate_term("base", date(2026, 1, 1), None) == (date(2026, 1, 1), None)
