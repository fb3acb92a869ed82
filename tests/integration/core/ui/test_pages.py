"""Pages of the user interface in the whole application."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.ui import search
from core.ui.search import Hit
from tests.support.applications import Client
from tests.support.people import People


@pytest.mark.parametrize("address", ["/styleguide", "/styleguide?as=office", "/", "/check", "/check?code=abc"])
@pytest.mark.parametrize("settings", ["", "lang=en", "large=1"])
def test_a_public_page_opens_in_every_language_and_size(client: Client, address: str, settings: str) -> None:
    answer = client.get(address + ("&" if "?" in address else "?") + settings)

    assert answer.status_code == 200
    assert "Undefined" not in answer.text


def test_every_component_of_the_look_stands_on_the_style_page(client: Client) -> None:
    text = client.get("/styleguide?as=office").text

    marks = ["seal-none", "seal-pending", "seal-sealed", "seal-torn", "c-ok", "c-busy", "c-todo", "c-bad", "c-none"]
    marks += [
        "t-ok",
        "t-absent",
        "t-bad",
        "t-warn",
        "t-fact",
        "m-seal",
        "m-now",
        "m-expected",
        "slip-bad",
        "sealed-box",
    ]
    marks += ["aria-disabled", "aria-invalid", "d-off", "d-today", "d-provisional", "s-waiting", "chart-y", "bar-tall"]
    assert not [m for m in marks if m not in text]


def test_the_switches_are_kept_in_cookies_without_script(client: Client) -> None:
    client.get("/?large=1&lang=en")
    later = client.get("/")

    assert '<html lang="en" class="large">' in later.text
    assert "Cookie" in later.headers["Vary"]
    assert '<html lang="zh-CN">' in client.get("/?large=0&lang=zh").text


def test_a_stylesheet_is_kept_for_ever_under_the_name_of_its_content(client: Client) -> None:
    address = re.findall(r"/assets/public-[0-9a-f]+\.css", client.get("/").text)[0]

    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/assets/public-00.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/assets/nothing-00.css").status_code == 404


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        ("/01/09520000000014/10/A", "/01/09520000000014/10/A"),
        ("https://evil.example/01/1", ""),
        ("//evil.example/01/", ""),
        ("/01/../admin", ""),
        ("/01//x", ""),
        ("/login", ""),
        ("\\evil", ""),
    ],
)
def test_a_typed_address_leads_only_to_a_code_page_of_ours(client: Client, typed: str, leads: str) -> None:
    answer = client.get("/check", query_string={"code": typed})

    assert answer.headers.get("Location", "") == leads
    assert (answer.status_code == 302) is bool(leads)


def test_what_was_typed_is_shown_as_text(client: Client) -> None:
    assert "<script>" not in client.get("/check?code=<script>alert(1)</script>").text


def test_an_error_page_says_what_to_do_and_carries_the_request_number(client: Client) -> None:
    answer = client.get("/nothing/here")

    assert answer.status_code == 404
    assert "请求编号" in answer.text
    assert "从首页重新进入" in answer.text


def test_the_search_box_asks_every_room_with_the_actor(as_user: People, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int | None]] = []

    def finder(text: str, actor: object) -> list[Hit]:
        asked.append((text, actor.organisation_id))  # type: ignore[attr-defined]
        return [Hit("批次 26101802", "富士", "/x", "批次"), Hit("again", "", "/x")]

    monkeypatch.setattr(search, "_FINDERS", [finder])
    client = as_user("operator")
    text = client.get("/search", query_string={"q": " 26101802 "}).text

    assert asked == [("26101802", client.actor.organisation_id)]
    assert text.count('href="/x"') == 1


def test_an_empty_question_asks_nobody(as_user: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FINDERS", [lambda _t, _a: pytest.fail("asked")])

    assert as_user("operator").get("/search?q=").status_code == 200


def test_a_guest_is_sent_to_the_login_by_search_and_menu(client: Client) -> None:
    assert [client.get(a).status_code for a in ("/search", "/menu", "/admin/site")] == [302, 302, 302]


def _form_of(text: str) -> dict[str, str]:
    return dict(re.findall(r'name="(csrf_token|version|once)"[^>]*value="([^"]*)"', text))


def test_the_footer_is_empty_until_it_is_written_and_then_shown(as_user: People, client: Client) -> None:
    admin = as_user("sysadmin")
    assert "备" not in client.get("/").text.split("<footer")[1]

    hidden = _form_of(admin.get("/admin/site").text)
    sent = {
        **hidden,
        "operator": "示例运营单位",
        "icp": "晋ICP备06004910号-1",
        "privacy": "只统计打开次数。\n<b>不</b>收集位置。",
    }
    answer = admin.post("/admin/site", data=sent)

    assert answer.status_code == 302, answer.text
    front = client.get("/").text
    assert "猗顿农品，示例运营单位主办" in front
    assert "晋ICP备06004910号-1" in front
    notice = client.get("/about/privacy").text
    assert "&lt;b&gt;不&lt;/b&gt;收集位置。" in notice
    assert client.get("/about/rules").status_code == 404
    assert client.get("/about/operator").status_code == 404


def test_a_made_up_filing_number_is_refused_at_its_field(as_user: People) -> None:
    admin = as_user("sysadmin")
    answer = admin.post("/admin/site", data={**_form_of(admin.get("/admin/site").text), "icp": "京备12号"})

    assert answer.status_code == 422
    assert 'id="icp-error"' in answer.text


def test_two_administrators_do_not_overwrite_each_other(as_user: People) -> None:
    one, two = as_user("sysadmin"), as_user("sysadmin")
    first, second = _form_of(one.get("/admin/site").text), _form_of(two.get("/admin/site").text)

    assert one.post("/admin/site", data={**first, "telephone": "0359-1234567"}).status_code == 302
    stale = two.post("/admin/site", data={**second, "telephone": "0359-7654321"})

    assert stale.status_code == 409
    assert "0359-1234567" in one.get("/admin/site").text


def test_only_the_administrator_may_write_the_footer(as_user: People) -> None:
    assert as_user("office_clerk").get("/admin/site").status_code == 403


def test_maintenance_answers_503_and_says_when_to_come_back(app: Flask, client: Client) -> None:
    flag = app.config["SETTINGS"].var / "maintenance"
    flag.write_text("今晚 22:00 至 23:00 升级，数据都在。", "utf-8")
    try:
        answer, style = client.get("/"), client.get("/assets/public-0.css")
    finally:
        flag.unlink()

    assert (answer.status_code, style.status_code) == (503, 200)
    assert answer.headers["Retry-After"] == "300"
    assert "今晚 22:00" in answer.text
