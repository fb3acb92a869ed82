"""Mark files: versions by the brand office, watermarked previews and logged downloads for licensees only."""

from __future__ import annotations

import hashlib
import io
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from brand.certificate import rules as certificate_rules
from brand.licence import service as licence_service
from brand.mark import rules, service
from brand.mark.models import MarkDownload
from brand.matrix import queries as matrix
from core.db import db
from core.errors import BadInput, Conflict
from core.file.queries import files_by_id
from core.ui.once import new_key
from tests.factories import certificate as make_certificate
from tests.factories.brand import make_licence, make_matrix
from tests.factories.trace import make_plot


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (400, 400), (200, 30, 30, 128)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    """A brand office with a released pack of 临猗苹果, a licensee and a stranger."""
    people = SimpleNamespace(
        clerk=as_user("brand_clerk"),
        decider=as_user("brand_decider"),
        owner=as_user("owner"),
        stranger=as_user("owner"),
    )
    make_matrix(people.clerk.actor)
    people.brand = matrix.by_key("linyi-apple").id
    people.pack = _released(people, brand_id=people.brand)
    people.licence = make_licence(people.owner.actor, people.clerk.actor, people.decider.actor)
    db.session.flush()
    return people


def _released(cast: SimpleNamespace, place: rules.Place = rules.NO_PLACE, **of: Any) -> Any:
    clerk = cast.clerk.actor
    pack = service.make_pack(clerk, rules_text="最小 12 毫米，四周留白，不能改颜色。", **of)
    service.add_file(
        pack, clerk, title="竖排", purpose="print", stream=io.BytesIO(_png()), filename="标志.png", place=place
    )
    service.release(pack, clerk)
    db.session.flush()
    return pack


def _take(client: Any, pack: Any) -> Any:
    return client.post(f"/marks/files/{pack.files[0].public_id}/download", data={"once": new_key()})


def test_a_licensee_sees_its_number_on_the_preview_and_takes_the_file_on_record(cast: SimpleNamespace) -> None:
    owner, pack = cast.owner, cast.pack
    assert service.watermark(pack, owner.actor) == cast.licence.licence_no
    shown = owner.get(f"/marks/files/{pack.files[0].public_id}/preview.png")
    assert (shown.status_code, shown.mimetype, shown.headers["Cache-Control"]) == (
        200,
        "image/png",
        "private, no-store",
    )

    given = _take(owner, pack)

    assert given.status_code == 200
    assert Image.open(io.BytesIO(given.data)).mode == "RGBA"
    row = db.session.scalars(select(MarkDownload)).one()
    assert (row.organisation_id, row.under_no) == (owner.actor.organisation_id, cast.licence.licence_no)
    assert row.sha256 == hashlib.sha256(given.data).hexdigest()
    assert owner.actor.organisation_name in cast.clerk.get(f"/marks/{pack.public_id}").text
    assert cast.licence.licence_no in owner.get(f"/marks/{pack.public_id}").text
    with pytest.raises(DBAPIError, match="rows of brand_mark_download stay as they are"), db.session.begin_nested():
        db.session.execute(text("update brand_mark_download set under_no = 'x'"))


def test_a_firm_without_anything_for_the_mark_finds_no_pack_no_preview_and_no_file(cast: SimpleNamespace) -> None:
    stranger, piece = cast.stranger, cast.pack.files[0].public_id

    answers = [
        stranger.get(f"/marks/{cast.pack.public_id}").status_code,
        stranger.get(f"/marks/files/{piece}/preview.png").status_code,
        _take(stranger, cast.pack).status_code,
    ]

    assert answers == [404, 404, 404]
    stored = files_by_id([cast.pack.files[0].file_id])[cast.pack.files[0].file_id]
    assert [c.get(f"/files/{stored.public_id}").status_code for c in (stranger, cast.owner)] == [404, 404]
    assert "临猗苹果" not in stranger.get("/marks").text.split("<main", 1)[1]
    assert db.session.scalar(select(MarkDownload)) is None


def test_a_suspended_licence_ends_downloads_at_once_and_says_so(cast: SimpleNamespace) -> None:
    licence_service.suspend(cast.licence, cast.decider.actor, "抽查发现超范围，请改正。")
    db.session.flush()

    given = _take(cast.owner, cast.pack)

    assert given.status_code == 422
    assert cast.licence.licence_no in given.text
    page = cast.owner.get(f"/marks/{cast.pack.public_id}")
    assert page.status_code == 200
    assert "现在不能下载" in page.text
    assert service.watermark(cast.pack, cast.owner.actor).endswith("已不在有效期")


def test_only_the_current_version_is_given_out(cast: SimpleNamespace) -> None:
    old, new = cast.pack, _released(cast, brand_id=cast.brand)

    assert new.number == old.number + 1
    assert [_take(cast.owner, pack).status_code for pack in (old, new)] == [422, 200]
    service.retire(new, cast.clerk.actor, "颜色有误。")
    assert [_take(cast.owner, pack).status_code for pack in (old, new)] == [200, 422]
    with pytest.raises(Conflict):
        service.add_file(
            old, cast.clerk.actor, title="加一个", purpose="print", stream=io.BytesIO(_png()), filename="a.png"
        )


def test_a_certification_mark_is_given_under_a_live_certificate_and_ends_with_it(cast: SimpleNamespace) -> None:
    pack = _released(cast, mark="green")
    assert _take(cast.owner, pack).status_code == 404  # a brand licence opens no certification mark
    row = make_certificate.confirmed(cast.owner.actor, cast.clerk.actor, plots=[make_plot(cast.owner.actor)])
    db.session.flush()
    assert _take(cast.owner, pack).status_code == 200

    make_certificate.fire(certificate_rules.CERTIFICATE, row, "suspend", cast.clerk.actor, reason="登记处显示暂停。")
    db.session.flush()

    assert _take(cast.owner, pack).status_code == 422


def test_the_geographical_mark_is_handed_out_with_the_users_own_code_in_its_place(cast: SimpleNamespace) -> None:
    with pytest.raises(BadInput):
        _released(cast, mark="gi_mark")
    pack = _released(cast, rules.Place(100, 800, 800, 80), mark="gi_mark")
    for each in (cast.owner, cast.stranger):
        make_certificate.confirmed(each.actor, cast.clerk.actor, "gi_mark", plots=[make_plot(each.actor)])
    db.session.flush()

    mine, theirs = _take(cast.owner, pack).data, _take(cast.stranger, pack).data

    assert mine != theirs
    stored = Image.open(io.BytesIO(_png())).convert("RGB").crop((0, 0, 400, 300))
    assert Image.open(io.BytesIO(mine)).convert("RGB").crop((0, 0, 400, 300)).tobytes() == stored.tobytes()


def test_the_office_makes_and_releases_a_version_by_forms_and_enterprises_may_not(cast: SimpleNamespace) -> None:
    clerk = cast.clerk
    made = clerk.post(
        "/marks/new", data={"which": "green", "rules_text": "按绿色食品标志设计使用规范。", "once": new_key()}
    )
    assert made.status_code == 302
    address = made.headers["Location"]
    sent = clerk.post(
        f"{address}/files",
        data={"title": "绿色食品标志", "purpose": "print", "once": new_key(), "file": (io.BytesIO(_png()), "lv.png")},
    )
    assert sent.status_code == 302
    assert clerk.post(f"{address}/release", data={"once": new_key()}).status_code == 302
    assert "现在的一版" in clerk.get(address).text
    assert clerk.post(f"{address}/retire", data={"reason": "", "once": new_key()}).status_code == 400
    assert cast.owner.post(f"{address}/release", data={"once": new_key()}).status_code == 403
    assert cast.owner.get("/marks/new").status_code == 403
