"""The media library and the brand kit: licensees take what they may, each download is on record."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from brand.matrix import queries as matrix
from brand.matrix.service import establish_matrix
from brand.promotion import service_media
from brand.promotion.errors import MaterialNotFound
from brand.promotion.kit import kit_pdf
from brand.promotion.models import Material, MaterialDownload
from core.db import db
from core.errors import Denied, RuleBroken
from core.ui.once import new_key
from tests.factories.brand import make_licence, picture


@pytest.fixture
def office(session: Any, as_user: Any, clock: Any) -> Any:
    """A clerk and a decider of the brand office, with the matrix laid out."""
    clerk, decider = as_user("brand_clerk"), as_user("brand_decider")
    establish_matrix(clerk.actor)
    return clerk, decider


def _material(office: Any, brand: str = "yidun", **more: Any) -> Material:
    values = {
        "kind": "picture", "title": "示例果园照片", "caption": "示例果园，十月", "credit": "示例摄影", "rights": "owned",
        "audience": "licensees", "stream": picture(), "filename": "a.jpg",
    } | more  # fmt: skip
    return service_media.add(office[0].actor, brand_id=matrix.by_key(brand).id, **values)


def test_a_licensee_takes_the_material_of_its_brand_and_of_those_above(office: Any, as_user: Any) -> None:
    clerk, decider = (each.actor for each in office)
    owner, stranger = as_user("owner"), as_user("owner")
    make_licence(owner.actor, clerk, decider)
    above, own, other = (_material(office, brand) for brand in ("yidun", "linyi-apple", "linyi-winter-jujube"))

    for row in (above, own):
        address = f"/enterprise/promotion/media/{row.public_id}/download"
        taken = owner.post(address, data={"once": new_key()})
        assert taken.status_code == 200
        assert "attachment" in taken.headers["Content-Disposition"]
        assert stranger.post(address, data={"once": new_key()}).status_code == 404
    refused = owner.post(f"/enterprise/promotion/media/{other.public_id}/download", data={"once": new_key()})

    assert refused.status_code == 404
    logged = db.session.scalars(select(MaterialDownload).order_by(MaterialDownload.id)).all()
    assert [d.material_id for d in logged] == [above.id, own.id]
    assert {d.organisation_id for d in logged} == {owner.actor.organisation_id}
    assert all(len(d.sha256) == 64 for d in logged)


def test_a_material_whose_rights_ran_out_or_that_was_taken_out_is_gone(office: Any, as_user: Any, clock: Any) -> None:
    clerk, decider = (each.actor for each in office)
    owner = as_user("owner").actor
    make_licence(owner, clerk, decider)
    row = _material(office, rights="licensed", rights_note="示例摄影师授权书", rights_until=date(2026, 11, 20))
    assert service_media.take(row, owner)
    clock.set("2026-11-21 00:00:00")
    with pytest.raises(MaterialNotFound):
        service_media.take(row, owner)
    assert service_media.usable(owner) == []
    lasting = _material(office)
    service_media.retire(lasting, clerk)
    with pytest.raises(MaterialNotFound):
        service_media.take(lasting, owner)
    with pytest.raises(MaterialNotFound):
        service_media.retire(lasting, owner)


def test_a_material_without_rights_is_not_stored(office: Any, as_user: Any) -> None:
    with pytest.raises(RuleBroken) as refused:
        _material(office, rights="licensed", credit="")
    assert [u.rule for u in refused.value.unmet] == ["SC-04", "SC-05"]
    with pytest.raises(Denied):
        service_media.add(
            as_user("owner").actor, brand_id=1, kind="picture", title="示例", caption="示例", credit="示例", rights="owned",
            audience="public", stream=picture(), filename="a.jpg",
        )  # fmt: skip
    assert db.session.scalar(select(Material.id)) is None


def test_the_public_sees_public_materials_only(office: Any, client: Any) -> None:
    _material(office, title="内部图")
    _material(office, title="公开图", audience="public")
    _material(office, kind="video", title="公开片", audience="public", link="https://video.example.cn/1", stream=None)

    page = client.get("/promotion/media").text

    assert "公开图" in page
    assert "https://video.example.cn/1" in page
    assert "内部图" not in page


def test_the_office_keeps_the_library_on_its_page(office: Any, as_user: Any) -> None:
    clerk = office[0]
    words = {
        "brand_id": str(matrix.by_key("yidun").id), "kind": "picture", "title": "页面图", "caption": "示例", "credit": "示例",
        "rights": "owned", "audience": "public",
    }  # fmt: skip
    assert clerk.post("/brand/promotion/media", data=words | {"once": new_key()}).status_code == 422
    sent = words | {"once": new_key(), "file": (io.BytesIO(picture()), "a.jpg")}
    assert clerk.post("/brand/promotion/media", data=sent).status_code == 302
    row = db.session.scalars(select(Material)).one()
    assert clerk.post(f"/brand/promotion/media/{row.public_id}/retire", data={"once": new_key()}).status_code == 302
    assert "已撤下" in clerk.get("/brand/promotion/media").text
    assert as_user("owner").get("/brand/promotion/media").status_code == 403


def test_the_kit_is_for_licensees_and_each_copy_is_on_record(office: Any, as_user: Any) -> None:
    clerk, decider = (each.actor for each in office)
    owner = as_user("owner")
    assert owner.post("/enterprise/promotion/kit/yidun", data={"once": new_key()}).status_code == 404
    make_licence(owner.actor, clerk, decider)

    answer = owner.post("/enterprise/promotion/kit/yidun", data={"once": new_key()})

    assert answer.mimetype == "application/pdf"
    assert owner.post("/enterprise/promotion/kit/none", data={"once": new_key()}).status_code == 404
    assert owner.post("/enterprise/promotion/kit/linyi-winter-jujube", data={"once": new_key()}).status_code == 404
    (logged,) = db.session.scalars(select(MaterialDownload)).all()
    assert logged.material_id is None
    assert "手册" in owner.get("/enterprise/promotion").text


def test_the_kit_is_press_ready(office: Any) -> None:
    pdf = kit_pdf(matrix.by_key("linyi-apple"))
    boxes = {k: [float(x) for x in v.split()] for k, v in re.findall(rb"/(MediaBox|TrimBox) ?\[([^\]]+)\]", pdf)}
    media, trim = boxes[b"MediaBox"], boxes[b"TrimBox"]
    mm = 72 / 25.4

    assert (round((trim[2] - trim[0]) / mm), round((trim[3] - trim[1]) / mm)) == (210, 297)
    assert round((media[2] - media[0]) / mm) == 234
    assert b"/FontFile" in pdf
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 3
        words = document[1].get_textpage().get_text_range()
        picture_of_cover = document[0].render(scale=1).to_pil().convert("RGB")
    finally:
        document.close()
    assert "C0 M53 Y69 K65" in words
    assert "打样" in words
    at = lambda x, y: picture_of_cover.getpixel((round((12 + x) * mm), round((12 + y) * mm)))  # noqa: E731
    assert at(-2, 100)[0] < 120  # the colour runs into the bleed
    assert at(-5, 100) == (255, 255, 255)  # and ends before the crop marks
    marks = [picture_of_cover.getpixel((round((12 - x / 10) * mm), round(12 * mm))) for x in range(45, 98, 5)]
    assert min(sum(pixel) for pixel in marks) < 600
