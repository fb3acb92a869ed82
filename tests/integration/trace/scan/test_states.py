"""The states of the page: pending, corrected, licence ended, held, failed."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.db import db, unit_of_work
from core.hooks import Panel, RecallNotice, licence_changed, recall_facts, scan_panels
from tests.factories.trace import actor_of
from trace.log import writer
from trace.signing import service as signing

from .conftest import town


@pytest.fixture
def own(tmp_path):
    """A town this test may spoil."""
    with town(tmp_path, count=2, covered=False, in_log=False) as made:
        yield made


def text_of(place) -> str:
    return place.phone().get(place.issued.addresses[0]).get_data(as_text=True)


def owner(place):
    from core.organisation.models import Organisation

    return actor_of(db.session.get_one(Organisation, place.issued.organisation_id))


def test_before_the_log_has_it_the_page_says_so_and_changes_at_once_afterwards(own):
    assert "记录正在存证" in text_of(own)

    with own.app.app_context():
        writer.integrate()

    assert "这份记录未被改动" in text_of(own)


def test_a_correction_is_told_with_its_reason_and_version(own):
    with own.app.app_context():
        writer.integrate()
    assert "这份记录未被改动" in text_of(own)

    with own.app.app_context():
        with unit_of_work():
            signing.correct(own.issued.lot_id, actor=owner(own), reason="更正贮存方法", password_confirmed=True)
        writer.integrate()

    text = text_of(own)
    assert "记录有更正" in text
    assert "更正贮存方法" in text
    assert "现为第 2 版" in text


@pytest.mark.parametrize(("day", "ended"), [("2027-08-31 23:59:59", False), ("2027-09-01 00:00:00", True)])
def test_a_licence_ends_at_midnight_after_its_last_day(own, now, day, ended):
    now(day)

    assert ("授权已于 2027-08-31 到期" in text_of(own)) == ended


def test_a_withdrawn_licence_is_told_at_the_next_visit(own):
    assert "撤销" not in text_of(own)

    own.sql(
        "update brand_licence_licence set state = 'withdrawn', ended_on = :on, ended_reason = '违规'",
        on=date(2026, 11, 20),
    )
    own.sql("update brand_licence_scope set status = 'ended'")
    with own.app.app_context(), unit_of_work():
        for hook in licence_changed:
            hook(licence_id=1, organisation_id=own.issued.organisation_id, state="withdrawn", reason="违规")

    assert "授权已于 2026-11-20 撤销" in text_of(own)


def test_a_held_lot_is_told_first_in_red_and_has_no_offer(own):
    offer = Panel("buy", "再买一箱", lines=("富士苹果 5 kg",), links=(("去看看", "/shop/x"),), price_fen=5980)
    with scan_panels.only(lambda **_facts: offer):
        assert "再买一箱" in text_of(own)
        own.sql("update trace_lot_lot set state = 'held'")

        text = text_of(own)

    assert "这批货正在停售" in text
    assert text.index("这批货正在停售") < text.index("停售前的记录仍可查看")
    assert "再买一箱" not in text


def test_a_changed_byte_of_our_own_copy_is_409_and_nothing_is_shown_as_fact(own):
    with own.app.app_context():
        writer.integrate()
    assert own.phone().get(own.issued.addresses[0]).status_code == 200

    own.sql("alter table trace_signing_record disable trigger user")
    own.sql(
        "update trace_signing_record set payload = convert_to(replace(convert_from(payload, 'UTF8'), '0.034', '0.004'), 'UTF8')"
    )

    answer = own.phone().get(own.issued.addresses[0])
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "这份记录没有通过核对" in text
    assert "signature_invalid" in text
    assert "0.004" not in text
    assert "戊唑醇" not in text
    assert "去看看" not in text


def test_a_lot_that_is_not_sealed_is_not_public(own):
    own.sql("update trace_lot_lot set state = 'open'")
    from trace.scan import resolve

    resolve.forget()
    lot = own.issued.addresses[0].rsplit("/", 2)[0]

    assert "没有封存过的记录" in own.phone().get(lot).get_data(as_text=True)


def test_the_form_with_gtin_reads_with_and_without_lot(tmp_path):
    with town(tmp_path, count=2, gtin="09520123456788") as place:
        address = place.issued.addresses[0]
        assert address.startswith("/01/09520123456788/10/")
        gtin, serial = address.split("/")[2], address.rsplit("/", 1)[1]

        assert place.phone().get(address).status_code == 200
        assert place.phone().get(f"/01/{gtin}/21/{serial}").status_code == 200
        assert place.phone().get(f"/01/{gtin}/21/{serial.lower()}").status_code == 200
        assert place.phone().get(f"/01/{gtin}").status_code == 200
        assert place.phone().get(f"/01/{gtin}/10/OTHER/21/{serial}").status_code == 404
        assert place.phone().get(f"/01/{gtin}/21/{serial}/10/A").status_code == 400


NOTICE = RecallNotice(
    "这批苹果正在召回", "抽检一项残留超过限量", "2026年11月22日", ("先别吃，也别转送他人", "留好箱子和标签", "全额退款，由生产者承担"),
    refund_label="办退款", refund_url="/recalls/ZH-2026-0001", phone="0359-4030000",
    progress=(("11-22", "发布召回", "涉及 1 批"), ("11-23", "已通知购买者", "通知 402 家，送达 397 家")),
)  # fmt: skip


def test_a_recalled_lot_says_first_what_to_do_and_shows_the_record_in_short(own):
    own.sql("update trace_lot_lot set state = 'held'")
    with recall_facts.only(lambda **_lot: None, lambda **_lot: NOTICE):
        text = text_of(own)

    places = [text.index(words) for words in (
        "这批苹果正在召回", "2026年11月22日 起停售", "抽检一项残留超过限量", "先别吃，也别转送他人", "全额退款", "办退款", "tel:0359-4030000",
        "召回前的记录仍可查看", "召回进展", "送达 397 家",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "戊唑醇" not in text  # in short: the notice is what counts now
    assert "再买一箱" not in text


def test_a_withdrawn_record_is_told_before_everything_else(own):
    with own.app.app_context():
        writer.integrate()
        with unit_of_work():
            signing.withdraw(own.issued.lot_id, actor=owner(own), reason="装错了箱", password_confirmed=True)
        writer.integrate()

    text = text_of(own)

    assert "撤回了这份记录" in text or "生产者已撤回这份记录" in text
    assert "装错了箱" in text
    assert text.index("撤回") < text.index("<h1>")


def states(own) -> dict[str, str]:
    """The page of every state, by name."""
    address = own.issued.addresses[0]
    changed = address[:-1] + ("0" if address[-1] != "0" else "1")
    phone = own.phone
    pages = {
        "pending": phone().get(address), "unknown": phone().get(changed), "malformed": phone().get(address[:-1] + "U"),
        "product": phone().get(address.rsplit("/", 4)[0]), "no_lot": phone().get(address.rsplit("/", 4)[0] + "/lot/NONE"),
        "lot": phone().get(address.rsplit("/", 2)[0]),
    }  # fmt: skip
    with own.app.app_context():
        writer.integrate()
    pages |= {"first": phone().get(address), "repeat": phone("Other Mozilla").get(address)}
    own.sql("update trace_lot_lot set state = 'held'")
    pages["held"] = phone().get(address)
    with recall_facts.only(lambda **_lot: NOTICE):
        own.app.extensions["code_page"]._pages.clear()
        pages["recalled"] = phone().get(address)
    own.sql("update trace_lot_lot set state = 'sealed'")
    own.sql("alter table trace_signing_record disable trigger user")
    own.sql(
        "update trace_signing_record set payload = convert_to(replace(convert_from(payload, 'UTF8'), '0.034', '0.004'), 'UTF8')"
    )
    own.app.extensions["code_page"]._pages.clear()
    pages["failed"] = phone().get(address)
    return pages


def test_every_state_is_one_small_page_without_script_or_foreign_address(own):
    pages = states(own)

    assert {name: page.status_code for name, page in pages.items()} == {
        "pending": 200, "unknown": 404, "malformed": 400, "product": 200, "no_lot": 200, "lot": 200, "first": 200,
        "repeat": 200, "held": 200, "recalled": 200, "failed": 409,
    }  # fmt: skip
    for name, page in pages.items():
        text = page.get_data(as_text=True)
        assert len(page.data) < 40 * 1024, name
        assert "<script" not in text, name
        assert "style=" not in text, name
        assert "@@" not in text, name
        assert not re.search(r'(?:src|href)="https?://', text), name
        assert not re.search("正品|真品|保真|恭喜|！", text), name


def test_every_fixed_word_of_every_state_has_its_english(own):
    stay = {"猗顿农品", "中文"}
    rows = own.sql("select convert_from(payload, 'UTF8') from trace_signing_record")
    rows += own.sql(
        "select name from trace_item_item union select label from core_taxonomy_term union select licence_no from brand_licence_licence"
    )
    data = set(re.findall(r"[\u4e00-\u9fff]+", repr(NOTICE) + "".join(str(row[0]) for row in rows)))
    real = own.phone

    def english(agent: str = "English Mozilla"):
        phone = real(agent)
        phone.set_cookie("lang", "en")
        return phone

    own.phone = english
    for name, page in states(own).items():
        text = re.sub(r"<style>.*?</style>", "", page.get_data(as_text=True), flags=re.DOTALL)
        left = {
            w
            for w in re.findall(r"[\u4e00-\u9fff]+", text)
            if w not in stay and not any(w in d or d in w for d in data)
        }
        assert not left, f"{name}: {sorted(left)}"


def test_the_page_prints_without_buttons_and_with_what_is_folded(own):
    text = text_of(own)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)

    assert style is not None
    rules = style[1][style[1].index("@media print") :]
    assert ".btn-y" in rules
    assert "display:none" in rules
    assert "@page{size:A4;margin:20mm" in rules.replace(" ", "")


def test_a_record_full_of_tests_and_statements_still_makes_a_small_page(own):
    from dataclasses import replace

    from trace.scan import facts, render

    with own.app.app_context():
        page = facts.lot_page(own.issued.lot_id, "zh")
        assert page is not None
        many = page.tests[0] | {"results": page.tests[0]["results"] * 30}
        page = replace(page, tests=(many,) * 5, timeline=page.timeline * 20)
        html = render.page(own.app, "lot", "zh", large=False, page=page, reason="")

    assert len(html.encode()) < 38 * 1024
    assert "看全部 90 条" in html
