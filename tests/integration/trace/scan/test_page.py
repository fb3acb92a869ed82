"""What a code address answers, as TRUST 7 says."""

from __future__ import annotations

import re

import pytest

from trace.scan.words import EN


def test_the_page_comes_in_one_request_below_forty_kilobytes_and_without_script(place):
    answer = place.phone().get(place.issued.addresses[0])

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert len(answer.data) < 40 * 1024
    assert "<script" not in text
    assert not re.search(r'(src|href)="https?://', text)
    assert "style=" not in text
    assert "'sha256-" in answer.headers["Content-Security-Policy"]
    assert {"Accept", "Accept-Language", "Cookie"} == {part.strip() for part in answer.headers["Vary"].split(",")}
    assert 'rel="linkset"' in answer.headers["Link"]


def test_the_page_says_who_stated_it_and_that_no_witness_has_seen_it(place):
    text = place.phone().get(place.issued.addresses[0]).get_data(as_text=True)

    for words in (
        "这份记录未被改动", "临猗示例果枣合作社", "存证日志暂无外部见证", "第 1 次", "猗顿农品", "戊唑醇", "不超过限量",
        "未使用禁用农药", "示例镇示例村", "未提供", "拨打 12315", "疏果", "签名密钥由平台代管",
    ):  # fmt: skip
        assert words in text
    assert "限量还没有和标准原文核对" in text
    assert "正品" not in text
    assert "/misuse/report?about=%2Fid%2Fuscc%2F" in text


def test_the_style_on_the_page_is_the_one_the_policy_accepts(place):
    import base64
    import hashlib

    answer = place.phone().get(place.issued.addresses[0])
    style = re.search(r"<style>(.*?)</style>", answer.get_data(as_text=True), re.DOTALL)[1]

    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("form", [str.upper, str.lower])
def test_upper_and_lower_case_addresses_are_the_same_page(place, form):
    assert place.phone().get(form(place.issued.addresses[0])).status_code == 200


def test_the_lot_alone_has_the_record_and_no_count(place):
    lot = place.issued.addresses[0].rsplit("/", 2)[0]

    text = place.phone().get(lot).get_data(as_text=True)

    assert "这份记录未被改动" in text
    assert "这个码被打开" not in text


def test_an_unknown_lot_walks_up_to_the_product_and_says_so(place):
    product = place.issued.addresses[0].rsplit("/", 4)[0]

    answer = place.phone().get(product + "/lot/NOSUCH")

    assert answer.status_code == 200
    assert "批次 NOSUCH 没有封存过的记录" in answer.get_data(as_text=True)
    assert place.phone().get(product).status_code == 200


def test_a_serial_never_issued_is_404_with_what_to_try(place):
    address = place.issued.addresses[0]
    wrong = address[:-1] + ("0" if address[-1] != "0" else "1")

    answer = place.phone().get(wrong)

    assert answer.status_code == 404
    assert "查不到这个编号" in answer.get_data(as_text=True)
    assert place.sql("select status from trace_scan_visit") == [(404,)]


@pytest.mark.parametrize("lot", ["OTHER", "26101701X"])
def test_a_serial_under_another_lot_is_404(place, lot):
    address = place.issued.addresses[0].replace("/LOT/" + place.issued.lot_no, "/LOT/" + lot)

    assert place.phone().get(address).status_code == 404


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda a: a[:-1] + "U", "第 13 个字符“U”"),
        (lambda a: a[:-1], "读到 12 位"),
        (lambda a: a[:-2] + "*" + a[-1], "第 12 位“*”"),
        (lambda a: a.replace("/PROD/", "/PRODUCT/"), "顺序不对"),
        (lambda a: a.replace("/LOT/", "/LOT/%20"), "第 1 位"),
        (lambda _a: "/01/09520123456789", "最后一位核对不上"),
        (lambda _a: "/01/952012345678", "14 位数字"),
    ],
)
def test_a_malformed_address_is_400_and_says_where_to_look(place, change, hint):
    answer = place.phone().get(change(place.issued.addresses[0]))

    assert answer.status_code == 400
    assert hint in answer.get_data(as_text=True)
    assert place.sql("select status from trace_scan_visit") == [(400,)]


def test_a_machine_gets_a_redirect_a_linkset_or_a_problem(place):
    machine = place.phone()
    machine.environ_base["HTTP_ACCEPT"] = "*/*"
    address = place.issued.addresses[0]

    redirect = machine.get(address)
    assert redirect.status_code == 307
    assert machine.get(redirect.headers["Location"]).status_code == 200
    linkset = machine.get(address + "?linkType=linkset")
    assert linkset.mimetype == "application/linkset+json"
    (events,) = [one for level in linkset.json["linkset"] for one in level.get("https://ref.gs1.org/voc/epcis", ())]
    found = machine.get(events["href"][events["href"].index("/epcis/") :])
    assert found.json["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert linkset.json["linkset"][0]["https://ref.gs1.org/voc/defaultLink"][0]["href"].endswith(
        address.rsplit("/", 1)[1]
    )
    assert machine.get("/01/09520123456789").mimetype == "application/problem+json"
    assert machine.get("/01/09520123456788").status_code == 404


def test_head_answers_the_headers_alone(place):
    answer = place.phone().head(place.issued.addresses[0])

    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) > 10_000
    assert answer.data == b""


def test_large_type_and_english_are_kept_in_cookies_and_need_no_script(place):
    phone = place.phone()

    english = phone.get(place.issued.addresses[0] + "?lang=en").get_data(as_text=True)
    large = phone.get(place.issued.addresses[0] + "?large=1").get_data(as_text=True)

    assert "This record has not been changed" in english
    assert '<html lang="en" class="large">' in large
    assert 'class="large"' in phone.get(place.issued.addresses[0]).get_data(as_text=True)


def test_no_fixed_chinese_words_are_left_on_the_english_pages(place):
    """Names and data stay as they were signed; whatever has an English text is in English."""
    phone, address = place.phone(), place.issued.addresses[0]
    pages = [
        phone.get(address + "?lang=en"),
        phone.get(address),  # the language is kept
        phone.post(address.replace("/ID/USCC", "/id/uscc"), data={"covered": place.issued.covered[0]}),
        phone.post(address.replace("/ID/USCC", "/id/uscc"), data={"covered": "0" * 13}),
        phone.get("/scan/report", query_string={"path": address}),
    ]

    for page in pages:
        html = page.get_data(as_text=True)
        words = re.sub(r"<(style|script)\b.*?</\1>|<a [^>]*lang=\"zh[^>]*>.*?</a>", " ", html, flags=re.DOTALL)
        assert '<html lang="en"' in html
        left = [word for word in EN if len(word) > 3 and word in words and word != "猗顿农品"]  # the brand's own name
        assert left == []


def test_a_hand_typed_serial_leads_to_its_page(place):
    base, serial = place.issued.addresses[0].rsplit("/", 2)[0].lower(), place.issued.addresses[0].rsplit("/", 1)[1]
    written = " ".join([serial[:4].lower(), serial[4:8], serial[8:]])

    answer = place.phone().get("/scan/find", query_string={"base": base, "serial": written})

    assert answer.status_code == 302
    assert place.phone().get(answer.headers["Location"]).status_code == 200


def test_a_hostile_address_is_shown_as_text_only(place):
    answer = place.phone().get("/id/uscc/<script>alert(1)</script>/prod/A")

    assert answer.status_code == 400
    assert "<script>alert" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/01/", "/01", "/id/uscc/", "/01/%00", "/01/" + "9" * 5000, "/01/%ff%fe/10/%e4%b8%ad"]
)
def test_rubbish_is_refused_and_never_an_error_of_ours(place, path):
    assert place.phone().get(path).status_code in (400, 404)


def test_a_complaint_gets_a_receipt_number_in_the_office_s_inbox(place):
    phone = place.phone()
    path = place.issued.addresses[0]

    form = phone.get("/scan/report", query_string={"path": path}).get_data(as_text=True)
    hidden = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*type="hidden"[^>]*value="([^"]*)"', form))
    hidden |= dict(re.findall(r'type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
    given = {"path": path, "kind": "complaint", "words": "箱子里有三个烂果", "contact": "13800000000"}
    answer = phone.post("/scan/report", data=hidden | given)

    receipt = re.search(r"LJ-\d{4}-\d{5}", answer.get_data(as_text=True))
    assert receipt is not None
    assert place.sql("select link, organisation_id from core_notice_case where receipt_no = :no", no=receipt[0]) == [
        ("/scan" + path, place.issued.organisation_id)
    ]


def test_the_page_of_a_box_leads_to_the_proof_that_its_code_was_issued(place):
    phone, address = place.phone(), place.issued.addresses[0]
    link = re.search(r'href="(/scan/proof\?path=[^"]+)"', phone.get(address).text)
    assert link is not None

    found = phone.get(link[1])

    page = phone.get(found.headers["Location"])
    assert (found.status_code, page.status_code) == (302, 200)
    assert ".proof" in page.text
    other = address[:-13] + "0" * 13
    assert phone.get("/scan/proof", query_string={"path": other}).status_code == 404
    assert phone.get("/scan/proof", query_string={"path": "https://evil.example/"}).status_code == 400
