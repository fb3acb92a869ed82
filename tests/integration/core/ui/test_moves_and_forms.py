"""Pressing a move, the second question of irreversible ones, whole forms, menus by permission."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.account import queries
from core.errors import BadInput, Conflict, DomainError, StalePage
from core.ui import nav, once
from core.ui.forms import Form, MoneyField, TextField
from core.ui.moves import Wish, requested_move
from core.workflow.table import Move, State, Workflow
from tests.support.people import People

WORK = Workflow(
    "sample.work",
    "示例",
    [State("open", "办理中"), State("closed", "办结", final=True)],
    "open",
    [
        Move("note", "记一笔", ["open"], "=", "a.b.c"),
        Move("revoke", "撤销授权", ["open"], "closed", "a.b.c", reason=True, irreversible=True),
    ],
)


class Thing:
    """Stands for an object; ``requested_move`` looks at its version only when the page sent one."""

    version = 3


def _press(app: Flask, **data: str) -> Wish:
    with app.test_request_context("/x/move", method="POST", data=data):
        return requested_move(WORK, Thing(), back="/x", consequences=["已印的标签照常可查"])


def test_a_move_comes_with_its_reason(app: Flask, session: Session) -> None:
    wish = _press(app, move="note", reason="  现场看过  ")

    assert (wish.key, wish.reason, wish.page) == ("note", "现场看过", None)


@pytest.mark.parametrize("move", ["", "approve", "<script>"])
def test_a_move_the_table_does_not_know_is_refused(app: Flask, move: str) -> None:
    with pytest.raises(BadInput):
        _press(app, move=move)


@pytest.mark.parametrize(("length", "fits"), [(2000, True), (2001, False)])
def test_a_reason_has_a_limit(app: Flask, length: int, fits: bool) -> None:
    if fits:
        assert len(_press(app, move="note", reason="x" * length).reason) == length
    else:
        with pytest.raises(BadInput):
            _press(app, move="note", reason="x" * length)


def test_an_irreversible_move_asks_again_and_carries_what_was_sent(app: Flask) -> None:
    page = _press(app, move="revoke", reason="冒用", extra="7").page

    assert "这一步办完不能撤回" in page
    assert "已印的标签照常可查" in page
    assert 'name="extra" value="7"' in page
    assert 'name="sure" value="1"' in page
    assert ">冒用</textarea>" in page


def test_the_second_answer_fires_it(app: Flask, session: Session) -> None:
    assert _press(app, move="revoke", reason="冒用", sure="1").page is None


def test_a_replayed_press_is_told(app: Flask, session: Session) -> None:
    key = once.new_key()
    once.claim(key)

    with pytest.raises(Conflict):
        _press(app, move="note", once=key)


def test_a_press_on_a_stale_page_is_told(app: Flask, session: Session) -> None:
    from core.ui.models import Setting

    row = Setting(name="x", value="", version=2, changed_at=_now(), changed_by=None)
    session.add(row)
    session.flush()

    with app.test_request_context("/x", method="POST", data={"move": "note", "version": "1"}), pytest.raises(StalePage):
        requested_move(WORK, row, back="/")


def _now() -> Any:
    from core import clock

    return clock.now()


class Offer(Form):
    name = TextField("名称", required=True, max_length=10)
    price_fen = MoneyField("单价（元）", required=True)


def test_a_form_is_filled_from_an_object_and_never_writes_its_own_fields_back(app: Flask) -> None:
    thing = type("T", (), {"name": "富士", "price_fen": 5980, "version": 3})()
    with app.test_request_context("/"):
        shown = Offer(obj=thing)
        assert shown.version.data == "3"
        once_key = shown.once.data
    with app.test_request_context(
        "/", method="POST", data={"name": "冬枣", "price_fen": "39.9", "version": "9", "once": once_key}
    ):
        sent = Offer(obj=thing)
        assert sent.validate_on_submit(), sent.errors
        sent.populate_obj(thing)

    assert (thing.name, thing.price_fen, thing.version) == ("冬枣", 3990, 3)
    assert sent.values() == {"name": "冬枣", "price_fen": 3990}


def test_a_refusal_of_the_service_stands_at_its_field_or_above_the_form(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={}):
        form = Offer()
        assert form.put_error(DomainError("这个名称已有人用。", field="name", help="加上规格再试。"))
        assert not form.put_error(DomainError("库存不足。"))

    assert list(form.name.errors) == ["这个名称已有人用。 加上规格再试。"]
    assert form.form_errors == ["库存不足。"]


def test_the_menu_shows_what_the_permissions_open(as_user: People) -> None:
    admin, clerk = as_user("sysadmin").get("/menu").text, as_user("operator").get("/menu").text

    assert "页脚与说明" in admin
    assert "页脚与说明" not in clerk
    assert "更多" in clerk


def test_a_page_with_a_place_in_two_areas_stands_once_in_the_menu_of_whoever_may_both(as_user: People) -> None:
    for role, area in (("owner", "生产"), ("commerce_clerk", "监管")):
        words = re.findall(
            r"<h2[^>]*>([^<]+)</h2>|<a [^>]*>(召回)</a>", as_user(role).get("/menu").text.split("<main")[1]
        )
        at = [n for n, (_, entry) in enumerate(words) if entry]
        assert [words[n - 1][0] or area for n in at] == [area]


def test_every_entry_of_the_menu_names_a_page_that_exists(app: Flask) -> None:
    known = set(app.view_functions)

    assert not {e.endpoint for e in nav.entries()} - known


def test_the_page_one_is_on_is_marked_once(as_user: People) -> None:
    text = as_user("sysadmin").get("/admin/site").text
    side = text.split('<aside class="side">')[1].split("</aside>")[0]

    assert re.findall(r'aria-current="page".*?<span>(.*?)</span>', side, flags=re.DOTALL) == ["页脚与说明"]


def test_the_error_page_stands_while_the_database_is_away(as_user: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("select 1", {}, Exception("server closed the connection"))

    client = as_user("operator")
    monkeypatch.setattr(queries, "load_actor", away)
    answer = client.get("/nothing/here")

    assert answer.status_code == 404
    assert "请求编号" in answer.text
    assert 'class="brand"' in answer.text


def test_the_tables_are_there(session: Session) -> None:
    assert session.scalar(sql("select count(*) from core_ui_once")) is not None
    assert session.scalar(sql("select count(*) from core_ui_setting")) is not None
