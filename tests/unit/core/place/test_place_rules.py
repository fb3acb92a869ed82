"""Points, outlines, areas and codes of places."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.place import rules

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
