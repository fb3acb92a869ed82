"""Reports with a photo, their progress, and numbers left for a recall."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from core.db import unit_of_work
from core.errors import BadInput
from trace.scan import contacts
from trace.scan.jobs import housekeeping


def hidden(page: Any) -> dict[str, str]:
    text = page.get_data(as_text=True)
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*type="hidden"[^>]*value="([^"]*)"', text))
    return found | dict(re.findall(r'type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', text))


def photo(*, gps: bool = True) -> bytes:
    picture, out = Image.new("RGB", (1600, 1200), "#a33"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SpyPhone"
    if gps:
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (35.0, 8.0, 32.0)
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def send(phone: Any, path: str, *, picture: bytes | None = None, **given: str) -> Any:
    form = phone.get("/scan/report", query_string={"path": path})
    data: dict[str, Any] = hidden(form) | {"path": path, "kind": "fake", "words": "标签印得模糊，味道也不对"} | given
    if picture is not None:
        data["photo"] = (io.BytesIO(picture), "证据.jpg")
    answer = phone.post("/scan/report", data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the test client keeps a large upload in a file of its own
    return answer


def receipt_of(answer: Any) -> tuple[str, str]:
    text = answer.get_data(as_text=True)
    number = re.search(r"LJ-\d{4}-\d{5}", text)
    code = re.search(r'<span class="code">(.*?)</span>', text, re.DOTALL)
    assert number is not None
    assert code is not None
    return number[0], re.sub("<[^>]+>|\\s", "", code[1])


def test_a_report_with_a_photo_becomes_a_case_without_place_and_camera_data(place):
    answer = send(place.phone(), place.issued.addresses[0], picture=photo(), bought_at="南市水果店")

    number, secret = receipt_of(answer)
    assert len(secret) == 8
    [(kind, text, link, organisation, file_id)] = place.sql(
        "select kind, text, link, organisation_id, photo_file_id from core_notice_case where receipt_no = :no",
        no=number,
    )
    assert (kind, link, organisation) == ("code", "/scan" + place.issued.addresses[0], place.issued.organisation_id)
    assert "购买地点：南市水果店" in text
    [(sha, owner)] = place.sql("select sha256, owner_organisation_id from core_file_file where id = :id", id=file_id)
    from core.file.service import storage

    with place.app.app_context():
        kept = storage().get(sha)
    assert b"SpyPhone" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert owner != place.issued.organisation_id
    assert place.sql("select item_id, lot_id, unit, kind from trace_scan_report") == [
        (place.issued.item_id, place.issued.lot_id, 1, "fake")
    ]


@pytest.mark.parametrize(
    ("picture", "words"),
    [(b"MZ" + bytes(2000), "不是照片"), (b"", "文件是空的"), (b"\xff\xd8\xff" + bytes(500), "打不开")],
)
def test_what_is_no_photo_is_refused_and_nothing_is_kept(place, picture, words):
    answer = send(place.phone(), place.issued.addresses[0], picture=picture)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert place.sql("select count(*) from trace_scan_report") == [(0,)]


def test_a_photo_of_more_than_ten_megabytes_is_refused(place):
    answer = send(place.phone(), place.issued.addresses[0], picture=photo() + bytes(10 * 1024 * 1024))

    assert answer.status_code == 422
    assert "超过 10 MB" in answer.get_data(as_text=True)


def test_the_sender_sees_the_progress_with_number_and_secret_only(place):
    number, secret = receipt_of(send(place.phone(), place.issued.addresses[0]))

    def ask(no: str, code: str) -> str:
        phone = place.phone()
        form = hidden(phone.get("/scan/report/progress"))
        return phone.post("/scan/report/progress", data=form | {"no": no, "secret": code}).get_data(as_text=True)

    assert "新来件" in ask(number, secret)
    assert "新来件" in ask(number.lower().replace("-", ""), " ".join([secret[:4], secret[4:].lower()]))
    for wrong in ("00000000", secret[:-1], ""):
        assert "新来件" not in ask(number, wrong)
    other, _ = receipt_of(send(place.phone("B Mozilla"), ""))
    assert "没有找到这件事" in ask(other, secret)
    assert place.sql(
        "select count(*) from trace_scan_report where position(:s in encode(secret_hash, 'escape')) > 0", s=secret
    ) == [(0,)]


def test_reports_are_limited_per_device(place):
    phone = place.phone("Flood Mozilla")

    codes = [send(phone, place.issued.addresses[0]).status_code for _ in range(7)]

    assert codes == [200] * 5 + [429] * 2


def test_the_form_and_its_answer_are_english_on_request(place):
    phone = place.phone()
    phone.set_cookie("lang", "en")

    page = phone.get("/scan/report").get_data(as_text=True)
    answer = send(phone, place.issued.addresses[0]).get_data(as_text=True)

    for words in ("I suspect a counterfeit", "Where you bought it", "Send to the office"):
        assert words in page
    assert "the secret is shown only once" in answer


def test_a_replayed_form_makes_no_second_case(place):
    phone = place.phone()
    data = hidden(phone.get("/scan/report")) | {"kind": "fake", "words": "标签印得模糊"}

    assert [phone.post("/scan/report", data=data).status_code for _ in range(2)] == [200, 409]
    assert place.sql("select count(*) from trace_scan_report") == [(1,)]


def test_a_hostile_path_is_no_link(place):
    for path in ("javascript:alert(1)", "//evil.example/", "/scan/report"):
        assert send(place.phone("X Mozilla" + path), path).status_code == 200
    assert (
        place.sql("select distinct link from core_notice_case where link like '%evil%' or link like '%script%'") == []
    )


def leave(place: Any, phone: Any, mobile: str, **more: str) -> Any:
    path = place.issued.addresses[0]
    form = hidden(phone.get("/scan/contact", query_string={"path": path}))
    return phone.post("/scan/contact", data=form | {"path": path, "mobile": mobile} | more)


def test_a_number_is_left_sealed_with_consent_for_one_purpose_and_a_day_of_deletion(place):
    answer = leave(place, place.phone(), "138 0000 1234", agreed="y")

    assert answer.status_code == 200
    [(purpose, sealed, hashed, until)] = place.sql(
        "select purpose, sealed_contact, contact_hash, delete_on from trace_scan_contact"
    )
    assert purpose == "recall"
    assert b"13800001234" not in bytes(sealed) + bytes(hashed)
    assert until > date(2026, 11, 25)


@pytest.mark.parametrize(("mobile", "more"), [("13800001234", {}), ("123", {"agreed": "y"}), ("", {"agreed": "y"})])
def test_without_consent_or_with_a_wrong_number_nothing_is_kept(place, mobile, more):
    assert leave(place, place.phone(), mobile, **more).status_code == 422
    assert place.sql("select count(*) from trace_scan_contact") == [(0,)]


def test_the_service_refuses_a_number_without_consent_too(place):
    with place.app.app_context(), pytest.raises(BadInput, match="勾选同意"):
        contacts.leave(place.issued.lot_id, "13800001234", agreed=False)


def test_a_recall_tells_each_number_once(place):
    for mobile in ("13800001234", "13800001234", "13900005678"):
        leave(place, place.phone(), mobile, agreed="y")

    with place.app.app_context(), unit_of_work():
        assert contacts.left_for([place.issued.lot_id]) == 2
        assert contacts.tell_of_recall([place.issued.lot_id], "召回通知", "请先别吃") == 2
        assert contacts.tell_of_recall([place.issued.lot_id], "召回通知", "请先别吃") == 0
        assert contacts.left_for([place.issued.lot_id]) == 0

    sent = place.sql("select address from core_notice_outgoing where subject = '召回通知' order by 1")
    assert sent == [("13800001234",), ("13900005678",)]


def test_a_person_takes_the_number_back_and_the_page_never_tells_whether_it_was_there(place):
    leave(place, place.phone(), "13800001234", agreed="y")
    [(public_id,)] = place.sql("select public_id from trace_scan_contact")
    phone, url = place.phone(), f"/scan/contact/{public_id}"

    before = re.sub(r'value="[^"]*"', "", phone.get(url).get_data(as_text=True))
    assert phone.post(url, data=hidden(phone.get(url))).status_code == 302

    assert place.sql("select count(*) from trace_scan_contact") == [(0,)]
    phone.get(url)
    assert re.sub(r'value="[^"]*"', "", phone.get(url).get_data(as_text=True)) == before


def test_numbers_past_their_day_are_deleted_by_the_nightly_job(place, now):
    now("2026-11-25 10:00")
    leave(place, place.phone(), "13800001234", agreed="y")
    [(until,)] = place.sql("select delete_on from trace_scan_contact")

    for day, left in ((until, 1), (until + timedelta(days=1), 0)):
        now(f"{day} 10:00")
        with place.app.app_context(), unit_of_work():
            contacts.forget(day)
        assert place.sql("select count(*) from trace_scan_contact") == [(left,)]


def test_the_nightly_job_runs_as_it_stands(place):
    with place.app.app_context(), unit_of_work():
        housekeeping()
