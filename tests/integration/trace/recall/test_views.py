"""Pages of recalls and of the trace: who may open what, and the way through the forms."""

from __future__ import annotations

import re

import pytest

from core.db import db
from core.ui.once import new_key
from tests.factories import trace as grow
from trace.recall.models import Recall

WORDS = {
    "level": "two", "reason": "抽检发现戊唑醇超过限量", "action": "先别吃。", "refund": "整箱退款。", "phone": "0359-4030000",
}  # fmt: skip


@pytest.fixture
def grown(sealed_lot) -> grow.Grown:
    return sealed_lot


def made(client, grown) -> Recall:
    answer = client.post("/trace/recalls/new", data={"lots": grown.raw.lot_no, **WORDS, "once": new_key()})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    db.session.expire_all()
    return db.session.query(Recall).order_by(Recall.id.desc()).first()


def test_an_owner_proposes_and_two_clerks_see_it_through(grown, as_user, client):
    owner = as_user("owner", grown.organisation)
    first = as_user("commerce_clerk", as_user.body("bureau"))
    recall = made(owner, grown)
    page = f"/trace/recalls/{recall.public_id}"

    assert owner.post(f"{page}/move", data={"move": "propose"}).status_code == 302
    answer = first.post(f"{page}/approve", data={"due_on": "2026-12-20", "once": new_key()})
    assert answer.status_code == 302, answer.get_data(as_text=True)

    public = client.get(f"/recalls/{recall.recall_no}")
    assert public.status_code == 200
    assert "先别吃" in public.get_data(as_text=True)
    assert recall.recall_no in client.get("/recalls/").get_data(as_text=True)
    assert "正在" in client.get(f"/recalls/{recall.recall_no}").get_data(as_text=True)
    assert owner.get(page).status_code == 200
    assert owner.get(f"{page}/export.xlsx").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("lots", "99999999", "没有批号"),
        ("reason", "", "请填写原因"),
        ("reason", "打 13800000000", "电话"),
        ("phone", "x", "电话"),
        ("level", "nine", "没有这一项"),
        ("due_on", "2020-01-01", "早于"),
    ],
)
def test_a_wrong_form_says_what_to_change_and_stores_nothing(grown, as_user, field, value, words):
    owner = as_user("owner", grown.organisation)

    answer = owner.post("/trace/recalls/new", data={"lots": grown.raw.lot_no, **WORDS, "once": new_key(), field: value})

    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True)
    assert db.session.query(Recall).count() == 0


def test_another_enterprise_and_a_guest_get_nothing(grown, as_user, client):
    recall = made(as_user("owner", grown.organisation), grown)
    stranger = as_user("owner")
    page = f"/trace/recalls/{recall.public_id}"

    for path in (page, f"{page}/edit", f"{page}/recover", f"{page}/summary", f"{page}/export.xlsx"):
        assert stranger.get(path).status_code == 404, path
        assert client.get(path).status_code == 302, path
    assert stranger.get(f"/trace/graph/lots/{grown.packed.public_id}").status_code == 404
    assert client.get(f"/recalls/{recall.recall_no}").status_code == 404


def test_the_trace_page_draws_lists_and_exports(grown, as_user):
    owner = as_user("owner", grown.organisation)
    page = f"/trace/graph/lots/{grown.packed.public_id}"

    text = owner.get(page).get_data(as_text=True)

    assert "都对得上" in text
    assert re.search(r"<svg class=\"graph-y\"", text)
    assert owner.get(f"{page}?direction=back").status_code == 200
    assert owner.get(f"{page}?direction=sideways").status_code == 404
    assert owner.get(f"{page}?format=xlsx").headers["Content-Disposition"].endswith('.xlsx"')
    assert owner.get(f"/trace/graph/?q={grown.packed.lot_no}").status_code == 302
    assert owner.get("/trace/graph/?q=nothing-here").status_code == 404


def test_the_inspection_traces_every_lot(grown, as_user):
    inspector = as_user("commerce_inspector", as_user.body("bureau"))

    assert inspector.get(f"/trace/graph/all/lots/{grown.packed.public_id}").status_code == 200
    assert inspector.get(f"/trace/graph/all?q={grown.packed.lot_no}").status_code == 302
