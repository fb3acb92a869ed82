"""The states of the page: pending, corrected, licence ended, held, failed."""

from __future__ import annotations

from datetime import date

import pytest

from core.db import db, unit_of_work
from core.hooks import Panel, licence_changed, scan_panels
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
