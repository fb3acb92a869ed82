"""A workbook of enterprises and growers: checked by cell, confirmed once, written whole, taken over by its own people."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from admin.enterprise.models import Application
from admin.intake import handover, service, workbook
from admin.intake.errors import OfferGone
from admin.intake.models import Import, PreparedRow
from admin.intake.rules import INTAKE
from admin.intake.rules_rows import HEADINGS
from core.account.models import User
from core.db import db, unit_of_work
from core.errors import BadInput, Denied, InvalidMove, RuleBroken
from core.organisation.models import Organisation
from core.ui import once
from core.workflow.engine import fire
from tests.support.people import invented_uscc
from tests.support.races import Arena

HEAD = [words[0] for words in HEADINGS.values()]


def firm(number: int = 801, name: str = "临猗示例丰源果业有限公司", mobile: str = "19912340001") -> list[Any]:
    return [
        "企业或合作社",
        name,
        invented_uscc(number),
        "",
        "示例镇",
        "示例村 1 号",
        "收购苹果",
        "示例联系人",
        mobile,
        "长期",
        "",
    ]


def grower(name: str = "示例种植户甲", village: str = "示例村") -> list[Any]:
    return ["种植户", name, "", "自产自销农副产品", "示例镇", village, "", "", "", "", ""]


def book(*rows: list[Any]) -> bytes:
    made = Workbook()
    for row in (HEAD, *rows):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def clerk(session: Any, as_user: Any, clock: Any) -> Any:
    return as_user("office_clerk")


def imported(clerk: Any, *rows: list[Any], move: str = "confirm_all") -> Import:
    found = service.upload(book(*rows), "名单.xlsx", clerk.actor)
    fire(INTAKE, found, move, clerk.actor)
    service.write(found.id)
    return found


def test_the_template_with_its_headings_is_read_back_as_an_empty_table(clerk: Any) -> None:
    with pytest.raises(BadInput, match="还没有数据"):
        service.check(workbook.template())


def test_growers_are_registered_and_enterprises_wait_as_prepared_applications(clerk: Any) -> None:
    found = imported(clerk, firm(), grower())

    assert (found.state, found.growers, found.applications, found.left_out) == ("done", 1, 1, 0)
    rows = list(db.session.scalars(select(PreparedRow).order_by(PreparedRow.row)))
    assert [(r.row, r.kind, r.organisation_id is None) for r in rows] == [(2, "enterprise", True), (3, "grower", False)]
    made = db.session.get_one(Organisation, rows[1].organisation_id)
    assert (made.kind, made.code_kind, made.town) == ("grower", "party", "示例镇示例村")
    assert db.session.scalar(select(func.count(Organisation.id)).where(Organisation.code == rows[0].code)) == 0


def test_with_a_faulty_row_all_is_refused_and_the_good_rows_are_written_only_by_their_own_button(clerk: Any) -> None:
    wrong = firm(802, "示例乙")
    wrong[2] = "9135O100M000100Y43"
    found = service.upload(book(firm(), wrong), "名单.xlsx", clerk.actor)
    with pytest.raises(RuleBroken):
        fire(INTAKE, found, "confirm_all", clerk.actor)
    fire(INTAKE, found, "confirm_good", clerk.actor)
    service.write(found.id)

    assert (found.state, found.applications, found.left_out) == ("done", 1, 1)
    with pytest.raises(InvalidMove):
        fire(INTAKE, found, "confirm_good", clerk.actor)


def test_what_changed_since_the_confirmation_writes_nothing_and_says_so(clerk: Any) -> None:
    found = service.upload(book(grower("示例种植户丙"), firm()), "名单.xlsx", clerk.actor)
    fire(INTAKE, found, "confirm_all", clerk.actor)
    db.session.add(Organisation(kind="enterprise", code=invented_uscc(801), name="已经在册示例"))
    db.session.flush()
    service.write(found.id)

    assert found.state == "checked"
    assert db.session.scalar(select(func.count(PreparedRow.id))) == 0
    assert db.session.scalar(select(func.count(Organisation.id)).where(Organisation.name == "示例种植户丙")) == 0
    assert [f.cell for f in service.checked_of(found).faults] == ["C3"]


def test_a_job_that_runs_twice_writes_once(clerk: Any) -> None:
    found = imported(clerk, firm(), grower())
    service.write(found.id)
    assert db.session.scalar(select(func.count(PreparedRow.id))) == 2


def test_the_prepared_application_is_taken_over_once_by_the_account_of_the_number(clerk: Any, as_user: Any) -> None:
    imported(clerk, firm())
    row = db.session.scalars(select(PreparedRow)).one()
    token = handover.offer_again(row, clerk.actor).rsplit("/", 1)[1]
    stranger, owner = as_user("person"), as_user("person")
    db.session.get_one(User, owner.actor.user_id).mobile = row.contact_mobile
    db.session.flush()
    with pytest.raises(Denied, match="另一个号码"):
        handover.take(token, stranger.actor)
    assert "199****0001" in as_user.app.test_client().get(f"/entry/take/{token}").text

    answer = owner.post(f"/entry/take/{token}", data={"once": once.new_key()})
    assert answer.status_code == 302
    draft = db.session.get_one(Application, row.application_id)
    assert (draft.state, draft.applicant_id, draft.name, draft.lawful_use) == (
        "draft",
        owner.actor.user_id,
        row.name,
        False,
    )
    with pytest.raises(OfferGone):
        handover.find(token)


def test_a_code_that_waits_is_a_fault_of_the_next_file_until_it_is_taken_back(clerk: Any) -> None:
    imported(clerk, firm())
    assert "等接手" in service.check(book(firm())).faults[0].message
    handover.close(db.session.scalars(select(PreparedRow)).one(), "另行申请", clerk.actor)
    assert service.check(book(firm())).faults == []


def test_the_marked_copy_holds_a_comment_in_each_faulty_cell_and_runs_nothing(clerk: Any) -> None:
    wrong = grower("=HYPERLINK(1)")
    wrong[3] = ""
    checked = service.check(book(firm(), wrong))
    assert {f.cell for f in checked.faults} == {"B3", "D3"}
    sheet = load_workbook(io.BytesIO(workbook.marked(checked.raw, checked.by_cell()))).active
    assert sheet is not None
    assert sheet["D3"].comment is not None
    assert "下拉框" in sheet["D3"].comment.text
    assert sheet["B3"].data_type == "s"
    assert sheet["B2"].comment is None


def test_the_pages_lead_from_upload_to_receipt(clerk: Any) -> None:
    assert clerk.get("/intake/template.xlsx").status_code == 200
    wrong = firm(803, "示例丁", "123")
    sent = {"once": once.new_key(), "file": (io.BytesIO(book(firm(), wrong, grower())), "名单.xlsx")}
    answer = clerk.post("/intake/", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302
    page = clerk.get(answer.location).text
    assert "I3" in page
    assert "手机号是 11 位" in page
    found = db.session.scalars(select(Import)).one()
    stamp = {"move": "confirm_good", "version": str(found.version), "once": once.new_key()}
    assert clerk.post(f"{answer.location}/move", data=stamp).status_code == 302
    assert "正在写入" in clerk.get(f"{answer.location}/progress").text
    service.write(found.id)
    receipt = clerk.get(answer.location).text
    assert f"{found.import_no} 已导入" in clerk.get("/messages").text
    assert "等接手" in receipt
    assert "19912340001" not in receipt
    assert clerk.get("/intake/").text.count(found.import_no) >= 1


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"%PDF-1.4", b"a,b\n1,2\n", b""])
def test_what_is_no_workbook_is_told_and_not_kept(clerk: Any, data: bytes) -> None:
    sent = {"once": once.new_key(), "file": (io.BytesIO(data), "名单.xlsx")}
    assert clerk.post("/intake/", data=sent, content_type="multipart/form-data").status_code in (400, 413, 415, 422)
    assert db.session.scalar(select(func.count(Import.id))) == 0


def test_only_the_office_imports_and_others_find_nothing(clerk: Any, as_user: Any) -> None:
    found = imported(clerk, firm())
    assert as_user("owner").get(f"/intake/{found.public_id}").status_code == 403
    head = as_user("office_head")
    assert head.get(f"/intake/{found.public_id}").status_code == 200
    with pytest.raises(Denied):
        service.upload(book(firm(804)), "名单.xlsx", head.actor)


def test_one_list_imported_twice_at_the_same_moment_is_written_once(cloned_db: Any, clock: Any) -> None:
    clerk = cloned_db.as_user("office_clerk").actor
    with cloned_db.app.app_context(), unit_of_work():
        both = [service.upload(book(firm(), grower()), "名单.xlsx", clerk) for _ in range(2)]
        for found in both:
            fire(INTAKE, found, "confirm_all", clerk)
        ids = [found.id for found in both]

    def written(import_id: int) -> None:
        with cloned_db.app.app_context(), unit_of_work():
            service.write(import_id)

    Arena(cloned_db.app, cloned_db.url).together(*(partial(written, i) for i in ids))

    with cloned_db.app.app_context():
        assert sorted(db.session.scalars(select(Import.state))) == ["checked", "done"]
        assert db.session.scalar(select(func.count(PreparedRow.id))) == 2
        assert db.session.scalar(select(func.count(Organisation.id)).where(Organisation.kind == "grower")) == 1
