"""Pages of the growing rooms: who may open them, another organisation's things are 404, bad input is told."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import func, select

from core.db import db
from core.place.models import Place
from tests.factories import trace as grow
from trace.inspection import service as inspection
from trace.item.models import Item
from trace.lot import service as lots
from trace.lot.models import Lot
from trace.season.models import Entry, EntryPicture, Season


@pytest.fixture
def grown(session, packed_lot):
    made = packed_lot
    inspection.issue_certificate(made.actor, lot=made.raw, bases=["control"])
    grow.make_report(made.actor, made.raw)
    session.flush()
    return made


def addresses(grown):
    entry = db.session.scalars(select(Entry).where(Entry.season_id == grown.season.id)).first()
    place, item, season = grown.plot.public_id, grown.box.public_id, grown.season.public_id
    raw, packed = grown.raw.public_id, grown.packed.public_id
    return {
        "own": [
            f"/places/{place}", f"/places/{place}/change", f"/items/{item}", f"/items/{item}/change", f"/seasons/{season}",
            f"/seasons/{season}/add/input", f"/seasons/{season}/add/work", f"/seasons/{season}/add/pest",
            f"/seasons/{season}/add/harvest", f"/seasons/entries/{entry.public_id}/correct",
            f"/seasons/entries/{entry.public_id}/strike", f"/lots/{raw}", f"/lots/{packed}", f"/lots/{raw}/write-off",
            f"/inspection/lots/{packed}/report", f"/inspection/lots/{packed}/certificate",
        ],
        "anybody": [
            "/places/", "/places/new", "/items/", "/items/new", "/seasons/", "/seasons/new", "/seasons/quick", "/lots/",
            "/lots/?kind=raw", "/lots/receive", "/lots/pack", "/inspection/", "/inspection/limits",
            "/inspection/limits?q=啶虫脒",
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("role", "lists", "own"),
    [("owner", 200, 200), ("operator", 200, 200), ("office_clerk", 403, 403), ("person", 403, 403)],
)
def test_pages_open_for_members_of_the_organisation_only(grown, as_user, role, lists, own):
    home = grown.organisation.id if role in ("owner", "operator") else None
    client = as_user(role, home)

    known = addresses(grown)
    assert {path: client.get(path).status_code for path in known["anybody"]} == dict.fromkeys(known["anybody"], lists)
    assert {path: client.get(path).status_code for path in known["own"]} == dict.fromkeys(known["own"], own)


def test_guests_are_asked_to_sign_in(grown, client):
    for path in [*addresses(grown)["anybody"], *addresses(grown)["own"]]:
        assert client.get(path).status_code in (302, 401)


def test_another_organisations_things_are_not_found(grown, as_user):
    stranger = as_user("owner")

    for path in addresses(grown)["own"]:
        assert stranger.get(path).status_code == 404, path
    for path in (f"/lots/{grown.raw.public_id}/move", f"/lots/{grown.raw.public_id}/write-off"):
        assert stranger.post(path, data={"move": "cancel", "reason": "x"}).status_code == 404


def test_the_inspection_sees_a_lot_and_its_owner_does_not_see_that_page(grown, as_user):
    path = f"/lots/{grown.packed.public_id}/oversee"

    assert as_user("commerce_inspector").get(path).status_code == 200
    assert as_user("owner", grown.organisation.id).get(path).status_code == 403


def once(page) -> str:
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


@pytest.fixture
def owner(grown, as_user):
    return as_user("owner", grown.organisation.id)


PLOT = {
    "kind": "plot",
    "code": "P-9",
    "village": "示例镇示例村",
    "area_mu": "12.6",
    "latitude": "35.1",
    "longitude": "110.7",
}


def post_plot(client, **change):
    return client.post("/places/new", data=PLOT | {"once": once(client.get("/places/new"))} | change)


def test_a_plot_is_registered_with_full_width_numbers_and_a_replay_is_told(owner):
    key = once(owner.get("/places/new"))

    first = owner.post("/places/new", data=PLOT | {"code": "ｐ－９", "area_mu": "１２．６", "once": key})
    second = owner.post("/places/new", data=PLOT | {"code": "P-10", "once": key})

    assert first.status_code == 302
    row = db.session.scalar(select(Place).where(Place.code == "P-9"))
    assert row.area_m2 == 8400
    assert second.status_code == 409
    assert db.session.scalar(select(Place).where(Place.code == "P-10")) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"code": ""}, "请填写编号"),
        ({"code": "P 3/1"}, "数字、大写字母和短横"),
        ({"code": "P-0317"}, "已经用过"),
        ({"village": ""}, "请填写"),
        ({"village": "村" * 61}, "最多 60 个字"),
        ({"village": "示例\x00村"}, "看不见"),
        ({"area_mu": "-1"}, "请填 0 到"),
        ({"area_mu": "0"}, "要大于 0"),
        ({"area_mu": "999999999"}, "面积太大"),
        ({"area_mu": "十亩"}, "请填数字"),
        ({"latitude": "110.7", "longitude": "35.1"}, "填反了"),
        ({"latitude": ""}, "要一起填"),
        ({"outline": "{"}, "GeoJSON"),
        ({"outline": "[" * 15000}, "GeoJSON"),
        ({"kind": "moon"}, "没有这一项"),
        ({"farmer_code": "YDX"}, "没有这一项"),
    ],
)
def test_bad_plots_are_told_and_nothing_is_stored(owner, change, told):
    answer = post_plot(owner, **change)

    assert answer.status_code in (400, 404, 409, 422), answer.status_code
    assert told in answer.text
    assert db.session.scalar(select(Place).where(Place.code == "P-9")) is None


def test_a_stale_page_overwrites_nothing(grown, owner, as_user):
    path = f"/places/{grown.plot.public_id}/change"
    page = owner.get(path)
    stamp = re.search(r'name="version"[^>]*value="([^"]*)"', page.text)[1]
    values = PLOT | {"version": stamp, "village": "甲村", "active": "y"}

    first = owner.post(path, data=values)
    second = as_user("operator", grown.organisation.id).post(path, data=values | {"village": "乙村"})

    assert first.status_code == 302
    assert second.status_code == 409
    assert db.session.get(Place, grown.plot.id, populate_existing=True).village == "甲村"


ITEM = {
    "name": "冬枣 2.5 kg",
    "level": "box",
    "variety": "winter-jujube",
    "form": "fresh",
    "net_content_g": "2.5",
    "own_code": "DZ-1",
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"own_code": ""}, "填一样"),
        ({"gtin": "09521234000010"}, "填一样"),
        ({"own_code": "", "gtin": "09521234000011"}, "核对不上"),
        ({"own_code": "", "gtin": "2012345678903"}, "店内码"),
        ({"own_code": "FJ-5KG"}, "已经用过"),
        ({"own_code": "a/b"}, "自编代码用"),
        ({"net_content_g": ""}, "净含量"),
        ({"net_content_g": "-2"}, "请填"),
        ({"net_content_g": "2000"}, "请填"),
        ({"specification": "apple-80"}, "规格"),
        ({"variety": "mango"}, "没有这一项"),
        ({"name": "枣"}, "2 到 60"),
    ],
)
def test_bad_items_are_told_and_nothing_is_stored(owner, change, told):
    answer = owner.post("/items/new", data=ITEM | {"once": once(owner.get("/items/new"))} | change)

    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.scalar(select(Item).where(Item.variety == "winter-jujube")) is None


def test_an_item_with_a_short_gtin_keeps_fourteen_digits(owner):
    data = ITEM | {"own_code": "", "gtin": "9521234000013", "once": once(owner.get("/items/new"))}

    assert owner.post("/items/new", data=data).status_code == 302
    assert db.session.scalar(select(Item).where(Item.variety == "winter-jujube")).gtin == "09521234000013"


INPUT = {
    "done_on": "2026-08-02", "category": "pesticide", "input_name": "戊唑醇", "registration_no": "ＰＤ20091234",
    "source": "示例农资店", "usage": "喷雾", "amount": "3000 倍液", "interval_days": "30",
}  # fmt: skip


def test_a_journal_line_is_written_from_the_phone(grown, owner):
    path = f"/seasons/{grown.season.public_id}/add/input"

    answer = owner.post(path, data=INPUT | {"once": once(owner.get(path))})

    assert answer.status_code == 302
    row = db.session.scalars(select(Entry).where(Entry.season_id == grown.season.id).order_by(Entry.no.desc())).first()
    assert (row.registration_no, row.interval_days) == ("PD20091234", 30)
    assert "戊唑醇" in owner.get(path).text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"input_name": "克百威"}, "禁用物质"),
        ({"registration_no": ""}, "登记证号"),
        ({"interval_days": ""}, "安全间隔期"),
        ({"interval_days": "-3"}, "整数"),
        ({"done_on": "2026-13-40"}, "没有这一天"),
        ({"done_on": "2026-12-01"}, "还没到"),
        ({"done_on": "明天"}, "日期请写成"),
        ({"source": "老张 13812345678"}, "身份证号码"),
        ({"summary": "字" * 121}, "最多 120"),
    ],
)
def test_bad_journal_lines_are_told_and_not_written(grown, owner, change, told):
    path = f"/seasons/{grown.season.public_id}/add/input"
    before = db.session.get(Season, grown.season.id).last_no

    answer = owner.post(path, data=INPUT | {"once": once(owner.get(path))} | change)

    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.get(Season, grown.season.id, populate_existing=True).last_no == before


def test_packing_on_the_phone(grown, owner):
    page = owner.get("/lots/pack")
    data = {
        "item": str(grown.box.public_id), "pieces": "１０", "packed_on": "2026年11月1日", "once": once(page),
        f"take-{grown.raw.public_id}": "50.5 kg",
    }  # fmt: skip

    answer = owner.post("/lots/pack", data=data)

    assert answer.status_code == 302
    made = db.session.scalars(select(Lot).order_by(Lot.id.desc())).first()
    assert (made.pieces, made.mass_g, made.packing_loss_g) == (10, 50_000, 500)


@pytest.mark.parametrize(
    ("pieces", "take", "told"),
    [
        ("11", "50", "多 5 kg"), ("1", "55.001", "只剩 55 kg"), ("0", "50", "整数"), ("1", "", "1 到 40 个"),
        ("1", "abc", "请填数字"), ("1", "-5", "领用数量"), ("99999999999999", "50", "整数"),
    ],
)  # fmt: skip
def test_bad_packing_is_told_and_takes_nothing(grown, owner, pieces, take, told):
    page = owner.get("/lots/pack")
    data = {
        "item": str(grown.box.public_id), "pieces": pieces, "packed_on": "2026-11-01", "once": once(page),
        f"take-{grown.raw.public_id}": take,
    }  # fmt: skip

    answer = owner.post("/lots/pack", data=data)

    assert answer.status_code == 422
    assert told in answer.text
    assert db.session.get(Lot, grown.raw.id, populate_existing=True).used_g == 1_060_000


def test_receiving_a_harvest_and_its_certificate_on_the_phone(grown, owner, session):
    from trace.season import service as seasons

    seasons.add_harvest(grown.season, grown.actor, done_on=date(2026, 10, 20), mass_g=880_000)
    session.flush()
    page = owner.get("/lots/receive")
    name = f"take-{grown.season.public_id}-2026-10-20"
    assert f'name="{name}"' in page.text
    assert 'value="880"' in page.text

    data = {"item": str(grown.loose.public_id), "made_on": "2026-10-20", "once": once(page), name: "880"}
    answer = owner.post("/lots/receive", data=data)
    assert answer.status_code == 302
    lot = db.session.scalars(select(Lot).order_by(Lot.id.desc())).first()

    path = f"/inspection/lots/{lot.public_id}/certificate"
    data = {"form": "producer", "bases": ["control"], "once": once(owner.get(path))}
    issued = owner.post(path, data=data)
    assert issued.status_code == 302
    shown = owner.get(issued.location)
    assert "HG-2026-000002" in shown.text
    assert owner.get(issued.location + ".pdf").data.startswith(b"%PDF")


def test_a_report_is_entered_by_lines(grown, owner):
    path = f"/inspection/lots/{grown.packed.public_id}/report"
    data = {
        "laboratory_kind": "third_party", "laboratory": "示例检测中心", "report_no": "R-77", "sampled_on": "2026-10-18",
        "reported_on": "2026-10-19", "substance-0": "啶虫脒", "result-0": "０．０２１", "substance-1": "吡虫啉",
        "result-1": "未检出", "lod-1": "0.01", "once": once(owner.get(path)),
    }  # fmt: skip

    answer = owner.post(path, data=data)

    assert answer.status_code == 302
    shown = owner.get(answer.location).text
    assert shown.count("不超过限量") == 2
    assert "限量待核对" in shown

    bad = owner.post(path, data=data | {"report_no": "R-78", "result-0": "合格", "once": once(owner.get(path))})
    assert bad.status_code == 422
    assert "写成数字" in bad.text


def test_the_inspection_stops_a_sale_from_its_page_with_a_reason(grown, as_user, session):
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    lots.begin_sealing(grown.packed.id, grown.actor)
    session.flush()
    inspector = as_user("commerce_inspector")
    path = f"/lots/{grown.packed.public_id}/oversee"
    assert "停售" in inspector.get(path).text

    without = inspector.post(path + "/move", data={"move": "hold", "once": once(inspector.get(path))})
    assert without.status_code == 422
    done = inspector.post(path + "/move", data={"move": "hold", "reason": "抽检", "once": once(inspector.get(path))})

    assert done.status_code == 302
    assert db.session.get(Lot, grown.packed.id, populate_existing=True).state == "held"
    refused = as_user("owner", grown.organisation.id).post(
        f"/lots/{grown.packed.public_id}/move", data={"move": "release", "reason": "没事"}
    )
    assert refused.status_code in (403, 422)


def test_a_spray_written_down_after_sealing_is_shown_on_the_sealed_lot(grown, owner, session):
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=["control"])
    lots.begin_sealing(grown.packed.id, grown.actor)
    session.flush()
    path = f"/lots/{grown.packed.public_id}"
    assert "封存以后发现的问题" not in owner.get(path).text

    grow.spray(grown.season, grown.actor, date(2026, 10, 5), interval_days=14)
    session.flush()

    shown = owner.get(path).text
    assert "封存以后发现的问题" in shown
    assert "要 14 天，实际 7 天" in shown


def test_the_list_of_lots_can_be_searched_and_exported(grown, owner):
    assert "26101701" not in owner.get("/lots/?kind=raw").text
    assert "26101201" in owner.get("/lots/?q=261012").text
    assert "26101201" in owner.get("/lots/?sort=name").text
    table = owner.get("/lots/?format=csv").text
    assert "26101701" in table
    assert "205 件" in table
    assert "<" not in table


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "JPEG")
    return made.getvalue()


@pytest.mark.parametrize(("content", "status"), [(picture(), 302), (b"MZ\x90\x00 not a picture", 415), (b"", 422)])
def test_a_line_keeps_its_picture_and_a_renamed_programme_is_refused(grown, owner, content, status):
    path = f"/seasons/{grown.season.public_id}/add/work"
    data = {
        "done_on": "2026-11-01", "summary": "清园", "once": once(owner.get(path)),
        "pictures": (io.BytesIO(content), "照片.jpg"),
    }  # fmt: skip

    answer = owner.post(path, data=data, content_type="multipart/form-data")

    assert answer.status_code == status
    kept = db.session.scalar(select(func.count()).select_from(EntryPicture))
    assert kept == (1 if status == 302 else 0)
    assert ("看照片" in owner.get(f"/seasons/{grown.season.public_id}").text) is (status == 302)


def test_the_search_box_finds_own_lots_only(grown, owner, as_user):
    assert "26101701" in owner.get("/search?q=261017").text
    assert "富士苹果" not in as_user("owner").get("/search?q=261017").text
