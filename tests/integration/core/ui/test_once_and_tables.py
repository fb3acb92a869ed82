"""Keys used once, stale pages, and tables over real rows."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock as core_clock
from core.account.actor import SYSTEM
from core.errors import BadInput, Conflict, StalePage
from core.record.service import record
from core.ui import once
from core.ui.forms import check_stamp, version_stamp
from core.ui.models import OnceKey, Setting
from core.ui.tables import Column, Filter, Table


def test_a_form_counts_once(session: Session) -> None:
    key = once.new_key()
    once.claim(key)

    with pytest.raises(Conflict) as told:
        once.claim(key)
    assert told.value.code == "form.replayed"


@pytest.mark.parametrize("key", ["", None, "x", "123", "00000000-0000-0000-0000-00000000000g"])
def test_a_form_without_a_proper_key_is_refused(session: Session, key: str | None) -> None:
    with pytest.raises(BadInput):
        once.claim(key)


def test_old_keys_are_forgotten_and_fresh_ones_kept(session: Session, clock: Any) -> None:
    once.claim(once.new_key())
    clock.advance(days=2)
    fresh = once.new_key()
    once.claim(fresh)
    clock.advance(days=1, seconds=1)

    assert once.forget_old() == 1
    assert [str(k) for k in session.scalars(select(OnceKey.key))] == [fresh]


def _setting(session: Session, name: str = "operator", value: str = "甲") -> Setting:
    row = Setting(name=name, value=value, version=1, changed_at=core_clock.now(), changed_by=None)
    session.add(row)
    session.flush()
    return row


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(session: Session, clock: Any) -> None:
    row = _setting(session)
    page = version_stamp(row)
    check_stamp(row, page)
    record("site.texts_changed", row, SYSTEM)
    session.flush()

    with pytest.raises(StalePage) as told:
        check_stamp(row, page)
    assert "系统在 11月20日 10:00 改动了它" in told.value.message
    assert row.version == 2


def test_looking_without_changing_keeps_the_version(session: Session) -> None:
    row = _setting(session)
    check_stamp(row, "1", count_up=False)

    assert row.version == 1


def _table(**args: str) -> Table:
    return Table(
        select(Setting),
        columns=[
            Column("name", "名称", sort=Setting.name),
            Column("version", "版本", kind="number", sort=Setting.version),
            Column("value", "内容"),
        ],
        filters=[
            Filter("q", "名称或内容", search=(Setting.name, Setting.value)),
            Filter("v", "版本", column=Setting.version, choices=[(1, "第 1 版"), (2, "第 2 版")]),
        ],
        default_sort="name",
        name="settings",
        per_page=2,
        args=args,
    )


@pytest.fixture
def rows(session: Session) -> list[Setting]:
    made = [
        _setting(session, name, value) for name, value in (("c", "100%"), ("a", "a_b"), ("b", "=1+1"), ("d", "axb"))
    ]
    made[3].version = 2
    session.flush()
    return made


def _names(table: Table) -> list[str]:
    return [row.name for row in table.rows]


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ({}, ["a", "b"]),
        ({"sort": "-name"}, ["d", "c"]),
        ({"sort": "name; drop table x"}, ["a", "b"]),
        ({"sort": "value"}, ["a", "b"]),
        ({"page": "2"}, ["c", "d"]),
        ({"page": "99"}, ["c", "d"]),
        ({"page": "-1"}, ["a", "b"]),
        ({"page": "٣"}, ["a", "b"]),
        ({"q": "a_b"}, ["a"]),
        ({"q": "%"}, ["c"]),
        ({"q": "A_B"}, ["a"]),
        ({"q": "\\"}, []),
        ({"v": "2"}, ["d"]),
        ({"sort": "-version"}, ["d", "c"]),
    ],
)
def test_the_query_string_filters_sorts_and_pages(rows: list[Setting], args: dict[str, str], names: list[str]) -> None:
    assert _names(_table(**args)) == names


def test_totals_pages_and_links_follow_the_filter(rows: list[Setting]) -> None:
    table = _table(q="a")

    assert (table.total, table.pages, table.filtered) == (2, 1, True)
    assert table.sort_url(table.columns[0]) == "?q=a&sort=-name"
    assert table.export_url("csv") == "?q=a&format=csv"


def test_a_value_the_filter_does_not_offer_is_refused(rows: list[Setting]) -> None:
    with pytest.raises(BadInput):
        _ = _table(v="9").rows


def test_the_export_holds_every_row_under_the_filter_and_no_formula(app: Flask, rows: list[Setting]) -> None:
    answer = _table(format="csv").export("csv")

    lines = answer.get_data().decode("utf-8-sig").split("\r\n")
    assert lines[:4] == ["名称,版本,内容", "a,1,a_b", "b,1,'=1+1", "c,1,100%"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="settings.csv"'
    assert _table().export("xlsx").get_data()[:2] == b"PK"


def test_a_sorted_table_over_a_join_shows_its_rows(app: Flask, session: Session, as_user: Any) -> None:
    """`_ordered` once failed on a join, and the template showed an empty list instead."""
    from core.account.models import Membership, User

    as_user("owner")
    joined = select(Membership.role, User.display_name).join(User, User.id == Membership.user_id)
    with app.test_request_context("/?sort=-name"):
        table = Table(
            joined,
            columns=[Column("display_name", "称呼", sort=User.display_name), Column("role", "岗位")],
            default_sort="display_name",
            name="members",
        )
        assert [row.role for row in table.rows] == ["owner"]
