"""The public directory: who trades here, found by name, code and town; who has left is not in it."""

from __future__ import annotations

from typing import Any

from core.organisation import views
from tests.support.people import People


def test_an_enterprise_is_found_by_name_pinyin_code_and_town_and_leads_to_its_page(
    client: Any, as_user: People
) -> None:
    as_user.organisation(name="示例山脚合作社", town="北景乡", code="Y100000000000019XA")
    as_user.organisation(name="示例河边果业", town="孙吉镇")
    as_user.organisation(name="示例退出果业", state="left")
    as_user.organisation("grower", name="某种植户", code_kind="party", no_uscc_reason="self_grown")

    everybody = client.get("/enterprises").text
    by_town = client.get("/enterprises?town=北景乡").text
    nobody = client.get("/enterprises?q=没有这家")

    assert ("示例山脚合作社" in everybody, "示例河边果业" in everybody) == (True, True)
    assert ("示例退出果业" in everybody, "某种植户" in everybody) == (False, False)
    assert ("示例山脚合作社" in by_town, "示例河边果业" in by_town) == (True, False)
    assert "/org/Y100000000000019XA" in client.get("/enterprises?q=Y10000000000001").text
    assert (nobody.status_code, "换个词" in nobody.text) == (200, True)


def test_a_long_directory_goes_page_by_page_and_a_broken_page_number_shows_the_first(
    client: Any, as_user: People, monkeypatch: Any
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    for number in range(3):
        as_user.organisation(name=f"示例第{number}家")

    first, second = client.get("/enterprises").text, client.get("/enterprises?page=2").text

    assert sum(f"示例第{n}家" in first for n in range(3)) == 2
    assert sum(f"示例第{n}家" in second for n in range(3)) == 1
    assert ("下一页" in first, "上一页" in second) == (True, True)
    assert client.get("/enterprises?page=x").status_code == 200
    assert "Registered enterprises" in client.get("/enterprises?lang=en").text
