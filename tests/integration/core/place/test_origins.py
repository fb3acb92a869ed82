"""Plots with their outline, pictures and certificates; another organisation's are not found."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select

from core.db import db
from core.errors import BadInput, Conflict, Denied, NotFound
from core.file.models import StoredFile
from core.place import certificates, queries, rules, service
from core.record.models import AuditRow
from tests.factories import trace as grow

CORNERS = "35.193000, 110.711700\n35.193000, 110.712700\n35.193850, 110.712750\n35.193800, 110.711650"
BASE = {
    "kind": "base", "number": "示例备2026-001", "issuer": "示例备案单位", "product": "苹果", "valid_from": date(2026, 1, 1),
    "valid_to": date(2028, 12, 31),
}  # fmt: skip


@pytest.fixture
def owned(session, clock):
    actor = grow.actor_of(grow.make_organisation())
    plot = grow.make_plot(actor, latitude=None, longitude=None)
    session.flush()
    return plot, actor


def _once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


def test_a_drawn_outline_gives_the_plot_a_point_and_tells_what_to_check(owned, session):
    plot, actor = owned

    warnings = service.draw_outline(plot, actor, rules.outline_from_text(CORNERS))

    assert warnings == []
    assert (plot.latitude is not None, len(plot.outline["coordinates"][0])) == (True, 5)
    assert session.scalar(select(AuditRow.verb).where(AuditRow.verb == "place.outlined")) is not None
    plot.area_m2 = 80_000
    session.flush()
    assert "差得较多" in service.draw_outline(plot, actor, rules.outline_from_text(CORNERS))[0]
    service.draw_outline(plot, actor, None)
    assert plot.outline is None


def test_the_page_takes_corners_as_text_and_names_the_line_that_is_none(owned, as_user):
    plot, actor = owned
    client = as_user("owner", actor.organisation_id)
    path = f"/places/{plot.public_id}/outline"
    data = {"once": _once(client.get(path)), "version": str(plot.version)}

    assert "第 2 行" in client.post(path, data=data | {"corners": "35.1, 110.7\nx"}).text
    assert client.post(path, data=data | {"corners": CORNERS}).status_code == 302
    page = client.get(f"/places/{plot.public_id}").text
    assert "<polygon" in page
    assert "13.1 亩" in page
    assert client.post(path, data=data | {"corners": ""}).status_code == 409  # the page is stale by now


def test_a_house_has_no_outline(owned):
    _, actor = owned
    house = service.add_place(actor, kind="packhouse", code="B-01", village="示例镇示例村")

    with pytest.raises(BadInput):
        service.draw_outline(house, actor, rules.outline_from_text(CORNERS))


def _photo_with_gps() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (35.0, 8.0, 31.0)
    Image.new("RGB", (400, 300), (90, 120, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_picture_comes_without_its_place_and_may_be_taken_off(owned, as_user, session):
    plot, actor = owned
    client = as_user("owner", actor.organisation_id)
    page = client.get(f"/places/{plot.public_id}")
    data = {"picture": (io.BytesIO(_photo_with_gps()), "地.jpg"), "once": _once(page)}

    client.post(f"/places/{plot.public_id}/pictures", data=data, content_type="multipart/form-data")

    ((picture_id, file_id),) = queries.pictures_of(plot.id)
    assert db.session.get(StoredFile, file_id).gps_removed
    client.post(f"/places/{plot.public_id}/pictures/{picture_id}/remove", data={"once": str(uuid.uuid4())})
    assert queries.pictures_of(plot.id) == []


def test_a_certificate_covers_its_plots_from_its_first_to_its_last_day(owned):
    plot, actor = owned

    made = certificates.add_certificate(actor, plots=[str(plot.public_id)], **BASE)

    days = [date(2025, 12, 31), date(2026, 1, 1), date(2028, 12, 31), date(2029, 1, 1)]
    assert [len(queries.covering([plot.id], day)) for day in days] == [0, 1, 1, 0]
    assert [c.id for c in queries.ending_certificates(date(2028, 12, 1), date(2028, 12, 31))] == [made.id]
    with pytest.raises(Conflict):
        certificates.add_certificate(actor, plots=[str(plot.public_id)], **BASE)


def test_a_certificate_covers_only_ones_own_plots(owned):
    plot, _ = owned
    stranger = grow.actor_of(grow.make_organisation(7002, "临猗示例别家合作社"))

    with pytest.raises(BadInput):
        certificates.add_certificate(stranger, plots=[str(plot.public_id)], **BASE)
    with pytest.raises(BadInput):
        certificates.add_certificate(stranger, plots=[], **BASE)


def test_another_organisations_origins_are_not_found(owned, as_user):
    plot, actor = owned
    made = certificates.add_certificate(actor, plots=[str(plot.public_id)], **BASE)
    stranger = as_user("owner")

    for path in (f"/places/{plot.public_id}/outline", f"/places/certificates/{made.public_id}/plots"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/places/{plot.public_id}/pictures", data={}).status_code == 404
    with pytest.raises(NotFound):
        queries.get_certificate(made.public_id, grow.actor_of(grow.make_organisation(7003, "别家")))


def test_an_actor_without_an_organisation_draws_nothing(owned):
    plot, actor = owned
    nobody = type(actor)(
        user_id=None, organisation_id=None, organisation_kind="", role="person", permissions=frozenset()
    )

    with pytest.raises(Denied):
        service.draw_outline(plot, nobody, None)


def test_a_certificate_that_carries_a_mark_is_entered_elsewhere(owned):
    plot, actor = owned

    with pytest.raises(BadInput) as refused:
        certificates.add_certificate(actor, plots=[str(plot.public_id)], **{**BASE, "kind": "green"})

    assert "证书与标志" in refused.value.help
