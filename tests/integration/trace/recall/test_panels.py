"""A recall seen from the code page, the linkset, the event store, and by visitors who left a number."""

from __future__ import annotations

from datetime import date

import pytest

from core import hooks
from core.db import db
from core.errors import Conflict
from core.notice.models import Outgoing
from tests.factories import trace as grow
from tests.integration.trace.recall.test_service import TEXTS, bureau, grown, running, stopped  # noqa: F401
from trace.code import queries as codes
from trace.code import service as code_service
from trace.event.models import Event
from trace.lot import service as lots
from trace.recall import followup, panels, service
from trace.recall import queries as recall_queries
from trace.scan import contacts

BROWSER = {"Accept": "text/html", "User-Agent": "Mozilla/5.0"}


def path_of(grown: grow.Grown) -> str:  # noqa: F811
    series = codes.series_of_lots([grown.packed.id])[grown.packed.id][0]
    return "/" + codes.unit_address(series, 1).split("/", 3)[3]


@pytest.fixture
def labelled(grown):  # noqa: F811
    code_service.issue_series(grown.packed.public_id, 3, grown.actor)
    return grown


def test_the_code_page_of_a_recalled_box_says_so_first_and_sells_nothing(labelled, client):
    path = path_of(labelled)
    running(labelled)

    text = client.get(path, headers=BROWSER).get_data(as_text=True)

    assert "这批产品正在召回" in text
    assert TEXTS["action"] in text
    assert f"tel:{TEXTS['phone']}" in text
    assert text.index("这批产品正在召回") < text.index("<h1") or "recall" in text[: text.index("这批产品正在召回")]
    english = client.get(path + "?lang=en", headers=BROWSER).get_data(as_text=True)
    assert "This product is being recalled" in english


def test_the_linkset_of_a_recalled_lot_has_its_status(labelled, client):
    path = path_of(labelled)
    recall = running(labelled)

    linkset = client.get(path + "?linkType=linkset").get_json()

    links = [link for entry in linkset["linkset"] for link in entry.get("https://ref.gs1.org/voc/recallStatus", [])]
    assert any(link["href"].endswith(f"/recalls/{recall.recall_no}") for link in links)


def test_a_recalled_lot_cannot_be_put_on_sale_again_by_the_inspection(labelled):
    running(labelled)
    db.session.refresh(labelled.packed)
    assert labelled.packed.state == "held"

    with pytest.raises(Conflict) as refusal:
        lots.move_lot(labelled.packed, "release", bureau(3, "commerce_inspector"), "看错了")

    assert refusal.value.code == "lot.blocked"


def test_the_event_store_holds_the_recall_of_every_lot(labelled):
    running(labelled)

    events = db.session.query(Event).filter(Event.step == "recall").all()

    assert len(events) == 1
    assert events[0].payload["persistentDisposition"] == {"set": ["recalled"]}
    assert len(events[0].payload["quantityList"]) == 2


def test_visitors_who_left_a_number_are_told(labelled):
    contacts.leave(labelled.packed.id, "13800000001", agreed=True)

    running(labelled)

    sent = [row for row in db.session.query(Outgoing) if row.address == "13800000001"]
    assert len(sent) == 1
    assert TEXTS["action"] in sent[0].text


def test_nothing_is_said_before_the_approval(labelled):
    recall = service.draft(labelled.actor, lot_ids=[labelled.raw.id], **TEXTS)
    with hooks.lot_held.only():
        service.propose(recall, labelled.actor)

    assert panels.recall_facts(lot_id=labelled.packed.id, lang="zh") is None
    assert panels.code_links(item_id=1, lot_id=labelled.packed.id, path="") == []


def test_the_report_names_figures_lots_and_history(labelled):
    import pypdfium2

    from trace.recall import report

    recall = running(labelled)

    document = pypdfium2.PdfDocument(report.pdf(recall))
    words = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()

    assert recall.recall_no in words
    assert labelled.packed.lot_no in words
    assert "批准召回" in words
    assert "还没有写总结" in words


def test_the_progress_of_a_closed_recall_ends_with_its_close(labelled, clock, client):
    recall = running(labelled)
    for line in recall_queries.lines(recall.id):
        if line.open_g:
            followup.recover(
                recall,
                line.lot_id,
                labelled.actor,
                kind="destroyed",
                mass_g=line.open_g,
                on=date(2026, 11, 20),
                note="已销毁",
            )
    service.summarise(recall, labelled.actor, "原因查明，整批销毁，以后采前加测当季用过的药。")
    service.report(recall, labelled.actor)
    service.close(recall, bureau(2), "数量对得上")
    clock.set("2026-12-01 10:00:00")

    told = panels.recall_facts(lot_id=labelled.packed.id, lang="zh")

    days = [day for day, *_ in told.progress]
    assert days == sorted(days)
    assert len(days) == 3
    client.application.extensions["code_page"]._pages.clear()
    page = client.get(path_of(labelled), headers=BROWSER).get_data(as_text=True)
    client.application.extensions["code_page"]._pages.clear()  # the lot is rolled back: its page must not outlive it
    assert "这批产品的召回已经结束" in page
    assert "正在召回" not in page
    assert TEXTS["action"] in page  # a box may still stand in somebody's house
