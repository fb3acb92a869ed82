"""The pages of a licence case: by role, by organisation, stale, replayed, by two at once."""

from __future__ import annotations

import io
import re
import threading
from typing import Any

import pytest

from brand.licence import queries, service
from brand.licence.models import Licence
from core.db import db, unit_of_work
from tests.factories import brand as make


def hidden(page: str) -> dict[str, str]:
    """The hidden version and once fields of the last form of a page."""
    return dict(re.findall(r'name="(version|once)"[^>]*value="([^"]*)"', page))


@pytest.fixture
def people(session: Any, as_user: Any, clock: Any) -> dict[str, Any]:
    """Signed-in clients, with the matrix laid out."""
    found = {
        role: as_user(role) for role in ("owner", "brand_clerk", "brand_decider", "office_clerk", "host", "person")
    }
    found["stranger"] = as_user("owner")
    make.make_matrix(found["brand_clerk"].actor)
    return found


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("owner", 200),
        ("brand_clerk", 200),
        ("brand_decider", 200),
        ("office_clerk", 200),
        ("stranger", 404),
        ("host", 403),
        ("person", 403),
    ],
)
def test_who_sees_a_sent_case(people: dict[str, Any], role: str, status: int) -> None:
    licence = make.submitted(people["owner"].actor)
    assert people[role].get(f"/brand/cases/{licence.public_id}").status_code == status


def test_a_guest_is_sent_to_the_login(people: dict[str, Any], client: Any) -> None:
    licence = make.submitted(people["owner"].actor)
    assert client.get(f"/brand/cases/{licence.public_id}").status_code in (302, 401)


def test_an_enterprise_applies_on_its_phone(people: dict[str, Any]) -> None:
    owner = people["owner"]
    brand = make.matrix.by_key("linyi-apple")
    page = owner.get("/brand/cases/new")
    started = owner.post("/brand/cases/new", data={**hidden(page.text), "brand_id": str(brand.id)})
    assert started.status_code == 302
    case = started.location

    def send(where: str, **data: Any) -> Any:
        fields = {**hidden(owner.get(case).text), **data}
        return owner.post(f"{case}/{where}", data=fields, content_type="multipart/form-data")

    assert (
        send(
            "rows", variety="fuji", form="fresh", specification="apple-80", yearly_grams="126,000", area_m2="５６０００"
        ).status_code
        == 302
    )
    for kind, more in (
        ("base", {}),
        ("test_report", {"issued_on": "2026年11月2日"}),
        ("packaging", {"specification": "apple-80"}),
    ):
        assert send("evidence", kind=kind, file=(io.BytesIO(make.picture()), "p.jpg"), **more).status_code == 302
    assert "还差 1 样" in owner.get(case).text
    assert send("accept", agreed="y", quality="y").status_code == 302
    assert "可以提交了" in owner.get(case).text
    assert owner.post(f"{case}/move", data={"move": "submit"}).status_code == 302
    licence = db.session.query(Licence).one()
    assert licence.state == "submitted"
    assert licence.scope[0].yearly_grams == 126_000_000
    assert licence.scope[0].area_m2 == 56_000


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"variety": "fuji"},
        {"variety": "winter-jujube", "form": "fresh", "specification": "apple-80", "yearly_grams": "5"},
        {"variety": "fuji", "form": "fresh", "specification": "apple-80", "yearly_grams": "很多"},
        {"variety": "fuji", "form": "fresh", "specification": "apple-80", "yearly_grams": "-1"},
        {"variety": "fuji", "form": "fresh", "specification": "apple-80", "yearly_grams": "9" * 30},
    ],
)
def test_a_bad_row_is_told_on_the_page_and_nothing_is_kept(people: dict[str, Any], data: dict[str, str]) -> None:
    owner = people["owner"]
    licence = service.open_application(owner.actor, make.matrix.by_key("linyi-apple").id)
    db.session.flush()
    answer = owner.post(
        f"/brand/cases/{licence.public_id}/rows", data={**data, "once": "00000000-0000-4000-8000-000000000000"}
    )
    assert answer.status_code == 400
    assert "加一行" in answer.text
    assert licence.scope == []


def test_a_renamed_program_is_refused_on_the_page(people: dict[str, Any]) -> None:
    owner = people["owner"]
    licence = service.open_application(owner.actor, make.matrix.by_key("linyi-apple").id)
    db.session.flush()
    case = f"/brand/cases/{licence.public_id}"
    data = {**hidden(owner.get(case).text), "kind": "base", "file": (io.BytesIO(b"MZ\x90\x00 program"), "base.jpg")}
    answer = owner.post(f"{case}/evidence", data=data, content_type="multipart/form-data")
    assert 400 <= answer.status_code < 500
    assert licence.evidence == []


def test_a_replayed_form_adds_no_second_row(people: dict[str, Any]) -> None:
    owner = people["owner"]
    licence = service.open_application(owner.actor, make.matrix.by_key("linyi-apple").id)
    db.session.flush()
    case = f"/brand/cases/{licence.public_id}"
    form = {
        **hidden(owner.get(case).text),
        "variety": "fuji",
        "form": "fresh",
        "specification": "apple-80",
        "yearly_grams": "5",
    }
    assert owner.post(f"{case}/rows", data=form).status_code == 302
    assert owner.post(f"{case}/rows", data={**form, "specification": "apple-75"}).status_code == 409
    assert len(licence.scope) == 1


def test_approval_carries_ticks_and_term(people: dict[str, Any]) -> None:
    licence = make.screened(people["owner"].actor, people["brand_clerk"].actor, specifications=("apple-80", "apple-75"))
    first, second = licence.scope
    decider, case = people["brand_decider"], f"/brand/cases/{licence.public_id}"
    page = decider.get(case)
    assert page.text.count('class="tick-row"') == 2
    form = {
        **hidden(page.text),
        "move": "approve",
        f"row-{first.id}": "1",
        "valid_from": "2026-11-20",
        "valid_until": "2026年12月31日",
    }
    done = decider.post(f"{case}/move", data=form)
    assert done.status_code == 302
    assert licence.state == "licensed"
    assert [row.status for row in (first, second)] == ["granted", "declined"]
    assert licence.valid_until.isoformat() == "2026-12-31"


def test_a_stale_page_decides_nothing(people: dict[str, Any]) -> None:
    licence = make.submitted(people["owner"].actor)
    clerk, case = people["brand_clerk"], f"/brand/cases/{licence.public_id}"
    old = hidden(clerk.get(case).text)
    service.return_for_mending(licence, clerk.actor, "检测报告缺页。")
    service.submit(licence, people["owner"].actor)
    answer = clerk.post(f"{case}/move", data={**old, "move": "screen"})
    assert answer.status_code == 409
    assert licence.state == "submitted"


def test_the_screener_sees_that_another_person_decides(people: dict[str, Any], as_user: Any) -> None:
    licence = make.screened(people["owner"].actor, people["brand_clerk"].actor)
    refused = people["brand_clerk"].post(
        f"/brand/cases/{licence.public_id}/move", data={"move": "refuse", "reason": "x", "sure": "1"}
    )
    assert refused.status_code == 422
    assert licence.state == "screened"


def test_the_public_page_tells_the_state_of_today(people: dict[str, Any], client: Any, clock: Any) -> None:
    licence = make.make_licence(people["owner"].actor, people["brand_clerk"].actor, people["brand_decider"].actor)
    address = f"/licence/{licence.public_id}"
    assert "有效" in client.get(address).text
    pdf = client.get(f"{address}.pdf")
    assert pdf.data.startswith(b"%PDF")
    assert client.get(f"{address}.json").get_json()["statement"]["credentialSubject"]["licenceNo"] == licence.licence_no
    clock.set("2027-11-20 00:00:00")
    assert "授权已于 2027-11-19 到期" in client.get(address).text
    assert "2027-11-19" in client.get(f"/org/{holder_code(licence)}").text


def holder_code(licence: Licence) -> str:
    """The code of the licence's holder."""
    from core.organisation.queries import get_organisation

    return get_organisation(licence.organisation_id).code


def test_an_application_has_no_public_page(people: dict[str, Any], client: Any) -> None:
    licence = make.submitted(people["owner"].actor)
    for end in ("", ".pdf", ".json"):
        assert client.get(f"/licence/{licence.public_id}{end}").status_code == 404


def test_two_deciders_at_once_one_wins(cloned_db: Any) -> None:
    """Real commits, two threads: one licence, one number, and the other is told that things moved on."""
    owner, clerk = cloned_db.as_user("owner"), cloned_db.as_user("brand_clerk")
    deciders = [cloned_db.as_user("brand_decider"), cloned_db.as_user("brand_decider")]
    with cloned_db.app.app_context(), unit_of_work():
        make.make_matrix(clerk.actor)
        licence = make.screened(owner.actor, clerk.actor)
        db.session.flush()
        case, rows = f"/brand/cases/{licence.public_id}", [row.id for row in licence.scope]
    answers: list[int] = []
    barrier = threading.Barrier(2)

    def decide(client: Any) -> None:
        form = {"move": "approve", "sure": "1", **{f"row-{row}": "1" for row in rows}}
        barrier.wait()
        answers.append(client.post(f"{case}/move", data=form).status_code)

    threads = [threading.Thread(target=decide, args=(client,)) for client in deciders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    with cloned_db.app.app_context():
        found = queries.licences_of(owner.actor.organisation_id)
        assert [v.licence_no[-5:] for v in found] == ["0001号"]


def test_a_withdrawal_asks_again_and_says_what_follows(people: dict[str, Any]) -> None:
    licence = make.make_licence(people["owner"].actor, people["brand_clerk"].actor, people["brand_decider"].actor)
    decider, case = people["brand_decider"], f"/brand/cases/{licence.public_id}"
    form = {**hidden(decider.get(case).text), "move": "withdraw", "reason": "超范围使用，经核查属实。"}
    asked = decider.post(f"{case}/move", data=form)
    assert asked.status_code == 200
    assert "从今天起授权失效" in asked.text
    assert licence.state == "licensed"
    done = decider.post(f"{case}/move", data={**form, **hidden(asked.text), "sure": "1"})
    assert done.status_code == 302
    assert licence.state == "withdrawn"


def test_the_office_finds_cases_by_enterprise_and_exports_them(people: dict[str, Any], as_user: Any) -> None:
    mine = make.submitted(people["owner"].actor)
    other = make.submitted(people["stranger"].actor)
    clerk = people["brand_clerk"]
    name = people["owner"].actor.organisation_name
    found = clerk.get("/brand/cases", query_string={"q": name, "sort": "organisation_id"}).text
    assert mine.case_no in found
    assert other.case_no not in found
    exported = clerk.get("/brand/cases", query_string={"format": "csv"}).text
    assert mine.case_no in exported
    assert other.case_no in exported
    own = people["owner"].get("/brand/cases").text
    assert mine.case_no in own
    assert other.case_no not in own
