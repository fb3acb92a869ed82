"""What people type into fields, and what they are told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Form

from core.ui import choices as c
from core.ui import fields as f


class Sample(Form):
    name = f.TextField("名称", required=True, max_length=6)
    code = f.TextField("编号", digits=True)
    remark = f.AreaField("说明", max_length=20)
    count = f.IntField("箱数", minimum=1, maximum=1000)
    price_fen = f.MoneyField("单价")
    net_g = f.WeightField("净重")
    sugar = f.DecimalField("糖度", places=1)
    on = f.DateField("日期")
    at = f.MomentField("时间")
    uscc = f.UsccField("统一社会信用代码")
    mobile = f.MobileField("手机号")
    variety = c.SelectField("品种", choices=[("fuji", "富士"), ("zao", "冬枣")])
    marks = c.TicksField("包装", choices=[("box", "箱"), ("bag", "袋")])
    shape = c.RadioField("形态", choices=[("fresh", "鲜果")])
    agreed = c.TickField("我已核对", required=True)
    photo = c.FileField("照片", max_mb=1)


def _send(**given: Any) -> Sample:
    sent = {"name": "富士", "agreed": "y", **given}
    form = Sample(MultiDict(sent))
    form.validate()
    return form


def _value(field: str, typed: str) -> Any:
    form = _send(**{field: typed})
    assert not form[field].errors, form[field].errors
    return form[field].data


def _error(field: str, typed: str) -> str:
    form = _send(**{field: typed})
    assert form[field].errors, f"{typed!r} was accepted as {form[field].data!r}"
    assert form[field].data in (None, "", typed, [typed])
    return " ".join(form[field].errors)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("name", "  富士  ", "富士"),
        ("name", "e\u0301", "é"),
        ("code", "ＡＢ１２", "AB12"),
        ("remark", "第一行\r\n第二行", "第一行\n第二行"),
        ("count", "１２６", 126),
        ("count", "1,000", 1000),
        ("price_fen", "59.8", 5980),
        ("price_fen", "￥1,234.50", 123450),
        ("net_g", "2.5", 2500),
        ("net_g", "0.001 kg", 1),
        ("net_g", "５公斤", 5000),
        ("sugar", "14.2", Decimal("14.2")),
        ("on", "2026-10-18", date(2026, 10, 18)),
        ("on", "2026年10月8日", date(2026, 10, 8)),
        ("on", "２０２６年１０月８日", date(2026, 10, 8)),
        ("on", "2026/1/2", date(2026, 1, 2)),
        ("on", "20261018", date(2026, 10, 18)),
        ("mobile", "+86 138-0000-0000", "13800000000"),
        ("uscc", "91350100m000100y43", "91350100M000100Y43"),
        ("variety", "fuji", "fuji"),
        ("variety", "", ""),
        ("on", "", None),
    ],
)
def test_a_field_reads_what_people_really_type(field: str, typed: str, value: Any) -> None:
    assert _value(field, typed) == value


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "", "请填写名称"),
        ("name", "   ", "请填写名称"),
        ("name", "一二三四五六七", "最多 6 个字，现在有 7 个"),
        ("name", "富\x00士", "第 2 个字符看不见"),
        ("name", "富\u202e士", "看不见"),
        ("name", "x" * 200_000, "最多 6 个字"),
        ("remark", "x" * 21, "最多 20 个字"),
        ("count", "3.5", "整数"),
        ("count", "0", "1 到 1,000"),
        ("count", "1001", "1 到 1,000"),
        ("count", "１e3", "整数"),
        ("price_fen", "五十", "金额写成数字"),
        ("price_fen", "1.005", "不超过两位"),
        ("price_fen", "-1", "不能是负数"),
        ("net_g", "1.2345", "最多 3 位"),
        ("net_g", "NaN", "请填数字"),
        ("sugar", "14.25", "最多 1 位"),
        ("on", "2026-02-30", "没有这一天"),
        ("on", "明天", "2026-10-18"),
        ("on", "0026-10-18", "1949年10月1日"),
        ("at", "2026-10-18 25:00", "2026-10-18 14:20"),
        ("uscc", "91350100M000100Y4Z", ""),
        ("mobile", "12345", ""),
        ("variety", "banana", "没有这一项"),
        ("marks", "banana", "没有这一项"),
        ("shape", "banana", "没有这一项"),
    ],
)
def test_a_field_refuses_with_what_to_change(field: str, typed: str, told: str) -> None:
    assert told in _error(field, typed)


@pytest.mark.parametrize("text", ["1", "6 个字的名称"])
def test_the_limit_of_length_itself_is_allowed(text: str) -> None:
    assert len(_value("name", text[:6])) <= 6


def test_what_was_typed_wrongly_is_shown_again() -> None:
    assert _send(on="明天").on._value() == "明天"
    assert _send(price_fen="五十").price_fen._value() == "五十"


def test_values_of_an_object_are_shown_in_the_units_people_type() -> None:
    form = Sample(data={"price_fen": 5980, "net_g": 2500, "on": date(2026, 10, 18)})

    assert [form.price_fen._value(), form.net_g._value(), form.on._value()] == ["59.80", "2.5", "2026-10-18"]


def test_a_moment_is_read_in_shanghai() -> None:
    assert _value("at", "2026-10-18T14:20").isoformat() == "2026-10-18T14:20:00+08:00"


def test_a_required_tick_must_be_set() -> None:
    form = Sample(MultiDict({"name": "富士"}))

    assert not form.validate()
    assert form.agreed.errors == ["请先勾选：我已核对"]


@pytest.mark.parametrize(("size", "told"), [(1024 * 1024, ""), (1024 * 1024 + 1, "超过 1 MB"), (0, "文件是空的")])
def test_a_file_is_measured(size: int, told: str) -> None:
    form = Sample(MultiDict({"name": "富士", "agreed": "y", "photo": FileStorage(BytesIO(b"x" * size), "a.jpg")}))

    assert form.validate() is not bool(told)
    assert told in " ".join(form.photo.errors)


def test_an_empty_optional_file_is_none() -> None:
    form = Sample(MultiDict({"name": "富士", "agreed": "y", "photo": FileStorage(BytesIO(), "")}))

    assert form.validate()
    assert form.photo.data is None
