"""Likely duplicates on the desk: told with reasons, judged once, closed by another person."""

from __future__ import annotations

from typing import Any

import pytest

from admin.enterprise import likeness, service
from admin.enterprise.rules import APPLICATION
from admin.twin import service as twins
from core.db import db
from core.errors import Denied, RuleBroken
from core.organisation.models import Organisation
from core.ui import once
from core.workflow.engine import fire
from tests.factories import admin_enterprise as make
from tests.support.people import invented_uscc


@pytest.fixture
def case(session: Any, as_user: Any, clock: Any) -> Any:
    db.session.add(
        Organisation(kind="enterprise", code=invented_uscc(881), name="临猗县示例金穗果业有限公司", town="示例镇")
    )
    db.session.flush()
    return make.make_submitted(
        as_user("person").actor, 882, name="示例金穗果业（临猗）专业合作社", contact_mobile="19912340009"
    )


def pair_of(case: Any) -> Any:
    return next(p for p, _ in likeness.suspects_of(case) if "名称相同" in p.reasons[0])


def test_the_desk_sees_the_likeness_with_its_reason_and_a_judged_pair_is_not_asked_again(
    case: Any, as_user: Any
) -> None:
    clerk = as_user("office_clerk")
    desk = f"/entry/cases/{case.public_id}"
    page = clerk.get(desk).text
    assert "去掉地名和组织形式以后，名称相同" in page
    other = pair_of(case).second.key
    assert "金穗" in clerk.get("/intake/duplicates").text
    answer = clerk.post(f"{desk}/twin/{other}", data={"verdict": "other", "reason": "执照不同", "once": once.new_key()})
    assert answer.status_code == 302
    assert "金穗" not in clerk.get("/intake/duplicates").text
    assert "执照不同" in clerk.get("/intake/duplicates?show=other").text


def test_judged_the_same_it_goes_no_further_and_another_person_closes_it(case: Any, as_user: Any) -> None:
    clerk, head = as_user("office_clerk").actor, as_user("office_head").actor
    with pytest.raises(RuleBroken) as early:
        fire(APPLICATION, case, "duplicate", head, reason="重复")
    assert [u.rule for u in early.value.unmet] == ["RZ-15"]
    twins.judge(pair_of(case), "same", "同一法定代表人、同一地址", clerk)
    with pytest.raises(RuleBroken) as refused:
        service.screen(case, clerk)
    assert "RZ-14" in [u.rule for u in refused.value.unmet]
    fire(APPLICATION, case, "duplicate", head, reason="与在册企业是同一家")
    assert case.state == "rejected"


def test_only_a_clerk_judges_and_an_applicant_sees_nothing_of_it(case: Any, as_user: Any) -> None:
    with pytest.raises(Denied):
        twins.judge(pair_of(case), "other", "不同", as_user("office_head").actor)
    assert as_user("owner").get("/intake/duplicates").status_code == 403
    assert as_user("person").get(f"/entry/cases/{case.public_id}/twin/o1").status_code == 403
