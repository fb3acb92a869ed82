"""Posters and share pictures: the QR on them is read back and leads to the lot."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from core.db import db
from tests.support.people import People
from trace.lot.models import Lot
from trace.scan import posters


def read_back(picture: Image.Image) -> str:
    [code] = zxingcpp.read_barcodes(picture)
    return code.text


def lot_id(place):
    with place.app.app_context():
        return db.session.get_one(Lot, place.issued.lot_id).public_id


@pytest.mark.parametrize(("size", "millimetres"), [("a4", (210, 297)), ("a3", (297, 420))])
def test_the_poster_is_one_page_of_its_size_whose_qr_leads_to_the_lot(place, size, millimetres):
    owner = People(place.app)("owner", place.issued.organisation_id)

    answer = owner.get(f"/lots/{lot_id(place)}/poster.pdf?size={size}")

    [page] = PdfReader(io.BytesIO(answer.data)).pages
    found = tuple(round(float(edge) / 72 * 25.4) for edge in (page.mediabox.width, page.mediabox.height))
    assert found == millimetres
    address = read_back(page.images[0].image.convert("RGB"))
    assert address == place.app.config["SETTINGS"].link_origin + place.issued.addresses[0].rsplit("/", 2)[0].replace(
        "/ID/USCC/", "/id/uscc/"
    ).replace("/PROD/", "/prod/").replace("/LOT/", "/lot/")
    path = "/" + address.split("//")[1].split("/", 1)[1]
    assert "这份记录未被改动" in place.phone().get(path).get_data(as_text=True)


@pytest.mark.parametrize(("shape", "size"), [("wide", (1200, 630)), ("square", (1080, 1080))])
def test_the_share_picture_has_its_size_and_a_readable_qr(place, shape, size):
    owner = People(place.app)("operator", place.issued.organisation_id)

    answer = owner.get(f"/lots/{lot_id(place)}/share.png?shape={shape}")

    picture = Image.open(io.BytesIO(answer.data))
    assert picture.size == size
    assert read_back(picture).endswith("/lot/" + place.issued.lot_no)
    small = picture.resize((size[0] // 2, size[1] // 2), Image.Resampling.LANCZOS)
    assert read_back(small).endswith(place.issued.lot_no)


def test_another_organisation_has_no_poster_of_this_lot(place):
    stranger = People(place.app)("owner")
    for url in (f"/lots/{lot_id(place)}/poster.pdf", f"/lots/{lot_id(place)}/share.png"):
        assert stranger.get(url).status_code == 404


def test_a_wrong_size_is_400_and_a_held_lot_gets_no_poster(place):
    owner = People(place.app)("owner", place.issued.organisation_id)
    assert owner.get(f"/lots/{lot_id(place)}/poster.pdf?size=a0").status_code == 400
    assert owner.get(f"/lots/{lot_id(place)}/share.png?shape=round").status_code == 400
    place.sql("update trace_lot_lot set state = 'held'")
    try:
        assert owner.get(f"/lots/{lot_id(place)}/poster.pdf").status_code == 422
    finally:
        place.sql("update trace_lot_lot set state = 'sealed' where id = :id", id=place.issued.lot_id)


def test_a_long_name_is_made_smaller_and_stays_on_the_picture():
    facts = posters.PosterFacts("特别长的商品名字" * 8, "一等品", "26101701", "很长的合作社名字" * 6, "2026-10-18", "https://x.example/01/1", "x.example")  # fmt: skip
    for picture in (posters.draw_poster(facts, posters.SIZES["a4"]), posters.draw_share(facts, posters.SHAPES["wide"])):
        edge = picture.crop((picture.width - 12, 0, picture.width, picture.height))
        assert edge.getcolors() == [(12 * picture.height, (246, 240, 228))]
        assert read_back(picture) == "https://x.example/01/1"


def test_the_code_of_the_square_picture_covers_no_word():
    facts = posters.PosterFacts("红富士苹果", "一等品", "26101701", "示例合作社", "2026-10-18", "https://x.example/01/1", "x.example")  # fmt: skip
    with_code = posters.draw_share(facts, posters.SHAPES["square"])
    [code] = zxingcpp.read_barcodes(with_code)
    top = min(point.y for point in (code.position.top_left, code.position.top_right))

    strip = with_code.convert("L").crop((60, int(top) - 60, 800, int(top) - 30))

    darkest, _lightest = strip.getextrema()
    assert darkest > 90  # no letter ends where the quiet zone begins
