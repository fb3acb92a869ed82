"""What the office's list finds, and how it is narrowed."""

from __future__ import annotations

from typing import Any

import pytest

from brand.licence.models import Licence
from core import clock as time
from core.db import db
from core.organisation.models import Organisation
from core.organisation.rules import search_keys
from tests.factories import brand as make


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("q=示例甲", {"apple"}),
        ("q=linyishilijia", {"apple"}),
        ("q=SQ-2026-9002", {"jujube"}),
        ("q=SQ-2026-900", {"apple", "jujube"}),
        ("q=没有这一家", set()),
        ("q=%25", set()),
    ],
)
def test_the_office_finds_cases_by_number_name_pinyin_and_code(
    as_user: Any, cast: Any, words: str, shown: set[str]
) -> None:
    cases = _two_cases(as_user)
    page = as_user("brand_clerk").get(f"/brand/cases?{words}").text
    assert {key for key, (number, _) in cases.items() if number in page} == shown


def test_the_office_narrows_the_list_to_a_brand_and_to_an_enterprises_code(as_user: Any, cast: Any) -> None:
    cases = _two_cases(as_user)
    clerk = as_user("brand_clerk")
    apple = clerk.get(f"/brand/cases?brand={make.matrix.by_key('linyi-apple').id}").text
    assert cases["apple"][0] in apple
    assert cases["jujube"][0] not in apple
    by_code = clerk.get(f"/brand/cases?q={cases['jujube'][1]}").text
    assert cases["jujube"][0] in by_code
    assert cases["apple"][0] not in by_code
    assert clerk.get("/brand/cases?brand=0").status_code == 400


def _two_cases(as_user: Any) -> dict[str, tuple[str, str]]:
    made = {}
    for key, number, brand, name in (
        ("apple", "SQ-2026-9001", "linyi-apple", "临猗示例甲果业"),
        ("jujube", "SQ-2026-9002", "linyi-winter-jujube", "临猗示例乙枣业"),
    ):
        firm = db.session.get_one(Organisation, as_user("owner").actor.organisation_id)
        firm.name, firm.search_keys = name, search_keys(name)
        db.session.add(
            Licence(
                case_no=number, brand_id=make.matrix.by_key(brand).id, organisation_id=firm.id, submitted_at=time.now()
            )
        )
        made[key] = (number, firm.code)
    db.session.flush()
    return made
