"""Rules of use on the real database: written, published by another person, then never changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from brand.matrix import queries, queries_use, service, service_use
from brand.matrix.models import RulesCharge, RulesVersion
from core import notary
from core.db import db
from core.errors import BadInput, Conflict, RuleBroken
from core.ui.once import new_key

BODY = "第一条 种植基地在使用地域内的，可以申请。\n第二条 包装上印统一社会信用代码。"


@pytest.fixture
def office(session: Any, as_user: Any, clock: Any) -> Any:
    """A clerk and a decider of the brand office, with the matrix laid out."""
    clerk, decider = as_user("brand_clerk"), as_user("brand_decider")
    service.establish_matrix(clerk.actor)
    return clerk, decider


def _published(office: Any, key: str = "yidun", *, start: date = date(2026, 11, 20), note: str = "") -> RulesVersion:
    clerk, decider = (each.actor for each in office)
    row = service_use.draft(queries.load_by_key(key), clerk)
    service_use.edit(row, clerk, title="示例使用管理规则", body=BODY, change_note=note, effective_from=start, free=True)
    service_use.propose(row, clerk)
    return service_use.publish(row, decider)


def test_a_version_is_published_by_another_person_under_the_next_number(office: Any) -> None:
    clerk = office[0].actor
    row = service_use.draft(queries.load_by_key("yidun"), clerk)
    with pytest.raises(RuleBroken) as refused:
        service_use.propose(row, clerk)
    assert {u.rule for u in refused.value.unmet} == {"GZ-02", "GZ-06", "GZ-10"}
    service_use.edit(row, clerk, title="示例规则", body=BODY, effective_from=date(2026, 11, 20), free=True)
    service_use.propose(row, clerk)
    with pytest.raises(RuleBroken):
        service_use.publish(row, clerk)

    service_use.publish(row, office[1].actor)

    assert (row.number, row.state, len(row.digest)) == (1, "published", 64)
    assert row.document_file_id is not None
    request = notary.outcome_for(str(row.public_id), "brand-rules")
    assert request is not None
    assert request.body["digest"] == row.digest == service_use.digest_of("yidun", row)


def test_a_county_brand_follows_the_rules_above_until_it_has_its_own(office: Any) -> None:
    apple = queries.by_key("linyi-apple")
    assert queries_use.rules_in_force(apple.id) is None
    above = _published(office)
    _published(office, start=date(2027, 1, 1), note="明年的规则")

    found = queries_use.rules_in_force(apple.id)
    assert found is not None
    assert (found.ref, found.id) == ("yidun-1", above.id)
    assert found.effective_until == date(2026, 12, 31)
    assert getattr(queries_use.rules_in_force(apple.id, date(2027, 1, 1)), "ref", None) == "yidun-2"
    assert getattr(queries_use.coming_rules(queries.by_key("yidun").id), "ref", None) == "yidun-2"
    _published(office, "linyi-apple")
    assert getattr(queries_use.rules_in_force(apple.id), "ref", None) == "linyi-apple-1"
    assert getattr(queries_use.rules_of_ref("linyi-apple-1"), "brand_id", None) == apple.id
    assert queries_use.rules_of_ref("1") is None


@pytest.mark.parametrize(
    "statement",
    [
        update(RulesVersion).values(body="改写"),
        update(RulesVersion).values(document_file_id=None),
        update(RulesVersion).values(state="draft", number=None, published_at=None, digest=""),
        delete(RulesVersion),
        update(RulesCharge).values(amount_fen=1),
        delete(RulesCharge),
        text(
            "insert into brand_matrix_charge (rules_id, kind, label, amount_fen, period, basis, public_id)"
            " select id, 'fee', '加收', 1, 'once', '', gen_random_uuid() from brand_matrix_rules"
        ),
    ],
)
def test_the_database_refuses_every_change_of_a_published_version(office: Any, statement: Any) -> None:
    clerk, decider = (each.actor for each in office)
    row = service_use.draft(queries.load_by_key("yidun"), clerk)
    service_use.edit(row, clerk, title="示例规则", body=BODY, effective_from=date(2026, 11, 20))
    service_use.add_charge(
        row, clerk, kind="fee", label="示例使用费", amount_fen=1200, period="yearly", basis="示例文件〔2026〕1号"
    )
    service_use.propose(row, clerk)
    service_use.publish(row, decider)

    with pytest.raises(IntegrityError, match="stay"), db.session.begin_nested():
        db.session.execute(statement)


def test_one_draft_at_a_time_and_none_for_a_brand_of_an_enterprise(office: Any, as_user: Any) -> None:
    clerk = office[0].actor
    service_use.draft(queries.load_by_key("yidun"), clerk)
    with pytest.raises(Conflict):
        service_use.draft(queries.load_by_key("yidun"), clerk)
    own = service.register_brand("yidun", "示例果园", as_user("owner").actor)
    with pytest.raises(BadInput):
        service_use.draft(own, clerk)


def test_a_proposed_version_is_closed_until_it_is_sent_back(office: Any) -> None:
    clerk = office[0].actor
    row = service_use.draft(queries.load_by_key("yidun"), clerk)
    service_use.edit(row, clerk, title="示例规则", body=BODY, effective_from=date(2026, 11, 20), free=True)
    service_use.propose(row, clerk)

    with pytest.raises(Conflict):
        service_use.edit(row, clerk, title="示例规则", body="第一条 改了", free=True)
    with pytest.raises(Conflict):
        service_use.add_charge(row, clerk, kind="fee", label="费", amount_fen=1, period="once", basis="示例")


def test_the_office_writes_a_version_on_its_pages_and_everybody_reads_it(
    office: Any, client: Any, as_user: Any
) -> None:
    clerk, decider = office
    opened = clerk.post("/brand/matrix/yidun/rules/draft", data={"once": new_key()})
    address = opened.headers["Location"]
    words = {"title": "示例规则", "body": BODY, "effective_from": "2026-11-20", "once": new_key()}
    assert clerk.post(address, data={**words, "version": "1", "effective_from": "去年"}).status_code == 400
    assert clerk.post(address, data={**words, "version": "1"}).status_code == 302
    assert clerk.post(address, data={**words, "version": "1"}).status_code == 409
    charge = {"kind": "deposit", "label": "示例保证金", "amount_fen": "500", "period": "once", "basis": "示例文件"}
    assert clerk.post(f"{address}/charges", data={**charge, "amount_fen": "0", "once": new_key()}).status_code == 400
    assert clerk.post(f"{address}/charges", data={**charge, "once": new_key()}).status_code == 302
    assert clerk.post(f"{address}/move", data={"move": "propose", "once": new_key()}).status_code == 302
    assert "待审定" in clerk.get(address).text
    sure = {"move": "publish", "sure": "1", "once": new_key()}
    assert "不能改" in decider.post(f"{address}/move", data={"move": "publish", "once": new_key()}).text
    assert decider.post(f"{address}/move", data=sure).status_code == 302

    page = client.get("/brands/yidun/rules/1").text
    assert "示例保证金 500.00 元，一次（示例文件）" in page
    assert "施行中" in page
    assert client.get("/brands/yidun/rules/1.pdf").data.startswith(b"%PDF")
    assert client.get("/brands/linyi-apple/rules").status_code == 200
    assert client.get("/brands/yidun/rules/9").status_code == 404
    assert as_user("owner").get(address).status_code == 403
    assert as_user("owner").post("/brand/matrix/yidun/rules/draft", data={"once": new_key()}).status_code == 403
