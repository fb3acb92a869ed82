"""Where people land, and what they find there."""

from __future__ import annotations

from typing import Any

import pytest

from brand.licence import service as licences
from core.notice.service import open_case
from tests.factories import admin_enterprise
from tests.factories import brand as make
from tests.factories import trace as growing
from trace.signing import identity


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


def test_a_packed_lot_is_the_present_step_with_its_open_points_and_its_balance(
    as_user: Any, session: Any, clock: Any
) -> None:
    grown = growing.make_packed_lot(user_id=None)
    owner = as_user("owner", grown.organisation)
    page = owner.get("/workbench").text
    assert "批次 " + grown.packed.lot_no + " 待封存" in page
    assert "1,115 = 1,060 + 0 + 55 kg" in page
    assert "1,060 = 1,025 + 35 kg" in page
    identity.create_key(grown.organisation.id, grown.actor)
    page = owner.get("/workbench").text
    assert f"封存批次 {grown.packed.lot_no}" in page
    assert "消费者将看到" in page
    assert "预览并封存（还差" in page


def test_another_enterprise_sees_nothing_of_it(as_user: Any, session: Any, clock: Any) -> None:
    grown = growing.make_packed_lot()
    assert grown.packed.lot_no not in as_user("owner").get("/workbench").text


def test_a_licence_and_a_business_licence_that_run_out_are_reminded(as_user: Any, session: Any, clock: Any) -> None:
    owner, clerk, decider = as_user("owner"), as_user("brand_clerk"), as_user("brand_decider")
    make.make_matrix(clerk.actor)
    make.make_licence(owner.actor, clerk.actor, decider.actor)
    assert "近 60 天没有要到期的" in owner.get("/workbench").text
    clock.set("2027-09-20 10:00:00")
    assert "临猗苹果授权 60 天后到期" in owner.get("/workbench").text
