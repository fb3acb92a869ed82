"""The pages of packing: from a new carton to its label, with and without script."""

from __future__ import annotations

import io
import re
import uuid

import numpy as np
import pypdfium2
import pytest
import qrcode
import zxingcpp
from PIL import Image

from core.organisation.models import Organisation
from tests.integration.trace.code.test_views import hidden
from trace.aggregation import queries, service
from trace.code import queries as codes
from trace.code import service as issuing


@pytest.fixture
def firm(session, sealed_lot, as_user):
    grown = sealed_lot
    series = issuing.issue_series(grown.packed.public_id, 20, grown.actor)
    session.flush()
    return grown, series, as_user("owner", session.get(Organisation, grown.organisation.id))


def make_carton(client, grown, **values) -> str:
    page = client.get("/packing/new")
    made = client.post(
        "/packing/new",
        data=hidden(page)
        | {"kind": "carton", "lot": str(grown.packed.public_id), "capacity": "2", "count": "1"}
        | values,
    )
    assert made.status_code == 303
    return made.headers["Location"]


def test_a_carton_is_made_packed_closed_labelled_and_shipped_without_script(firm):
    grown, series, client = firm
    station = make_carton(client, grown)
    deeds = station.replace("/station", "/deeds")
    page = client.get(station)
    assert "扫第一件" in page.text
    for place in (1, 2):
        sent = client.post(deeds, data=hidden(page) | {"verb": "add", "code": codes.unit_address(series, place)})
        assert sent.headers["Location"] == station
    assert "已装入" in client.get(station).text

    again = client.post(deeds, data=hidden(page) | {"verb": "add", "code": codes.unit_address(series, 3)})
    assert again.status_code == 409
    assert "这个箱满了" in again.text
    closed = client.post(deeds, data=hidden(page) | {"verb": "close"})
    show = client.get(closed.headers["Location"])
    assert grown.packed.lot_no in show.text
    assert "已封箱" in show.text

    code = re.search(r"C\d{10}", show.text)[0]
    pdf = client.get(f"/packing/labels?first={code}")
    document = pypdfium2.PdfDocument(pdf.data)
    image = np.asarray(document[0].render(scale=300 / 72).to_pil().convert("L"))
    words = document[0].get_textpage().get_text_range()
    document.close()
    read = [found.text for found in zxingcpp.read_barcodes(image)]
    assert len(read) == 1
    assert read[0].endswith(f"/BOX/{code}")
    assert "2 件" in words

    public = client.get("/" + read[0].split("/", 3)[3])
    assert grown.packed.lot_no in public.text
    serial = codes.unit_address(series, 1)[-13:]
    assert serial not in public.text
    ship = show.request.path + "/ship"
    sent = client.post(ship, data=hidden(client.get(ship)) | {"to": "示例商贸有限公司", "document": "FH-1"})
    assert sent.status_code == 303
    assert "示例商贸" not in client.get("/" + read[0].split("/", 3)[3]).text


def test_the_station_answers_its_script_in_json(firm):
    grown, series, client = firm
    station = make_carton(client, grown)
    deeds, fields = station.replace("/station", "/deeds"), hidden(client.get(station))
    scan = fields | {"verb": "add", "code": codes.unit_address(series, 1), "key": str(uuid.uuid4())}

    first = client.post(deeds, data=scan, headers={"Accept": "application/json"})
    again = client.post(deeds, data=scan, headers={"Accept": "application/json"})
    wrong = client.post(
        deeds,
        data=scan | {"key": str(uuid.uuid4()), "code": "https://pay.example/1"},
        headers={"Accept": "application/json"},
    )

    assert (first.json["count"], first.json["capacity"], first.json["message"]) == (1, 2, "已装入")
    assert again.json == first.json | {"repeated": True}
    assert (wrong.status_code, wrong.json["code"]) == (400, "aggregation.unreadable")
    assert wrong.json["help"]


def test_an_sscc_label_carries_a_digital_link_and_a_gs1_128(firm):
    grown, _series, client = firm
    service.set_prefix(grown.actor, "9521234")
    boxes = service.make_boxes(grown.actor, kind="carton", count=3, capacity=12, lot_public_id=grown.packed.public_id)

    pdf = client.get(f"/packing/labels?first={boxes[0].code}&last={boxes[2].code}")

    document = pypdfium2.PdfDocument(pdf.data)
    try:
        assert len(document) == 3
        for page, box in zip(document, boxes, strict=True):
            image = np.asarray(page.render(scale=300 / 72).to_pil().convert("L"))
            read = {str(found.format): found.text for found in zxingcpp.read_barcodes(image)}
            link = next(text for text in read.values() if "/00/" in text)
            bars = next(text for text in read.values() if "/00/" not in text)
            assert link.endswith(f"/00/{box.sscc}")
            assert re.sub(r"\D", "", bars) == f"00{box.sscc}"
    finally:
        document.close()
    reader = {"Accept": "text/html"}
    assert client.get(f"/00/{boxes[0].sscc}", headers=reader).status_code == 200
    machine = client.get(f"/00/{boxes[0].sscc}?linkType=linkset")
    assert machine.json["linkset"][0]["anchor"].endswith(f"/00/{boxes[0].sscc}")
    default = machine.json["linkset"][0]["https://ref.gs1.org/voc/defaultLink"][0]["href"]
    assert client.get(f"/00/{boxes[0].sscc}").headers["Location"] == default
    assert client.get("/" + default.split("/", 3)[3]).status_code == 200
    assert client.get("/00/095212349999999995", headers=reader).status_code == 404
    assert client.get("/00/095212349999999990", headers=reader).status_code == 400  # wrong check digit


def test_others_do_not_get_in(firm, client, as_user):
    grown, _series, owner = firm
    station = make_carton(owner, grown)

    assert client.get(station).status_code in (302, 401)
    assert as_user("owner").get(station).status_code == 404
    assert as_user("office_clerk").get("/packing/").status_code == 403


def test_the_lists_and_the_form_for_the_prefix_are_served(firm):
    grown, _series, client = firm
    make_carton(client, grown)
    page = client.get("/packing/numbering")

    wrong = client.post("/packing/numbering", data=hidden(page) | {"gs1_prefix": "12"})
    good = client.post("/packing/numbering", data=hidden(client.get("/packing/numbering")) | {"gs1_prefix": "9521234"})

    assert "正在装" in client.get("/packing/").text
    assert wrong.status_code == 400
    assert good.status_code == 303
    assert queries.numbering_of(grown.organisation.id).gs1_prefix == "9521234"


def photo_of(*texts: str) -> io.BytesIO:
    made = Image.new("RGB", (500 * len(texts), 500), "white")
    for number, text in enumerate(texts):
        made.paste(qrcode.make(text, box_size=6).convert("RGB"), (500 * number, 20 * number))
    out = io.BytesIO()
    made.save(out, "JPEG", quality=80)
    out.seek(0)
    return out


def test_a_photo_packs_every_label_on_it_once_and_says_of_each_what_became_of_it(firm, as_user):
    grown, series, client = firm
    station = make_carton(client, grown, capacity="3")
    path, key = station.replace("/station", "/photo"), str(uuid.uuid4())
    texts = [codes.unit_address(series, 1), "https://pay.example.com/q/1", codes.unit_address(series, 2)]

    def send(seen: list[str], who=client, **more):
        data = hidden(client.get(station)) | {"photo": (photo_of(*seen), "标签.jpg")} | more
        return who.post(path, data=data, headers={"Accept": "application/json"}, content_type="multipart/form-data")

    first, again = send(texts, key=key), send(texts, key=key)
    assert [one["state"] for one in first.json["results"]] == ["ok", "bad", "ok"]
    assert "不是本平台的追溯码" in first.json["results"][1]["message"]
    assert (first.json["count"], first.json["added"], again.json["count"]) == (2, 2, 2)
    assert "传过了" in again.json["results"][0]["note"]

    full = send([codes.unit_address(series, place) for place in (3, 4)])
    assert [one["state"] for one in full.json["results"]] == ["ok", "bad"]  # the refused one undid nothing
    assert "满了" in full.json["results"][1]["message"]
    assert "没有认出码" in send(["x"], photo=(io.BytesIO(blank()), "空.jpg")).json["detail"]
    assert send(texts, who=as_user("owner")).status_code == 404


def blank() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(out, "JPEG")
    return out.getvalue()


def test_a_plain_form_sends_a_photo_too(firm):
    grown, series, client = firm
    station = make_carton(client, grown)
    data = hidden(client.get(station)) | {"photo": (photo_of(codes.unit_address(series, 1)), "标签.jpg")}

    answer = client.post(station.replace("/station", "/photo"), data=data, content_type="multipart/form-data")

    assert answer.headers["Location"] == station
    assert "装入 1 件" in client.get(station).text
