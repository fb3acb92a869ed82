"""Where people land, and what they find there."""

from __future__ import annotations

from typing import Any

import pytest

from brand.licence import service as licences
from core.notice.service import open_case
from tests.factories import admin_enterprise
from tests.factories import brand as make


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("owner", "/workbench"),
        ("operator", "/workbench"),
        ("brand_clerk", "/desk"),
        ("office_head", "/desk"),
        ("finance", "/desk"),
        ("sysadmin", "/desk"),
    ],
)
def test_everybody_lands_on_the_own_workbench(as_user: Any, session: Any, role: str, home: str) -> None:
    client = as_user(role)
    assert client.get("/home").location == home
    assert client.get(home).status_code == 200


def test_a_new_enterprise_is_led_to_its_key(as_user: Any, session: Any) -> None:
    page = as_user("owner").get("/workbench").text
    assert "还差 6 步，就能打出可以扫的标签" in page
    assert "第 2 步：签名密钥" in page
    assert "展开引导" not in page
    assert "今天没有要办的事" in page


def test_the_guide_can_be_folded_away(as_user: Any, session: Any) -> None:
    page = as_user("owner").get("/workbench?guide=0").text
    assert "展开引导" in page
    assert "第 2 步" not in page


def test_a_returned_application_is_the_first_thing_to_do(as_user: Any, session: Any, clock: Any) -> None:
    owner, clerk = as_user("owner"), as_user("brand_clerk")
    make.make_matrix(clerk.actor)
    licence = make.submitted(owner.actor)
    assert "品牌授权在办" in owner.get("/workbench").text
    licences.return_for_mending(licence, clerk.actor, "缺页。")
    page = owner.get("/workbench").text
    assert "授权申请请补正" in page
    assert f"/brand/cases/{licence.public_id}" in page


def test_the_offices_see_what_waits_for_them_and_nothing_else(as_user: Any, session: Any, clock: Any) -> None:
    owner, clerk, decider = as_user("owner"), as_user("brand_clerk"), as_user("brand_decider")
    office, person = as_user("office_clerk"), as_user("person")
    make.make_matrix(clerk.actor)
    licence = make.submitted(owner.actor)
    application = admin_enterprise.make_submitted(person.actor)
    receipt = open_case("complaint", "箱子里有烂果", "三个烂的。")
    assert licence.case_no in clerk.get("/desk").text
    assert licence.case_no not in decider.get("/desk").text
    page = office.get("/desk").text
    assert application.case_no in page
    assert receipt in page
    assert licence.case_no not in page
    licences.screen(licence, clerk.actor)
    assert licence.case_no in decider.get("/desk").text


def test_a_host_or_a_guest_has_no_enterprise_workbench(as_user: Any, session: Any, client: Any) -> None:
    assert as_user("host").get("/workbench").status_code == 403
    assert client.get("/workbench").status_code in (302, 401)
