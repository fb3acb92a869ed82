"""What a recall asks of orders: whom a lot went to, and telling the buyer."""

from __future__ import annotations

from core import hooks
from core.db import db
from core.hooks import RecallNotice
from core.notice.models import Outgoing
from shop.order import recall, service
from shop.stock.service import hold_lot


def test_every_order_of_the_lot_is_a_party_and_a_cancelled_one_is_not(stall):
    first, second = stall.buy(2), stall.buy(1, mobile="13900000000")
    service.cancel_by_buyer(second)

    parties = recall.lot_parties([stall.lot.id])

    assert [p.key for p in parties] == [f"order:{first.public_id}:{stall.lot.id}"]
    assert (parties[0].pieces, parties[0].href) == (2, f"/enterprise/orders/{first.public_id}")
    assert recall.lot_parties([stall.lot.id + 999]) == []


def test_a_party_names_no_buyer(stall):
    stall.buy(2)

    party = recall.lot_parties([stall.lot.id])[0]

    assert "示例买家" not in str(party)
    assert "13800000000" not in str(party)


def test_an_order_that_has_not_left_is_not_done_until_it_ships(stall):
    order = stall.buy(1)
    assert not recall.lot_parties([stall.lot.id])[0].done

    service.accept(stall.actor, order)
    service.ship(stall.actor, order, carrier="zhongtong", waybill_no="75312345678901")

    assert recall.lot_parties([stall.lot.id])[0].done


def test_the_buyer_is_told_by_message_with_the_order_number(stall):
    order = stall.buy(1)

    channel = recall.tell_party(
        key=f"order:{order.public_id}:{stall.lot.id}", title="召回通知", body="先别吃。", link="/recalls/x"
    )

    assert channel == "sms"
    sent = db.session.query(Outgoing).filter_by(address="13800000000").one()
    assert order.order_no in sent.text


def test_what_is_no_order_is_somebody_elses(stall):
    assert recall.tell_party(key="shipment:1", title="", body="", link="") is None


def test_both_hooks_are_plugged_in(app):
    assert recall.lot_parties in list(hooks.lot_parties)
    assert recall.tell_party in list(hooks.tell_party)


def test_the_order_page_says_what_the_recall_says_and_leads_to_its_notice(stall, client):
    order = stall.buy(1)
    hold_lot(stall.lot.id, source="recall:ZH-1", reason="召回")
    notice = RecallNotice("这批产品正在召回", "检出超过限量", "2026-11-08", ("先别吃。",), status_url="/recalls/ZH-1")

    with hooks.recall_facts.only(lambda *, lot_id, lang: notice if lot_id == stall.lot.id else None):
        text = client.get(f"/o/{order.token}").get_data(as_text=True)

    assert "检出超过限量" in text
    assert 'href="/recalls/ZH-1"' in text
    assert "这笔订单里有批次已停售" not in text
    assert "这笔订单里有批次已停售" in client.get(f"/o/{order.token}").get_data(as_text=True)
