"""One commit per request: what succeeds is stored, what is refused leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from core.account.models import User
from core.db import WriteInGet, db, separate_unit, unit_of_work
from core.errors import Conflict, RuleBroken, Unmet


def users() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def _add_and_fail() -> None:
    with unit_of_work():
        db.session.add(User(mobile="13800138000"))
        raise ValueError("stop")


def _add_apart_and_refuse() -> None:
    with unit_of_work():
        db.session.add(User(mobile="13800138001"))
        with separate_unit() as unit:
            unit.add(User(mobile="13800138002"))
        raise Conflict("不行。")


def test_units_do_not_nest_and_roll_back_on_error(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        before = users()
        with pytest.raises(RuntimeError, match="open already"), unit_of_work(), unit_of_work():
            pass
        with pytest.raises(ValueError, match="stop"):
            _add_and_fail()
        assert users() == before
        with unit_of_work():
            db.session.add(User(mobile="13800138000"))
    with cloned_db.app.app_context():
        assert users() == before + 1


def test_what_must_survive_a_refusal_is_written_apart(cloned_db: Any) -> None:
    with cloned_db.app.app_context():
        with pytest.raises(Conflict):
            _add_apart_and_refuse()
        assert db.session.scalars(select(User.mobile).where(User.mobile.like("1380013800%"))).all() == ["13800138002"]


def test_database_refusals_read_like_our_own(cloned_db: Any) -> None:
    with cloned_db.app.app_context(), unit_of_work():
        db.session.add(User(mobile="13800138000"))
    client = cloned_db.app.test_client()
    answer = client.post(
        "/register", data={"display_name": "示例", "mobile": "13800138000", "password": "果园里的灯还一直亮着呢"}
    )
    assert answer.status_code == 409
    assert "已经注册过" in answer.get_data(as_text=True)


def test_a_get_that_writes_is_refused(app: Flask, session: Any) -> None:
    with app.test_request_context("/anything"), pytest.raises(WriteInGet):
        db.session.execute(text("update core_account_user set display_name = 'x'"))
    with app.test_request_context("/anything", method="POST"):
        db.session.execute(text("update core_account_user set display_name = 'x'"))


def test_errors_are_pages_for_people_and_problems_for_programs(app: Flask, client: Any, session: Any) -> None:
    page = client.get("/no-such-page", headers={"Accept": "text/html"})
    program = client.get("/no-such-page", headers={"Accept": "application/json"})

    assert page.status_code == program.status_code == 404
    assert "没有找到" in page.get_data(as_text=True)
    assert program.headers["Content-Type"] == "application/problem+json"
    assert program.get_json()["code"] == "http.404"


def test_control_characters_never_reach_a_view(client: Any, session: Any) -> None:
    answer = client.post("/login", data={"name": "a\x00b", "password": "x"})
    assert answer.status_code == 400
    assert "控制字符" in answer.get_data(as_text=True)


def test_security_headers_stand_on_every_answer(client: Any, session: Any) -> None:
    for address in ("/login", "/no-such-page", "/static/none.css"):
        headers = client.get(address).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in headers


def test_a_rule_error_carries_every_unmet_rule() -> None:
    error = RuleBroken(unmet=[Unmet("a.b", "缺甲。"), Unmet("a.c", "缺乙。")])
    assert (error.code, error.message, len(error.unmet)) == ("a.b", "缺甲。", 2)
