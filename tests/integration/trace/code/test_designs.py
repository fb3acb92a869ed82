"""The label designer: live preview, versions, other organisations, and prints that name the version they used."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from core.errors import NotFound, RuleBroken
from core.organisation.models import Organisation
from tests.factories import code as make
from tests.factories.trace import actor_of, make_organisation
from tests.integration.trace.code.test_views import hidden
from trace.code import designs, register_service, service
from trace.code.design_rules import Spec


@pytest.fixture
def firm(session, clock, as_user):
    grown = make.make_sealed_lot()
    session.flush()
    return grown, as_user("owner", session.get(Organisation, grown.organisation.id))


def fields(page, **values) -> dict[str, object]:
    return hidden(page) | {
        "name": "出口箱", "size": "60x40", "lines": ["origin", "producer", "packed", "lot", "storage"], "mark": "auto",
        "tail": "扫码看记录", "paper": "white",
    } | values  # fmt: skip


def test_a_change_is_a_new_version_and_the_old_one_stays(firm):
    grown, client = firm
    new = "/codes/designs/new"

    first = client.post(new, data=fields(client.get(new)))
    listed = client.get("/codes/designs/")
    edit = re.search(r"/codes/designs/[0-9a-f-]{36}", listed.text)[0]
    second = client.post(edit, data=fields(client.get(edit), size="70x50"))

    assert (first.status_code, second.status_code) == (303, 303)
    made = designs.newest_of(grown.organisation.id)
    assert [(row.name, row.version, row.content["size"]) for row in made] == [("出口箱", 2, "70x50")]
    assert [row.content["size"] for row in designs.versions(made[0])] == ["70x50", "60x40"]


def test_the_preview_draws_what_stands_in_the_form_and_tells_what_is_wrong(firm):
    _, client = firm

    good = client.get("/codes/designs/preview?size=60x40&lines=origin&mark=off&paper=kraft&tail=x")
    bad = client.get("/codes/designs/preview?size=9x9&mark=off&paper=white")

    assert "<svg" in good.text
    assert "标签纸太深" in good.text
    assert "标签上没有：生产者、生产日期、保质期" in good.text
    assert "不是可选的值" in bad.text


def test_a_design_a_phone_cannot_read_is_not_saved(firm):
    grown, client = firm
    new = "/codes/designs/new"

    answer = client.post(new, data=fields(client.get(new), paper="red"))

    assert answer.status_code == 422
    assert "换浅色的标签纸" in answer.text
    assert designs.newest_of(grown.organisation.id) == []


def test_a_logo_is_printed_in_black_and_white(firm):
    grown, client = firm
    picture = io.BytesIO()
    Image.new("RGB", (200, 100), (10, 10, 10)).save(picture, "PNG")
    new = "/codes/designs/new"

    sent = fields(client.get(new), size="70x50", logo=(io.BytesIO(picture.getvalue()), "logo.png"))
    assert client.post(new, data=sent, content_type="multipart/form-data").status_code == 303

    design = designs.newest_of(grown.organisation.id)[0]
    dots = designs.logo_dots(design.content["logo"], replace(grown.actor, user_id=1))
    assert dots.shape == (100, 200)
    assert dots.mean() > 0.9
    with pytest.raises(NotFound):
        designs.logo_dots(design.content["logo"], actor_of(make_organisation(7099, "另一示例合作社")))


def test_a_print_names_the_version_and_has_its_size(firm):
    grown, client = firm
    design = designs.save(grown.actor, "大签", Spec(size="100x70"))
    series = service.issue_series(grown.packed.public_id, 3, grown.actor)
    page = client.get(f"/codes/{series.public_id}")

    pdf = client.post(
        f"/codes/{series.public_id}/print",
        data=hidden(page) | {"format": "roll", "first": "1", "last": "3", "design": str(design.public_id), "mark": ""},
    )

    document = pypdfium2.PdfDocument(pdf.data)
    width = document[0].get_size()[0] * 25.4 / 72
    document.close()
    assert round(width) == 100
    assert register_service.queries.prints_of(series.id)[0].design_id == design.id


def test_another_organisations_design_does_not_exist(firm, as_user):
    grown, _ = firm
    design = designs.save(grown.actor, "大签", Spec())

    with pytest.raises(NotFound):
        designs.for_actor(design.public_id, actor_of(make_organisation(7099, "另一示例合作社")))
    assert as_user("owner").get(f"/codes/designs/{design.public_id}").status_code == 404
    with pytest.raises(RuleBroken):
        designs.save(grown.actor, "深", Spec(paper="kraft"))
