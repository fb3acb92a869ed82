"""Registration from a phone to an organisation, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from admin.enterprise import queries, service
from admin.enterprise.errors import ApplicationNotFound, NotEditable
from core.account.actor import GUEST
from core.account.queries import members_of
from core.db import db
from core.errors import BadInput, Denied, DomainError, InvalidMove, NotSignedIn, RuleBroken
from core.notice.models import Message
from core.organisation.queries import find_by_code, get_organisation
from tests.factories import admin_enterprise as make


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    """The people of an application."""
    return SimpleNamespace(
        person=as_user("person").actor,
        other=as_user("person").actor,
        clerk=as_user("office_clerk").actor,
        head=as_user("office_head").actor,
        bureau=as_user("commerce_clerk").actor,
        brand=as_user("brand_clerk").actor,
    )


def approved(cast: Any, number: int = 501) -> Any:
    application = make.make_submitted(cast.person, number)
    service.screen(application, cast.clerk)
    service.note_visit(application, cast.clerk, visited_on=date(2026, 11, 19), note="有果库一座")
    return service.approve(application, cast.head)


def test_the_whole_way_makes_an_organisation_with_its_owner(cast: Any) -> None:
    application = make.make_submitted(cast.person)
    service.request_more(application, cast.clerk, "执照照片缺右下角，请重拍。")
    told = db.session.scalar(select(Message).where(Message.user_id == cast.person.user_id).order_by(Message.id.desc()))
    assert told is not None
    assert told.body == "执照照片缺右下角，请重拍。"
    service.attach_licence(application, cast.person, make.picture("black"), "again.jpg")
    service.submit(application, cast.person)
    service.screen(application, cast.clerk)
    service.note_visit(application, cast.clerk, visited_on=date(2026, 11, 19))
    service.approve(application, cast.head)
    assert application.state == "approved"
    organisation = get_organisation(application.organisation_id)
    assert (organisation.name, organisation.code, organisation.kind) == (
        application.name,
        application.code,
        "enterprise",
    )
    assert [(u, r) for u, _, r in members_of(organisation.id)] == [(cast.person.user_id, "owner")]


def test_sending_too_early_lists_every_point_as_explained_before(cast: Any) -> None:
    application = service.open_application("enterprise", cast.person)
    explained = [u.rule for u in service.missing(application, cast.person)]
    with pytest.raises(RuleBroken) as refused:
        service.submit(application, cast.person)
    assert [u.rule for u in refused.value.unmet] == explained
    assert {"RZ-01", "R82", "RZ-08", "R90"} <= set(explained)


def test_two_different_persons_screen_and_approve(cast: Any) -> None:
    both = replace(cast.clerk, permissions=cast.clerk.permissions | cast.head.permissions)
    application = make.make_submitted(cast.person)
    service.screen(application, both)
    service.note_visit(application, both, waiver="同址企业上周刚走访过。")
    with pytest.raises(RuleBroken) as refused:
        service.approve(application, both)
    assert [u.rule for u in refused.value.unmet] == ["admin.enterprise.approve.four_eyes"]
    service.approve(application, cast.bureau)
    assert application.state == "approved"


def test_approval_waits_for_a_visit_or_a_waiver(cast: Any) -> None:
    application = make.make_submitted(cast.person)
    service.screen(application, cast.clerk)
    with pytest.raises(RuleBroken) as refused:
        service.approve(application, cast.head)
    assert [u.rule for u in refused.value.unmet] == ["RZ-10"]
    with pytest.raises(BadInput):
        service.note_visit(application, cast.clerk, visited_on=date(2026, 11, 21))
    with pytest.raises(BadInput):
        service.note_visit(application, cast.clerk)


def test_a_code_that_is_entered_or_in_another_open_application_is_told(cast: Any) -> None:
    approved(cast)
    again = make.make_draft(cast.other)
    assert [u.rule for u in service.missing(again, cast.other)] == ["RZ-03"]
    first = make.make_submitted(cast.person, 777)
    rival = make.make_draft(cast.other, 777)
    unmet = service.missing(rival, cast.other)
    assert [u.rule for u in unmet] == ["RZ-04"]
    assert first.case_no in unmet[0].message


def test_an_entered_enterprise_registers_as_undertaker_under_its_own_organisation(cast: Any) -> None:
    entered = approved(cast)
    second = service.open_application("undertaker", cast.person)
    service.fill_in(
        second,
        cast.person,
        name=entered.name,
        code=entered.code,
        town="示例镇",
        contact_name="示例",
        contact_mobile="13800138000",
        lawful_use=True,
    )
    service.attach_licence(second, cast.person, make.picture(), "l.jpg")
    service.submit(second, cast.person)
    service.screen(second, cast.clerk)
    service.note_visit(second, cast.clerk, waiver="入驻时已走访。")
    service.approve(second, cast.head)
    assert second.organisation_id == entered.organisation_id
    assert queries.undertakers() == [entered.organisation_id]


def test_a_refusal_may_be_appealed_once_and_another_person_decides(cast: Any) -> None:
    application = make.make_submitted(cast.person)
    service.screen(application, cast.clerk)
    service.note_visit(application, cast.clerk, waiver="远程核对。")
    service.reject(application, cast.head, "注册地不在本县。")
    service.appeal(application, cast.person, "经营地在本县示例镇，附租赁合同。")
    with pytest.raises(RuleBroken) as refused:
        service.approve(application, cast.head)
    assert [u.rule for u in refused.value.unmet] == ["admin.enterprise.approve.four_eyes"]
    service.reject(application, cast.bureau, "租赁合同已到期。")
    with pytest.raises(RuleBroken) as twice:
        service.appeal(application, cast.person, "再看一次。")
    assert [u.rule for u in twice.value.unmet] == ["RZ-11"]


def test_published_conditions_must_be_promised_and_their_version_is_kept(cast: Any) -> None:
    service.publish_conditions("2026年第1版", ["有固定经营场所", "无失信记录"], cast.head)
    application = make.make_draft(cast.person, promised=[1])
    assert [u.message for u in service.missing(application, cast.person)] == ["不符合入驻条件第2条（2026年第1版）。"]
    service.fill_in(application, cast.person, promised=[1, 2])
    service.submit(application, cast.person)
    service.publish_conditions("2026年第2版", ["有冷库"], cast.head)
    assert queries.conditions_of(application).version == "2026年第1版"
    service.screen(application, cast.clerk)
    with pytest.raises(Denied):
        service.publish_conditions("2026年第3版", ["x"], cast.clerk)


def test_only_the_applicant_fills_in_and_only_before_sending(cast: Any) -> None:
    application = make.make_draft(cast.person)
    with pytest.raises(ApplicationNotFound):
        service.fill_in(application, cast.other, name="别人")
    service.submit(application, cast.person)
    with pytest.raises(NotEditable):
        service.fill_in(application, cast.person, name="改名")
    with pytest.raises(NotSignedIn):
        service.open_application("enterprise", GUEST)
    with pytest.raises(BadInput):
        service.open_application("castle", cast.person)


def test_a_draft_and_the_brand_office_do_not_meet(cast: Any) -> None:
    draft = make.make_draft(cast.person)
    with pytest.raises(ApplicationNotFound):
        queries.application_for(draft.public_id, cast.clerk)
    service.submit(draft, cast.person)
    assert queries.application_for(draft.public_id, cast.clerk) is draft
    with pytest.raises(ApplicationNotFound):
        queries.application_for(draft.public_id, cast.brand)
    with pytest.raises(ApplicationNotFound):
        queries.application_for(draft.public_id, cast.other)


def test_a_second_approval_finds_the_state_moved_on(cast: Any) -> None:
    application = approved(cast)
    with pytest.raises(InvalidMove):
        service.approve(application, cast.bureau)
    assert find_by_code(application.code) is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "91350100M000100Y4Z"}, "code"),
        ({"code": "9135010OM000100Y43"}, "code"),
        ({"contact_mobile": "12345"}, "contact_mobile"),
        ({"name": "果" * 61}, "name"),
        ({"address": "临猗\x00示例"}, None),
        ({"contact_name": "11010519491231002X"}, "contact_name"),
    ],
)
def test_bad_input_is_refused_at_its_field(cast: Any, values: dict[str, Any], field: str | None) -> None:
    application = make.make_draft(cast.person)
    with pytest.raises(BadInput) as refused:
        service.fill_in(application, cast.person, **values)
    assert refused.value.field == field


def test_a_full_width_lower_case_code_is_stored_canonically(cast: Any) -> None:
    application = make.make_draft(cast.person, code="９１３５0100m000100y43")
    assert application.code == "91350100M000100Y43"


@pytest.mark.parametrize("data", [b"MZ\x90\x00 program", b"%PDF-1.4 nothing", b"GIF89a", b""])
def test_a_renamed_executable_is_no_licence_picture(cast: Any, data: bytes) -> None:
    application = service.open_application("enterprise", cast.person)
    with pytest.raises(DomainError):
        service.attach_licence(application, cast.person, data, "licence.jpg")
    assert application.licence_file_id is None
