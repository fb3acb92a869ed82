"""Whom to tell about a hole: RFC 9116, from a text the administrator sets."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import BadInput
from core.ui import site_texts

PATH = "/.well-known/security.txt"


def test_without_a_contact_there_is_no_file(client: Any, session: Any) -> None:
    assert client.get(PATH).status_code == 404


def test_the_contact_stands_in_the_file_with_an_end_half_a_year_ahead(
    client: Any, session: Any, clock: Any, as_user: Any
) -> None:
    site_texts.set_texts({"security": "mailto:security@example.cn"}, as_user("sysadmin").actor)

    answer = client.get(PATH)

    assert answer.mimetype == "text/plain"
    assert "Contact: mailto:security@example.cn\n" in answer.text
    assert "Expires: 2027-05-19T02:00:00Z\n" in answer.text
    assert "Canonical: http" in answer.text


@pytest.mark.parametrize("text", ["13800000000", "mailto:", "javascript:alert(1)", "https://a\nExpires: never"])
def test_a_contact_that_is_no_address_is_refused(session: Any, as_user: Any, text: str) -> None:
    with pytest.raises(BadInput):
        site_texts.set_texts({"security": text}, as_user("sysadmin").actor)
