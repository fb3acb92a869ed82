"""Where messages may go, and how they are signed."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from trace.event import webhook
from trace.event.webhook import NotAllowed, is_public, signature, vetted_address


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("2606:2800:220:1::1", True), ("::1", False),
        ("::", False), ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:93.184.216.34", True), ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) == public


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], []])
def test_a_name_that_leads_inside_with_any_address_is_not_sent_to(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_developing", lambda: False)

    with pytest.raises(NotAllowed):
        vetted_address(urlsplit("https://partner.example.com/"), lambda _host, _port: found)


def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_developing", lambda: False)
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["93.184.216.34"]

    assert vetted_address(urlsplit("https://partner.example.com:8443/"), resolve) == "93.184.216.34"
    assert asked == [("partner.example.com", 8443)]


def test_plain_http_is_not_sent_to_outside_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_developing", lambda: False)

    with pytest.raises(NotAllowed):
        vetted_address(urlsplit("http://partner.example.com/"), lambda _host, _port: ["93.184.216.34"])


def test_the_signature_covers_time_and_body() -> None:
    known = signature("key", 1, b"body")

    assert known == "t=1,v1=91b5374b153842ad05b2c4eab9349b8321b14703165bd3fb8b034dfb8be98ae5"
    assert len({known, signature("key", 2, b"body"), signature("key", 1, b"bodx"), signature("kex", 1, b"body")}) == 4
