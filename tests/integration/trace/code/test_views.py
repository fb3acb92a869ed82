"""The enterprise's pages of codes and labels."""

from __future__ import annotations

import re

import pypdfium2
import pytest
import zxingcpp

from core.organisation.models import Organisation
from trace.code import service
from trace.signing import service as signing


@pytest.fixture
def firm(session, sealed_lot, as_user):
    grown = sealed_lot
    session.flush()
    client = as_user("owner", session.get(Organisation, grown.organisation.id))
    return grown, client


def hidden(page) -> dict[str, str]:
    text = page.get_data(as_text=True)
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", text)
    found = {}
    for tag in tags:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def test_from_sealed_lot_to_a_pdf_that_reads_back(firm):
    grown, client = firm
    new = f"/codes/lots/{grown.packed.public_id}/new"
    form = client.get(new)
    assert form.status_code == 200
    assert "还能赋 205 件" in form.get_data(as_text=True)

    made = client.post(new, data=hidden(form) | {"count": "30", "covered": "y"})
    assert made.status_code == 302
    show = client.get(made.headers["Location"])
    assert show.status_code == 200
    assert "下载标签" in show.get_data(as_text=True)
    pdf = client.post(
        made.headers["Location"] + "/print", data=hidden(show) | {"format": "a4", "first": "1", "last": "30"}
    )

    assert pdf.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(pdf.data)
    assert len(document) == 2
    image = document[0].render(scale=300 / 72).to_pil().convert("L")
    document.close()
    assert len({code.text for code in zxingcpp.read_barcodes(image)}) == 21
    assert "第 1–30 张" in client.get(made.headers["Location"]).get_data(as_text=True)


def test_codes_made_after_an_addendum_still_carry_the_words_of_the_full_record(firm):
    grown, client = firm
    signing.add_addendum(
        grown.packed.id, actor=grown.actor, reason="补充说明", statement="此批已在冷库存放。", password_confirmed=True
    )

    new = f"/codes/lots/{grown.packed.public_id}/new"
    made = client.post(new, data=hidden(client.get(new)) | {"count": "3"})
    page = client.get(made.headers["Location"])
    pdf = client.post(
        made.headers["Location"] + "/print", data=hidden(page) | {"format": "a4", "first": "1", "last": "3"}
    )

    assert page.status_code == 200
    assert "净重" in page.get_data(as_text=True)
    assert pdf.mimetype == "application/pdf"


def test_the_list_shows_lots_and_series(firm):
    grown, client = firm

    service.issue_series(grown.packed.public_id, 80, grown.actor)

    text = client.get("/codes/").get_data(as_text=True)

    assert "还能赋 125 件" in text
    assert re.search(r'data-h="件数"[^>]*>\s*80', text)


def test_too_many_codes_are_refused_with_what_to_do(firm):
    grown, client = firm
    new = f"/codes/lots/{grown.packed.public_id}/new"

    answer = client.post(new, data=hidden(client.get(new)) | {"count": "206"})

    assert answer.status_code == 422
    assert "只能再赋 205 件" in answer.get_data(as_text=True)


def test_a_replayed_form_issues_once(firm):
    grown, client = firm
    new = f"/codes/lots/{grown.packed.public_id}/new"
    data = hidden(client.get(new)) | {"count": "10"}

    assert client.post(new, data=data).status_code == 302
    assert client.post(new, data=data).status_code == 409


@pytest.mark.parametrize("count", ["", "0", "-5", "1e9", "九", "99999999999999999999999", "１０個"])
def test_bad_numbers_are_told_and_issue_nothing(firm, count, session):
    from trace.code import queries

    grown, client = firm
    new = f"/codes/lots/{grown.packed.public_id}/new"

    assert client.post(new, data=hidden(client.get(new)) | {"count": count}).status_code in (200, 400, 422)
    assert queries.issued_for_lot(grown.packed.id) == 0


def test_guests_and_other_enterprises_do_not_get_in(firm, client, as_user):
    grown, _owner = firm
    new = f"/codes/lots/{grown.packed.public_id}/new"

    assert client.get(new).status_code in (302, 401)
    assert as_user("owner").get(new).status_code == 404
    assert as_user("office_clerk").get("/codes/").status_code == 403
